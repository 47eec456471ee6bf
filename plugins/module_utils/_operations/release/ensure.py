# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`swarm_release` with a list of services: make the release what the task declares."""

from __future__ import annotations

from typing import Any

from ..._core import release as core
from ..._core.errors import RolloutError, RolloutFailed
from ..._core.lock import release_key
from ..context import Context
from ..locking import locked
from . import checks, foretell, story
from .book import Book
from .casting import Cast, declared, keeping_of
from .entries import ReleaseRequest
from .scene import Scene, look_at, marks
from .transaction import End, Transaction


def ensure(ctx: Context, request: ReleaseRequest) -> dict[str, Any]:
    """Carry it out, finish what an interrupted run left, or change nothing. Raises `RolloutError`."""
    scene = look_at(ctx, request)
    cast = declared(ctx, request, scene)
    if _nothing_to_do(scene, cast):
        return _unchanged(ctx, request, scene, cast)
    checks.hold(ctx, request, cast)
    if ctx.check_mode:
        _hand_over(ctx, cast)
        return foretell.result(ctx, request, scene, cast)
    reason = request.keeping.cause or "release %s" % request.name
    with locked(ctx, release_key(request.name), request.keeping.actor, reason, request.lock_wait) as lock:
        # What was read before the lock was ours may be what its last holder has changed since.
        scene = look_at(ctx, request)
        cast = declared(ctx, request, scene)
        if _nothing_to_do(scene, cast):
            return _unchanged(ctx, request, scene, cast)
        return carry_out(ctx, request, scene, cast, lock)


def carry_out(
    ctx: Context, request: ReleaseRequest, scene: Scene, cast: Cast, lock: Any, restores: int | None = None
) -> dict[str, Any]:
    """Under the release's lock: record, move, verify or go back, and tell. Raises `RolloutFailed`."""
    begun = ctx.now()
    _hand_over(ctx, cast)
    book = Book(ctx, request, scene.in_force, scene.highest)
    if cast.resumes is not None:
        book.resume(cast.resumes)
    elif cast.writes:
        book.begin(cast.recorded(request.policy.point, restores))
    for part in cast.parts.values():
        part.keeping = keeping_of(part, request.name, book.number, request.keeping)
    transaction = Transaction(ctx, request, cast.parts, cast.order, lock, book)
    try:
        end = _to_its_end(transaction, cast)
    except RolloutError as exc:
        # The record stays open, so that the same task run again goes on from here.
        known = story.result(request, transaction, cast.foreign, End(core.FAILED, exc.message), ctx.since(begun))
        exc.partial = {**known, **exc.partial}
        raise
    if end.outcome == core.COMPLETED and not cast.writes and cast.resumes is None:
        # Others were at it a moment ago, and all there was to do was to wait for them.
        return _unchanged(ctx, request, scene, cast, restores)
    span = ctx.since(begun)
    book.end(end.outcome, end.reason, span.duration, transaction.marks())
    result = story.result(request, transaction, cast.foreign, end, span)
    if end.outcome != core.COMPLETED:
        raise RolloutFailed(result["msg"], result)
    return result


def _to_its_end(transaction: Transaction, cast: Cast) -> End:
    if cast.resumes is not None and cast.resumes.back:
        return transaction.go_back("%s (an interrupted run was on its way back)" % cast.resumes.reason)
    return transaction.run()


def _hand_over(ctx: Context, cast: Cast) -> None:
    """Hand over the registry logins of services that are not written. Raises `RolloutError`."""
    for part in cast.parts.values():
        decision = part.decision
        if not part.idle or part.noted or decision is None or decision.way is None or decision.plan.differs:
            continue
        if decision.request.hand_over_login:
            from .. import login

            part.noted = login.hand_over(ctx, decision.request, decision.way, decision.plan)


def _nothing_to_do(scene: Scene, cast: Cast) -> bool:
    return cast.idle and not (scene.in_force is not None and scene.in_force.open)


def _unchanged(
    ctx: Context, request: ReleaseRequest, scene: Scene, cast: Cast, restores: int | None = None
) -> dict[str, Any]:
    """Nothing to write. A composition that no record tells of yet is recorded; that changes no service."""
    _hand_over(ctx, cast)
    found = marks(cast.parts, scene.services)
    number = scene.in_force.number if scene.in_force is not None else None
    known = scene.in_force is not None and scene.in_force.revisions == found
    if known and scene.in_force is not None and set(scene.in_force.present) == cast.present:
        return story.unchanged(ctx, request, cast, number, number)
    if ctx.check_mode:
        return story.unchanged(ctx, request, cast, None, number)
    book = Book(ctx, request, scene.in_force, scene.highest)
    book.begin(cast.recorded(request.policy.point, restores))
    book.end(core.COMPLETED, "", 0.0, found)
    return story.unchanged(ctx, request, cast, book.number, number)
