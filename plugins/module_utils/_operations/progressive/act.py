# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`swarm_rollout`: act on a progressive rollout that is under way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Sequence

from ..._core import spec, steps
from ..._core.checks import Check
from ..._core.cluster import Service
from ..._core.errors import OptionError, RolloutError
from ..._core.history import by
from ..._engine import look
from ..context import Context
from ..ledger import Keeping
from ..locking import locked
from ..outcome import overtaken, without_watch
from ..service import actor_of, checks_of
from ..write import Superseded
from . import under_way, verify
from .begin import resumed
from .drive import Drive
from .report import planned
from .under_way import UnderWay


@dataclass(frozen=True)
class Act:
    """What a task asks for. `to` is a number of places or a share of them, for `advanced`."""

    name: str
    state: str
    to: steps.Step | None = None
    way: steps.Way = field(default_factory=steps.Way)
    checks: Sequence[Check] = ()
    keeping: Keeping = field(default_factory=Keeping)

    @property
    def who(self) -> str:
        """Who asks, in few words."""
        return by(self.keeping.actor) or "somebody"


def request_of(params: Mapping[str, Any]) -> Act:
    """What the parameters of `swarm_rollout` ask for. Raises `OptionError`."""
    _schedule, way = steps.parse(params)
    to = str(params.get("to") or "").strip()
    if to and params["state"] != "advanced":
        raise OptionError("to", to, "it goes with state: advanced only")
    return Act(
        name=params["name"],
        state=params["state"],
        to=steps.Step.parse(to, "to") if to else None,
        way=way,
        checks=checks_of(params),
        keeping=Keeping(cause=params.get("change_cause") or "", actor=actor_of(params)),
    )


def act(ctx: Context, request: Act) -> dict[str, Any]:
    """Carry it out, or leave alone what is there already. Raises `RolloutError`."""
    current = look.find(ctx.api, request.name)
    if current is None:
        raise OptionError("name", request.name, "there is no such service in this Swarm; correct the name")
    found = under_way.look_at(ctx, current)
    if request.state == "verified":
        return verify.run(ctx, current, found, request.checks)
    if found is None:
        return _nothing(ctx, current)
    if request.state == "paused" and found.waits:
        return _leave(ctx, found, "it is paused already")
    if ctx.check_mode:
        return _foretell(ctx, request, found)
    if not ctx.wait:
        raise OptionError("wait", False, "the task itself makes the steps; take wait away")
    reason = request.keeping.cause or "swarm_rollout: %s" % request.state
    with locked(ctx, request.name, request.keeping.actor, reason, request.way.lock_wait, request.state) as lock:
        fresh = look.by_id(ctx.api, current.id)
        again = under_way.look_at(ctx, fresh) if fresh is not None else None
        if fresh is None or again is None:
            return _nothing(ctx, fresh or current)
        try:
            return _act(ctx, request, again, lock)
        except Superseded as exc:
            raise overtaken(ctx, request.name, exc.message, _result(ctx, again)) from exc


def _act(ctx: Context, request: Act, found: UnderWay, lock: Any) -> dict[str, Any]:
    references = ctx.lookup.for_reading(ctx.api, found.own.spec, found.stable.spec)
    result = _result(ctx, found, references)
    drive = resumed(ctx, found, references, replace(request.way, manual=False), lock, result)
    drive.checks = request.checks
    if request.state == "aborted":
        result["changed"] = True
        return drive.abort("%s asks for it" % request.who)
    if request.state == "paused":
        return _pause(ctx, request, found, drive)
    if not found.intact:
        changed = ", ".join(one.option for one in spec.differences(found.final, found.whole, references))
        raise RolloutError(
            "%s: %s, and somebody else changed %s meanwhile; put it back with state aborted, or declare the service "
            "with swarm_service and steps" % (found.name, found.describe(), changed or "its specification")
        )
    if request.state == "advanced":
        last = len(found.progress.schedule.steps)
        drive.until = min(found.progress.at + 1, last) if found.waits else found.progress.at
        if request.to is not None:
            drive.until = _widen(ctx, drive, found, request.to)
            if drive.until is None:
                return _leave(ctx, found, "%s of its places have moved already" % request.to.text)
    result["changed"] = True
    # Its present step is verified once more: nobody watched while it waited.
    return drive.run(found.progress.at)


def _widen(ctx: Context, drive: Drive, found: UnderWay, to: steps.Step) -> int | None:
    """The number of the step that `to` is, put among the others where it is none of them; None: it is reached."""
    seen = under_way.places(ctx, found.service)
    target = to.places(seen.total)
    if found.waits and len(seen.new) >= target:
        return None
    entries = list(found.progress.schedule.steps)
    targets = found.progress.schedule.targets(seen.total)
    if target in targets:
        return targets.index(target) + 1
    place = sum(1 for one in targets if one < target)
    if place < found.progress.at:
        return found.progress.at
    entries.insert(place, steps.Step(target, False))
    drive.course.schedule = steps.Schedule(tuple(entries))
    return place + 1


def _pause(ctx: Context, request: Act, found: UnderWay, drive: Drive) -> dict[str, Any]:
    """Nobody drives it any more, since the lock is ours: say so in its record, and tell what runs."""
    drive.ledger.end("paused", None, None)
    return _leave(ctx, found, "paused by %s" % request.who, changed=True)


def _nothing(ctx: Context, current: Service) -> dict[str, Any]:
    reason = "no progressive rollout of it is under way, it runs %s" % current.image
    return {
        "changed": False,
        "msg": "%s: %s" % (current.name, reason),
        "swarm_service": spec.show(current.spec, ctx.lookup.for_reading(ctx.api, current.spec)),
        "checks": [],
        "rollout": without_watch("unchanged", reason, current.spec, current.spec, ctx.now(), current),
    }


def _result(ctx: Context, found: UnderWay, references: spec.References | None = None) -> dict[str, Any]:
    refs = references or ctx.lookup.for_reading(ctx.api, found.own.spec)
    rollout = without_watch("unchanged", "", found.stable.spec, found.own.spec, ctx.now())
    rollout.update(revision=found.own.number, previous_revision=found.stable.number)
    return {
        "changed": False,
        "msg": "",
        "swarm_service": spec.show(found.service.spec, refs),
        "checks": [],
        "rollout": rollout,
    }


def _leave(ctx: Context, found: UnderWay, reason: str, *, changed: bool = False) -> dict[str, Any]:
    result = _result(ctx, found)
    seen = under_way.places(ctx, found.service)
    result["changed"] = changed
    result["rollout"].update(outcome="paused", reason=reason)
    result["rollout"]["tasks"].update(seen.counts)
    result["msg"] = "%s: %s; %s, %d of %d tasks run it; %s" % (
        found.name,
        reason,
        found.describe(),
        seen.serving,
        seen.total,
        under_way.next_commands(found.stable),
    )
    return result


def _foretell(ctx: Context, request: Act, found: UnderWay) -> dict[str, Any]:
    result = _result(ctx, found)
    result["changed"] = True
    result["rollout"]["outcome"] = "planned"
    seen = under_way.places(ctx, found.service)
    schedule = found.progress.schedule
    if request.state in ("advanced", "promoted"):
        begin = found.progress.at + 1 if found.waits else found.progress.at
        entries = planned(schedule, seen.total, begin)
        result["rollout"]["steps"] = entries if request.state == "promoted" else entries[:1]
    result["msg"] = "%s: %s; would be %s" % (found.name, found.describe(), request.state)
    return result
