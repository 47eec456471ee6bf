# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Putting the stable specification back: only the slots that moved are touched."""

from __future__ import annotations

from dataclasses import replace

from ..._core import history, spec
from ..._core.cluster import JsonObject, Service
from ..._core.convergence import Verdict
from ..._core.history import Revision
from ..._engine.events import ServiceEvents
from ..._engine.watch import Watched
from .. import write
from ..context import Context
from ..follow import follow, put_back, way_back


def restore(
    ctx: Context,
    events: ServiceEvents,
    base: Service,
    stable: Revision,
    references: spec.References,
    reason: str,
    *,
    mode: JsonObject,
) -> Watched:
    """Write `stable` over `base`, watch it, and judge: `rolled_back` for `reason`, or `rollback_failed`.

    `mode` is the specification whose number of replicas stays: the stable one may be older than the last scale.
    Raises `write.Superseded` when somebody else writes at this moment.
    """
    final = history.marked({**stable.spec, "Mode": mode.get("Mode") or {}}, stable.number)
    travelling = history.marked(history.moving(final, way_back(final, base.spec)), stable.number, returning=True)
    write.update(ctx, base, travelling, references)
    watched = follow(ctx, events, "update", base.id, travelling, None, references, alone=True)
    verdict = watched.verdict
    if verdict.outcome == "completed":
        put_back(ctx, base, travelling, final, references)
        service = replace(watched.service, spec=final) if watched.service else None
        return replace(watched, verdict=Verdict("rolled_back", reason), service=service)
    if verdict.outcome == "superseded":
        return watched
    return replace(
        watched,
        verdict=Verdict(
            "rollback_failed",
            "%s; going back %s: %s" % (reason, verdict.outcome.replace("_", " "), verdict.reason),
        ),
    )
