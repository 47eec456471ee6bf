# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One change of one service, from the write to the verdict: create, update, or create anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .._core import spec
from .._core.account import Span, sentence
from .._core.cluster import JsonObject, Service, image_of
from .._core.convergence import OVER_BUDGET, Verdict, rolls_back
from .._core.errors import RolloutError, RolloutFailed
from .._engine import look
from .._engine.events import ServiceEvents
from .._engine.watch import Watched
from . import remove, write
from .context import Context
from .draft import Draft
from .follow import follow, go_back
from .ledger import Ledger
from .outcome import conclude, finish, without_watch


@dataclass(frozen=True)
class Change:
    """A decided change. `plan.overlay.spec` is what is written; `result` what the task will return."""

    ctx: Context
    name: str
    plan: Draft
    ledger: Ledger
    result: dict[str, Any]
    begun: Span

    @property
    def wanted(self) -> JsonObject:
        """The specification that is written."""
        return self.plan.overlay.spec

    def create(self) -> dict[str, Any]:
        """Create the service and wait for it. A name that is in use by now is `Superseded`."""
        ctx, plan = self.ctx, self.plan
        service_id = write.create(ctx, self.name, self.wanted, plan.references, plan.registry_auth)
        if not ctx.wait:
            return self._applied(None)
        ctx.interrupt = ctx.over
        with ServiceEvents(ctx.api, service_id) as events:
            watched = follow(ctx, events, "create", service_id, self.wanted, None, plan.references)
        return self._conclude([watched], None)

    def update(self, current: Service) -> dict[str, Any]:
        """Write over the current specification and wait; go back where Swarm would leave it hanging."""
        ctx, plan = self.ctx, self.plan
        if not ctx.wait:
            write.update(ctx, current, self.wanted, plan.references, registry_auth=plan.registry_auth)
            return self._applied(current.spec)
        # The stream is open before the write, so that nothing the write causes is missed.
        with ServiceEvents(ctx.api, current.id) as events:
            write.update(ctx, current, self.wanted, plan.references, registry_auth=plan.registry_auth)
            ctx.interrupt = ctx.over
            watches = [follow(ctx, events, "update", current.id, self.wanted, current.spec, plan.references)]
            if watches[-1].verdict.outcome == "completed":
                watches[-1] = replace(watches[-1], verdict=ctx.settle(current.id) or watches[-1].verdict)
            outcome = watches[-1].verdict.outcome
            if outcome == OVER_BUDGET or (outcome in ("stalled", "failed") and rolls_back(self.wanted)):
                watches.append(self._go_back(events, current, watches[-1]))
        if watches[-1].verdict.outcome in ("rolled_back", "rollback_failed"):
            self.result["swarm_service"] = spec.show(current.spec, plan.references)
        return self._conclude(watches, current.spec)

    def recreate(self, current: Service) -> dict[str, Any]:
        """Remove and create with the new mode; should either be refused, the former service comes back."""
        try:
            remove.remove_and_wait(self.ctx, current)
            return self.create()
        except RolloutError as exc:
            if self.ctx.patiently(lambda: look.find(self.ctx.api, self.name)) is not None:
                # The new service is there; what it made of itself is the result.
                raise
            raise self._returned(current, exc) from exc

    def _returned(self, current: Service, cause: RolloutError) -> RolloutFailed:
        """The former service is created again. The failure says what is there now."""
        reason = "it could not be created anew (%s)" % cause.message
        shown: dict[str, Any] = {}
        try:
            write.create(self.ctx, self.name, current.spec, self.plan.references, self.plan.registry_auth)
            reason += ", so the former service (%s) was created again" % image_of(current.spec)
            shown = spec.show(current.spec, self.plan.references)
        except RolloutError as exc:
            reason += ", nor could the former one (%s), which is removed: %s; run the task again" % (
                image_of(current.spec),
                exc.message,
            )
        self.ledger.end("failed", None)
        rollout = without_watch("failed", reason, current.spec, self.wanted, self._span())
        rollout.update(self.ledger.numbers)
        self.result.update(changed=True, rebuilt=True, rollout=rollout, swarm_service=shown)
        return RolloutFailed("%s: %s" % (self.name, reason), self.result)

    def _go_back(self, events: ServiceEvents, current: Service, failed: Watched) -> Watched:
        """Roll back what Swarm would leave hanging. The result is a rollback: it worked, or it did not."""
        cause = failed.verdict
        self.ctx.voice.going_back(self.name, cause.reason)
        try:
            back = go_back(self.ctx, events, current.id, self.wanted, current.spec, self.plan.references)
        except RolloutError as exc:
            reason = "%s; going back was not possible: %s" % (cause.reason, exc.message)
            return replace(failed, verdict=Verdict("rollback_failed", reason))
        if back is None:
            return failed
        reason = cause.reason if cause.outcome == OVER_BUDGET else "%s: %s" % (cause.outcome, cause.reason)
        if back.verdict.outcome == "completed":
            return replace(back, verdict=Verdict("rolled_back", reason))
        reason += "; going back %s: %s" % (back.verdict.outcome.replace("_", " "), back.verdict.reason)
        return replace(back, verdict=Verdict("rollback_failed", reason))

    def _span(self) -> Span:
        return self.ctx.since(self.begun)

    def _applied(self, former: JsonObject | None) -> dict[str, Any]:
        rollout = without_watch("applied", "wait is off", former, self.wanted, self._span())
        self.ledger.end("applied", None)
        rollout.update(self.ledger.numbers)
        return finish(self.result, rollout, sentence(self.name, rollout))

    def _conclude(self, watches: list[Watched], former: JsonObject | None) -> dict[str, Any]:
        return conclude(self.ctx, self.name, watches, former, self.wanted, self._span(), self.result, self.ledger)
