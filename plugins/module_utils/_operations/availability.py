# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `availability`: ask a URL all through a change, hold the change to its budget, and certify."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._core import availability as core
from .._core.cluster import Service, Task
from .._core.convergence import OVER_BUDGET, Verdict
from .._core.errors import RolloutError
from .._core.times import instant
from .._engine import look
from .._engine.tasks import list_nodes, list_tasks
from .context import Context

Operation = Callable[[Context, Mapping[str, Any]], Mapping[str, Any]]

# Seconds between looks at tasks that are on their way out, and how long their end is waited for: longer than
# any sensible stop_grace_period.
_PAUSE = 0.5
_LONGEST = 120.0


def measured(ctx: Context, params: Mapping[str, Any], operation: Operation) -> Mapping[str, Any]:
    """Run the operation; where `availability` is given, its `rollout` has the certificate afterwards.

    The first write of the operation begins the probes, so that a run that changes nothing costs nothing.
    """
    settings = core.parse(params.get("availability"))
    if settings is None or ctx.check_mode:
        return operation(ctx, params)
    if not ctx.wait:
        raise core.needs_waiting()
    from .._engine.prober import Prober

    with Prober(settings) as prober:
        ctx.measure = Measure(ctx, settings, prober)
        ctx.budget = ctx.measure.spent
        try:
            result = dict(operation(ctx, params))
        except RolloutError as exc:
            ctx.measure.certify(params["name"], exc.partial)
            raise
        ctx.measure.certify(params["name"], result)
        return result


class Measure:
    """The probes of one task."""

    def __init__(self, ctx: Context, settings: core.Settings, prober: Any) -> None:
        self._ctx = ctx
        self._settings = settings
        self._prober = prober
        self._changed_at: float | None = None
        self._tasks: dict[str, Task] = {}

    def begin(self, service: Service) -> None:
        """Somebody is about to write: a few probes come before it."""
        if self._changed_at is None:
            self._prober.start()
            self._prober.first(3)
            self._changed_at = self._ctx.clock.time()
            self.remember(service.id)

    def remember(self, service_id: str) -> None:
        """Keep what the task list says now: Swarm forgets old tasks."""
        self._tasks.update((task.id, task) for task in list_tasks(self._ctx.api, [service_id]))

    def spent(self) -> Verdict | None:
        """The verdict where more probes failed than the budget allows."""
        text = self._prober.over_budget() if self._changed_at is not None else ""
        return Verdict(OVER_BUDGET, "availability: %s" % text) if text else None

    def settle(self, service_id: str) -> Verdict | None:
        """Probe on until the last task that is on its way out has gone, and a moment longer."""
        clock = self._ctx.clock
        until = clock.monotonic() + _LONGEST
        while clock.monotonic() < until and self.spent() is None:
            self.remember(service_id)
            leaving = [t for t in list_tasks(self._ctx.api, [service_id]) if _leaving(t)]
            if not leaving:
                break
            clock.sleep(_PAUSE)
        clock.sleep(2 * self._settings.interval)
        return self.spent()

    def certify(self, name: str, result: dict[str, Any]) -> None:
        """Stop, and put the certificate into the result's `rollout`."""
        rollout = result.get("rollout")
        if self._changed_at is None or not isinstance(rollout, dict):
            return
        self._prober.stop()
        rollout["availability"] = core.certificate(
            self._settings, self._prober.probes(), self._events(name), self._changed_at
        )
        result["msg"] = "%s; %s" % (result.get("msg", name), core.sentence(rollout["availability"]))

    def _events(self, name: str) -> list[dict[str, Any]]:
        """What happened to tasks meanwhile; never a reason to fail."""
        try:
            service = look.find(self._ctx.api, name)
            if service is not None:
                self.remember(service.id)
            nodes = {node.id: node.hostname for node in list_nodes(self._ctx.api)}
        except RolloutError:
            nodes = {}
        since = (self._changed_at or 0.0) - 5.0
        recent = [task for task in self._tasks.values() if (instant(task.timestamp) or 0.0) >= since]
        return core.task_events(recent, nodes)


def _leaving(task: Task) -> bool:
    return task.desired_state in ("shutdown", "remove") and not task.ended
