# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Putting a former specification back: the one way for a failed update, an abort, a rollback and a release."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Mapping, Sequence

from .._core import history, spec, steps
from .._core.account import Span
from .._core.cluster import JsonObject, Service, mode_of
from .._core.convergence import DEFAULT_MONITOR
from .._core.convergence.way_back import judged, overtaken, refused
from .._core.errors import RolloutError, RolloutFailed
from .._engine import look
from .._engine.events import ServiceEvents
from .._engine.watch import Watched
from . import returning, write
from .context import Context
from .follow import follow
from .ledger import Ledger
from .outcome import applied, conclude, superseded, without_watch
from .standing import stand


@dataclass(frozen=True)
class Way:
    """How a specification is put back.

    `final` is what the service carries in the end, `written` what is written first. `swarms_own`: with Swarm's own
    rollback, which knows one previous specification; else as an update, whose configuration is put back afterwards.
    `registry_auth` is the login for the image that is restored; Swarm's own rollback takes none along.
    """

    final: JsonObject
    written: JsonObject
    swarms_own: bool
    registry_auth: str | None = field(default=None, repr=False)

    def write(self, ctx: Context, current: Service, references: spec.References) -> None:
        """Set out. Raises what `write.update` raises."""
        auth = self.registry_auth
        write.update(ctx, current, self.written, references, rollback=self.swarms_own, registry_auth=auth)


def way(
    current: Service,
    final: JsonObject,
    references: spec.References,
    config: Mapping[str, Any] | None = None,
    *,
    number: int | None = None,
    restores: int | None = None,
    own: JsonObject | None = None,
    registry_auth: str | None = None,
) -> Way:
    """The way from `current` to `final`, on which Swarm's own rollback is taken where it leads there.

    `config`: settings for the way other than those stored, which only an update can have. `number` is the revision
    that records it, `restores` the one it restores. `own` is the specification that Swarm is to have kept; `final`
    itself where it is not given.
    """
    kept = final if own is None else own
    if config is None and registry_auth is None and _swarms_own_leads(current, kept, references, restores):
        return Way(kept, kept, swarms_own=True)
    travelling = history.moving(final, config)
    if number is not None and spec.differences(travelling, final):
        travelling = history.marked(travelling, number, returning=True)
    return Way(final, travelling, False, registry_auth)


def restore(
    ctx: Context,
    events: ServiceEvents,
    current: Service,
    back: Way,
    references: spec.References,
    *,
    cause: str | None = None,
) -> Watched:
    """Write it, watch it, put its own configuration back, and judge (see `way_back.judged`).

    With a `cause` it is the way out of a change that failed: nothing ends the watch early. Raises `RolloutError` where
    it cannot be written, `write.Superseded` where somebody else was quicker.
    """
    back.write(ctx, current, references)
    action = "rollback" if back.swarms_own else "update"
    watched = follow(ctx, events, action, current.id, back.written, None, references, alone=cause is not None)
    if watched.verdict.outcome == "completed" and not back.swarms_own:
        watched = put_back(ctx, watched, current, back, references)
    return replace(watched, verdict=judged(watched.verdict, cause))


def take_back(
    ctx: Context,
    events: ServiceEvents,
    failed: Watched,
    base: Service,
    plan: Callable[[Service], Way],
    references: spec.References,
    cause: str,
) -> Watched:
    """Restore what was before a change that failed for that `cause`; what stands in the way is the verdict.

    `base` is the service as the change left it: nothing that others wrote since is overwritten. `plan` gives the way
    from the service as it is read now.
    """
    try:
        now = ctx.patiently(lambda: look.by_id(ctx.api, base.id))
        if now is None:
            return replace(failed, verdict=overtaken("somebody else removed the service", cause), fresh=False)
        changed = spec.differences(now.spec, base.spec, references)
        if changed:
            theirs = "somebody else changed %s meanwhile" % ", ".join(one.option for one in changed)
            return replace(failed, verdict=overtaken(theirs, cause), fresh=False)
        return restore(ctx, events, now, plan(now), references, cause=cause)
    except write.Superseded as exc:
        return replace(failed, verdict=overtaken(exc.message, cause), fresh=False)
    except RolloutError as exc:
        return replace(failed, verdict=refused(exc.message, cause), fresh=False)


def put_back(ctx: Context, watched: Watched, current: Service, back: Way, references: spec.References) -> Watched:
    """Give a restored specification its own update configuration again, which replaces no task."""
    if back.written.get("UpdateConfig") == back.final.get("UpdateConfig"):
        return watched
    try:
        now = ctx.patiently(lambda: look.by_id(ctx.api, current.id))
        if now is not None and not spec.differences(now.spec, back.written, references):
            write.update(ctx, now, back.final, references)
    except RolloutError as exc:
        ctx.warn(
            "%s: it is back, but still has the settings of the way back as its update_config (%s); the next run "
            "of a task on it puts its own back" % (current.name, exc.message)
        )
    return replace(watched, fresh=False)


def config_of_way(final: JsonObject, present: JsonObject) -> Mapping[str, Any] | None:
    """The configuration of the way back where the service declares none: in the order of the rollout.

    With start-first all slots that moved go back at once: nobody stops serving for it.
    """
    if final.get("RollbackConfig"):
        return None
    config = dict(present.get("UpdateConfig") or {})
    order = config.get("Order") or "stop-first"
    return {
        "Parallelism": 0 if order == "start-first" else 1,
        "Delay": 0,
        "FailureAction": "pause",
        "Monitor": (final.get("UpdateConfig") or {}).get("Monitor") or int(DEFAULT_MONITOR * 1e9),
        "MaxFailureRatio": 0,
        "Order": order,
    }


def _swarms_own_leads(current: Service, target: JsonObject, references: spec.References, restores: int | None) -> bool:
    """Whether Swarm's previous specification is the target and, in a history, carries the number restored.

    With another number nobody could tell afterwards which revision is in force. A job would hang in it.
    """
    previous = current.previous_spec
    if previous is None or mode_of(target).endswith("-job") or steps.stepping(current.spec):
        return False
    if not write.leads_back(current, target, references):
        return False
    marker = history.read(previous)
    return restores is None or (marker is not None and marker.intact and marker.number == restores)


@dataclass(frozen=True)
class Rollback:
    """A decided rollback of one service to `target`, which somebody asked for or a release needs."""

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
        ctx, begun = self.ctx, self.ctx.now()
        ctx.voice.move(back=True)
        final = dict(self.ledger.begin(self.current, self.target, restores, known))
        back = way(
            self.current,
            final,
            self.references,
            config,
            number=self.ledger.number,
            restores=restores,
            own=self.target,
            registry_auth=self.registry_auth,
        )
        if not ctx.wait:
            back.write(ctx, self.current, self.references)
            return self._applied(begun, back)
        with ServiceEvents(ctx.api, self.current.id) as events:
            watched = restore(ctx, events, self.current, back, self.references)
            if watched.verdict.outcome == "completed":
                over = ctx.settle(self.current.id)
                if over is not None:
                    ctx.warn("%s: the way back cost too much: %s" % (self.name, over.reason))
        return conclude(
            ctx, self.name, [watched], self.current.spec, self.target, ctx.since(begun), self.result, self.ledger
        )

    def _joined(self) -> dict[str, Any] | None:
        """Wait with whoever brings the service to the same target at the same moment; None where nobody does."""
        now = self.ctx.patiently(lambda: look.by_id(self.ctx.api, self.current.id))
        pending = returning.look_at(self.ctx, now) if now is not None else None
        if pending is None or spec.differences(pending.whole, self.target, self.references):
            return None
        reason = "somebody else brought it there at the same moment"
        result = {
            **self.result,
            "changed": self.name in self.ctx.wrote,
            "msg": "%s: %s" % (self.name, reason),
            "changes": [],
            "diff": {"before": {}, "after": {}},
            "rollout": without_watch(
                "unchanged", reason, pending.whole, pending.whole, self.ctx.now(), pending.current
            ),
        }
        return stand(self.ctx, pending, self.references, result)

    def _applied(self, begun: Span, back: Way) -> dict[str, Any]:
        if not back.swarms_own:
            self.ctx.warn(
                "%s: with wait: false it keeps the settings of the way back as its update_config until the next run "
                "of a task on it, which puts its own back" % self.name
            )
        return applied(self.ctx, self.name, self.current.spec, self.target, begun, self.result, self.ledger)
