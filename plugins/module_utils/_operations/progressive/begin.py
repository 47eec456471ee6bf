# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`swarm_service` with `steps`: begin a progressive rollout, go on with it, or replace it by another."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Sequence

from ..._core import history, spec, steps
from ..._core.cluster import JsonObject, Service, mode_of
from ..._core.errors import OptionError, RolloutError, RolloutFailed
from ..._core.history import PENDING, Revision
from ..._core.units import format_duration
from ..._engine import look, records
from ..context import Context
from ..draft import Draft, Request, draft
from ..ledger import Keeping, Ledger
from ..locking import locked
from ..outcome import as_it_is, finish, superseded, without_watch
from ..write import Superseded
from . import under_way
from .drive import Course, Drive
from .report import planned
from .under_way import UnderWay

# From the service and the draft over it to the result that check mode returns.
Result = Callable[[Draft], "dict[str, Any]"]


class Read(NamedTuple):
    """The service and what is declared of it, read at one moment."""

    current: Service
    found: UnderWay | None
    plan: Draft

    @property
    def resumes(self) -> bool:
        """Whether what is declared is where the rollout under way leads to."""
        return self.found is not None and self.found.intact and not self.plan.differs


def read(ctx: Context, request: Request, current: Service, whole: JsonObject | None = None) -> Read:
    """Lay the request over the service or, between the steps of a rollout, over what that leads to."""
    found = under_way.look_at(ctx, current)
    return Read(current, found, draft(ctx, request, current, found.whole if found else whole))


def applies(request: Request, now: Read) -> bool:
    """Whether steps have anything to do: a rollout is under way, or tasks will be replaced."""
    if request.schedule is None:
        return False
    mode = mode_of(now.plan.overlay.spec)
    if mode.endswith("-job"):
        raise OptionError("steps", request.schedule.text, "a job has no steps; take the option away")
    return now.found is not None or (now.plan.overlay.replaces_tasks and not now.plan.overlay.recreate)


def run(ctx: Context, request: Request, now: Read, result: dict[str, Any], again: Result) -> dict[str, Any]:
    """Carry it out. `again` makes the result once more where the service had to be read again."""
    _check(ctx, request)
    if now.resumes and now.found is not None and now.found.waits:
        return _stands(ctx, request, now.found, result)
    if ctx.check_mode:
        return _foretell(ctx, request, now, result)
    reason = request.keeping.cause or "rollout to %s" % spec.show(now.plan.overlay.spec).get("image")
    with locked(ctx, request.name, request.keeping.actor, reason, request.way.lock_wait) as lock:
        fresh = look.by_id(ctx.api, now.current.id)
        if fresh is None:
            raise RolloutError(
                "%s: the service was removed by somebody else meanwhile; run the task again" % request.name
            )
        if fresh.version != now.current.version:
            now = read(ctx, request, fresh)
            result = again(now.plan)
        if now.found is None and not now.plan.differs:
            result["msg"] = "%s: nothing to change" % request.name
            return result
        if now.resumes and now.found is not None:
            if now.found.waits:
                return _stands(ctx, request, now.found, result)
            return _resume(ctx, request, now.found, now.plan, lock, result)
        return _begin(ctx, request, now, lock, result)


def _check(ctx: Context, request: Request) -> None:
    if not request.keeping.limit:
        raise OptionError(
            "revision_history_limit", 0, "a progressive rollout finds its way back in the history; give 1 or more"
        )
    if not ctx.wait:
        raise OptionError("wait", False, "the task itself makes the steps; take wait or steps away")
    limit, pauses = ctx.patience.wait_timeout, len(request.schedule.steps) - 1 if request.schedule else 0
    if limit is not None and request.way.pause * pauses >= limit:
        raise OptionError(
            "step_pause",
            format_duration(int(request.way.pause * 1e9)),
            "%d pauses last longer than wait_timeout (%s); raise it" % (pauses, format_duration(int(limit * 1e9))),
        )


def _begin(ctx: Context, request: Request, now: Read, lock: Any, result: dict[str, Any]) -> dict[str, Any]:
    request.keeping.check()
    known = records.list_records(ctx.api, [request.name])
    ledger = Ledger(ctx, request.name, request.keeping)
    ledger.begin(now.current, now.plan.overlay.spec, None, known)
    if ledger.number is None or ledger.previous is None:
        raise RolloutError(
            "%s: its history cannot be kept (see the warnings), and without it there is no way back between steps; "
            "nothing was changed" % request.name
        )
    if now.found is None and all(one.number != ledger.previous for one in known):
        # Recorded a moment ago: what others wrote, or what was in force without a record.
        known = records.list_records(ctx.api, [request.name])
    number = now.found.progress.stable if now.found else ledger.previous
    stable = _stable(history.settled(known, now.current, ctx.clock.time()), number, now.current)
    if now.found is not None:
        ctx.warn("%s: %s; this task replaces it" % (request.name, now.found.describe()))
    course = Course(
        service=now.current,
        own=Revision(request.name, ledger.number, now.plan.overlay.spec, outcome=PENDING),
        stable=stable,
        schedule=request.schedule or steps.Schedule.parse(["100%"]),
        references=now.plan.references,
        registry_auth=now.plan.registry_auth,
    )
    drive = Drive(ctx, course, request.way, request.checks, lock, ledger, result)
    return _driven(ctx, drive, 1)


def _stable(known: Sequence[Revision], number: int, current: Service) -> Revision:
    """What an abort puts back: what was in force or, where that did not work, the last that did."""
    own = next(one for one in known if one.number == number)
    good = [one for one in known if one.good and one.number < number and mode_of(one.spec) == current.mode]
    return own if own.good or not good else max(good, key=lambda one: one.number)


def _resume(
    ctx: Context, request: Request, found: UnderWay, plan: Draft, lock: Any, result: dict[str, Any]
) -> dict[str, Any]:
    drive = resumed(ctx, found, plan.references, request.way, lock, result)
    drive.checks = request.checks
    asked = request.schedule
    if asked is not None and asked.text != found.progress.schedule.text:
        seen = under_way.places(ctx, found.service)
        drive.course.schedule = asked
        drive.course.at = asked.reached(len(seen.new), seen.total)
    result["changed"] = True
    return _driven(ctx, drive, drive.course.at)


def resumed(
    ctx: Context, found: UnderWay, references: spec.References, way: steps.Way, lock: Any, result: dict[str, Any]
) -> Drive:
    """The drive of a rollout that is between its steps."""
    ledger = Ledger(ctx, found.name, Keeping())
    ledger.resume(found.service, found.own, found.stable.number)
    course = Course(
        service=found.service,
        own=found.own,
        stable=found.stable,
        schedule=found.progress.schedule,
        references=references,
        at=found.progress.at,
    )
    return Drive(ctx, course, way, (), lock, ledger, result)


def _driven(ctx: Context, drive: Drive, first: int) -> dict[str, Any]:
    try:
        return drive.run(first)
    except Superseded as exc:
        stable, own = drive.course.stable.spec, drive.course.own.spec
        raise superseded(ctx, drive.name, exc, stable, own, drive.ledger, drive.result) from exc
    except RolloutFailed:
        raise
    except RolloutError as exc:
        if drive.course.at == 0:
            drive.ledger.give_up()
        else:
            # The cluster stays at its step, and the same task run again goes on from there.
            left = without_watch("failed", exc.message, drive.course.stable.spec, drive.course.own.spec, ctx.now())
            exc.message, now = as_it_is(ctx, drive.name, exc.message, left)
            exc.partial = {**drive.result, "changed": True, **now, **exc.partial}
        raise


def _stands(ctx: Context, request: Request, found: UnderWay, result: dict[str, Any]) -> dict[str, Any]:
    """Its step is verified and it waits for a human; running the same task again does not change that."""
    seen = under_way.places(ctx, found.service)
    reason = "it waits after step %d of %d" % (found.progress.at, len(found.progress.schedule.steps))
    rollout = without_watch("paused", reason, found.stable.spec, found.own.spec, ctx.now())
    rollout.update(
        revision=found.own.number,
        previous_revision=found.stable.number,
        tasks={**rollout["tasks"], **seen.counts},
        steps=planned(found.progress.schedule, seen.total, found.progress.at + 1),
    )
    result["changed"] = False
    message = "%s: paused: %s; %d of %d tasks run %s; %s" % (
        found.name,
        reason,
        seen.serving,
        seen.total,
        found.own.image,
        under_way.next_commands(found.stable),
    )
    return finish(result, rollout, message, fine=request.way.manual)


def _foretell(ctx: Context, request: Request, now: Read, result: dict[str, Any]) -> dict[str, Any]:
    schedule = request.schedule or steps.Schedule.parse(["100%"])
    seen = under_way.places(ctx, now.current, begun=now.found is not None)
    first = now.found.progress.at if now.found is not None and now.resumes else 1
    result["rollout"]["steps"] = planned(schedule, seen.total, first)
    result["changed"] = True
    return result
