# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remove a service and wait until its tasks are really gone."""

from __future__ import annotations

from typing import Any

from .._core import spec
from .._core.account import Span, sentence
from .._core.cluster import Service, Task
from .._core.errors import RolloutError, RolloutFailed
from .._engine import lock, look, records, tasks
from . import plan, write
from .context import Context
from .ledger import Keeping
from .outcome import without_watch

# Seconds between looks at the tasks of a removed service: no event tells when they are gone.
_FIRST_PAUSE = 0.2
_LAST_PAUSE = 2.0


def absent(ctx: Context, name: str, plan_id: str | None = None, keeping: Keeping | None = None) -> dict[str, Any]:
    """Remove the service of that name if it is there, and with `plan_id` only if the plan still holds.

    Its history goes with it, also where others removed the service: nobody else would ever delete it.
    """
    current = look.find(ctx.api, name)
    begun = ctx.clock.monotonic()
    wall = ctx.clock.time()
    result: dict[str, Any] = {
        "changed": current is not None,
        "msg": "%s: not there, nothing to remove" % name,
        "changes": [],
        "rebuilt": False,
        "plan": None,
        "swarm_service": {},
        "diff": {"before": {}, "after": {}},
    }
    if current is not None:
        result["msg"] = "%s: %s" % (name, "would be removed" if ctx.check_mode else "removed")
        result["diff"]["before"] = spec.diff(current.spec, None)[0]
        if keeping is not None:
            keeping.check()
        result["plan"] = plan.before_removing(ctx, current, plan_id)
        if not ctx.check_mode:
            remove_and_wait(ctx, current)
    left = forget(ctx, name)
    if left and current is None:
        result["changed"] = True
        result["msg"] = "%s: not there; what its history left, %d revisions, %s" % (
            name,
            left,
            "would be deleted" if ctx.check_mode else "is deleted",
        )
    outcome = "unchanged"
    if current is not None:
        outcome = "planned" if ctx.check_mode else "completed" if ctx.wait else "applied"
    span = Span(wall, begun, ctx.clock.monotonic())
    result["rollout"] = without_watch(outcome, "", current.spec if current else None, None, span)
    return result


def forget(ctx: Context, name: str) -> int:
    """Delete the history and the lock of a service that is gone; how many revisions it has.

    Never a reason to fail. A lock is nothing that anybody declares, so that one alone is no change.
    """
    found = 0
    try:
        known = records.list_records(ctx.api, [name])
        for revision in () if ctx.check_mode else known:
            records.drop(ctx.api, revision)
        found = len(known)
    except RolloutError as exc:
        ctx.warn("%s: its history could not be deleted: %s" % (name, exc.message))
    try:
        if not ctx.check_mode:
            lock.forget(ctx.api, name, ctx.clock)
    except RolloutError as exc:
        ctx.warn("%s: its lock could not be deleted: %s" % (name, exc.message))
    return found


def remove_and_wait(ctx: Context, service: Service) -> None:
    """Remove the service; with `wait` until none of its tasks runs any more.

    Tasks of a removed service can only be found by their own IDs (the Engine resolves the service
    filter against services that exist), so they are listed before.
    """
    mine = ctx.patiently(lambda: tasks.list_tasks(ctx.api, [service.id])) if ctx.wait else []
    write.remove(ctx, service)
    if not ctx.wait:
        return
    try:
        _wait(ctx, service, mine)
    except RolloutFailed:
        raise
    except RolloutError as exc:
        exc.message = "%s: removed, but whether its tasks have ended is not known: %s" % (service.name, exc.message)
        exc.partial.setdefault("changed", True)
        raise


def _wait(ctx: Context, service: Service, mine: list[Task]) -> None:
    started = ctx.clock.monotonic()
    pause = _FIRST_PAUSE
    left = _running(ctx, mine)
    while left:
        ctx.voice.doing(service.name, "removed, %d of its tasks still stop" % len(left))
        waited = ctx.clock.monotonic() - started
        limit = ctx.patience.progress_deadline
        if ctx.patience.wait_timeout is not None:
            limit = min(limit, ctx.patience.wait_timeout)
        if waited >= limit:
            raise _still_there(ctx, service, left, waited)
        ctx.clock.sleep(min(pause, limit - waited))
        pause = min(pause * 2, _LAST_PAUSE)
        left = _running(ctx, mine)


def _running(ctx: Context, known: list[Task]) -> list[Task]:
    """Those of the known tasks that have a container which may still run."""
    ids = [task.id for task in known if not task.ended]
    if not ids:
        return []
    return [task for task in ctx.patiently(lambda: look.tasks_by_id(ctx.api, ids)) if not task.ended]


def _still_there(ctx: Context, service: Service, left: list[Task], waited: float) -> RolloutFailed:
    span = Span(ctx.clock.time() - waited, 0.0, waited)
    reason = "the service is removed, but %d of its tasks still stop" % len(left)
    rollout = without_watch("timed_out", reason, service.spec, None, span)
    message = "%s; run the task again to wait on, or look at node %s" % (
        sentence(service.name, rollout),
        left[0].node_id,
    )
    return RolloutFailed(message, {"changed": True, "changes": [], "rollout": rollout, "msg": message})
