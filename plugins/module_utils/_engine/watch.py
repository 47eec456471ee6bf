# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The watch loop: events and slow looks in, observations to the state machine, a verdict out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Optional, Protocol, Sequence

from .._core.cluster import Service, Task
from .._core.convergence import UPDATE_MOVING, Goal, Observation, State, Verdict
from .._core.convergence.step import step
from .._core.errors import NotFound, RolloutError
from .._core.timeline import Sightings
from .api import Api
from .events import ServiceEvent
from .look import Looker
from .looks import Looks
from .tasks import task_log_tail

# Seconds between looks while nothing happens: doubled from the first to the last.
FIRST_PAUSE = 0.4
LAST_PAUSE_UNTOLD = 2.0
# Where no event will tell the end, the pauses grow to this part of the time that has passed: the calls grow with its
# logarithm, and a verdict is late by no more than that.
UNTOLD_PART = 0.1
FIRST_PAUSE_TOLD = 2.0
LAST_PAUSE_TOLD = 30.0
# The same where somebody is told of progress as it happens.
LAST_PAUSE_HEARD = 5.0
# A service that events speak of is read again after this time at the latest: streams can end silently.
BACKSTOP = 30.0
# One write causes several events within milliseconds: let them arrive together.
GATHER = 0.03
# What an update causes at once is told within milliseconds; one look at it does for that and the write itself.
AT_ONCE = 0.1
_EARLY = 0.01
# How often somebody who may end the watch early is asked.
SLICE = 0.5
# How long managers may be away (a leader election takes seconds) before the watch gives up.
PATIENCE = 120.0
# A look that takes longer had nobody to ask.
BLIND = 5.0
_LAST_WORDS = ("completed", "paused", "rollback_completed", "rollback_paused")
EVIDENCE_LINES = 10
EVIDENCE_TASKS = 3


class Events(Protocol):
    """What the loop needs of an event stream."""

    @property
    def alive(self) -> bool:
        """Whether events can be expected."""

    def wait(self, timeout: float) -> list[ServiceEvent]:
        """Events since the last call, waiting up to `timeout` seconds for the first."""


class Clock(Protocol):
    """Time comes in from outside, so that no test waits."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def time(self) -> float:
        """Seconds since the epoch."""


@dataclass(frozen=True)
class Watched:
    """How a watch ended; `logs` has the last lines of the first failed tasks by task ID.

    `service` is the service as it was read last; None where it is gone or was never seen. `sightings` are its tasks
    as its looks met them; None where there was no look. `listed` are all its tasks, where the last look had them.
    `fresh`: the verdict was given on what was read last, and nothing was written since.
    """

    state: State
    verdict: Verdict
    service: Service | None
    logs: dict[str, list[str]]
    sightings: Sightings | None = None
    listed: tuple[Task, ...] | None = None
    fresh: bool = False

    def with_failures(self, tasks: Sequence[Task]) -> Watched:
        """The same, with those tasks among its failures."""
        known = {task.id for task in self.state.failures}
        failures = (*self.state.failures, *(task for task in tasks if task.id not in known))
        return replace(self, state=replace(self.state, failures=failures))


Tell = Callable[[Goal, State], None]
# Asked several times a second while a watch waits; a verdict ends it. Must not block.
Interrupt = Callable[[], Optional[Verdict]]


class Watch:
    """Follows one service until the state machine gives its verdict."""

    def __init__(
        self,
        api: Api,
        service_id: str,
        whose: Callable[[Service], str],
        events: Events,
        clock: Clock,
        looks: Looks,
        tell: Tell | None = None,
        interrupt: Interrupt | None = None,
    ) -> None:
        self._api = api
        self._interrupt = interrupt
        self._looks = looks
        self._looker = Looker(api, service_id, whose, self._looks)
        self._events = events
        self._clock = clock
        self._tell = tell
        self._logs: dict[str, list[str]] = {}
        self._told: list[str] = []
        self._sightings = Sightings()

    def follow(self, goal: Goal) -> Watched:
        """Look, judge, wait for the next event or moment of decision, until there is a verdict.

        Managers that stay away for `PATIENCE` seconds end the watch, not the rollout: `timed_out`.
        """
        state = State.initial(goal)
        pause = FIRST_PAUSE
        if goal.action in ("update", "rollback") and self._events.alive and self._listen(AT_ONCE):
            self._listen(GATHER)
        fresh = True
        fresh_at = self._clock.monotonic()
        while True:
            begun = self._clock.monotonic()
            try:
                seen = self._look(goal, state, fresh)
            except RolloutError as exc:
                verdict = Verdict("timed_out", "no manager could be asked any more: %s" % exc.message)
                return Watched(state, verdict, None, self._logs, self._sightings)
            blind = self._clock.monotonic() - begun
            if blind > BLIND:
                # Without a leader Swarm moves nothing: that is no standstill of the rollout.
                state = replace(state, progress_at=state.progress_at + blind)
            self._sightings.note(seen.tasks, self._clock.time(), seen.history)
            if fresh:
                fresh_at = seen.at
            before = state
            state, decided = step(goal, before, replace(seen, told=tuple(self._told)))
            if decided is not None and not fresh:
                # Decided on a service that was read a while ago: read it again before giving a verdict.
                fresh = True
                state = before
                continue
            self._told.clear()
            self._keep_evidence(state.failures)
            # Of what was as it should be at the first look nothing is told.
            if self._tell is not None and (decided is None or state.failures or state.setbacks):
                self._tell(goal, state)
            if decided is not None:
                # What somebody else wrote was not counted: the counts are those of the look before.
                last = fresh and seen.holds != "other"
                return Watched(state, decided, seen.service, self._logs, self._sightings, self._looker.listed, last)
            stopped = self._interrupt() if self._interrupt is not None else None
            if stopped is not None:
                return Watched(state, stopped, seen.service, self._logs, self._sightings, self._looker.listed)
            pause = self._next_pause(goal, before, state, pause)
            woken = self._wait(goal, state, pause)
            now = self._clock.monotonic()
            fresh = woken or not self._events.alive or now - fresh_at >= BACKSTOP

    def _look(self, goal: Goal, state: State, fresh: bool) -> Observation:
        """One look; managers that do not answer are waited for, since elections take seconds."""
        since = self._clock.monotonic()
        while True:
            try:
                return self._looker.look(self._clock.monotonic(), fresh=fresh, exact=goal.places is not None)
            except NotFound:
                # The tasks' filter knows the service no more: it was removed between two calls.
                fresh = True
            except RolloutError as exc:
                now = self._clock.monotonic()
                over = goal.wait_timeout is not None and now - goal.started >= goal.wait_timeout
                if over or now - since >= PATIENCE or exc.kind == "option":
                    raise
                # What is told meanwhile is no more than a hint: read everything again.
                self._listen(1.0)
                fresh = True

    def _wait(self, goal: Goal, state: State, pause: float) -> bool:
        """Wait for an event or the next moment of decision; whether something was told, or may have been missed."""
        now = self._clock.monotonic()
        until = self._looks.beat(now + pause)
        if state.look_at is not None:
            until = state.look_at if state.look_at > now else now
        stall_at = state.progress_at + goal.stall_after(state)
        if stall_at > now:
            # Once it is past without a verdict it decides nothing (a job that runs, a service that settles).
            until = min(until, stall_at)
        if goal.wait_timeout is not None:
            until = min(until, goal.started + goal.wait_timeout)
        events = self._listen_until(until)
        if events and not any(event.update_state_new in _LAST_WORDS for event in events):
            self._listen(GATHER)
        # Woken early without an event: the stream has ended or is open again, and nobody knows what it missed.
        return bool(events) or self._clock.monotonic() < until - _EARLY

    def _listen_until(self, until: float) -> list[ServiceEvent]:
        """Wait for events until then, in slices where somebody may end the watch."""
        while True:
            left = max(until - self._clock.monotonic(), 0.0)
            if self._interrupt is None:
                return self._listen(left)
            part = min(left, SLICE)
            begun = self._clock.monotonic()
            events = self._listen(part)
            woken = self._clock.monotonic() < begun + part - _EARLY
            if events or woken or part == left or self._interrupt() is not None:
                return events

    def _listen(self, timeout: float) -> list[ServiceEvent]:
        """Wait for events and keep the update states they tell: the Engine may overwrite one before a look."""
        events = self._events.wait(timeout)
        self._told += [event.update_state_new for event in events if event.update_state_new]
        return events

    def _next_pause(self, goal: Goal, before: State, state: State, pause: float) -> float:
        """Seconds until the next look, should nothing be told before.

        While Swarm drives an update and its end will be told, looks only serve progress and evidence: they
        get rarer however much moves, so that a long update costs hardly more of them than a short one. Of a
        step no event tells the end.
        """
        longest = LAST_PAUSE_TOLD if self._tell is None else LAST_PAUSE_HEARD
        if goal.places is None and self._events.alive and state.states and state.states[-1].state in UPDATE_MOVING:
            return min(max(pause * 2, FIRST_PAUSE_TOLD), longest)
        if _moved(before, state):
            return FIRST_PAUSE
        passed = self._clock.monotonic() - goal.started
        return min(pause * 2, max(LAST_PAUSE_UNTOLD, passed * UNTOLD_PART), longest)

    def _keep_evidence(self, failures: Sequence[Task]) -> None:
        """Fetch the last log lines of the first failures while they are still there."""
        for task in failures[:EVIDENCE_TASKS]:
            if task.id not in self._logs and task.container_id:
                self._logs[task.id] = task_log_tail(self._api, task.id, EVIDENCE_LINES, task.spec)


def _moved(before: State, after: State) -> bool:
    return (before.progress_at, len(before.failures), before.states) != (
        after.progress_at,
        len(after.failures),
        after.states,
    )
