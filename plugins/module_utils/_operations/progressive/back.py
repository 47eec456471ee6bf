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
from ..._core.errors import RolloutError
from ..._core.history import Revision
from ..._engine import look
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
    keep_mode: bool = False,
) -> Watched:
    """Write `stable` over `base`, watch it, and judge: `rolled_back` for `reason`, or `rollback_failed`.

    `keep_mode`: others scaled the service meanwhile, and their number of replicas stays. Raises
    `write.Superseded` when somebody else writes at this moment.
    """
    final = dict(history.marked(stable.spec, stable.number))
    if keep_mode:
        final["Mode"] = base.spec.get("Mode") or {}
        final = history.marked(final, stable.number)
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


def present(ctx: Context, base: Service) -> Service:
    """The service as it is now. Raises `RolloutError` when it is gone."""
    now = look.by_id(ctx.api, base.id)
    if now is None:
        raise RolloutError("%s: the service was removed by somebody else meanwhile" % base.name)
    return now
