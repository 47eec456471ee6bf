# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a task runs what a service wants."""

from __future__ import annotations

from typing import Any, Mapping

from .lay import unknown_differences
from .table import TABLE

# What a container is made from: the task template without its placement.
_ROWS = tuple(row for row in TABLE if row.place.path[0] == "TaskTemplate" and not row.option.startswith("placement."))


def same_task_spec(task_spec: Mapping[str, Any], service_spec: Mapping[str, Any]) -> bool:
    """Whether a task's spec (`Spec` in `GET /tasks`) is the service's task template.

    Compared in canonical form, since the Engine fills in what was not sent (`Runtime`, `Isolation`).
    Placement is left out: Swarm keeps a task whose node still fits, and moves one that does not by
    itself. Published ports and the endpoint mode are not part of a task's spec; a change of them
    alone cannot be seen here.
    """
    left = _without_placement(task_spec)
    right = _without_placement(service_spec.get("TaskTemplate") or {})
    # Mostly the two are equal as they stand, which a whole cluster's tasks make worth a look first.
    if left == right:
        return True
    for row in _ROWS:
        if not row.kind.same(row.read(left), row.read(right)):
            return False
    return not any(unknown_differences(left, right))


def _without_placement(template: Mapping[str, Any]) -> dict[str, Any]:
    # Tasks do not show the runtime that services show.
    left_out = ("Placement", "Runtime") if template.get("Runtime") == "container" else ("Placement",)
    return {"TaskTemplate": {key: value for key, value in template.items() if key not in left_out}}
