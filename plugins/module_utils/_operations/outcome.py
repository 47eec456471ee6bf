# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a watch's end to the result, or to the error that carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from .._core import spec
from .._core.account import GOOD, Span, account, first_failures, sentence
from .._core.cluster import JsonObject, Service, Task
from .._core.convergence import Verdict
from .._core.errors import RolloutError, RolloutFailed
from .._engine import look
from .._engine.patiently import AT_THE_END
from .._engine.tasks import list_nodes, list_tasks
from .context import Context

if TYPE_CHECKING:
    from .._engine.watch import Watched
    from .ledger import Ledger

_ADVICE = {
    "paused": "go back with swarm_service_rollback, or declare a specification that works",
    "rollback_failed": "look at its tasks with swarm_service_info, then declare a specification that works",
    "timed_out": "the rollout goes on in the cluster; run the task again to wait on",
    "stalled": "go back with swarm_service_rollback, or make room and run the task again",
    "failed": "correct the cause and run the task again",
    "superseded": "agree on who deploys, then run the task again",
}


def conclude(
    ctx: Context,
    name: str,
    watches: Sequence[Watched],
    former: JsonObject | None,
    wanted: JsonObject | None,
    span: Span,
    result: dict[str, Any],
    ledger: Ledger | None = None,
    *,
    extra: Mapping[str, Any] | None = None,
    advice: str | None = None,
    fine: bool = False,
) -> dict[str, Any]:
    """Complete `result` with the rollout's account; raises `RolloutFailed` with it on a bad outcome.

    `extra` is laid over the account, `advice` replaces the usual next step, and `fine` says that the outcome
    is what was asked for, whatever it is.
    """
    last = watches[-1]
    states = [watched.state for watched in watches]
    logs: dict[str, list[str]] = {}
    for watched in watches:
        logs.update(watched.logs)
    names = node_names(ctx, first_failures(states))
    rollout = account(last.verdict, former, wanted, span, states, names, logs)
    if ledger is not None:
        ledger.end(last.verdict.outcome, span.duration, last.service, last.state.swap)
        rollout.update(ledger.numbers)
    if last.verdict.outcome == "superseded":
        result["swarm_service"] = theirs(ctx, name)
    if result.get("changed"):
        rollout.update(_timeline(ctx, watches, span, names))
    rollout.update(extra or {})
    pending = last.state.pending if last.verdict.outcome not in GOOD else ""
    if advice is None:
        advice = _ADVICE.get(last.verdict.outcome, "")
    return finish(result, rollout, sentence(name, rollout, pending, advice), fine=fine)


def finish(result: dict[str, Any], rollout: Mapping[str, Any], message: str, *, fine: bool = False) -> dict[str, Any]:
    """The result with its rollout and message; raises `RolloutFailed` where the outcome is a bad one."""
    result.update(rollout=dict(rollout), msg=message)
    if rollout["outcome"] not in GOOD and not fine:
        raise RolloutFailed(message, result)
    return result


def superseded(
    ctx: Context,
    name: str,
    cause: RolloutError,
    former: JsonObject | None,
    wanted: JsonObject,
    ledger: Ledger,
    result: dict[str, Any],
) -> RolloutFailed:
    """The failure of a task that somebody else was quicker than; nothing of theirs was overwritten.

    It may have written before: another step, or something whose answer was lost.
    """
    ledger.end("superseded", None)
    rollout = without_watch("superseded", cause.message, former, wanted, ctx.now())
    rollout.update(ledger.numbers)
    known = {"changed": name in ctx.wrote, "swarm_service": theirs(ctx, name), "rollout": rollout}
    return RolloutFailed(cause.message, {**result, **known})


def theirs(ctx: Context, name: str) -> dict[str, Any]:
    """The service as somebody else made it, in the names of the options; empty where it is gone, or nobody answers."""
    try:
        now = ctx.patiently(lambda: look.find(ctx.api, name), AT_THE_END)
        return spec.show(now.spec, ctx.lookup.for_reading(ctx.api, now.spec)) if now is not None else {}
    except RolloutError:
        return {}


def without_watch(
    outcome: str,
    reason: str,
    former: JsonObject | None,
    wanted: JsonObject | None,
    span: Span,
    service: Service | None = None,
) -> dict[str, Any]:
    """The account of what needed or got no watching."""
    rollout = account(Verdict(outcome, reason), former, wanted, span)
    if service is not None:
        rollout["tasks"].update(desired=service.desired_tasks, running=service.running_tasks)
    return rollout


def _timeline(ctx: Context, watches: Sequence[Watched], span: Span, names: Mapping[str, str]) -> dict[str, Any]:
    """What each task went through, from the watches' looks and a listing at the end; never a reason to fail.

    The last look's own will do, unless something was waited for since.
    """
    from .._core.timeline import timeline

    service = next((watched.service for watched in reversed(watches) if watched.service is not None), None)
    if service is None:
        return {}
    listed: Sequence[Task] | None = watches[-1].listed if ctx.measure is None else None
    try:
        listed = list_tasks(ctx.api, [service.id]) if listed is None else listed
    except RolloutError:
        listed = None
    looks = [watched.sightings for watched in watches if watched.sightings is not None]
    cut = next((watched.state.cut for watched in watches if watched.state.cut is not None), None)
    present = service.spec
    found = timeline(listed, looks, span, cut, lambda task: spec.same_task_spec(task.spec, present), names)
    return {"timeline": found.entries, "timeline_omitted": found.omitted}


def node_names(ctx: Context, tasks: Sequence[Task]) -> dict[str, str]:
    """Names of the nodes; asked for only where some task failed, and never a reason to fail."""
    if not any(task.node_id for task in tasks):
        return {}
    try:
        return {node.id: node.hostname for node in list_nodes(ctx.api)}
    except RolloutError:
        return {}
