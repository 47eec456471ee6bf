# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laying wanted values over a spec, and telling two specs apart field by field."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from ..cluster import mode_of
from ..errors import OptionError
from ..masking import MASK, hidden
from .desired import Desired, check_mode
from .field import JOBS, put, remove
from .image import spelled
from .kinds import NO_REFERENCES, Canonical, References
from .pairs import STACK_IMAGE
from .table import COMPLETE, FIELDS, TABLE, rows_of

_PLATFORMS = ("TaskTemplate", "Placement", "Platforms")
# The Engine fills in what nobody has to send (20.10 to 28.5).
_FILLED_IN = {"TaskTemplate.Runtime": "container"}
# `unspecified: reset` leaves these alone: they are no settings but the state of the service.
_NEVER_RESET = ("mode", "replicas", "max_concurrent", "force_update", "image")


@dataclass(frozen=True)
class Change:
    """One option that differs: its dotted name, both values as the user would write them, secrets hidden."""

    option: str
    before: Any
    after: Any
    replaces_tasks: bool


@dataclass(frozen=True)
class Overlay:
    """A spec to be written, and in which options it differs from the one before."""

    spec: dict[str, Any]
    changes: tuple[Change, ...] = ()
    recreate: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.changes) or self.recreate

    @property
    def replaces_tasks(self) -> bool:
        """Whether writing it replaces running tasks (for placement constraints: may replace)."""
        return self.recreate or any(change.replaces_tasks for change in self.changes)


@dataclass(frozen=True)
class Needed:
    """Names (or IDs) of objects that an overlay has to know the IDs of; false when there are none."""

    networks: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.networks or self.configs or self.secrets)


def references_needed(desired: Desired, current: Mapping[str, Any] | None) -> Needed:
    """What has to be looked up before `overlay`: mentioned networks (and, to name them, the current ones),
    and configs and secrets that the service does not have already.
    """
    spec = current or {}
    networks: list[str] = []
    if "networks" in desired.values:
        present = FIELDS["networks"].read(spec)
        networks = [entry["name"] or entry["id"] for entry in desired.values["networks"]]
        networks += [entry["id"] for entry in present]
    configs = _missing(desired, spec, "configs", "config")
    credential = desired.values.get("credential_spec")
    if credential and credential["form"] == "config":
        row = FIELDS["credential_spec"]
        if not row.kind.same(credential, row.read(spec)):
            configs.append(credential["value"])
    secrets = _missing(desired, spec, "secrets", "secret")
    return Needed(*(tuple(dict.fromkeys(names)) for names in (networks, configs, secrets)))


def _missing(desired: Desired, spec: Mapping[str, Any], option: str, what: str) -> list[str]:
    present = {entry[what + "_name"] for entry in FIELDS[option].read(spec)}
    wanted = desired.values.get(option, ())
    return [
        entry[what + "_name"] for entry in wanted if not entry[what + "_id"] and entry[what + "_name"] not in present
    ]


def overlay(
    current: Mapping[str, Any] | None,
    desired: Desired,
    refs: References,
    *,
    name: str,
    unspecified: str = "keep",
    image: str | None = None,
    platforms: Sequence[Mapping[str, Any]] | None = None,
    force: bool = False,
) -> Overlay:
    """The spec to write: the current one (None: no service yet) with the wanted values laid over it.

    `image` is the wanted image with the digest that a registry gave, compared exactly; `platforms` are
    the registry's, written only along with the image. `unspecified="reset"` takes every option that is
    not mentioned back to its default. `force` (or `force_update: true`) replaces the tasks in any case.
    Raises OptionError and MissingReference; the arguments stay as they are.
    """
    before: Mapping[str, Any] = current if current is not None else {}
    spec = copy.deepcopy(dict(current)) if current is not None else _blank(name)
    wanted = {option: value for option, value in desired.values.items() if option != "force_update"}
    if image is not None:
        wanted["image"] = FIELDS["image"].parse(image)
    _check_image(wanted, new=current is None)
    if unspecified == "reset":
        for row in TABLE:
            if row.option not in _NEVER_RESET:
                wanted.setdefault(row.option, row.default)
    mode = wanted.get("mode", mode_of(before))
    said = "mode" in desired.values
    idle = check_mode(
        {option: value for option, value in wanted.items() if option in desired.values}, mode, said, desired.emptied
    )
    wanted = {option: value for option, value in wanted.items() if option not in idle.options}
    _lay(wanted, spec, refs)
    _follow_the_image(spec, before, desired)
    if mode in JOBS:
        _forget_updates(spec)
    starts_anew = current is None or mode != mode_of(before)
    if starts_anew and mode == "replicated-job" and "max_concurrent" not in wanted:
        # As the CLI: all completions at once, unless told otherwise.
        FIELDS["max_concurrent"].write(spec, FIELDS["replicas"].read(spec), explicit=True)
    if platforms and FIELDS["image"].read(spec) != FIELDS["image"].read(before):
        put(spec, _PLATFORMS, [_platform(item) for item in platforms])
    if current is not None and (force or desired.values.get("force_update")):
        FIELDS["force_update"].place.put(spec, FIELDS["force_update"].read(spec) + 1)
    changes = differences(before, spec, refs)
    warnings = idle.warnings
    if current is not None and unspecified != "reset":
        warnings += _emptied(desired.emptied, changes)
    return Overlay(spec, changes, recreate=current is not None and starts_anew, warnings=warnings)


def _emptied(groups: Sequence[str], changes: Sequence[Change]) -> tuple[str, ...]:
    """A sentence for each option that was given without sub-options and takes something away by that.

    Roles hand such dicts over when all of their sub-options are omitted, and mean nothing by it.
    """
    found = []
    for group in groups:
        gone = [change.option for change in changes if change.option.rpartition(".")[0] == group]
        if gone:
            found.append(
                "%s is given without sub-options, which takes %s back to the default; to keep what the service has, "
                'leave out the whole option, as in %s: "{{ value | default(omit) }}"' % (group, ", ".join(gone), group)
            )
    return tuple(found)


def _check_image(wanted: Mapping[str, Canonical], new: bool) -> None:
    if new and not wanted.get("image"):
        raise OptionError("image", None, "a new service needs an image")
    if not wanted.get("image", True):
        raise OptionError("image", "", "a service needs an image; leave the option out to keep the one that it has")


def _blank(name: str) -> dict[str, Any]:
    return {
        "Name": name,
        "TaskTemplate": {"ContainerSpec": {}},
        "Mode": {"Replicated": {"Replicas": 1}},
    }


def _lay(wanted: Mapping[str, Canonical], spec: dict[str, Any], refs: References) -> None:
    """Write what differs, and the whole of those objects that the Engine wants whole."""
    touched = set()
    # Read before anything is written: in an object that was just begun, what is missing means something else.
    before = {row.option: row.read(spec) for row in TABLE if row.group in COMPLETE}
    for row in TABLE:
        if row.option not in wanted:
            continue
        present = row.read(spec)
        value = row.kind.settle(wanted[row.option], present, refs, row.option)
        if not row.kind.same(value, present):
            row.write(spec, value)
            touched.add(row.group)
    for group in touched.intersection(COMPLETE):
        for row in rows_of(group):
            row.write(spec, wanted.get(row.option, before[row.option]), explicit=True)


def _follow_the_image(spec: dict[str, Any], before: Mapping[str, Any], desired: Desired) -> None:
    """The label in which a stack keeps the name of its image follows the image, unless the task names the label.

    Else a later `docker stack deploy` takes the image of its file for the one that is there and leaves it.
    """
    labels = FIELDS["labels"].read(before)
    if STACK_IMAGE not in labels or STACK_IMAGE in (desired.values.get("labels") or ()):
        return
    moves = FIELDS["image"].read(spec) != FIELDS["image"].read(before)
    if moves and spelled(labels[STACK_IMAGE]) != desired.values["image"]:
        FIELDS["labels"].write(spec, {**FIELDS["labels"].read(spec), STACK_IMAGE: desired.values["image"]})


def _forget_updates(spec: dict[str, Any]) -> None:
    """Jobs have no updates, and the Engine refuses a spec that says how to do them."""
    for key in ("UpdateConfig", "RollbackConfig"):
        remove(spec, (key,))


def _platform(item: Mapping[str, Any]) -> dict[str, str]:
    architecture = str(item.get("architecture") or item.get("Architecture") or "")
    system = str(item.get("os") or item.get("OS") or "")
    # Registries say "arm" where nodes say "armv7l": as the CLI, do not insist on it.
    found = {"Architecture": "" if architecture.lower() == "arm" else architecture, "OS": system}
    return {key: value for key, value in found.items() if value}


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], refs: References | None = None
) -> tuple[Change, ...]:
    """Every option in which two specs differ; what the table does not know comes under its Engine path."""
    if before == after:
        # Most services of most runs: reading every option to find none that differs is dear.
        return ()
    names = refs or NO_REFERENCES
    found = []
    for row in TABLE:
        left, right = row.read(before), row.read(after)
        if row.kind.same(left, right):
            continue
        shown = [row.kind.hide(row.kind.show(value, names)) for value in row.kind.contrast(left, right)]
        found.append(Change(row.option, shown[0], _told_apart(*shown), not row.in_place))
    image_moves = any(change.option == "image" for change in found)
    for path, left, right in unknown_differences(before, after):
        if path == ".".join(_PLATFORMS) and image_moves:
            continue
        in_place = path.split(".")[0] not in ("TaskTemplate", "EndpointSpec") or path.startswith(
            "TaskTemplate.Placement"
        )
        found.append(Change(path, hidden(path, left), hidden(path, right), not in_place))
    return tuple(found)


def _told_apart(before: Any, after: Any) -> Any:
    """The shown value after a change; a hidden one says that it changed, since both look the same."""
    if isinstance(after, dict) and isinstance(before, dict):
        return {name: _told_apart(before.get(name), value) for name, value in after.items()}
    if before == after and isinstance(after, str) and MASK in after:
        return after + " (changed)"
    return after


def unknown_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    """Paths outside the table at which two specs differ, with both values."""
    left, right = _rest(before), _rest(after)
    for path in sorted(set(left) | set(right)):
        if left.get(path) != right.get(path):
            yield path, left.get(path), right.get(path)


def _rest(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the table does not know of a spec, by dotted path, nothings left out."""
    left = copy.deepcopy(dict(spec))
    for row in TABLE:
        if row.option not in ("mode", "replicas"):
            row.place.drop(left)
    for key in ("Mode", "Name", "Labels"):
        left.pop(key, None)
    return {path: value for path, value in _leaves(left, ()) if _FILLED_IN.get(path) != value}


def _leaves(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterable[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, str(key)))
        elif value not in (None, "", 0, False, [], {}):
            yield ".".join((*path, str(key))), value
