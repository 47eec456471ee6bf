# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Swarm itself brings about for a service, place by place: the one measure of whether it is as declared.

A place is a slot or, of a global service, a node. Create, update, the second run, verify, status, steps and releases
all ask `wanted`, so that the same state of a cluster has one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping, Sequence

from ..cluster import JsonObject, Node, Service, Task, mode_of, replicas_of
from . import readings


@dataclass(frozen=True)
class Wanted:
    """The places of a service and who fills them now.

    `desired` counts the places that are to be filled. `serving` tasks run, `starting` ones will or wait for a node.
    `ended` tasks ended well and Swarm starts no other in their place, `spent` ones ended badly and Swarm starts no
    other either. `paused` are nodes of a global service that Swarm leaves as they are, whatever they run.
    """

    desired: int
    serving: tuple[Task, ...] = ()
    starting: tuple[Task, ...] = ()
    ended: tuple[Task, ...] = ()
    spent: tuple[Task, ...] = ()
    paused: tuple[Node, ...] = ()

    @property
    def filled(self) -> int:
        """Places that are as Swarm wants them."""
        return len(self.serving) + len(self.ended)

    @property
    def reached(self) -> bool:
        """Whether every place is as Swarm wants it, and no task is on its way."""
        return not self.starting and not self.spent and self.filled == self.desired


def wanted(
    service: Service,
    spec: JsonObject,
    tasks: Iterable[Task],
    nodes: Sequence[Node] | None = None,
    every: Sequence[Task] | None = None,
    cut: float | None = None,
) -> Wanted:
    """The places that `service` has under `spec`; of a job those of its present run.

    `tasks` are those of that specification, ended ones included. A place may hold a newer task of another one, which
    `every` (all tasks of the service) tells; without it only what was created since `cut` (wall clock of the leader)
    can be the last task of its place. `nodes` are all nodes of the Swarm; None: of what runs on each node Swarm's own
    count of desired tasks rules then (`ServiceStatus`, API 1.41), from which a place that is over drops out.
    """
    job = readings.is_job(spec)
    known = [task for task in tasks if not job or task.job_iteration == service.job_iteration]
    present = readings.live(known)
    over = _over(spec, known, present, None if job else every, cut)
    ended = {place: task for place, task in over.items() if readings.ended_well(task, spec)}
    spent = {place: task for place, task in over.items() if place not in ended}
    paused: tuple[Node, ...] = ()
    if not mode_of(spec).startswith("global"):
        desired = replicas_of(spec)
    elif nodes is None:
        desired = max(len(present), service.desired_tasks or 0) + len(over)
    else:
        places, paused = _places(spec, nodes, {*present, *(ended if job else ())})
        ended, spent = _within(ended, places), _within(spent, places)
        # A task on a node that it is to leave says nothing of the places that are wanted.
        present = _within(present, places)
        desired = len(places)
    return Wanted(
        desired,
        tuple(task for task in present.values() if task.running),
        tuple(task for task in present.values() if not task.running),
        tuple(ended.values()),
        tuple(spent.values()),
        paused,
    )


def may_be_over(spec: JsonObject, tasks: Iterable[Task]) -> bool:
    """Whether the last task of a place ended for good, as far as the tasks of one specification tell."""
    known = list(tasks)
    return not readings.is_job(spec) and bool(_over(spec, known, readings.live(known), None, None))


def nodes_of(spec: JsonObject, nodes: Sequence[Node]) -> list[Node]:
    """The nodes on which a global service is to have a task, paused ones included (swarmkit global.go).

    Availability, state and constraints count, reservations do not. A node whose state is unknown, as all are after an
    election, is one that will be back.
    """
    from ..constraints import constraints_of, matches

    constraints = constraints_of(spec)
    return [
        node for node in nodes if node.state != "down" and node.availability != "drain" and matches(constraints, node)
    ]


def _places(spec: JsonObject, nodes: Sequence[Node], filled: set[str]) -> tuple[set[str], tuple[Node, ...]]:
    """The nodes that are to have a task, and those that are paused without one of this specification.

    Swarm neither starts nor replaces tasks on a paused node (swarmkit `reconcileServices`).
    """
    fit = nodes_of(spec, nodes)
    paused = tuple(node for node in fit if node.availability == "pause" and node.id not in filled)
    left = {node.id for node in paused}
    return {node.id for node in fit if node.id not in left}, paused


def _over(
    spec: JsonObject,
    tasks: Sequence[Task],
    present: Mapping[str, Task],
    every: Sequence[Task] | None,
    cut: float | None,
) -> dict[str, Task]:
    """The last task of each place in which Swarm starts no other.

    In one transaction it says that an ended task is not to run any more and creates the next one (swarmkit
    `Supervisor.Restart`): where there is no next one, there will be none. What was stopped did not end by itself.
    """
    last: dict[str, Task] = {}
    for task in tasks if every is None else every:
        other = last.get(task.place)
        if other is None or (task.created_at, task.id) > (other.created_at, other.id):
            last[task.place] = task
    own = {task.id for task in tasks}
    return {
        place: task
        for place, task in last.items()
        if place not in present
        and task.id in own
        and (_last_of_job(task, spec, tasks) if readings.is_job(spec) else _final(task, spec))
        and (every is not None or readings.is_job(spec) or readings.moved_since(task, cut))
    }


def _final(task: Task, spec: JsonObject) -> bool:
    """Whether the restart policy leaves it at this task."""
    if task.state not in ("complete", "failed", "rejected") or task.desired_state != "shutdown":
        return False
    condition, attempts = readings.restart_policy(spec)
    return condition == "none" or attempts > 0 or readings.ended_well(task, spec)


def _last_of_job(task: Task, spec: JsonObject, tasks: Sequence[Task]) -> bool:
    """The same of a task of a job, which Swarm does not always call over: the attempts of its place are counted."""
    if task.state == "complete":
        return True
    condition, attempts = readings.restart_policy(spec)
    failed = sum(1 for one in tasks if one.place == task.place and one.state in ("failed", "rejected"))
    return failed > 0 and (condition == "none" or 0 < attempts < failed)


def _within(found: Mapping[str, Task], places: set[str]) -> dict[str, Task]:
    return {place: task for place, task in found.items() if place in places}
