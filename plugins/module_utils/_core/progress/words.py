# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a watch knows to what people read of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

from ..account import blame, failure
from ..cluster import Task
from ..convergence import UPDATE_MOVING, Goal, State, Waiting
from ..convergence.goals import last_watch
from ..convergence.readings import is_job
from .line import Line

# Shorter watches are over before anybody has read of them.
_WORTH_TELLING = 1.0
# Seconds after which a task that is on its way is held up by something.
_HELD_UP = 10.0


@dataclass(frozen=True)
class Where:
    """The place of a service in something larger; pairs are a number and how many there are.

    `total` is how many tasks the service has where a step is for fewer, `pause` the seconds that a step rests once
    it is verified. `back` says that the service is put back, `undone` that its whole release is.
    """

    release: str = ""
    wave: tuple[int, int] | None = None
    step: tuple[int, int] | None = None
    total: int | None = None
    pause: float = 0.0
    back: bool = False
    undone: bool = False

    def of(self, service: str, *, back: bool = False) -> str:
        """The beginning of a line about the service; `back`: Swarm itself puts it back."""
        parts = [self.release] if self.release else []
        if self.undone:
            return ": ".join((*parts, "rolling back", service))
        if self.wave:
            parts.append("wave %d/%d" % self.wave)
        parts.append(service)
        if back or self.back:
            parts.append("rolling back")
        elif self.step:
            parts.append("step %d/%d" % self.step)
        return ": ".join(parts)


def state_line(where: Where, goal: Goal, state: State, now: float) -> Line:
    """How the service stands (`now` is monotonic, in seconds)."""
    service = name_of(goal)
    told = [_count(where, goal, state)]
    failed = len(state.failures) + len(state.setbacks)
    if failed:
        told.append("%d failed" % failed)
    if state.waiting is not None and (state.waiting.unplaced or _long(goal, state.waiting, now)):
        told.append(state.waiting.text)
    text = "%s: %s" % (where.of(service, back=_goes_back(goal, state)), ", ".join(told))
    doing, done, need = _watching(where, goal, state, now)
    return Line(service, text, doing=doing, done=round(done, 1), need=round(need, 1))


def failure_text(where: Where, service: str, task: Task, nodes: Mapping[str, str], *, back: bool) -> str:
    """Which task failed, where and why; `back` as for `Where.of`."""
    return "%s: %s" % (where.of(service, back=back), blame(service, failure(task, nodes, {})))


def name_of(goal: Goal) -> str:
    """The service's name."""
    return str(goal.wanted.get("Name") or "")


def _long(goal: Goal, waiting: Waiting, now: float) -> bool:
    """Whether what a task waits for has taken long enough to be worth a word."""
    since = waiting.since
    return since is not None and goal.wall + now - goal.started - since >= _HELD_UP


def _goes_back(goal: Goal, state: State) -> bool:
    return state.rolling_back or goal.action == "rollback"


def _count(where: Where, goal: Goal, state: State) -> str:
    total = state.desired if where.total is None or goal.places is None else where.total
    if total == 0 and not state.updated:
        return "no task is wanted yet" if goal.action == "create" else "no task is wanted"
    if state.updated > total:
        return "%d tasks run, %d are wanted" % (state.updated, total)
    if where.back or where.undone or _goes_back(goal, state):
        what = "tasks"
    elif is_job(goal.wanted):
        what = "completed"
    else:
        what = "updated" if goal.action == "update" else "running"
    return "%d of %d %s" % (state.updated, total, what)


def _watching(where: Where, goal: Goal, state: State, now: float) -> tuple[str, float, float]:
    """What only takes its time, how much of that is over, and how long it is; empty where there is no such thing."""
    if not state.updated >= state.desired > 0:
        return "", 0.0, 0.0
    if state.settled_at is not None and state.look_at is not None:
        done, need = now - state.settled_at, state.look_at - state.settled_at
        if where.pause:
            # The watch began when the tasks did, the pause when they were verified.
            return "pausing", max(done - max(need - where.pause, 0.0), 0.0), where.pause
    elif state.states and state.states[-1].state in UPDATE_MOVING:
        from ..convergence.step import expected

        # Swarm itself watches the tasks that it moved last.
        config = "RollbackConfig" if _goes_back(goal, state) else "UpdateConfig"
        done, need = now - state.progress_at, last_watch(expected(goal, state).get(config))
    else:
        return "", 0.0, 0.0
    return ("verifying", max(done, 0.0), need) if need >= _WORTH_TELLING else ("", 0.0, 0.0)
