# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be read off one list of tasks: who serves, who failed, since when all is settled."""

from __future__ import annotations

from statistics import median
from typing import Iterable, Mapping

from ..cluster import JsonObject, Task, inner, mode_of
from ..times import instant
from .types import Waiting

_MISSING_IMAGE = ("no such image", "manifest unknown", "not found: manifest", "pull access denied")


# A job's tasks are desired to be complete (swarmkit), a task that waits out its restart delay ready.
_TO_RUN = ("running", "ready", "complete")
# Before the scheduler has found a node. A new task waits in the first for up to a minute while Swarm waits for the end
# of a former one that had no node either (observed on 26.1).
NOT_PLACED = ("new", "allocated", "pending")


def is_job(spec: JsonObject) -> bool:
    """Whether the service runs to completion instead of for ever."""
    return mode_of(spec).endswith("-job")


def live(tasks: Iterable[Task]) -> dict[str, Task]:
    """The task that fills each place (slot or node) now: those that Swarm wants to run or will start."""
    places: dict[str, Task] = {}
    for task in tasks:
        if task.desired_state in _TO_RUN and not task.ended:
            other = places.get(task.place)
            if other is None or _rank(task) > _rank(other):
                places[task.place] = task
    return places


def _rank(task: Task) -> tuple[bool, str]:
    return (task.running, task.created_at)


def moved_since(task: Task, cut: float | None) -> bool:
    """Whether the task was created by or after the write (both times are the leader's clock)."""
    created = instant(task.created_at)
    return cut is None or created is None or created >= cut


def failures_among(tasks: Iterable[Task], spec: JsonObject, cut: float | None) -> list[Task]:
    """The tasks that ended by themselves since the write, oldest first.

    An exit with status 0 is a failure of a service that runs for ever, and success of a job and of what is to be
    restarted on failure only.
    """
    found = [task for task in tasks if _failed(task, spec) and moved_since(task, cut)]
    return sorted(found, key=lambda task: (task.timestamp, task.id))


def failures_since(tasks: Iterable[Task], spec: JsonObject, moment: float) -> list[Task]:
    """Those that ended by themselves since then (wall clock of the leader), whenever they began.

    A node stamps the end: one that was created later counts, whatever that node's clock says.
    """
    found = failures_among(tasks, spec, None)
    return [task for task in found if (instant(task.timestamp) or 0.0) >= moment or moved_since(task, moment)]


def _failed(task: Task, spec: JsonObject) -> bool:
    if task.state == "complete":
        return not ended_well(task, spec)
    return task.state in ("failed", "rejected", "orphaned")


def ended_well(task: Task, spec: JsonObject) -> bool:
    """Whether the task ended with status 0 where that is all that is asked for (swarmkit `shouldRestart`)."""
    return task.state == "complete" and (is_job(spec) or restart_policy(spec)[0] in ("none", "on-failure"))


def restart_policy(spec: JsonObject) -> tuple[str, int]:
    """The restart condition and how many restarts a slot has; 0 attempts: any number. The Engine's default is any."""
    policy = inner(spec, "TaskTemplate", "RestartPolicy")
    condition, attempts = policy.get("Condition"), policy.get("MaxAttempts")
    return condition or "any", attempts if isinstance(attempts, int) and attempts > 0 else 0


def pending_reason(tasks: Iterable[Task]) -> str:
    """Why a task cannot be placed, in the scheduler's words, or empty."""
    for task in tasks:
        if task.state == "pending" and task.desired_state in _TO_RUN:
            reason = task.error or (task.message if task.says("no suitable node") else "")
            if reason:
                return reason
    return ""


def unplaced(tasks: Iterable[Task]) -> int:
    """How many places have a task without a node."""
    return sum(1 for task in live(tasks).values() if task.state in NOT_PLACED)


def has_check(spec: JsonObject) -> bool:
    """Whether the specification itself declares a health check."""
    test = inner(spec, "TaskTemplate", "ContainerSpec", "Healthcheck").get("Test")
    return bool(test) and test != ["NONE"]


# What a task of such a state waits for.
_WAITS = {
    "new": "the task of %s has not been placed",
    "allocated": "the task of %s has not been placed",
    "pending": "the task of %s has not been placed",
    "assigned": "the node of the task of %s has not taken it up",
    "accepted": "the node of the task of %s has not begun with it",
    "preparing": "the task of %s has been preparing (image, volumes, networks)",
    "ready": "the task of %s has waited for its turn to start",
    "starting": "the task of %s has not come up (its process begins, or the health check of its image has not passed)",
}


def waiting(tasks: Iterable[Task], spec: JsonObject, names: Mapping[str, str]) -> Waiting | None:
    """What the task waits for that has waited longest; None where none is on its way. `names` are those of nodes.

    A task with a health check is starting until that has passed (moby); what images declare is not known here.
    """
    found = [task for task in live(tasks).values() if not task.running]
    if not found:
        return None
    reason = pending_reason(found)
    if reason:
        return Waiting('a task cannot be placed: "%s"' % reason, None, unplaced=True)
    task = min(found, key=lambda one: (one.timestamp or one.created_at, one.id))
    place = "slot %d" % task.slot if task.slot else "node %s" % names.get(task.node_id, task.node_id)
    if task.desired_state == "ready" and task.state in NOT_PLACED:
        text = "the task of %s has waited for its restart delay, or for the end of the former one" % place
        return Waiting(text, instant(task.timestamp))
    text = _WAITS.get(task.state, "the task of %s has been " + task.state) % place
    checked = task.container_id if task.state == "starting" else ""
    if checked and has_check(spec):
        text = "the health check of %s has not passed" % place
    return Waiting(text, instant(task.timestamp), task.state in NOT_PLACED, checked)


def image_is_missing(task: Task) -> bool:
    """Whether the task ended because its image could not be had on its node."""
    return task.ended and task.says(*_MISSING_IMAGE)


def swap_seconds(tasks: Iterable[Task]) -> float | None:
    """How long a running task took from its creation until it served, at the median; None where none tells.

    The leader stamps the creation, the node the rest: clocks that differ much tell nothing.
    """
    spans = []
    for task in tasks:
        created, served = instant(task.created_at), instant(task.timestamp)
        if task.running and created is not None and served is not None and served > created:
            spans.append(served - created)
    return median(spans) if spans else None


def served_since(task: Task, *, wall_offset: float, earliest: float, latest: float, unstamped: float) -> float:
    """Since when (monotonic) a running task serves.

    The node stamps the change to running with its own clock; a clock that is off is held to what
    was observed: after the last look at which all was not yet settled, before this one. `unstamped` is the answer for
    a task without a stamp.
    """
    stamped = instant(task.timestamp)
    if stamped is None:
        return unstamped
    return min(max(stamped - wall_offset, earliest), latest)


def lived(task: Task) -> float:
    """Seconds that a task which ended by itself can have served at most: from its creation to its end."""
    created, ended = instant(task.created_at), instant(task.timestamp)
    if task.state not in ("failed", "complete") or created is None or ended is None:
        return 0.0
    return max(ended - created, 0.0)
