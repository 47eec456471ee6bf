# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans: gathering what they are made of, and refusing what they forbid before anything is written.

Four calls (tasks, nodes, the wanted image, the history), made only where a plan is asked for: in check mode, by
`strict`, by `plan_id`, or by `plan` of `swarm_service_info`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any, Sequence

from .._core import plan as core
from .._core import steps
from .._core.cluster import Node, Service, Task, image_of
from .._core.errors import RolloutError
from .._core.history import Revision
from .._engine import images, look
from .._engine.records import list_records
from .._engine.tasks import list_nodes, list_tasks
from .context import Context
from .draft import Draft, Request, draft


class TooRisky(RolloutError):
    """`strict` is on and the plan has warnings; nothing was written."""

    kind = "strict"


def preview(ctx: Context, request: Request) -> core.Plan:
    """What a run of `swarm_service` with these options would do now."""
    return _make(ctx, request, draft(ctx, request, look.find(ctx.api, request.name)))


def before_writing(ctx: Context, request: Request, made: Draft) -> dict[str, Any] | None:
    """The plan where one is asked for, else None. Raises `TooRisky` and `WorldMoved`."""
    if not (ctx.check_mode or request.strict or request.plan_id):
        return None
    found = _make(ctx, request, made)
    shown = found.as_dict()
    try:
        hold_to(ctx, request, found, made.current)
    except RolloutError as exc:
        exc.partial.update(plan=shown, changes=[change.option for change in found.changes])
        raise
    return shown


def before_removing(ctx: Context, current: Service, plan_id: str | None) -> dict[str, Any] | None:
    """The plan of a removal where one is asked for. Raises `WorldMoved`."""
    if not (ctx.check_mode or plan_id):
        return None
    facts = core.Facts(nodes=tuple(list_nodes(ctx.api)), tasks=tuple(list_tasks(ctx.api, [current.id])))
    found = core.removal(current, facts)
    if plan_id:
        core.refuse_if_moved(plan_id, found.id or "", current, facts.nodes)
    return found.as_dict()


def hold_to(ctx: Context, request: Request, found: core.Plan, current: Service | None) -> None:
    """Refuse what the request forbids."""
    if request.plan_id and found.id:
        nodes = list_nodes(ctx.api) if request.plan_id.strip() != found.id else ()
        core.refuse_if_moved(request.plan_id, found.id, current, nodes)
    if request.strict and found.cautions:
        first = found.cautions[0]
        more = len(found.cautions) - 1
        raise TooRisky(
            "%s: strict refuses this change, nothing was written: %s%s"
            % (request.name, first.message, " (and %d more in plan.warnings)" % more if more else "")
        )


def _make(ctx: Context, request: Request, made: Draft) -> core.Plan:
    if made.current is not None and not made.overlay.differs:
        return core.nothing(made.current)
    return Ground.of(ctx, [made.current.name] if made.current else []).plan(request.name, made, request.schedule)


@dataclass
class Ground:
    """What plans are made on: the cluster as it is now, read once for all the services that are asked about."""

    ctx: Context
    nodes: tuple[Node, ...]
    tasks: tuple[Task, ...]
    records: Sequence[Revision]
    checks: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(ctx: Context, names: Sequence[str]) -> Ground:
        """Two calls, and one for the history of those names; a new service has none."""
        tasks = tuple(list_tasks(ctx.api))
        return Ground(ctx, tuple(list_nodes(ctx.api)), tasks, list_records(ctx.api, names) if names else ())

    def plan(self, name: str, made: Draft, schedule: steps.Schedule | None = None) -> core.Plan:
        """The plan of one service; one call for each image that was not asked about before."""
        if made.current is not None and not made.overlay.differs:
            return core.nothing(made.current)
        image = image_of(made.overlay.spec)
        if image not in self.checks:
            self.checks[image] = images.healthcheck(self.ctx.api, image)
        found = self.checks[image]
        facts = core.Facts(
            nodes=self.nodes,
            tasks=self.tasks,
            image=core.Image(found is not None, found or {}, self.ctx.api.host),
            timings=self._timings(made),
            api_version=self.ctx.api.api_version,
        )
        return core.make(name, made.current, made.overlay, facts, schedule.targets if schedule else None)

    def removal(self, current: Service) -> core.Plan:
        """The plan of removing a service."""
        return core.removal(current, core.Facts(nodes=self.nodes, tasks=self.tasks))

    def job_seconds(self, name: str) -> float | None:
        """How long the job took before, at the median; None where nothing is recorded."""
        known = [one.duration for one in self.records if one.service == name and one.good and one.duration is not None]
        return median(known) if known else None

    def _timings(self, made: Draft) -> core.Timings:
        """What earlier changes of the service measured."""
        if made.current is None:
            return core.Timings()
        good = [one for one in self.records if one.service == made.current.name and one.good]
        # Where a service was created no task had to stop before; that counts only where nothing else is known.
        replaced = [one.swap for one in good if one.base and one.swap is not None]
        return core.learn(self.tasks, made.current.id, replaced or [one.swap for one in good])
