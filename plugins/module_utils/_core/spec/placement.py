# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a specification has a placement at all, which decides about the life of every manager.

A task whose specification differs from its service's in nothing but the placement makes the leader compare its
node with the constraints of the service. Where the service has no `Placement` object, not even an empty one,
that ends in a nil pointer and the leader's dockerd dies; so does the next leader, and each one after a restart
(swarmkit manager/orchestrator/task.go `nodeMatches`; observed on 26.1.5, reported upstream as moby 37883). The
same comparison is made for the tasks' filter `_up-to-date`.
"""

from __future__ import annotations

from typing import Any, Mapping


def has_placement(spec: Mapping[str, Any]) -> bool:
    """Whether the task template has a `Placement`, be it an empty one."""
    return (spec.get("TaskTemplate") or {}).get("Placement") is not None


def with_placement(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with at least an empty placement, which means the same and can be compared with."""
    if has_placement(spec):
        return dict(spec)
    return {**spec, "TaskTemplate": {**(spec.get("TaskTemplate") or {}), "Placement": {}}}
