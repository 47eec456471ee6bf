# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Following a write to its verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

from .._core import spec
from .._core.cluster import Service
from .._core.convergence import Goal, Verdict, goal
from .._core.errors import sentence
from .._engine.containers import health_output
from .._engine.events import ServiceEvents
from .._engine.watch import Watch, Watched
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
    unplaced: int = 0,
) -> Watched:
    """Watch until there is a verdict; one of `superseded` says which options somebody else changed.

    `alone`: nothing ends the watch early, since this is the way out already. `unplaced` is as in `Goal`.
    """
    aim = goal(
        action,
        wanted,
        former,
        ctx.patience,
        started=ctx.clock.monotonic(),
        wall=ctx.clock.time(),
        unplaced=unplaced,
    )
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
    if watched.verdict.outcome == "stalled" and watched.state.waiting is not None:
        return _with_health(ctx, watched, watched.state.waiting.checked)
    if watched.verdict.outcome != "superseded" or watched.service is None:
        return watched
    theirs = ", ".join(change.option for change in spec.differences(wanted, watched.service.spec, references))
    return replace(watched, verdict=Verdict("superseded", "%s: %s" % (watched.verdict.reason, theirs)))


def _with_health(ctx: Context, watched: Watched, container_id: str) -> Watched:
    """The same with what the health check that is waited for said last, where a manager has the container."""
    template = watched.service.spec.get("TaskTemplate") or {} if watched.service is not None else {}
    output = health_output(ctx.api, container_id, template) if container_id else ""
    if not output:
        return watched
    says = '%s; the check said last: "%s"'
    verdict, state = watched.verdict, watched.state
    return replace(
        watched,
        verdict=replace(verdict, reason=says % (verdict.reason, sentence(output))),
        state=replace(state, stalled_on=says % (state.stalled_on, sentence(output))),
    )
