# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that point at other objects of the Swarm by ID: configs, secrets, networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ..errors import MissingReference
from ..units import digits_of
from .entries import Entries, Entry, Sub
from .field import Place
from .forms import fields_of, refuse, text_of
from .kinds import NO_REFERENCES, Canonical, FileMode, Json, Kind, References, Text
from .lists import TextList
from .pairs import Pairs

_READABLE = 0o444
_LARGEST_ID = 2**32 - 1


class Owner(Text):
    """The number of a user or group. No node looks a name up: its tasks would end before they begin."""

    def parse(self, value: Any, option: str) -> str:
        number = digits_of(text_of(value, option).strip())
        if number is None or number > _LARGEST_ID:
            refuse(option, value, "write the number of the user or group in the container, such as 1000")
        return str(number)


@dataclass(frozen=True)
class Files(Entries):
    """Configs or secrets, each shown to the container as a file; the file name makes an entry the same.

    Users name them by name; the Engine wants ID and name. The ID of an entry that the service has
    already is taken from there, others from the references.
    """

    what: str = "config"

    def short(self, text: str, where: str) -> Mapping[str, Any]:
        return {self.what + "_name": text} if "=" not in text else fields_of(text, where)

    def check(self, entry: dict[str, Any], where: str) -> dict[str, Any]:
        entry["filename"] = entry["filename"] or entry[self.what + "_name"]
        return entry

    def settle(self, wanted: Canonical, current: Canonical, refs: References, option: str) -> Canonical:
        name_of, id_of = self.what + "_name", self.what + "_id"
        present = {entry[name_of]: entry[id_of] for entry in current}
        known = refs.configs if self.what == "config" else refs.secrets
        settled = []
        for entry in wanted:
            name = entry[name_of]
            found = entry[id_of] or present.get(name) or known.get(name)
            if not found:
                raise MissingReference(option, self.what, name)
            settled.append({**entry, id_of: found})
        return tuple(settled)

    def same_entry(self, left: Entry, right: Entry) -> bool:
        # An entry that was not settled has no ID, which says nothing against it.
        blank = not left[self.what + "_id"] or not right[self.what + "_id"]
        skip = self.what + "_id" if blank else ""
        return all(sub.kind.same(left[sub.option], right[sub.option]) for sub in self.subs if sub.option != skip)

    def write_entry(self, entry: Entry, raw: Mapping[str, Any]) -> dict[str, Any]:
        written = super().write_entry(entry, raw)
        target = written.setdefault("File", {})
        for key, option in (("UID", "uid"), ("GID", "gid"), ("Mode", "mode")):
            target.setdefault(key, entry[option])
        return written


def _files(what: str) -> Files:
    title = what.title()
    return Files(
        what=what,
        key=("filename",),
        words=("source", "src", "target", "dst", "uid", "gid", "mode"),
        subs=(
            Sub(what + "_id", Text(), (title + "ID",), ""),
            # As a Compose file and the CLI call it.
            Sub(what + "_name", Text(), (title + "Name",), "", required=True, aliases=("source", "src")),
            Sub("filename", Text(), ("File", "Name"), "", aliases=("target", "dst")),
            Sub("uid", Owner(), ("File", "UID"), "0"),
            Sub("gid", Owner(), ("File", "GID"), "0"),
            Sub("mode", FileMode(), ("File", "Mode"), _READABLE),
        ),
    )


CONFIGS: Kind = _files("config")
SECRETS: Kind = _files("secret")


class FilePlace(Place):
    """The list of configs that are files; a config that only feeds a credential spec is left alone."""

    def get(self, spec: Mapping[str, Any]) -> Json:
        found = super().get(spec)
        return None if found is None else [item for item in found if not _is_runtime(item)]

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        super().put(spec, list(raw) + self._others(spec))

    def drop(self, spec: dict[str, Any]) -> None:
        others = self._others(spec)
        super().put(spec, others) if others else super().drop(spec)

    def _others(self, spec: Mapping[str, Any]) -> list[Any]:
        return [item for item in super().get(spec) or () if _is_runtime(item)]


def _is_runtime(item: Any) -> bool:
    return isinstance(item, Mapping) and item.get("File") is None and item.get("Runtime") is not None


_CLI_NETWORK = {"alias": "aliases", "driver-opt": "options"}


class Networks(Entries):
    """The networks of the tasks. Users name them by name or ID, the Engine by ID."""

    def argument(self) -> dict[str, Any]:
        # A list for Ansible would keep the dict of a Compose file out.
        return {"type": "raw"}

    def short(self, text: str, where: str) -> Mapping[str, Any]:
        if "=" not in text:
            return {"name": text}
        given = fields_of(text, where)
        for name, option in _CLI_NETWORK.items():
            if name in given:
                value = given.pop(name)
                given[option] = [value] if isinstance(value, str) else value
        return given

    def check(self, entry: dict[str, Any], where: str) -> dict[str, Any]:
        if not entry["name"] and not entry["id"]:
            refuse(where, "", "write the name of a network")
        return entry

    def key_of(self, entry: Entry) -> Any:
        return entry["id"] or entry["name"]

    def name_of(self, entry: Entry) -> str:
        return str(entry["name"] or entry["id"])

    def settle(self, wanted: Canonical, current: Canonical, refs: References, option: str) -> Canonical:
        present = {entry["id"] for entry in current}
        settled: dict[str, Entry] = {}
        for entry in wanted:
            name = entry["name"]
            found = entry["id"] or refs.networks.get(name)
            if not found and (name in refs.network_names or name in present):
                found = name
            if not found:
                raise MissingReference(option, "network", name)
            if found in settled:
                refuse(option, name, "name it once")
            settled[found] = {**entry, "id": found}
        return tuple(settled.values())

    def same_entry(self, left: Entry, right: Entry) -> bool:
        return all(sub.kind.same(left[sub.option], right[sub.option]) for sub in self.subs if sub.option != "name")

    def write_entry(self, entry: Entry, raw: Mapping[str, Any]) -> dict[str, Any]:
        return super().write_entry({**entry, "name": ""}, raw)

    def show_entry(self, entry: Entry, refs: References) -> dict[str, Any]:
        shown = super().show_entry(entry, refs)
        shown["name"] = refs.network_names.get(entry["id"]) or entry["name"] or entry["id"]
        return shown

    def legacy(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return self.show(value, refs)


NETWORKS: Kind = Networks(
    key=("id",),
    names="name",
    words=("name", *_CLI_NETWORK),
    elsewhere={
        "driver_opts": "it is called options here",
        "ipv4_address": "leave it out, Swarm gives the tasks their addresses itself",
        "ipv6_address": "leave it out, Swarm gives the tasks their addresses itself",
        "priority": "leave it out, Swarm has no order of networks",
    },
    subs=(
        Sub("name", Text(), ("-",), ""),
        Sub("id", Text(), ("Target",), ""),
        Sub("aliases", TextList(), ("Aliases",), ()),
        Sub("options", Pairs(loose=True), ("DriverOpts",), {}, since=(1, 32)),
    ),
)


class NetworkPlace(Place):
    """Networks stand in the task template. Old specs have them at the top, which new Engines ignore.

    They are moved only when they are written: moving them replaces every task.
    """

    def get(self, spec: Mapping[str, Any]) -> Json:
        return super().get(spec) or spec.get("Networks")

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        spec.pop("Networks", None)
        super().put(spec, raw)

    def drop(self, spec: dict[str, Any]) -> None:
        spec.pop("Networks", None)
        super().drop(spec)
