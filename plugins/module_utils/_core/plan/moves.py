# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which slots a change replaces, adds and takes away, and how many of them serve now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Sequence

from ..cluster import JsonObject, Node, Service, Task, mode_of, replicas_of
from ..constraints import constraints_of, matches
from ..convergence.readings import live
from ..spec import Overlay, same_task_spec
from .types import Spot


@dataclass(frozen=True)
class Moves:
    """What happens to the places of a service.

    `dirty` are the tasks that are replaced, in the order of their slots; `clean` those that stay; `gone`
    those that are taken away; `added` counts the new places.
    """

    dirty: tuple[Task, ...] = ()
    clean: tuple[Task, ...] = ()
    gone: tuple[Task, ...] = ()
    added: int = 0

    @property
    def wanted(self) -> int:
        """The places afterwards."""
        return len(self.dirty) + len(self.clean) + self.added


def moves(current: Service | None, overlay: Overlay, tasks: Iterable[Task], nodes: Sequence[Node]) -> Moves:
    """What writing the overlay does to the places of the service."""
    spec = overlay.spec
    if mode_of(spec).endswith("-job"):
        return Moves(added=_job_tasks(spec, nodes))
    if current is None or overlay.recreate:
        return Moves(added=_wanted(spec, nodes))
    by_id = {node.id: node for node in nodes}
    present = list(live(task for task in tasks if task.service_id == current.id).values())
    if mode_of(spec) == "global":
        eligible = _eligible(spec, nodes)
        kept = [task for task in present if task.node_id in eligible]
        kept.sort(key=lambda task: _node_name(task, by_id))
        gone = [task for task in present if task.node_id not in eligible]
        added = len(eligible) - len({task.node_id for task in kept})
    else:
        wanted = replicas_of(spec)
        kept, gone = _kept(present, wanted)
        added = max(wanted - len(kept), 0)
    ports_move = any(change.option.split(".")[0] in ("publish", "endpoint_mode") for change in overlay.changes)
    dirty = [task for task in kept if ports_move or _is_dirty(task, spec, by_id)]
    clean = [task for task in kept if task not in dirty]
    return Moves(tuple(dirty), tuple(clean), tuple(gone), added)


def spot(task: Task, nodes: Iterable[Node]) -> Spot:
    """Where a task is."""
    names = {node.id: node for node in nodes}
    return Spot(task.slot or None, _node_name(task, names) or None)


def _is_dirty(task: Task, spec: JsonObject, nodes: dict[str, Node]) -> bool:
    """Whether Swarm replaces the task: its specification differs, or its node no longer satisfies the constraints."""
    if not same_task_spec(task.spec, spec):
        return True
    node = nodes.get(task.node_id)
    return node is not None and not matches(constraints_of(spec), node)


def _kept(present: Sequence[Task], wanted: int) -> tuple[list[Task], list[Task]]:
    """Which slots stay when fewer are wanted: running ones first, then those that share their node least."""
    if len(present) <= wanted:
        return sorted(present, key=lambda task: task.slot), []
    ranked = sorted(present, key=lambda task: (not task.running, task.slot))
    seen: dict[str, int] = {}
    order = []
    for task in ranked:
        seen[task.node_id] = seen.get(task.node_id, 0) + 1
        order.append((not task.running, seen[task.node_id], task.slot, task))
    order.sort(key=lambda item: item[:3])
    kept = [item[3] for item in order[:wanted]]
    return sorted(kept, key=lambda task: task.slot), [item[3] for item in order[wanted:]]


def _wanted(spec: JsonObject, nodes: Sequence[Node]) -> int:
    return len(_eligible(spec, nodes)) if mode_of(spec).startswith("global") else replicas_of(spec)


def _job_tasks(spec: JsonObject, nodes: Sequence[Node]) -> int:
    """How many tasks of a job run at the same time."""
    job = (spec.get("Mode") or {}).get("ReplicatedJob")
    if not isinstance(job, dict):
        return len(_eligible(spec, nodes))
    most = job.get("MaxConcurrent")
    return min(replicas_of(spec), most) if isinstance(most, int) and most else replicas_of(spec)


def _eligible(spec: JsonObject, nodes: Sequence[Node]) -> set[str]:
    """The nodes on which a global service wants a task: reservations do not count, constraints do."""
    constraints = constraints_of(spec)
    return {node.id for node in nodes if node.usable and matches(constraints, node)}


def _node_name(task: Task, nodes: dict[str, Node]) -> str:
    node = nodes.get(task.node_id)
    return node.hostname if node else task.node_id
