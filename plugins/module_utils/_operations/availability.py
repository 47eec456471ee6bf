# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `availability`: ask a URL all through a change, hold the change to its budget, and certify."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

from .._core.availability import Settings, needs_waiting, parse
from .._core.cluster import Node, Service, Task
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
# Seconds before the first write from which on events of tasks are of interest.
_BEFORE = 5.0


def measured(ctx: Context, params: Mapping[str, Any], operation: Operation) -> Mapping[str, Any]:
    """Run the operation; where `availability` is given, its `rollout` has the certificate afterwards.

    The first write of the operation begins the probes, so that a run that changes nothing costs nothing.
    """
    settings = parse(params.get("availability"))
    if settings is None:
        return operation(ctx, params)
    if not ctx.wait:
        raise needs_waiting()
    if ctx.check_mode:
        return operation(ctx, params)
    from .._core.availability.certificate import sentence
    from .._engine.prober import Prober

    with Prober(settings) as prober:
        ctx.measure = Measure(ctx, settings, prober, params["name"])
        ctx.budget = ctx.measure.spent
        try:
            result = dict(operation(ctx, params))
        except RolloutError as exc:
            cert = ctx.measure.certify(params["name"], exc.partial)
            # A reason that names the budget has said it already.
            if cert is not None and cert["within_budget"] is not False:
                exc.message = "%s; %s" % (exc.message, sentence(cert))
            raise
        cert = ctx.measure.certify(params["name"], result)
        if cert is not None:
            result["msg"] = "%s; %s" % (result.get("msg") or params["name"], sentence(cert))
        return result


class Measure:
    """The probes of one task, which changes the service (or release) of that name."""

    def __init__(self, ctx: Context, settings: Settings, prober: Any, name: str) -> None:
        self._ctx = ctx
        self._name = name
        self._settings = settings
        self._prober = prober
        self._changed_at: float | None = None
        # Each task in each state that it was seen in.
        self._tasks: dict[tuple[str, str], Task] = {}

    def begin(self, service: Service) -> None:
        """Somebody is about to write: a few probes come before it."""
        if self._changed_at is None:
            self._prober.start()
            self._prober.first(3)
            self._changed_at = self._ctx.clock.time()
            self.remember(service.id)

    def remember(self, service_id: str) -> list[Task] | None:
        """Keep what the task list says now, since Swarm forgets old tasks; None where nobody answers."""
        try:
            tasks = list_tasks(self._ctx.api, [service_id])
        except RolloutError:
            # Managers may be away for a moment. What is only looked at is never a reason to fail.
            return None
        self._tasks.update(((task.id, task.state), task) for task in tasks)
        return tasks

    def spent(self) -> Verdict | None:
        """The verdict where more probes failed than the budget allows."""
        text = self._prober.over_budget() if self._changed_at is not None else ""
        return Verdict(OVER_BUDGET, "availability: %s" % text) if text else None

    def settle(self, service_id: str) -> Verdict | None:
        """Probe on until the last task that is on its way out has gone, and a moment longer."""
        clock = self._ctx.clock
        until = clock.monotonic() + _LONGEST
        gone = self._unreachable()
        while clock.monotonic() < until and self.spent() is None:
            tasks = self.remember(service_id)
            leaving = [task for task in tasks or () if _leaving(task) and task.node_id not in gone]
            if tasks is not None and not leaving:
                break
            if leaving:
                text = "availability is measured on while %d of the old tasks still stop" % len(leaving)
                self._ctx.voice.doing(self._name, text)
            clock.sleep(_PAUSE)
        clock.sleep(2 * self._settings.interval)
        return self.spent()

    def certify(self, name: str, result: Mapping[str, Any]) -> dict[str, Any] | None:
        """Stop, and put the certificate into the result's `rollout`; None where nothing was measured."""
        rollout = result.get("rollout")
        if self._changed_at is None or not isinstance(rollout, dict):
            return None
        self._prober.stop()
        from .._core.availability.certificate import certificate

        cert = certificate(self._settings, self._prober.probes(), self._events(name), self._changed_at)
        rollout["availability"] = cert
        return cert

    def _events(self, name: str) -> list[dict[str, Any]]:
        """What happened to tasks meanwhile."""
        try:
            service = look.find(self._ctx.api, name)
        except RolloutError:
            service = None
        if service is not None:
            self.remember(service.id)
        since = (self._changed_at or 0.0) - _BEFORE
        recent = [task for task in self._tasks.values() if (instant(task.timestamp) or 0.0) >= since]
        from .._core.availability.events import task_events

        return task_events(recent, {node.id: node.hostname for node in self._nodes()})

    def _unreachable(self) -> set[str]:
        """Nodes of which Swarm hears nothing: their tasks keep the state that they were last seen in."""
        return {node.id for node in self._nodes() if node.state in ("down", "disconnected", "unknown")}

    def _nodes(self) -> Sequence[Node]:
        try:
            return list_nodes(self._ctx.api)
        except RolloutError:
            return ()


def _leaving(task: Task) -> bool:
    return task.desired_state in ("shutdown", "remove") and not task.ended
