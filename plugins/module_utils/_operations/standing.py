# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that is declared as it is wanted already: whether it really does that still decides the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .._core import history as revisions
from .._core import spec
from .._core.account import sentence
from .._core.cluster import Service
from .._core.convergence import moving
from .._core.convergence.wanted import Wanted, may_be_over, wanted
from .._engine.tasks import list_nodes, list_tasks, look_at_tasks
from . import returning
from .context import Context
from .outcome import conclude, finish, read_now, without_watch
from .returning import Way

if TYPE_CHECKING:
    from .._engine.watch import Watched

_ONCE_MORE = "correct the cause; the same once more is force_update: true"
# Outcomes after which nothing more happens by itself.
_FINAL = ("completed", "rolled_back", "rollback_failed", "paused", "failed", "stalled")


def stand(
    ctx: Context, way: Way, references: spec.References, result: dict[str, Any], *, history: bool = False
) -> dict[str, Any]:
    """Nothing to write. Waits for what is under way and ends what an interrupted rollback left.

    `history`: complete the records of what was waited for.
    """
    current = way.current
    state = current.update_status.state
    if state in ("paused", "rollback_paused"):
        return _stuck(ctx, current, result)
    if way.unfinished:
        returning.finish(ctx, way, result)
        return result
    if not ctx.wait or ctx.check_mode or settled(ctx, [current]):
        result["msg"] = result["msg"] or "%s: nothing to change" % current.name
        return result
    return _join(ctx, current, references, result, history=history)


def _stuck(ctx: Context, current: Service, result: dict[str, Any]) -> dict[str, Any]:
    """An update or rollback that Swarm paused: a failure for whoever asks for the truth, a warning for others."""
    status = current.update_status
    reason = "it stands like this since an earlier update: %s" % status.message
    outcome = "paused" if status.state == "paused" else "rollback_failed"
    if not ctx.wait or ctx.check_mode:
        ctx.warn("%s: %s: %s" % (current.name, outcome.replace("_", " "), reason))
        since = "it stands %s since an earlier update" % status.state.replace("_", " ")
        result["msg"] = result["msg"] or "%s: nothing to change; %s" % (current.name, since)
        return result
    rollout = without_watch(outcome, reason, current.spec, current.spec, ctx.now(), current)
    now, _listed = read_now(ctx, current.name)
    rollout["tasks"].update(now.tasks)
    advice = "roll it back with swarm_service_rollback, or use force_update to try the same once more"
    return finish(result, rollout, sentence(current.name, rollout, now, advice))


def settled(ctx: Context, services: Sequence[Service]) -> set[str]:
    """The IDs of those services that do what they declare: one call for their tasks, one for nodes where it matters.

    Swarm's counts would take a task that is on its way out for a running one, and a service that runs nowhere any
    more for one that wants nothing (observed on 26.1 and 28.5).
    """
    resting = [service for service in services if not moving(service)]
    found = standings(ctx, resting)
    return {service.id for service in resting if found[service.id].reached}


def standings(ctx: Context, services: Sequence[Service]) -> dict[str, Wanted]:
    """What Swarm brings about for each of the services, by ID."""
    if not services:
        return {}
    listing = look_at_tasks(ctx.api, services)
    nodes = list_nodes(ctx.api) if any(service.mode.startswith("global") for service in services) else None
    found = {}
    for service in services:
        own = listing.of(service.id)
        every = listing.all_of(service.id)
        if every is None and may_be_over(service.spec, own.current):
            every = tuple(list_tasks(ctx.api, [service.id]))
        found[service.id] = wanted(service, service.spec, own.current, nodes, every)
    return found


def _join(
    ctx: Context, current: Service, references: spec.References, result: dict[str, Any], *, history: bool
) -> dict[str, Any]:
    from .._engine.events import ServiceEvents
    from .follow import follow

    begun = ctx.now()
    previous = current.previous_spec
    with ServiceEvents(ctx.api, current.id) as events:
        watched = follow(ctx, events, "join", current.id, current.spec, previous, references)
    went_back = watched.verdict.outcome in ("rolled_back", "rollback_failed")
    if history and revisions.read(current.spec) is not None:
        _complete_records(ctx, current, watched)
    # Only an update that was under way comes from the previous specification; a restart does not.
    former = previous if previous is not None and (went_back or current.update_status.state == "updating") else None
    advice = _ONCE_MORE if watched.verdict.outcome == "failed" else None
    conclude(
        ctx, current.name, [watched], former or current.spec, current.spec, ctx.since(begun), result, advice=advice
    )
    left = returning.again(ctx, current)
    if left is not None:
        returning.finish(ctx, left, result)
    return result


def _complete_records(ctx: Context, current: Service, watched: Watched) -> None:
    """Whoever began it may be gone; one who is not writes the same."""
    marker = revisions.read(current.spec)
    outcome = watched.verdict.outcome
    if marker is None or outcome not in _FINAL:
        return
    returning.close(ctx, watched.service or current, (marker.number, outcome))
