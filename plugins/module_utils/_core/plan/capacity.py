# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The capacity check: does every task of every batch find a node, in whatever order Swarm takes the slots.

All tasks of a service ask the same of a node, so room is a number of tasks for each node. After `j` slots have
moved, the room depends on which ones they were; `_least_room` assumes the worst.
"""

from __future__ import annotations

from typing import Sequence

from ..cluster import JsonObject, Node, Service, Task, mode_of
from ..constraints import matches
from .moves import Moves, spot
from .room import Need, Room, host_ports, room
from .types import Capacity, Spot

# Steps of the exact search; beyond them room that comes free on the way is not counted on.
_SEARCH = 2_000_000
_SHOWN = 5


def rooms(
    current: Service | None, spec: JsonObject, moving: Moves, nodes: Sequence[Node], tasks: Sequence[Task]
) -> list[Room]:
    """The room for tasks of `spec` on each node, by name."""
    need = Need.of(spec)
    before = (current.spec.get("EndpointSpec") or {}) if current else {}
    ports_kept = bool(need.ports & host_ports(before.get("Ports")))
    replaced = {task.id for task in moving.dirty}
    leaving = {task.id for task in moving.gone}
    found = []
    for node in sorted(nodes, key=lambda one: (one.hostname, one.id)):
        there = [task for task in tasks if task.node_id == node.id and not task.ended and task.id not in leaving]
        own = [task for task in there if task.id in replaced]
        others = [task for task in there if task.id not in replaced]
        staying = sum(1 for task in moving.clean if task.node_id == node.id)
        found.append(room(node, need, own, staying, others, ports_kept))
    return found


def check(spec: JsonObject, moving: Moves, found: Sequence[Room], order: str, parallelism: int) -> Capacity:
    """Whether the tasks fit when `parallelism` slots (0: all) move at a time in that order."""
    if not moving.dirty and not moving.added:
        return Capacity()
    if mode_of(spec).startswith("global"):
        return _on_each_node(moving, found, order, Need.of(spec).constraints)
    least = _least_room(found, len(moving.dirty))
    moved = len(moving.dirty)
    if not moved:
        return _new_tasks(moving.added, least[0], found)
    start_first = order == "start-first"
    asked = min(parallelism or moved, moved)
    largest = _largest(least, moving.added, moved, start_first)
    if asked <= largest:
        return Capacity(True, largest_parallelism=largest)
    waiting = _waiting(moving, least, asked, start_first, [one.node for one in found])
    problems = _sentences(waiting, start_first, largest, found)
    stop_first_fits = start_first and _largest(least, moving.added, moved, False) > 0
    return Capacity(False, problems, largest, _proposal(largest, start_first, stop_first_fits))


def _on_each_node(moving: Moves, found: Sequence[Room], order: str, constraints: Sequence[str]) -> Capacity:
    """A task of a global service has one node only."""
    start_first = order == "start-first" and bool(moving.dirty)
    replaced = {task.node_id for task in moving.dirty}
    stuck, for_good = [], False
    staying = {task.node_id for task in moving.clean}
    for one in found:
        eligible = one.node.usable and matches(constraints, one.node)
        if one.node.id not in replaced and (not eligible or one.node.id in staying):
            continue
        if (one.now if start_first else one.freed[-1]) <= 0:
            stuck.append(one)
            for_good = for_good or one.freed[-1] <= 0
    if not stuck:
        return Capacity(True, largest_parallelism=len(replaced) or None)
    beside = " beside the old one" if start_first else ""
    problems = tuple(
        "the new task on %s finds no room%s: %s" % (one.node.hostname, beside, one.reason) for one in stuck
    )
    return Capacity(False, problems, 0, _proposal(0, start_first, not for_good))


def _new_tasks(added: int, places: int, found: Sequence[Room]) -> Capacity:
    if added <= places:
        return Capacity()
    first = "%d of %d new tasks find no node" % (added - places, added)
    return Capacity(False, (first, *_nodes(found)), 0, _proposal(0, False, False))


def _largest(least: Sequence[int], added: int, moved: int, start_first: bool) -> int:
    """The largest parallelism at which nothing waits for a node; 0 where none does."""
    if not start_first:
        # What is in flight has left its place already: all that counts is room for those that moved.
        short = [count for count in range(1, moved + 1) if least[count] - added < count]
        return 0 if short else moved
    largest = moved
    for done in range(moved):
        spare = least[done] - added - done
        if spare < min(largest, moved - done):
            largest = max(spare, 0)
    return largest


def _waiting(
    moving: Moves, least: Sequence[int], asked: int, start_first: bool, nodes: Sequence[Node]
) -> tuple[Spot, ...]:
    """The slots that would wait first, if Swarm took them in the order of their numbers."""
    moved = len(moving.dirty)
    for done in range(moved + 1):
        spare = max(least[done] - moving.added - (done if start_first else 0), 0)
        due = min(asked, moved - done) if start_first else done
        if spare < due:
            first = done + spare if start_first else spare
            last = done + due if start_first else done
            return tuple(spot(task, nodes) for task in moving.dirty[first:last])
    return ()


def _sentences(waiting: Sequence[Spot], start_first: bool, largest: int, found: Sequence[Room]) -> tuple[str, ...]:
    beside = " beside the old one" if start_first else ""
    until = "until others have moved" if largest else "for ever"
    lines = ["%s: its new task finds no node%s and stays pending %s" % (one, beside, until) for one in waiting[:_SHOWN]]
    if len(waiting) > _SHOWN:
        lines.append("%d further slots likewise" % (len(waiting) - _SHOWN))
    return (*lines, *_nodes(found))


def _nodes(found: Sequence[Room]) -> list[str]:
    return [
        "%s has room for %s: %s" % (one.node.hostname, "%d more" % one.now if one.now else "none", one.reason)
        for one in found
        if one.reason
    ]


def _proposal(largest: int, start_first: bool, stop_first_fits: bool) -> str:
    if largest:
        return "update_config.parallelism: %d" % largest
    if start_first and stop_first_fits:
        return "update_config.order: stop-first"
    return "make room: add or activate nodes, lower the reservations, or relax the placement"


def _least_room(found: Sequence[Room], moved: int) -> list[int]:
    """For each number of moved slots, the room that is left in the worst choice of them."""
    fixed = sum(one.now for one in found if len(one.freed) == 1)
    least = [fixed]
    work = 0
    for one in found:
        if len(one.freed) == 1:
            continue
        work += len(least) * len(one.freed)
        freed = one.freed if work < _SEARCH else (one.freed[0],) * len(one.freed)
        if all(count == freed[0] for count in freed):
            least = [value + freed[0] for value in [least[0]] * (len(freed) - 1) + least]
            continue
        longer = [-1] * (len(least) + len(freed) - 1)
        for before, value in enumerate(least):
            for gone, more in enumerate(freed):
                total = value + more
                if longer[before + gone] < 0 or total < longer[before + gone]:
                    longer[before + gone] = total
        least = longer
    least += [least[-1]] * (moved + 1 - len(least))
    return least
