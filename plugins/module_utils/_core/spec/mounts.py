# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mounts of every type: bind, volume, tmpfs, npipe, cluster, image."""

from __future__ import annotations

from typing import Any, Mapping

from .entries import Entries, Entry, Sub
from .forms import fields_of, flag_of, items_of, lowered, refuse
from .kinds import NO_REFERENCES, Canonical, Choice, FileMode, Flag, Json, Kind, References, Size, Text
from .pairs import Pairs

MOUNT_TYPES = ("bind", "volume", "tmpfs", "npipe", "cluster", "image")
PROPAGATIONS = ("shared", "slave", "private", "rshared", "rslave", "rprivate")

# They mean something to Docker Desktop only, and no Engine keeps them for a service: taken, and left out.
CONSISTENCIES = ("default", "consistent", "cached", "delegated")
# The Engine does it for a container, and drops it for a service without a word.
_CREATE = "bind-create-src"
_NOT_CREATED = "leave it out and make the folder on every node that may run a task; Engines do it for no service"

# The CLI's names of the sub-options, which its one-line form uses.
_CLI_NAMES = {
    "src": "source",
    "dst": "target",
    "destination": "target",
    "ro": "readonly",
    "bind-propagation": "propagation",
    "bind-nonrecursive": "non_recursive",
    "bind-recursive": "recursive",
    "volume-nocopy": "no_copy",
    "volume-subpath": "subpath",
    "image-subpath": "subpath",
    "volume-label": "labels",
    "volume-driver": "driver",
    "volume-opt": "driver_options",
    "tmpfs-size": "tmpfs_size",
    "tmpfs-mode": "tmpfs_mode",
}


class DriverConfig(Kind):
    """A volume driver: its name and options."""

    def argument(self) -> dict[str, Any]:
        options = {"name": {"type": "str"}, "options": {"type": "dict"}}
        return {"type": "dict", "options": options}

    def parse(self, value: Any, option: str) -> dict[str, Any]:
        if not isinstance(value, Mapping) or set(value) - {"name", "options"}:
            refuse(option, value, "write a dict of name and options")
        options = Pairs(loose=True).parse(value.get("options") or {}, option + ".options")
        return {"name": Text().parse(value.get("name") or "", option + ".name"), "options": options}

    def read(self, raw: Json) -> dict[str, Any]:
        return {"name": str(raw.get("Name") or ""), "options": Pairs().read(raw.get("Options") or {})}

    def write(self, value: Canonical, raw: Json) -> Json:
        written = {key: item for key, item in (raw or {}).items() if key not in ("Name", "Options")}
        for key, item in (("Name", value["name"]), ("Options", value["options"])):
            if item:
                written[key] = item
        return written

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return {"name": value["name"] or None, "options": dict(value["options"])}

    def hide(self, shown: Any) -> Any:
        return {**shown, "options": Pairs().hide(shown["options"])}


class TmpfsOptions(Kind):
    """Flags (`noexec`) and settings (`uid=1000`) of a tmpfs, in order."""

    def argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "str"}

    def parse(self, value: Any, option: str) -> tuple[str, ...]:
        return tuple(Text().parse(item, option) for item in items_of(value, option))

    def read(self, raw: Json) -> tuple[str, ...]:
        return tuple("=".join(str(part) for part in item) for item in raw)

    def write(self, value: Canonical, raw: Json) -> Json:
        return [item.split("=", 1) for item in value]

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return list(value)


_NO_DRIVER = {"name": "", "options": {}}

# Which sub-options belong to one type of mount only.
_BELONGS = {
    "propagation": ("bind",),
    "non_recursive": ("bind",),
    "no_copy": ("volume",),
    "labels": ("volume",),
    "driver_config": ("volume",),
    "volume_subpath": ("volume",),
    "image_subpath": ("image",),
    "tmpfs_size": ("tmpfs",),
    "tmpfs_mode": ("tmpfs",),
    "tmpfs_options": ("tmpfs",),
}

_SUBS: tuple[Sub, ...] = (
    Sub("type", Choice(choices=MOUNT_TYPES), ("Type",), "bind", shown_default="bind"),
    Sub("source", Text(), ("Source",), "", aliases=("src",)),
    Sub("target", Text(), ("Target",), "", required=True, aliases=("dst", "destination")),
    Sub("readonly", Flag(), ("ReadOnly",), False, aliases=("read_only", "ro")),
    Sub("propagation", Choice(choices=PROPAGATIONS), ("BindOptions", "Propagation"), "rprivate"),
    Sub("non_recursive", Flag(), ("BindOptions", "NonRecursive"), False, since=(1, 40)),
    Sub("no_copy", Flag(), ("VolumeOptions", "NoCopy"), False),
    Sub("labels", Pairs(), ("VolumeOptions", "Labels"), {}),
    Sub("driver_config", DriverConfig(), ("VolumeOptions", "DriverConfig"), _NO_DRIVER),
    Sub("volume_subpath", Text(), ("VolumeOptions", "Subpath"), "", since=(1, 45), aliases=("subpath",)),
    Sub("image_subpath", Text(), ("ImageOptions", "Subpath"), "", since=(1, 48)),
    Sub("tmpfs_size", Size(), ("TmpfsOptions", "SizeBytes"), 0),
    Sub("tmpfs_mode", FileMode(), ("TmpfsOptions", "Mode"), 0),
    Sub("tmpfs_options", TmpfsOptions(), ("TmpfsOptions", "Options"), (), since=(1, 46)),
)


class Mounts(Entries):
    """The list of mounts; the target makes an entry the same one."""

    def short(self, text: str, where: str) -> Mapping[str, Any]:
        if "=" not in text:
            refuse(where, text, "write %s" % _long_form(text))
        given = {_CLI_NAMES.get(name, name): value for name, value in fields_of(text, where).items()}
        for name in ("type", "propagation"):
            if name in given:
                given[name] = lowered(given[name])
        if isinstance(given.get("tmpfs_mode"), str):
            # Octal on the command line, whatever it begins with.
            given["tmpfs_mode"] = "0" + given["tmpfs_mode"].lstrip("0")
        # The CLI's default in this form is a volume; in the long form it is a bind mount.
        given.setdefault("type", "volume")
        kind = given["type"]
        if "subpath" in given:
            given["image_subpath" if kind == "image" else "volume_subpath"] = given.pop("subpath")
        if "driver" in given or "driver_options" in given:
            options = given.pop("driver_options", [])
            listed = options if isinstance(options, list) else [options]
            given["driver_config"] = {"name": given.pop("driver", ""), "options": listed}
        recursive = given.pop("recursive", "enabled")
        if recursive not in ("enabled", "disabled"):
            # The Engine takes `writable` and `readonly` for containers and drops them for services.
            refuse(where, text, "a service knows bind-recursive=enabled and disabled only")
        if recursive == "disabled":
            given["non_recursive"] = True
        return given

    def entry(self, given: Mapping[str, Any], where: str, written: Any) -> dict[str, Any]:
        left = dict(given)
        consistency = left.pop("consistency", None)
        if consistency is not None and lowered(consistency) not in CONSISTENCIES:
            refuse(where, consistency, "choose one of %s" % ", ".join(CONSISTENCIES))
        create = left.pop(_CREATE, None)
        if create is not None and flag_of(create, "%s.%s" % (where, _CREATE)):
            refuse(where, _CREATE, _NOT_CREATED)
        return super().entry(left, where, written)

    def check(self, entry: dict[str, Any], where: str) -> dict[str, Any]:
        kind = entry["type"]
        if not entry["source"] and kind not in ("tmpfs", "volume"):
            refuse(where, entry["target"], "a mount of type %s needs a source" % kind)
        if entry["source"] and kind == "tmpfs":
            refuse(where, entry["source"], "a tmpfs has no source")
        for sub in self.subs:
            allowed = _BELONGS.get(sub.option)
            if allowed and kind not in allowed and not sub.kind.same(entry[sub.option], sub.default):
                refuse("%s.%s" % (where, sub.option), kind, "it needs type %s" % allowed[0])
        return entry

    def needs(self, value: Canonical, option: str) -> tuple[tuple[str, tuple[int, int]], ...]:
        kinds = {entry["type"] for entry in value}
        # No version is on record for images: Engines that cannot mount them for a service say so.
        return super().needs(value, option) + (((option + ".type", (1, 42)),) if "cluster" in kinds else ())

    def show_entry(self, entry: Entry, refs: References) -> dict[str, Any]:
        return {"type": entry["type"], **super().show_entry(entry, refs)}

    def write_entry(self, entry: Entry, raw: Mapping[str, Any]) -> dict[str, Any]:
        written = super().write_entry(entry, raw)
        written["Type"] = entry["type"]
        if raw and raw.get("Type") != entry["type"]:
            # Options of the former type would be refused by the Engine.
            for kind, key in (("bind", "Bind"), ("volume", "Volume"), ("tmpfs", "Tmpfs"), ("image", "Image")):
                if kind != entry["type"]:
                    written.pop(key + "Options", None)
        return written


def _long_form(text: str) -> str:
    """The short text of a Compose file (`/srv:/data:ro`) as the text of a mount."""
    source, _colon, rest = text.strip().partition(":")
    target, _colon, flags = rest.partition(":")
    if not source or not target:
        return "type=volume,target=%s" % (target or source or "/path")
    kind = "bind" if source[0] in "/.~" else "volume"
    more = {"ro": ",readonly", "nocopy": ",volume-nocopy"}
    words = [more.get(flag, ",bind-propagation=" + flag if flag in PROPAGATIONS else "") for flag in flags.split(",")]
    return "type=%s,source=%s,target=%s%s" % (kind, source, target, "".join(words))


MOUNTS: Kind = Mounts(
    elsewhere={
        "bind": "write propagation or non_recursive beside the source; no Engine makes the folder of a service",
        "volume": "write no_copy or volume_subpath beside the source",
        "tmpfs": "write tmpfs_size or tmpfs_mode beside the target",
        "image": "write image_subpath beside the source",
    },
    subs=_SUBS,
    key=("target",),
    words=("type", "source", "target", "readonly", "consistency", _CREATE, *_CLI_NAMES),
)
