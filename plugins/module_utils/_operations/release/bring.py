# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing one service to a specification that was recorded: put it back, create it again, or remove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from ..._core import history, spec, steps
from ..._core.cluster import JsonObject, Service, mode_of
from ..._engine import look, records
from .. import remove, returning
from ..change import Change
from ..context import Context
from ..draft import Draft
from ..ledger import Keeping, Ledger
from ..locking import locked
from ..outcome import without_watch
from ..restore import Rollback, config_of_way
from ..standing import stand
from ..write import Superseded
from .scene import same

# Seconds to wait for whoever still drives a progressive rollout of the service.
_LOCK_WAIT = 120.0


@dataclass(frozen=True)
class Bring:
    """`target` None stands for no service. `mine` says whether a service is as this release, or nobody, left it."""

    name: str
    target: JsonObject | None
    keeping: Keeping = field(default_factory=Keeping)
    mine: Callable[[Service], bool] | None = None

    def run(self, ctx: Context) -> dict[str, Any]:
        """Go there and wait for the truth. Raises `RolloutError`; `Superseded` where it is somebody else's by now."""
        current = ctx.patiently(lambda: look.find(ctx.api, self.name))
        if current is not None and self.mine is not None and not self.mine(current):
            raise Superseded("%s: somebody else changed it meanwhile; it was left as it is" % self.name)
        if current is None:
            return self._left(ctx, "it is not there") if self.target is None else self._create(ctx, self.target)
        if self.target is None:
            remove.remove_and_wait(ctx, current)
            rollout = without_watch("completed", "", current.spec, None, ctx.now())
            return {"changed": True, "msg": "%s: removed" % self.name, "rollout": rollout}
        if steps.stepping(current.spec):
            with locked(
                ctx, self.name, self.keeping.actor, self.keeping.cause, _LOCK_WAIT, ask="its release goes back"
            ):
                fresh = ctx.patiently(lambda: look.by_id(ctx.api, current.id))
                return self._over(ctx, fresh or current, self.target)
        return self._over(ctx, current, self.target)

    def _over(self, ctx: Context, current: Service, target: JsonObject) -> dict[str, Any]:
        if mode_of(current.spec) != mode_of(target):
            remove.remove_and_wait(ctx, current)
            return self._create(ctx, target)
        if mode_of(target).endswith("-job"):
            # Every write of a job runs it again, and nobody asks for an old migration.
            return self._left(ctx, "a job is not run backwards; it stays as it is", current)
        way = returning.look_at(ctx, current)
        references = ctx.lookup.for_reading(ctx.api, current.spec, target)
        result = self._result(ctx, current, target, references)
        if same(way.whole, target):
            return stand(ctx, way, references, result, history=self.keeping.limit > 0)
        result["changed"] = True
        ledger = Ledger(ctx, self.name, self.keeping)
        rollback = Rollback(ctx, self.name, current, target, references, ledger, result)
        return rollback.run(config_of_way(target, current.spec), _number(target), None)

    def _create(self, ctx: Context, target: JsonObject) -> dict[str, Any]:
        references = ctx.lookup.for_reading(ctx.api, target)
        ledger = Ledger(ctx, self.name, self.keeping)
        known = records.list_records(ctx.api, [self.name])
        wanted = dict(ledger.begin(None, target, _number(target), known))
        plan = Draft(None, spec.Overlay(wanted), references)
        result = {**self._result(ctx, None, target, references), "changed": True}
        return Change(ctx, self.name, plan, ledger, result, ctx.now()).create()

    def _result(
        self, ctx: Context, current: Service | None, target: JsonObject, references: spec.References
    ) -> dict[str, Any]:
        before = current.spec if current else None
        return {
            "changed": False,
            "msg": "%s: it is what it was" % self.name,
            "changes": [change.option for change in spec.differences(before or {}, target, references)],
            "swarm_service": spec.show(target, references),
            "rollout": without_watch("unchanged", "", before, target, ctx.now(), current),
        }

    def _left(self, ctx: Context, why: str, current: Service | None = None) -> dict[str, Any]:
        present = current.spec if current else None
        return {
            "changed": False,
            "msg": "%s: %s" % (self.name, why),
            "rollout": without_watch("unchanged", why, present, present, ctx.now(), current),
        }


def _number(target: JsonObject) -> int | None:
    marker = history.read(target)
    return marker.number if marker is not None and marker.intact else None
