# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a watch's end to the result, or to the error that carries it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from .._core import spec
from .._core.account import GOOD, Now, Span, account, first_failures, next_step, running_now, sentence, short_image
from .._core.cluster import JsonObject, Service, Task, image_of
from .._core.convergence import Verdict
from .._core.convergence.readings import failures_among
from .._core.convergence.wanted import wanted as wanted_places
from .._core.errors import RolloutError, RolloutFailed
from .._core.times import written
from .._engine import look
from .._engine.patiently import AT_THE_END
from .._engine.tasks import list_nodes, list_tasks
from .context import Context

if TYPE_CHECKING:
    from .._engine.watch import Watched
    from .ledger import Ledger


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

    What the service is, and every count, is what was read last: by the watch where its verdict was given on that, else
    once more. `extra` is laid over the account, `advice` replaces the usual next step, and `fine` says that the outcome
    is what was asked for, whatever it is.
    """
    last = watches[-1]
    now, listed = _as_watched(last) if last.fresh else read_now(ctx, name)
    if result.get("changed"):
        listed = _listed_at_the_end(ctx, watches, listed)
        if now.spec is not None and listed is not None:
            now = replace(now, others=_others(now.spec, listed))
        last = last.with_failures(_failed_in_all(watches, listed or (), wanted))
    states = [*(watched.state for watched in watches[:-1]), last.state]
    logs: dict[str, list[str]] = {}
    for watched in watches:
        logs.update(watched.logs)
    names = node_names(ctx, first_failures(states))
    rollout = account(last.verdict, former, wanted, span, states, names, logs)
    if ledger is not None:
        ledger.end(last.verdict.outcome, span.duration, last.service, last.state.swap)
        rollout.update(ledger.numbers)
    result["swarm_service"] = _shown(ctx, now)
    rollout["tasks"].update(now.tasks)
    if result.get("changed"):
        rollout.update(_timeline(watches, span, names, listed))
    rollout.update(extra or {})
    if last.state.paused and last.verdict.outcome == "completed":
        ctx.warn(
            "%s: Swarm leaves %s as it is, which is paused; it gets its task once it is active"
            % (name, ", ".join(node.hostname for node in last.state.paused))
        )
    if advice is None:
        advice = next_step(last.verdict.outcome, created=former is None, waiting=last.state.waiting)
    message = sentence(name, rollout, now, advice)
    return finish(result, rollout, message, fine=fine, blameless=last.verdict.blameless)


def applied(
    ctx: Context,
    name: str,
    former: JsonObject | None,
    wanted: JsonObject,
    begun: Span,
    result: dict[str, Any],
    ledger: Ledger,
) -> dict[str, Any]:
    """The result of a write that is not waited for."""
    rollout = without_watch("applied", "wait is off", former, wanted, ctx.since(begun))
    ledger.end("applied", None)
    rollout.update(ledger.numbers)
    return finish(result, rollout, sentence(name, rollout))


def read_now(ctx: Context, name: str) -> tuple[Now, tuple[Task, ...] | None]:
    """The service of that name as it is now, and all its tasks; two calls, for what runs on each node three."""
    try:
        service = ctx.patiently(lambda: look.find(ctx.api, name), AT_THE_END)
        if service is None:
            return Now(), None
        tasks = tuple(list_tasks(ctx.api, [service.id]))
        nodes = list_nodes(ctx.api) if service.mode.startswith("global") else None
    except RolloutError as exc:
        return Now(unknown=_silence(ctx, exc)), None
    present = service.spec
    own = [task for task in tasks if spec.same_task_spec(task.spec, present)]
    found = wanted_places(service, present, own, nodes, tasks)
    running = sum(1 for task in tasks if task.running)
    now = Now(present, found.desired, found.filled, running, len(found.ended), _others(present, tasks))
    return now, tasks


def _others(present: JsonObject, tasks: Sequence[Task]) -> tuple[tuple[str, int], ...]:
    """How many tasks run which other image than that of the specification in force."""
    own = short_image(image_of(present))
    images = Counter(short_image(image_of({"TaskTemplate": task.spec})) for task in tasks if task.running)
    return tuple(sorted((image, count) for image, count in images.items() if image != own))


def _silence(ctx: Context, exc: RolloutError) -> str:
    """Why nothing can be told, with the time since which nobody answers."""
    answered = ctx.api.answered_at
    if exc.kind not in ("connection", "not_a_manager") or answered is None:
        return exc.message
    since = ctx.clock.time() - (ctx.clock.monotonic() - answered)
    return "no manager answers since %s UTC" % written(since)[11:19]


def _as_watched(last: Watched) -> tuple[Now, tuple[Task, ...] | None]:
    state = last.state
    if last.service is None:
        return Now(), last.listed
    now = Now(last.service.spec, state.desired, state.updated, state.running, state.ended)
    return now, last.listed


def _shown(ctx: Context, now: Now) -> dict[str, Any]:
    """The service in the names of the options; empty where it is gone, or nobody answers."""
    if now.spec is None:
        return {}
    try:
        return spec.show(now.spec, ctx.lookup.for_reading(ctx.api, now.spec))
    except RolloutError:
        return spec.show(now.spec, spec.NO_REFERENCES)


def finish(
    result: dict[str, Any], rollout: Mapping[str, Any], message: str, *, fine: bool = False, blameless: bool = False
) -> dict[str, Any]:
    """The result with its rollout and message; raises `RolloutFailed` where the outcome is a bad one."""
    result.update(rollout=dict(rollout), msg=message)
    if rollout["outcome"] not in GOOD and not fine:
        raise RolloutFailed(message, result, blameless=blameless)
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
    return overtaken(ctx, name, cause.message, {**result, "rollout": rollout})


def overtaken(ctx: Context, name: str, message: str, result: dict[str, Any]) -> RolloutFailed:
    """The failure with the service as somebody else made it, and with what runs now."""
    text, now = as_it_is(ctx, name, message, {**result["rollout"], "outcome": "superseded"})
    return RolloutFailed(text, {**result, **now, "changed": name in ctx.wrote})


def as_it_is(ctx: Context, name: str, message: str, rollout: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A message and the part of a result that tell what the service is now, or that nobody answers."""
    now, _listed = read_now(ctx, name)
    text = "; ".join(part for part in (message, running_now(now)) if part)
    return text, {"swarm_service": _shown(ctx, now), "rollout": {**rollout, "tasks": {**rollout["tasks"], **now.tasks}}}


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


def _seen_last(watches: Sequence[Watched]) -> Service | None:
    """The service as a watch read it last."""
    return next((watched.service for watched in reversed(watches) if watched.service is not None), None)


def _cut(watches: Sequence[Watched]) -> float | None:
    """From when on tasks belong to the change (wall clock of the leader)."""
    return next((watched.state.cut for watched in watches if watched.state.cut is not None), None)


def _listed_at_the_end(
    ctx: Context, watches: Sequence[Watched], listed: tuple[Task, ...] | None
) -> tuple[Task, ...] | None:
    """All tasks of the service; what was read already will do unless something was waited for since."""
    service = _seen_last(watches)
    if service is None or (listed is not None and ctx.measure is None):
        return listed
    try:
        return tuple(list_tasks(ctx.api, [service.id]))
    except RolloutError:
        return None


def _failed_in_all(watches: Sequence[Watched], listed: Sequence[Task], wanted: JsonObject | None) -> list[Task]:
    """The tasks of the change that failed, also where that was after anybody watched them."""
    cut = _cut(watches)
    if wanted is None or cut is None:
        return []
    return failures_among([task for task in listed if spec.same_task_spec(task.spec, wanted)], wanted, cut)


def _timeline(
    watches: Sequence[Watched], span: Span, names: Mapping[str, str], listed: Sequence[Task] | None
) -> dict[str, Any]:
    """What each task went through, from the watches' looks and the listing at the end."""
    from .._core.timeline import timeline

    service = _seen_last(watches)
    if service is None:
        return {}
    looks = [watched.sightings for watched in watches if watched.sightings is not None]
    present = service.spec
    found = timeline(listed, looks, span, _cut(watches), lambda task: spec.same_task_spec(task.spec, present), names)
    return {"timeline": found.entries, "timeline_omitted": found.omitted}


def node_names(ctx: Context, tasks: Sequence[Task]) -> dict[str, str]:
    """Names of the nodes; asked for only where some task failed, and never a reason to fail."""
    if not any(task.node_id for task in tasks):
        return {}
    try:
        return {node.id: node.hostname for node in list_nodes(ctx.api)}
    except RolloutError:
        return {}
