# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ending rollbacks whose controller was gone before it put the restored update configuration back.

Such a specification says so in its marker, so that everybody else pays nothing for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Sequence

from .._core import history, spec
from .._core.cluster import JsonObject, Service
from .._core.convergence import counts_agree, moving
from .._core.errors import RolloutError
from .._core.history import Revision
from .._engine import look, records
from .context import Context


@dataclass(frozen=True)
class Way:
    """A service as it is, and the specification it has once a rollback under way is through."""

    current: Service
    whole: JsonObject
    revision: Revision | None = None

    @property
    def unfinished(self) -> bool:
        """Whether the tasks are back, but the configuration is still that of the way."""
        return self.revision is not None and counts_agree(self.current)


def look_at(ctx: Context, current: Service, known: Sequence[Revision] | None = None) -> Way:
    """One call where a rollback is under way, else none."""
    marker = history.read(current.spec)
    if marker is None or not marker.returning or not marker.intact:
        return Way(current, current.spec)
    if known is None:
        known = records.list_records(ctx.api, [current.name])
    own = next((revision for revision in known if revision.number == marker.number), None)
    if own is None:
        return Way(current, current.spec)
    whole = history.with_own_config(current.spec, own.spec)
    return Way(current, history.marked(whole, own.number), own)


def finish(ctx: Context, way: Way, result: dict[str, Any]) -> None:
    """Put the configuration back, which replaces no task, complete the record, and say so. Raises `RolloutError`."""
    changes = spec.differences(way.current.spec, way.whole)
    result.update(
        changed=True,
        msg="%s: the rollback to revision %s, whose controller was interrupted, %s: its own update_config is put back"
        % (
            way.current.name,
            way.revision and (way.revision.restores or way.revision.number),
            "would be completed" if ctx.check_mode else "is completed",
        ),
        changes=[one.option for one in changes],
        swarm_service=spec.show(way.whole),
    )
    result["rollout"]["outcome"] = "completed"
    if ctx.check_mode:
        return
    from . import write

    write.update(ctx, way.current, way.whole, spec.NO_REFERENCES)
    close(ctx, replace(way.current, spec=way.whole))


def close(ctx: Context, service: Service, verdict: tuple[int, str] | None = None) -> None:
    """Complete the records that interrupted controllers left open; `verdict`: how a number is known to have ended."""
    try:
        for revision in records.list_records(ctx.api, [service.name]):
            if revision.outcome != history.PENDING:
                continue
            ended = history.how_it_ended(revision, service, ctx.clock.time())
            if verdict is not None and verdict[0] == revision.number:
                ended = verdict[1]
            if ended != history.PENDING:
                records.relabel(ctx.api, replace(revision, outcome=ended))
    except RolloutError as exc:
        ctx.warn("%s: how an earlier change ended is not recorded: %s" % (service.name, exc.message))


def again(ctx: Context, joined: Service) -> Way | None:
    """Look once more after a rollback under way was waited for to its end; None where nothing is left to do.

    The counts do not matter: former tasks may still stop, and count as running (observed on 26.1).
    """
    marker = history.read(joined.spec)
    if marker is None or not marker.returning:
        return None
    now = ctx.patiently(lambda: look.by_id(ctx.api, joined.id))
    way = look_at(ctx, now) if now else None
    return way if way and way.revision is not None and not moving(way.current) else None
