# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One change of one service, from the write to the verdict: create, update, or create anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .._core import history, spec
from .._core.account import Span
from .._core.cluster import JsonObject, Service, image_of, replicas_of
from .._core.convergence import OVER_BUDGET, Verdict, rolls_back
from .._core.convergence.readings import unplaced
from .._core.errors import RolloutError, RolloutFailed
from .._engine import look
from .._engine.events import ServiceEvents
from .._engine.tasks import list_tasks
from .._engine.watch import Watched
from . import remove, write
from .context import Context
from .draft import Draft
from .follow import follow
from .ledger import Ledger
from .outcome import applied, conclude, without_watch
from .restore import Way, config_of_way, take_back, way


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
        homeless = unplaced_before(ctx, current)
        # The stream is open before the write, so that nothing the write causes is missed.
        with ServiceEvents(ctx.api, current.id) as events:
            write.update(ctx, current, self.wanted, plan.references, registry_auth=plan.registry_auth)
            ctx.interrupt = ctx.over
            watched = follow(
                ctx,
                events,
                "update",
                current.id,
                self.wanted,
                current.spec,
                plan.references,
                unplaced=homeless,
            )
            if watched.verdict.outcome == "completed":
                over = ctx.settle(current.id)
                watched = watched if over is None else replace(watched, verdict=over, fresh=False)
            watches = [watched]
            if self._is_to_go_back(watched.verdict):
                watches.append(self._go_back(events, current, watched))
        return self._conclude(watches, current.spec)

    def _is_to_go_back(self, verdict: Verdict) -> bool:
        """Whether the change is to be taken back here, since Swarm never would: not for what was missing before it."""
        if verdict.outcome == OVER_BUDGET:
            return True
        return verdict.outcome in ("stalled", "failed") and not verdict.blameless and rolls_back(self.wanted)

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
        ctx, verdict = self.ctx, failed.verdict
        ctx.voice.going_back(self.name, verdict.reason)
        cause = verdict.reason if verdict.outcome == OVER_BUDGET else "%s: %s" % (verdict.outcome, verdict.reason)
        marker = history.read(current.spec)
        number = marker.number if marker is not None and marker.intact else None

        def plan(now: Service) -> Way:
            config = config_of_way(current.spec, now.spec)
            own = way(now, current.spec, self.plan.references)
            return own if own.swarms_own else way(now, current.spec, self.plan.references, config, number=number)

        base = replace(current, spec=self.wanted)
        return take_back(ctx, events, failed, base, plan, self.plan.references, cause)

    def _span(self) -> Span:
        return self.ctx.since(self.begun)

    def _applied(self, former: JsonObject | None) -> dict[str, Any]:
        return applied(self.ctx, self.name, former, self.wanted, self.begun, self.result, self.ledger)

    def _conclude(self, watches: list[Watched], former: JsonObject | None) -> dict[str, Any]:
        return conclude(self.ctx, self.name, watches, former, self.wanted, self._span(), self.result, self.ledger)


def unplaced_before(ctx: Context, current: Service) -> int:
    """How many tasks find no node before a change; one call where fewer tasks run than are wanted."""
    wanted = replicas_of(current.spec) if current.mode == "replicated" else current.desired_tasks or 0
    if current.running_tasks is None or current.running_tasks >= wanted:
        return 0
    return unplaced(ctx.patiently(lambda: list_tasks(ctx.api, [current.id])))
