# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds with rules of their own: constraints, preferences, capabilities, ulimits, resources, security."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Mapping, Sequence

from .entries import Entries, Entry, Sub
from .forms import items_of, pairs_of, refuse, text_of, unpacked, whole_number
from .kinds import NO_REFERENCES, Canonical, Count, Json, Kind, References, Text

_CONSTRAINT = re.compile(r"\s*([^\s=!]+)\s*(==|!=)\s*(.+?)\s*")


def normal_constraint(text: str) -> str:
    """A placement constraint with one blank around its operator, as most people write it."""
    match = _CONSTRAINT.fullmatch(text)
    return "%s %s %s" % match.groups() if match else text.strip()


def normal_capability(name: str) -> str:
    """A Linux capability by its full name: `net_admin` is `CAP_NET_ADMIN`; `ALL` stays."""
    upper = name.strip().upper()
    return upper if upper == "ALL" or upper.startswith("CAP_") else "CAP_" + upper


class Preferences(Kind):
    """Placement preferences in order: `spread: node.labels.zone` as a dict, or `spread=node.labels.zone`."""

    def argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "raw"}

    def suboptions(self) -> dict[str, dict[str, Any]]:
        return {"spread": {"type": "str"}}

    def parse(self, value: Any, option: str) -> tuple[str, ...]:
        found = []
        items = [value] if isinstance(value, Mapping) else value
        for index, item in enumerate(items_of(items, option)):
            for name, label in pairs_of(item, "%s[%d]" % (option, index)):
                if name != "spread" or not isinstance(label, str) or not label.strip():
                    refuse(option, item, "write spread: and a label such as node.labels.zone")
                found.append(label.strip())
        return tuple(found)

    def read(self, raw: Json) -> tuple[str, ...]:
        spreads = [item.get("Spread") or {} for item in raw if isinstance(item, Mapping)]
        return tuple(str(spread.get("SpreadDescriptor") or "") for spread in spreads)

    def write(self, value: Canonical, raw: Json) -> Json:
        return [{"Spread": {"SpreadDescriptor": label}} for label in value]

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return [{"spread": label} for label in value]


# Those that an Engine knows; any other is only refused by the nodes, when the old tasks are gone.
_LIMITS = (
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
)


class Ulimits(Entries):
    """Resource limits of the processes: `nofile=1024:2048`, a dict of name, soft and hard, or a dict of names."""

    def argument(self) -> dict[str, Any]:
        # A list for Ansible would keep the dict of names out.
        return {"type": "raw"}

    def named(self, name: str, item: Any, where: str) -> Any:
        # Compose's form: nofile: 1024, or nofile: {soft: 1024, hard: 2048}.
        if isinstance(item, Mapping):
            return {**item, "name": name}
        return "%s=%s" % (name, text_of(item, "%s.%s" % (where, name)))

    def short(self, text: str, where: str) -> Mapping[str, Any]:
        name, equals, limits = text.partition("=")
        soft, colon, hard = limits.partition(":")
        if not equals:
            refuse(where, text, "write name=soft or name=soft:hard, such as nofile=1024:2048")
        return {"name": name.strip(), "soft": soft, "hard": hard if colon else soft}

    def check(self, entry: dict[str, Any], where: str) -> dict[str, Any]:
        if entry["name"] not in _LIMITS:
            refuse(where, entry["name"], "use one of %s" % ", ".join(_LIMITS))
        soft = entry["soft"]
        hard = soft if entry["hard"] is None else entry["hard"]
        if hard != -1 and (soft == -1 or soft > hard):
            refuse(where, "%s=%s:%s" % (entry["name"], soft, hard), "the soft limit is above the hard one")
        return {**entry, "hard": hard}

    def read_entry(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        entry = super().read_entry(raw)
        return {**entry, "hard": entry["hard"] or 0}

    def write_entry(self, entry: Entry, raw: Mapping[str, Any]) -> dict[str, Any]:
        return {**raw, "Name": entry["name"], "Soft": entry["soft"], "Hard": entry["hard"]}

    def show_entry(self, entry: Entry, refs: References) -> dict[str, Any]:
        return {name: entry[name] for name in ("name", "soft", "hard")}


ULIMITS: Kind = Ulimits(
    key=("name",),
    names="name",
    subs=(
        Sub("name", Text(lower=True), ("Name",), "", required=True),
        Sub("soft", Count(minimum=-1), ("Soft",), 0, required=True),
        Sub("hard", Count(minimum=-1), ("Hard",), None),
    ),
)


class GenericResources(Kind):
    """Reserved resources of your own: `GPU=2`. Only counts can be asked for; named ones are kept."""

    def argument(self) -> dict[str, Any]:
        return {"type": "raw"}

    def parse(self, value: Any, option: str) -> dict[str, int]:
        found = {}
        value = unpacked(value)
        for index, item in enumerate(value if isinstance(value, (list, tuple)) else ()):
            if isinstance(item, Mapping):
                refuse("%s[%d]" % (option, index), item, "write name=count%s" % _as_count(item))
        for name, amount in pairs_of(value, option):
            number = whole_number(amount)
            if number is None or number < 1:
                shown = name if isinstance(amount, (Mapping, list, tuple)) else "%s=%s" % (name, amount)
                refuse(option, shown, "write name=count, such as GPU=2")
            found[name] = number
        return found

    def read(self, raw: Json) -> dict[str, int]:
        counted = [item.get("DiscreteResourceSpec") for item in raw if isinstance(item, Mapping)]
        return {str(item.get("Kind")): int(item.get("Value") or 0) for item in counted if item}

    def write(self, value: Canonical, raw: Json) -> Json:
        named = [item for item in raw or () if not item.get("DiscreteResourceSpec")]
        return named + [{"DiscreteResourceSpec": {"Kind": k, "Value": v}} for k, v in value.items()]

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return ["%s=%d" % item for item in value.items()]


def _as_count(item: Mapping[str, Any]) -> str:
    """The entry of a Compose file as it is written here, where it is one."""
    found = item.get("discrete_resource_spec")
    if isinstance(found, Mapping) and found.get("kind") and found.get("value"):
        return ", here %s=%s" % (found["kind"], found["value"])
    return ", such as GPU=2"


class Seccomp(Kind):
    """`default`, `unconfined`, or a profile of your own as a dict or as JSON text; canonical as text."""

    words = ("default", "unconfined")

    def parse(self, value: Any, option: str) -> str:
        if value in self.words:
            return str(value)
        try:
            profile = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            profile = None
        if not isinstance(profile, Mapping) or not profile:
            refuse(option, value, "write default, unconfined, or a profile as a dict or JSON text")
        return json.dumps(profile, sort_keys=True)

    def read(self, raw: Json) -> str:
        mode = str(raw.get("Mode") or "default")
        if mode in self.words:
            return mode
        try:
            return json.dumps(json.loads(base64.b64decode(raw.get("Profile") or "")), sort_keys=True)
        except ValueError:
            return str(raw.get("Profile"))

    def write(self, value: Canonical, raw: Json) -> Json:
        if value in self.words:
            return {"Mode": value}
        return {"Mode": "custom", "Profile": base64.b64encode(value.encode()).decode()}

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return json.loads(value) if value.startswith("{") else value


class HealthTest(Kind):
    """The command that checks health: text for a shell, or a list that begins with CMD or CMD-SHELL."""

    def parse(self, value: Any, option: str) -> tuple[str, ...]:
        if isinstance(value, str):
            return ("NONE",) if value.strip().upper() == "NONE" else ("CMD-SHELL", value)
        words: Sequence[Any] = items_of(value, option)
        if not words:
            return ()
        if words[0] not in ("NONE", "CMD", "CMD-SHELL") or (words[0] != "NONE" and len(words) < 2):
            refuse(option, value, "begin the list with CMD or CMD-SHELL, or write NONE")
        return tuple(Text().parse(word, option) for word in words)

    def read(self, raw: Json) -> tuple[str, ...]:
        return tuple(str(word) for word in raw)

    def write(self, value: Canonical, raw: Json) -> Json:
        return list(value)

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return list(value) or None

    def hide(self, shown: Any) -> Any:
        from ..masking import mask_words

        return None if shown is None else mask_words(shown)
