# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Driving a progressive rollout: move, verify, check, go on; stop or go back where something is wrong.

Whatever happens to this process, the cluster stays at its step: every write moves a known number of slots
and says in the service's own labels which step it was for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Sequence

from ..._core import history, spec, steps
from ..._core.account import Span
from ..._core.checks import Check, CheckResult, first_not_passed
from ..._core.cluster import JsonObject, Service
from ..._core.convergence import HALTED, OVER_BUDGET, Patience, State, Verdict, step_goal
from ..._core.convergence.readings import failures_since
from ..._core.history import Revision
from ..._core.times import instant
from ..._engine.events import ServiceEvents
from ..._engine.watch import Watched
from .. import write
from ..change import unplaced_before
from ..checking import Scene, run_checks
from ..context import Context
from ..follow import follow, watch_for
from ..ledger import Ledger
from ..outcome import conclude
from ..restore import Way, config_of_way, take_back, way
from .report import End, Report
from .under_way import Places, next_commands, places, warn_of_steps

# So often a step that Swarm paused half-way is gone on with.
_HALTS = 3


class Yielding(Protocol):
    """What the driver needs of the lock it holds."""

    @property
    def asked(self) -> str:
        """What somebody else asks the holder for, or empty."""

    def refresh(self) -> None:
        """Make sure that it is still held. Raises `RolloutError`."""


@dataclass
class Course:
    """What is driven: from `stable` to the revision `own` over the steps of `schedule`.

    `service` is as it was when this task began: its number of replicas holds until the end, and on the way back.
    """

    service: Service
    own: Revision
    stable: Revision
    schedule: steps.Schedule
    references: spec.References
    at: int = 0
    registry_auth: str | None = field(default=None, repr=False)

    @property
    def final(self) -> JsonObject:
        """What the service carries in the end."""
        return history.marked(self.own.spec, self.own.number)


@dataclass
class Drive:
    """One task's work on a progressive rollout. `until` is the step to stop after (None: go to the end)."""

    ctx: Context
    course: Course
    way: steps.Way
    checks: Sequence[Check]
    lock: Yielding
    ledger: Ledger
    result: dict[str, Any]
    until: int | None = None
    reports: list[Report] = field(default_factory=list)
    watches: list[Watched] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begun: Span = self.ctx.now()
        self.base: Service = self.course.service
        self.seen: Places | None = None
        self.unplaced = 0

    @property
    def name(self) -> str:
        """The service's name."""
        return self.base.name

    def run(self, first: int) -> dict[str, Any]:
        """From step `first` (the present one is only verified) as far as it goes. Raises `RolloutFailed`."""
        last = len(self.course.schedule.steps)
        before = self.ctx.interrupt
        self.ctx.interrupt = self._interrupt
        try:
            self.unplaced = unplaced_before(self.ctx, self.base)
            with ServiceEvents(self.ctx.api, self.base.id) as events:
                end: End | None = None
                number = first
                while end is None:
                    end = self._step(events, number) or self._hold(number, last)
                    if end is None and number == last:
                        end = self._finish(events)
                        break
                    number += 1
                if end is not None and end.abort:
                    return self._abort(events, end)
                return self._end(end)
        finally:
            self.ctx.interrupt = before

    def abort(self, reason: str) -> dict[str, Any]:
        """Put the stable specification back because somebody asks for it."""
        with ServiceEvents(self.ctx.api, self.base.id) as events:
            return self._abort(events, End("rolled_back", reason, abort=True, by_hand=True))

    def _interrupt(self) -> Verdict | None:
        if self.lock.asked:
            return Verdict("paused", self.lock.asked)
        return self.ctx.over()

    def _hold(self, number: int, last: int) -> End | None:
        if number < last and (self.way.manual or (self.until is not None and number >= self.until)):
            return End("paused", "step %d of %d is verified" % (number, last), by_hand=True, final=True)
        return None

    def _step(self, events: ServiceEvents, number: int) -> End | None:
        """One step to its end; None when it is verified."""
        schedule = self.course.schedule
        # The step before has looked a moment ago.
        seen = self.seen or places(self.ctx, self.base, begun=self.course.at > 0)
        target = schedule.targets(seen.total)[number - 1]
        now = self.ctx.now()
        report = Report(
            number, len(schedule.steps), schedule.steps[number - 1].text, target, wall=now.wall, started=now.started
        )
        report.tasks(seen.new)
        self.reports.append(report)
        self.seen = seen
        self.ctx.voice.move(step=(number, report.of), total=seen.total)
        resumed = number <= self.course.at
        if not resumed:
            self.lock.refresh()
            asked = self._interrupt()
            if asked is not None:
                return self._close(report, self._asked(asked))
            missing = target - len(seen.new)
            if missing > 0 or self.course.at == 0:
                self._write(number, max(missing, 1))
        since = instant(self.base.update_status.started_at) if resumed else None
        end = self._verify(events, report, target, since)
        return self._close(report, end)

    def _write(self, number: int, moving: int) -> None:
        course = self.course
        progress = steps.Progress(course.stable.number, number, course.schedule)
        travelling = steps.held(
            course.own.spec, self.base.spec, course.service.spec, moving, course.own.number, progress
        )
        auth = course.registry_auth if course.at == 0 else None
        write.update(self.ctx, self.base, travelling, course.references, registry_auth=auth)
        course.at = number
        # The version is a guess that the next write corrects; the specification is what it has to be based on.
        self.base = replace(self.base, spec=travelling)

    def _verify(self, events: ServiceEvents, report: Report, target: int, since: float | None) -> End | None:
        """Wait for the tasks, run the checks, watch for the pause; the reason to end, or None."""
        end = self._watch(events, target, since, self.ctx.patience)
        for _attempt in range(_HALTS):
            if end is None or end.outcome != HALTED:
                break
            self._write(report.step, max(target - len(places(self.ctx, self.base).new), 1))
            end = self._watch(events, target, self.watches[-1].state.cut, self.ctx.patience)
        if end is not None:
            return self._stalled(end.reason) if end.outcome == HALTED else end
        # By the leader's clock, which stamps the tasks: the controller's may be another.
        cut = self.watches[-1].state.cut
        begun = self.ctx.clock.time() if cut is None else cut
        end = self._look(report, begun) or self._check(report, begun)
        if end is not None:
            return end
        if self.way.pause and report.step < report.of:
            served = self.ctx.clock.monotonic() - (self.watches[-1].state.settled_at or report.started)
            patience = replace(self.ctx.patience, min_healthy=served + self.way.pause)
            self.ctx.voice.move(pause=self.way.pause)
            end = self._watch(events, target, begun, patience)
            self.ctx.voice.move(pause=0.0)
            if end is not None:
                return end
        return self._look(report, begun) or self._spent()

    def _watch(self, events: ServiceEvents, target: int, since: float | None, patience: Patience) -> End | None:
        clock = self.ctx.clock
        limit = patience.wait_timeout
        if limit is not None:
            # It is for the whole task, not for each step.
            patience = replace(patience, wait_timeout=max(limit - self.ctx.since(self.begun).duration, 0.0))
        aim = step_goal(
            self.base.spec,
            self.course.own.spec,
            target,
            patience,
            started=clock.monotonic(),
            wall=clock.time(),
            since=since,
            unplaced=self.unplaced,
        )
        watched = watch_for(self.ctx, events, self.base.id, aim, self.course.references)
        self.watches.append(watched)
        if watched.service is not None:
            self.base = watched.service
        verdict = watched.verdict
        if verdict.outcome == "completed":
            return None
        self.reports[-1].touched(watched.state.places)
        if verdict.outcome in ("failed", "stalled"):
            end = self._stalled(verdict.reason, verdict.outcome, blameless=verdict.blameless)
        else:
            end = self._asked(verdict)
        if end.outcome in ("paused", "timed_out") and watched.service is not None:
            # It stays as it is now, which is not as it was before the step.
            self.seen = places(self.ctx, self.base)
        return end

    def _stalled(self, reason: str, outcome: str = "stalled", *, blameless: bool = False) -> End:
        """It stops here; what was missing before the rollout already is no reason to take it back."""
        abort = self.way.abort and not blameless
        return End(outcome if abort else "paused", reason, abort=abort)

    def _asked(self, verdict: Verdict) -> End:
        if verdict.outcome == OVER_BUDGET:
            return End("failed", verdict.reason, abort=True)
        if verdict.outcome == "paused":
            return End("paused", "somebody asks for it: %s" % verdict.reason)
        if verdict.outcome == "timed_out" and verdict.reason.startswith("wait_timeout"):
            return End("timed_out", "wait_timeout of %g s is over" % (self.ctx.patience.wait_timeout or 0.0))
        return End(verdict.outcome, verdict.reason)

    def _spent(self) -> End | None:
        verdict = self._interrupt()
        return None if verdict is None else self._asked(verdict)

    def _look(self, report: Report, begun: float) -> End | None:
        """Who runs the new specification, and whether one of them failed since the step began."""
        self.seen = places(self.ctx, self.base)
        report.tasks(self.seen.new)
        if report.moved > report.target:
            self.ctx.warn(
                "%s: %d tasks run the new specification, %d were meant for step %d: Swarm gives it to every task "
                "that it starts meanwhile, and a new leader moves as many tasks again"
                % (self.name, report.moved, report.target, report.step)
            )
        reason = "a task of the new specification failed after it had served"
        return self._stalled(reason, "failed") if self._failed_since(begun) else None

    def _failed_since(self, moment: float) -> bool:
        """Whether a task of the new specification ended since then, of an earlier step too; it is told of."""
        failed = failures_since(self.seen.recent, self.base.spec, moment) if self.seen else []
        if failed:
            self.ctx.failed(self.name, failed)
            self.watches[-1] = self.watches[-1].with_failures(failed)
        return bool(failed)

    def _check(self, report: Report, begun: float) -> End | None:
        if not self.checks or self.seen is None:
            return None
        scene = Scene(
            service=self.base,
            new=self.seen.new,
            old=self.seen.old,
            since=begun,
            revision=self.course.own.number,
            previous=self.course.stable.number,
            step=report.step,
            steps=report.of,
        )
        found = run_checks(self.ctx, self.checks, scene, lambda: self._interrupt() is not None)
        report.checks = [one.as_dict() for one in found]
        bad = first_not_passed(found)
        if bad is not None:
            # It may have met a task that failed before any watch did.
            self.seen = places(self.ctx, self.base)
            self._failed_since(self.watches[0].state.cut or begun)
        return self._spent() if bad is None else self._spent() or self._failed_check(bad)

    def _failed_check(self, bad: CheckResult) -> End:
        if not bad.failed or not self.way.abort:
            return End("paused", bad.named)
        return End("failed", bad.named, abort=True)

    def _close(self, report: Report, end: End | None) -> End | None:
        report.ended = self.ctx.clock.monotonic()
        report.status = "verified" if end is None else end.outcome
        if end is None:
            self.ctx.voice.note(self.name, "verified")
            return None
        return replace(end, reason="step %d of %d: %s" % (report.step, report.of, end.reason))

    def _finish(self, events: ServiceEvents) -> End | None:
        """All moved and verified: the service gets its own update configuration and number of replicas."""
        course = self.course
        self.ctx.voice.move(step=None)
        self.lock.refresh()
        write.update(self.ctx, self.base, course.final, course.references)
        self.base = replace(self.base, spec=course.final)
        # It is through: nobody who asks for a pause by now would find anything to go on with.
        watched = follow(self.ctx, events, "update", self.base.id, course.final, None, course.references, alone=True)
        self.watches.append(watched)
        if watched.service is not None:
            self.base = watched.service
        verdict = watched.verdict
        if verdict.outcome == "completed":
            over = self.ctx.settle(self.base.id)
            return None if over is None else self._asked(over)
        end = self._asked(verdict)
        back = self.way.abort and verdict.outcome in ("failed", "stalled") and not verdict.blameless
        return replace(end, abort=end.abort or back)

    def _abort(self, events: ServiceEvents, end: End) -> dict[str, Any]:
        course, decided = self.course, self.ctx.clock.monotonic()
        # What ends the rollout does not end the way back.
        self.ctx.interrupt = None
        self.ctx.voice.going_back(self.name, end.reason)
        watched = take_back(self.ctx, events, self._last(), self.base, self._way_back, course.references, end.reason)
        self.watches.append(watched)
        settled = watched.state.settled_at
        if watched.verdict.outcome == "rolled_back" and settled is not None:
            self.extra["restored_after"] = round(max(settled - decided, 0.0), 3)
        return self._conclude(self.ledger, by_hand=end.by_hand and watched.verdict.outcome == "rolled_back")

    def _way_back(self, now: Service) -> Way:
        """To the stable revision, with the number of replicas of the beginning: the revision may be from before."""
        course = self.course
        mode = course.service.spec.get("Mode") or {}
        final = history.marked({**course.stable.spec, "Mode": mode}, course.stable.number)
        config = config_of_way(final, now.spec)
        return way(now, final, course.references, config, number=course.stable.number)

    def _last(self) -> Watched:
        """The last watch; an empty one where nothing was waited for yet."""
        if self.watches:
            return self.watches[-1]
        now = self.ctx.clock.monotonic()
        return Watched(State(progress_at=now, unsettled_at=now), Verdict("unchanged", ""), self.base, {})

    def _end(self, end: End | None) -> dict[str, Any]:
        if end is None:
            return self._conclude(self.ledger)
        # What a watch of a step counted are the places of that step; and somebody else may have written since.
        self.watches[-1:] = [replace(self._last(), verdict=Verdict(end.outcome, end.reason), fresh=False)]
        if end.outcome == "superseded":
            warn_of_steps(self.ctx, self._last().service)
        keep = self.ledger if end.final or end.outcome not in ("paused", "timed_out") else None
        return self._conclude(keep, by_hand=end.by_hand)

    def _conclude(self, ledger: Ledger | None, *, by_hand: bool = False) -> dict[str, Any]:
        course = self.course
        extra = {
            **self.extra,
            "revision": course.own.number,
            "previous_revision": course.stable.number,
            "steps": [report.as_dict() for report in self.reports],
        }
        return conclude(
            self.ctx,
            self.name,
            self.watches,
            course.stable.spec,
            course.own.spec,
            self.ctx.since(self.begun),
            self.result,
            ledger,
            extra=extra,
            advice=self._advice(),
            fine=by_hand,
        )

    def _advice(self) -> str | None:
        """What to do next; None: what is usual for the outcome."""
        if self.watches[-1].verdict.outcome not in ("paused", "timed_out"):
            return None
        return next_commands(self.course.stable)
