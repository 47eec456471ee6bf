# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying a rollback out: with Swarm's own rollback where it leads to the target, else as an update."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Sequence

from .._core import history, spec, steps
from .._core.account import Span, sentence
from .._core.cluster import JsonObject, Service, mode_of
from .._core.convergence import Verdict
from .._core.errors import RolloutError, RolloutFailed
from .._engine import look
from .._engine.events import ServiceEvents
from .._engine.watch import Watched
from . import returning, write
from .context import Context
from .follow import follow, put_back
from .ledger import Ledger
from .outcome import conclude, finish, superseded, without_watch
from .standing import stand


@dataclass(frozen=True)
class Restoring:
    """A decided rollback of one service to `target`."""

    ctx: Context
    name: str
    current: Service
    target: JsonObject
    references: spec.References
    ledger: Ledger
    result: dict[str, Any]
    registry_auth: str | None = field(default=None, repr=False)

    def run(
        self, config: Mapping[str, Any] | None, restores: int | None, known: Sequence[history.Revision] | None
    ) -> dict[str, Any]:
        """Go, wait, and tell. `config` are settings for the way back other than those stored, `known` the history.

        Raises `RolloutFailed` where somebody else was quicker, or the target is not reached.
        """
        try:
            return self._run(config, restores, known)
        except write.Superseded as exc:
            failure = superseded(self.ctx, self.name, exc, self.current.spec, self.target, self.ledger, self.result)
            joined = self._joined()
            if joined is None:
                raise failure from exc
            return joined
        except RolloutFailed:
            raise
        except RolloutError:
            self.ledger.give_up()
            raise

    def _run(
        self, config: Mapping[str, Any] | None, restores: int | None, known: Sequence[history.Revision] | None
    ) -> dict[str, Any]:
        begun = self.ctx.now()
        self.ctx.voice.move(back=True)
        final = self.ledger.begin(self.current, self.target, restores, known)
        swarms_own = config is None and self._swarms_own_leads_there(restores)
        travelling = self.target if swarms_own else self._travelling(final, config)
        if not self.ctx.wait:
            self._write(travelling, swarms_own)
            return self._applied(begun, swarms_own)
        with ServiceEvents(self.ctx.api, self.current.id) as events:
            self._write(travelling, swarms_own)
            action = "rollback" if swarms_own else "update"
            watched = follow(self.ctx, events, action, self.current.id, travelling, None, self.references)
            if watched.verdict.outcome == "completed":
                over = self.ctx.settle(self.current.id)
                if over is not None:
                    self.ctx.warn("%s: the way back cost too much: %s" % (self.name, over.reason))
            if not swarms_own and watched.verdict.outcome == "completed":
                put_back(self.ctx, self.current, travelling, final, self.references)
        return conclude(
            self.ctx,
            self.name,
            [_judged(watched)],
            self.current.spec,
            self.target,
            self.ctx.since(begun),
            self.result,
            self.ledger,
        )

    def _write(self, travelling: JsonObject, swarms_own: bool) -> None:
        auth = self.registry_auth
        write.update(self.ctx, self.current, travelling, self.references, rollback=swarms_own, registry_auth=auth)

    def _joined(self) -> dict[str, Any] | None:
        """Wait with whoever brings the service to the same target at the same moment; None where nobody does."""
        now = self.ctx.patiently(lambda: look.by_id(self.ctx.api, self.current.id))
        way = returning.look_at(self.ctx, now) if now is not None else None
        if way is None or spec.differences(way.whole, self.target, self.references):
            return None
        reason = "somebody else brought it there at the same moment"
        result = {
            **self.result,
            "changed": self.name in self.ctx.wrote,
            "msg": "%s: %s" % (self.name, reason),
            "changes": [],
            "diff": {"before": {}, "after": {}},
            "rollout": without_watch("unchanged", reason, way.whole, way.whole, self.ctx.now(), way.current),
        }
        return stand(self.ctx, way, self.references, result)

    def _swarms_own_leads_there(self, restores: int | None) -> bool:
        """Whether Swarm's previous specification is the target and, in a history, carries the number restored.

        With another number nobody could tell afterwards which revision is in force. A job would hang in it.
        """
        previous = self.current.previous_spec
        if previous is None or mode_of(self.target).endswith("-job") or steps.stepping(self.current.spec):
            return False
        if self.registry_auth is not None:
            # Swarm's own takes no login along.
            return False
        if not write.leads_back(self.current, self.target, self.references):
            return False
        marker = history.read(previous)
        return restores is None or (marker is not None and marker.intact and marker.number == restores)

    def _travelling(self, final: JsonObject, config: Mapping[str, Any] | None) -> JsonObject:
        """What is written first; its marker says that the update configuration is not its own yet."""
        travelling = history.moving(final, config)
        if self.ledger.number is None or not spec.differences(travelling, final):
            return travelling
        return history.marked(travelling, self.ledger.number, returning=True)

    def _applied(self, begun: Span, swarms_own: bool) -> dict[str, Any]:
        if not swarms_own:
            self.ctx.warn(
                "%s: with wait: false it keeps the settings of the way back as its update_config until the next run "
                "of a task on it, which puts its own back" % self.name
            )
        rollout = without_watch("applied", "wait is off", self.current.spec, self.target, begun)
        self.ledger.end("applied", None)
        rollout.update(self.ledger.numbers)
        return finish(self.result, rollout, sentence(self.name, rollout))


def _judged(watched: Watched) -> Watched:
    """A rollback that does not get through is a failed rollback, whatever stopped it."""
    if watched.verdict.outcome not in ("paused", "failed", "stalled"):
        return watched
    return replace(watched, verdict=Verdict("rollback_failed", watched.verdict.reason))
