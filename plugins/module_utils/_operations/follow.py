# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Following a write to its verdict, and going back where Swarm forgets to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

from .._core import spec
from .._core.cluster import Service
from .._core.convergence import DEFAULT_MONITOR, Goal, Verdict, goal
from .._core.errors import RolloutError
from .._engine import look
from .._engine.events import ServiceEvents
from .._engine.watch import Watch, Watched
from . import write
from .context import Context

JsonMapping = Mapping[str, Any]


def identify(wanted: JsonMapping, former: JsonMapping | None, references: spec.References) -> Any:
    """A function that says whose specification a service carries: `wanted`, `former` or `other`.

    The Engine normalises what it stores, so specifications are compared in canonical form; an exact
    match is remembered, since it is looked at many times.
    """
    known: dict[int, str] = {}

    def whose(service: Service) -> str:
        if service.version not in known:
            if not spec.differences(service.spec, wanted, references):
                known[service.version] = "wanted"
            elif former is not None and not spec.differences(service.spec, former, references):
                known[service.version] = "former"
            else:
                known[service.version] = "other"
        return known[service.version]

    return whose


def follow(
    ctx: Context,
    events: ServiceEvents,
    action: str,
    service_id: str,
    wanted: JsonMapping,
    former: JsonMapping | None,
    references: spec.References,
    *,
    alone: bool = False,
) -> Watched:
    """Watch until there is a verdict; one of `superseded` says which options somebody else changed.

    `alone`: nothing ends the watch early, since this is the way out already.
    """
    aim = goal(action, wanted, former, ctx.patience, started=ctx.clock.monotonic(), wall=ctx.clock.time())
    return watch_for(ctx, events, service_id, aim, references, alone=alone)


def watch_for(
    ctx: Context,
    events: ServiceEvents,
    service_id: str,
    aim: Goal,
    references: spec.References,
    *,
    alone: bool = False,
) -> Watched:
    """Watch for a goal; `ctx.interrupt` may end it early unless `alone`."""
    wanted = aim.wanted
    whose = identify(wanted, aim.former, references)
    interrupt = None if alone else ctx.interrupt
    watched = Watch(ctx.api, service_id, whose, events, ctx.clock, ctx.looks, ctx.tell, interrupt).follow(aim)
    if watched.verdict.outcome != "superseded" or watched.service is None:
        return watched
    theirs = ", ".join(change.option for change in spec.differences(wanted, watched.service.spec, references))
    return replace(watched, verdict=Verdict("superseded", "%s: %s" % (watched.verdict.reason, theirs)))


def go_back(
    ctx: Context,
    events: ServiceEvents,
    service_id: str,
    failed: JsonMapping,
    former: JsonMapping,
    references: spec.References,
) -> Watched | None:
    """Restore `former` after a stall that Swarm would never end, and watch it. None: not ours any more.

    Swarm's own rollback is used while its one previous specification is the former one.
    """
    current = ctx.patiently(lambda: look.by_id(ctx.api, service_id))
    if current is None or spec.differences(current.spec, failed, references):
        return None
    write.update(ctx, current, former, references, rollback=write.leads_back(current, former, references))
    return follow(ctx, events, "rollback", service_id, former, None, references, alone=True)


def put_back(
    ctx: Context, current: Service, travelling: JsonMapping, final: JsonMapping, references: spec.References
) -> None:
    """A restored specification gets its own update configuration again; this replaces no task."""
    if travelling.get("UpdateConfig") == final.get("UpdateConfig"):
        return
    try:
        now = ctx.patiently(lambda: look.by_id(ctx.api, current.id))
        if now is not None and not spec.differences(now.spec, travelling, references):
            write.update(ctx, now, final, references)
    except RolloutError as exc:
        ctx.warn(
            "%s: it is back, but still has the settings of the way back as its update_config (%s); the next run "
            "of a task on it puts its own back" % (current.name, exc.message)
        )


def way_back(final: JsonMapping, present: JsonMapping) -> Mapping[str, Any] | None:
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
