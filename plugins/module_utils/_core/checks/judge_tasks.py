# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on the new tasks themselves: do they run, since when, how many fell over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping

from ..cluster import JsonObject, Task
from ..convergence.readings import failures_among
from ..masking import mask_text
from ..spec import same_task_spec
from ..times import instant
from ..units import SECOND, format_duration
from .result import FAILED, PASSED, CheckResult, inconclusive, verdict
from .settings import Check, TasksSettings

# The Engine tells no more of a kill for memory than the signal's number (observed on 26.1.5): any task that
# ends by itself with it was killed by the kernel or by hand. One that fails its health check says so.
KILLED = 137
_UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class Wanted:
    """Which tasks count: those of `spec` (a ServiceSpec) or known by ID, on `places`, without the `old` ones.

    `since` is when the step began, in seconds since the epoch: what failed before does not count.
    """

    spec: JsonObject
    places: frozenset[str]
    known: frozenset[str]
    old: frozenset[str]
    since: float

    @staticmethod
    def of(spec: JsonObject, new: Iterable[Task], old: Iterable[Task], since: float) -> Wanted:
        """From the tasks as they were when the step was done."""
        tasks = tuple(new)
        return Wanted(
            spec,
            frozenset(task.place for task in tasks),
            frozenset(task.id for task in tasks),
            frozenset(task.id for task in old),
            since,
        )

    def mine(self, task: Task) -> bool:
        """Whether it is one of the new tasks, or a replacement of one."""
        if task.id in self.known:
            return True
        return task.place in self.places and task.id not in self.old and same_task_spec(task.spec, self.spec)


@dataclass(frozen=True)
class Health:
    """What several looks have shown: since when each running task runs, and which ended by themselves."""

    looked_at: float | None = None
    running: Mapping[str, float] = field(default_factory=dict)
    places: frozenset[str] = frozenset()
    ended: tuple[Task, ...] = ()


def look(wanted: Wanted, before: Health, tasks: Iterable[Task], now: float) -> Health:
    """One more look, at `now` (seconds since the epoch).

    A node stamps with its own clock: a time that cannot be, before the task was created or the last look
    that did not see it run, or after this look, is held to those.
    """
    mine = [task for task in tasks if wanted.mine(task)]
    running: dict[str, float] = {}
    for task in mine:
        if task.running:
            stamped = instant(task.timestamp)
            earliest = max(before.looked_at or 0.0, instant(task.created_at) or 0.0)
            first = min(max(now if stamped is None else stamped, earliest), now)
            running[task.id] = before.running.get(task.id, first)
    ended = {task.id: task for task in before.ended}
    ended.update(
        (task.id, task) for task in failures_among(mine, wanted.spec, None) if _ended_since(task, wanted.since)
    )
    places = frozenset(task.place for task in mine if task.running)
    return Health(now, running, places, tuple(ended.values()))


def _ended_since(task: Task, since: float) -> bool:
    """Created or ended since: the leader stamps one, the node the other, and either may be off."""
    return any((instant(text) or 0) >= since for text in (task.created_at, task.timestamp))


def judge_tasks(
    check: Check, settings: TasksSettings, wanted: Wanted, health: Health, given_up: bool
) -> CheckResult | None:
    """The verdict; None where it takes another look, which there is none once `given_up`."""
    details = _details(health)
    killed = [task for task in health.ended if task.exit_code == KILLED and not task.says(_UNHEALTHY)]
    if settings.oom and killed:
        text = "%s was killed (exit code 137), as the kernel does with what goes beyond its memory limit"
        return verdict(check, FAILED, text % _name(killed[0]), len(killed), 0, details=details)
    count, limit = len(health.ended), settings.max_restarts
    if count > limit:
        text = "%s of new tasks > %d: %s" % (_times(count, "failure"), limit, _reason(health.ended[0]))
        return verdict(check, FAILED, text, count, limit, details=details)
    if not wanted.places:
        return inconclusive(check, "there are no new tasks", **details)
    now = health.looked_at or 0.0
    ages = [now - since for since in health.running.values()]
    ready = sum(1 for age in ages if age >= settings.healthy_for)
    missing = len(wanted.places - health.places)
    if not missing and ready == len(ages):
        text = "%s running for %s >= %s, %s <= %d" % (
            _times(len(ages), "new task"),
            _span(min(ages), settings.healthy_for),
            format_duration(int(settings.healthy_for * SECOND)),
            _times(count, "failure"),
            limit,
        )
        return verdict(check, PASSED, text, min(ages), settings.healthy_for, details=details)
    if not given_up:
        return None
    wanted_count = len(wanted.places)
    text = "%d of %s running for %s" % (
        min(ready, wanted_count - missing),
        _times(wanted_count, "new task"),
        format_duration(int(settings.healthy_for * SECOND)),
    )
    return verdict(check, FAILED, text, min(ages, default=0.0), settings.healthy_for, details=details)


def patience(settings: TasksSettings) -> float:
    """How long to look, in seconds: tasks may start late and be replaced once before they are healthy so long."""
    return 2 * settings.healthy_for + 60.0


def _span(seconds: float, limit: float) -> str:
    """Whole seconds, cut and never rounded up, unless that would fall below the limit."""
    whole = int(seconds)
    return format_duration(int((whole if whole >= limit else limit) * SECOND))


def _times(count: int, noun: str) -> str:
    return "%d %s%s" % (count, noun, "" if count == 1 else "s")


def _name(task: Task) -> str:
    return "task %s (%s)" % (task.id[:12], "slot %d" % task.slot if task.slot else "global")


def _reason(task: Task) -> str:
    return "%s %s: %s" % (
        _name(task),
        task.state,
        mask_text(task.error or task.message) or "exit code %s" % task.exit_code,
    )


def _details(health: Health) -> dict[str, Any]:
    return {
        "running": len(health.running),
        "failures": [
            {
                "task": task.id,
                "slot": task.slot,
                "node": task.node_id,
                "state": task.state,
                "exit_code": task.exit_code,
                "error": mask_text(task.error),
            }
            for task in health.ended
        ],
    }
