# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a release refuses before anything happens."""

from __future__ import annotations

from ..._core.errors import RolloutError
from .. import plan as planning
from ..context import Context
from .casting import Cast
from .entries import ReleaseRequest, about


def hold(ctx: Context, request: ReleaseRequest, cast: Cast) -> None:
    """`require_change_cause`, and what `strict` and `plan_id` of the services demand. Raises `RolloutError`.

    The cluster is read once for all of them, and not at all where none demands anything.
    """
    request.keeping.check()
    asking = [
        (part.entry.request, part.decision)
        for part in cast.parts.values()
        if part.entry is not None
        and part.decision is not None
        and (part.entry.request.strict or part.entry.request.plan_id)
        and part.decision.plan.differs
    ]
    if not asking:
        return
    ground = planning.Ground.of(ctx, [asked.name for asked, _decision in asking])
    for asked, decision in asking:
        found = ground.plan(asked.name, decision.plan, asked.schedule)
        try:
            planning.hold_to(ctx, asked, found, decision.current)
        except RolloutError as exc:
            raise about(asked.name, exc) from exc
