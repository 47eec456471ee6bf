# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that is declared as it is wanted already: whether it really does that still decides the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .._core import history as revisions
from .._core import spec
from .._core.account import sentence
from .._core.cluster import Service, Task, replicas_of
from .._core.convergence import at_rest
from .._core.convergence.readings import live
from .._core.times import instant
from .._engine.tasks import current_tasks
from . import returning
from .context import Context
from .outcome import conclude, finish, without_watch
from .returning import Way

if TYPE_CHECKING:
    from .._engine.watch import Watched

# Seconds after a write in which the counts are not enough; a task may take long to stop.
_RECENT = 600.0
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
        if not ctx.wait or ctx.check_mode:
            # Nobody asks for the truth now, and nothing that this task does led to it.
            since = "it stands %s since an earlier update" % state.replace("_", " ")
            result["msg"] = result["msg"] or "%s: nothing to change; %s" % (current.name, since)
            return result
        reason = "it stands like this since an earlier update: %s" % current.update_status.message
        outcome = "paused" if state == "paused" else "rollback_failed"
        rollout = without_watch(outcome, reason, current.spec, current.spec, ctx.now(), current)
        advice = "roll it back with swarm_service_rollback, or use force_update to try the same once more"
        return finish(result, rollout, sentence(current.name, rollout, "", advice))
    if way.unfinished:
        returning.finish(ctx, way, result)
        return result
    if not ctx.wait or ctx.check_mode or settled(ctx, [current]):
        result["msg"] = result["msg"] or "%s: nothing to change" % current.name
        return result
    return _join(ctx, current, references, result, history=history)


def settled(ctx: Context, services: Sequence[Service]) -> set[str]:
    """The IDs of those services that certainly do what they declare; at most one call.

    Swarm's counts take a task that is on its way out for a running one, and after a write that replaces nothing
    there is no update state that tells of the one before (observed on 26.1): services that were written a while
    ago at most are judged by their tasks.
    """
    resting = [service for service in services if at_rest(service)]
    recent = [service for service in resting if _recent(ctx, service)]
    tasks: dict[str, list[Task]] = {service.id: [] for service in recent}
    for task in current_tasks(ctx.api, recent):
        tasks.get(task.service_id, []).append(task)
    lacking = {service.id for service in recent if not _serves(service, tasks[service.id])}
    return {service.id for service in resting} - lacking


def _recent(ctx: Context, current: Service) -> bool:
    written = instant(current.updated_at)
    return not (current.mode.endswith("-job") or (written is not None and ctx.clock.time() - written > _RECENT))


def _serves(current: Service, tasks: Sequence[Task]) -> bool:
    wanted = replicas_of(current.spec) if current.mode == "replicated" else current.desired_tasks or 0
    return sum(1 for task in live(tasks).values() if task.running) >= wanted


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
    if previous is not None and went_back:
        result["swarm_service"] = spec.show(previous, references)
    if history and revisions.read(current.spec) is not None:
        _complete_records(ctx, current, watched)
    # Only an update that was under way comes from the previous specification; a restart does not.
    former = previous if previous is not None and (went_back or current.update_status.state == "updating") else None
    conclude(ctx, current.name, [watched], former or current.spec, current.spec, ctx.since(begun), result)
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
