# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Putting the stable specification back: only the slots that moved are touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

from ..._core import history, spec
from ..._core.cluster import JsonObject, Service
from ..._core.convergence import DEFAULT_MONITOR, Verdict
from ..._core.history import Revision
from ..._engine.events import ServiceEvents
from ..._engine.watch import Watched
from .. import write
from ..context import Context
from ..follow import follow, put_back


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
    travelling = history.marked(history.moving(final, _config(final, base.spec)), stable.number, returning=True)
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


def _config(final: JsonObject, present: JsonObject) -> Mapping[str, Any] | None:
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
