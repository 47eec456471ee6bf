# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service as its users know it: option names, units, no secrets."""

from __future__ import annotations

from typing import Any, Mapping

from ..cluster import mode_of
from .field import Field
from .kinds import NO_REFERENCES, References
from .lay import differences
from .table import TABLE


def show(spec: Mapping[str, Any], refs: References | None = None, *, masked: bool = True) -> dict[str, Any]:
    """All options of a service, nested as in a task, then the flat result keys of community.docker.

    Values are those in force, defaults included. Flat keys are in the units that users of
    community.docker know (nanoseconds, bytes) and None where the service says nothing. Where both
    have a key of one name (`env`, `stop_grace_period`, …) it has the form of the option. Options that
    the service's mode does not know are None.
    """
    names = refs or NO_REFERENCES
    shown: dict[str, Any] = {"name": spec.get("Name")}
    mode = mode_of(spec)
    for row in TABLE:
        value = row.kind.show(row.read(spec), names) if mode in row.modes else None
        _nest(shown, row.option, row.kind.hide(value) if masked and value is not None else value)
    for row in TABLE:
        if row.legacy and row.legacy not in shown:
            absent = row.place.get(spec) is None and not _left_out(row, spec)
            shown[row.legacy] = None if absent else row.kind.legacy(row.read(spec), names)
    return shown


def _left_out(row: Field, spec: Mapping[str, Any]) -> bool:
    """Whether the Engine left a zero out of an update or rollback configuration that is there (`omitempty`)."""
    parent = spec.get(row.place.path[0])
    return row.option in _ZEROS and isinstance(parent, Mapping)


_ZEROS = ("update_config.delay", "rollback_config.delay")


def diff(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, refs: References | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides of a diff in option names, with only what differs; None stands for "no service"."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for change in differences(before or {}, after or {}, refs):
        if before is not None:
            _nest(old, change.option, change.before)
        if after is not None:
            _nest(new, change.option, change.after)
    return old, new


def _nest(data: dict[str, Any], dotted: str, value: Any) -> None:
    names = dotted.split(".")
    for name in names[:-1]:
        data = data.setdefault(name, {})
    data[names[-1]] = value
