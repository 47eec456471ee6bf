# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a service what the task declares, and tell the truth about how that went.

Most runs find nothing to change: what only a change needs is imported when there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from .._core import spec, steps
from .._core.account import short_image
from .._core.cluster import JsonObject, Service, image_of, mode_of
from .._core.errors import OptionError, RolloutError, RolloutFailed
from .._engine import look
from . import returning
from .context import Context
from .draft import Draft, Request, draft
from .outcome import superseded, without_watch
from .standing import stand

if TYPE_CHECKING:
    from .progressive import begin


@dataclass(frozen=True)
class Decision:
    """What a request comes to on a service as it was read; nothing is written yet.

    `stepwise` is there where the service is, or by this request may be, between the steps of a progressive rollout.
    """

    request: Request
    current: Service | None
    way: returning.Way | None
    stepwise: begin.Read | None
    plan: Draft

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to write and nothing left behind to end; the tasks are another matter."""
        if self.way is None or self.plan.differs or self.way.unfinished:
            return False
        return self.stepwise is None or self.stepwise.found is None

    @property
    def wanted(self) -> JsonObject:
        """The specification that the service has in the end."""
        return self.plan.overlay.spec


def apply(ctx: Context, request: Request) -> dict[str, Any]:
    """Create or update the service. Raises `RolloutError` with what is known; see `RolloutFailed`."""
    return carry_out(ctx, decide(ctx, request, look.find(ctx.api, request.name)))


def decide(ctx: Context, request: Request, current: Service | None) -> Decision:
    """Lay the request over the service as it was read; read-only. Raises what `draft` raises, and `InProgress`."""
    way = returning.look_at(ctx, current) if current is not None else None
    whole = way.whole if way else None
    if current is None or (request.schedule is None and not steps.stepping(current.spec)):
        return Decision(request, current, way, None, draft(ctx, request, current, whole))
    from .progressive import begin
    from .progressive.under_way import refuse

    stepwise = begin.read(ctx, request, current, whole)
    if stepwise.found is not None and request.schedule is None:
        raise refuse(stepwise.found)
    return Decision(request, current, way, stepwise, stepwise.plan)


def carry_out(ctx: Context, decision: Decision) -> dict[str, Any]:
    """Write what was decided, unless somebody else changed the service meanwhile, and wait for the truth."""
    request, plan = decision.request, decision.plan
    result = _result(ctx, plan)
    if decision.stepwise is not None:
        from .progressive import begin

        if begin.applies(request, decision.stepwise):
            _foresee(ctx, request, plan, result)
            return begin.run(ctx, request, decision.stepwise, result, lambda made: _result(ctx, made))
    if decision.way is not None and not plan.differs:
        if ctx.check_mode:
            _foresee(ctx, request, plan, result)
        noted = _hand_over(ctx, decision)
        result = stand(ctx, decision.way, plan.references, result, history=request.keeping.limit > 0)
        return {**result, "msg": "; ".join((result["msg"], noted))} if noted else result
    refuse_another_mode(decision)
    request.keeping.check()
    _foresee(ctx, request, plan, result)
    if ctx.check_mode:
        return result
    return _write(ctx, request, plan, result)


def _hand_over(ctx: Context, decision: Decision) -> str:
    """Hand a login over that nothing else takes along; what became of it."""
    if decision.way is None or not decision.request.hand_over_login:
        return ""
    from . import login

    return login.hand_over(ctx, decision.request, decision.way, decision.plan)


def _foresee(ctx: Context, request: Request, plan: Draft, result: dict[str, Any]) -> None:
    """Put the plan into the result, where one is to be made."""
    from . import plan as planning

    result["plan"] = planning.before_writing(ctx, request, plan)


def refuse_another_mode(decision: Decision) -> None:
    """Swarm cannot change a mode in place. Raises `OptionError` where the request does not allow what can be done."""
    request, current, plan = decision.request, decision.current, decision.plan
    if plan.overlay.recreate and not request.allow_recreate:
        raise OptionError(
            "mode",
            mode_of(plan.overlay.spec),
            "the service %s runs as %s and Swarm cannot change a mode in place; set allow_recreate: true to "
            "remove and create it again, with an interruption" % (request.name, current.mode if current else "?"),
        )


def _write(ctx: Context, request: Request, plan: Draft, result: dict[str, Any]) -> dict[str, Any]:
    from . import write
    from .change import Change
    from .ledger import Ledger
    from .progressive import created

    ledger = Ledger(ctx, request.name, request.keeping)
    wanted = dict(ledger.begin(plan.current, plan.overlay.spec))
    change = Change(
        ctx, request.name, replace(plan, overlay=replace(plan.overlay, spec=wanted)), ledger, result, ctx.now()
    )
    try:
        if plan.current is None:
            return created.check(ctx, request, change.create(), ledger)
        if plan.overlay.recreate:
            return created.check(ctx, request, change.recreate(plan.current), ledger)
        return change.update(plan.current)
    except write.Superseded as exc:
        before = plan.current.spec if plan.current else None
        failure = superseded(ctx, request.name, exc, before, plan.overlay.spec, ledger, result)
        same = _same_by_now(ctx, request)
        if same is not None:
            same.result["changed"] = request.name in ctx.wrote
            return stand(ctx, returning.look_at(ctx, same.current), same.plan.references, same.result)
        raise failure from exc
    except RolloutFailed:
        raise
    except RolloutError:
        ledger.give_up()
        raise


class _Same(NamedTuple):
    current: Service
    plan: Draft
    result: dict[str, Any]


def _same_by_now(ctx: Context, request: Request) -> _Same | None:
    """The service, if somebody else wrote at the same moment just what this task asks for."""
    current = look.find(ctx.api, request.name)
    if current is None:
        return None
    plan = draft(ctx, request, current)
    return None if plan.differs else _Same(current, plan, _result(ctx, plan))


def _result(ctx: Context, plan: Draft) -> dict[str, Any]:
    """What is known before anything is written; check mode returns exactly this."""
    before = plan.current.spec if plan.current else None
    after = plan.overlay.spec
    diff_before, diff_after = spec.diff(before, after, plan.references)
    return {
        "changed": plan.differs,
        "msg": _foretold(after, plan) if ctx.check_mode and plan.differs else "",
        "changes": [change.option for change in plan.overlay.changes],
        "rebuilt": plan.overlay.recreate,
        "plan": None,
        "swarm_service": spec.show(after, plan.references),
        "diff": {"before": diff_before, "after": diff_after},
        "rollout": without_watch(
            ("planned" if ctx.check_mode else "applied") if plan.differs else "unchanged",
            "",
            before,
            after,
            ctx.now(),
            plan.current,
        ),
    }


def _foretold(after: JsonObject, plan: Draft) -> str:
    """What a run would do, in one sentence."""
    name = after.get("Name")
    if plan.current is None:
        return "%s: would be created (%s)" % (name, short_image(image_of(after)))
    if plan.overlay.recreate:
        return "%s: would be removed and created again as %s" % (name, mode_of(after))
    changed = ", ".join(dict.fromkeys(change.option for change in plan.overlay.changes))
    return "%s: would be changed: %s" % (name, changed or "its tasks are started anew")
