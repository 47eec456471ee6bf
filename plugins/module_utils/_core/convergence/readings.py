# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be read off one list of tasks: who serves, who failed, since when all is settled."""

from __future__ import annotations

from statistics import median
from typing import Iterable

from ..cluster import JsonObject, Service, Task, mode_of, replicas_of
from ..times import instant

_MISSING_IMAGE = ("no such image", "manifest unknown", "not found: manifest", "pull access denied")


# A job's tasks are desired to be complete (swarmkit), a task that waits out its restart delay ready.
_TO_RUN = ("running", "ready", "complete")


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

    An exit with status 0 is a failure of a service that runs for ever, and success of a job.
    """
    bad_ends = {"failed", "rejected", "orphaned"} | (set() if is_job(spec) else {"complete"})
    found = [task for task in tasks if task.state in bad_ends and moved_since(task, cut)]
    return sorted(found, key=lambda task: (task.timestamp, task.id))


def wanted_places(service: Service, spec: JsonObject, live_places: int) -> int:
    """How many places must be served. For a global service Swarm's own count of desired tasks rules,
    since only the scheduler knows which nodes qualify (`ServiceStatus`, API 1.41).
    """
    if mode_of(spec) == "replicated":
        return replicas_of(spec)
    return max(live_places, service.desired_tasks or 0)


def job_completions(service: Service, tasks: Iterable[Task]) -> int:
    """Completed places of the job's current run; every write begins a new run (iteration)."""
    return len({t.place for t in tasks if t.state == "complete" and t.job_iteration == service.job_iteration})


def pending_reason(tasks: Iterable[Task]) -> str:
    """Why a task cannot be placed, in the scheduler's words, or empty."""
    for task in tasks:
        if task.state == "pending" and task.desired_state in _TO_RUN:
            reason = task.error or (task.message if task.says("no suitable node") else "")
            if reason:
                return reason
    return ""


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
