# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Goals from specifications: what the update configuration in force says about patience and strictness."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping

from ..cluster import JsonObject, Service, inner, mode_of, replicas_of
from ..errors import OptionError
from ..units import parse_duration
from .types import Goal

# What the Engine does where the configuration or its monitor is absent or 0 (swarmkit defaults).
DEFAULT_MONITOR = 5.0
_RETRIES = 3
_OLD_TASK_TIMEOUT = 60.0
_USUAL_GRACE = 10.0


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds; `wait_timeout` None: no limit but progress."""

    progress_deadline: float = 600.0
    wait_timeout: float | None = None
    min_healthy: float | None = None


def patience_of(params: Mapping[str, Any]) -> Patience:
    """The waiting options of a task. Raises `OptionError`."""
    return Patience(
        progress_deadline=_positive(params, "progress_deadline") or Patience.progress_deadline,
        wait_timeout=_positive(params, "wait_timeout"),
        min_healthy=_duration(params, "min_healthy_time"),
    )


def _duration(params: Mapping[str, Any], option: str) -> float | None:
    value = params.get(option)
    if value is None or value == "":
        return None
    try:
        return parse_duration(value) / 1e9
    except ValueError as exc:
        raise OptionError(option, value, str(exc)) from None


def _positive(params: Mapping[str, Any], option: str) -> float | None:
    found = _duration(params, option)
    if found is not None and found <= 0:
        raise OptionError(option, params[option], "give a duration above 0, such as 10m")
    return found


def goal(
    action: str,
    wanted: JsonObject,
    former: JsonObject | None,
    patience: Patience,
    *,
    started: float,
    wall: float,
    unplaced: int = 0,
) -> Goal:
    """The goal of a write. `action` is create, update, rollback or join; see `Goal` for `unplaced`.

    A rollback by Swarm itself is ruled by the RollbackConfig of the specification that is restored.
    """
    config = wanted.get("RollbackConfig" if action == "rollback" else "UpdateConfig")
    return Goal(
        action=action,
        wanted=wanted,
        former=former,
        monitor=_seconds(config, "Monitor") or DEFAULT_MONITOR,
        started=started,
        wall=wall,
        progress_deadline=patience.progress_deadline,
        wait_timeout=patience.wait_timeout,
        min_healthy=patience.min_healthy,
        watched=failure_action(config) != "continue",
        longest_delay=max(_seconds(wanted.get(key), "Delay") for key in ("UpdateConfig", "RollbackConfig")),
        last_watch=max(last_watch(wanted.get(key)) for key in ("UpdateConfig", "RollbackConfig")),
        healthy_after=healthy_after(wanted) + stops_within(former),
        unplaced=unplaced,
    )


def step_goal(
    travelling: JsonObject,
    final: JsonObject,
    places: int,
    patience: Patience,
    *,
    started: float,
    wall: float,
    since: float | None = None,
    unplaced: int = 0,
) -> Goal:
    """The goal of one step: `travelling` is the specification that holds Swarm at it (see `steps.held`).

    How long its tasks are watched is what `final`, the declared one, says.
    """
    declared = goal("update", final, None, patience, started=started, wall=wall, unplaced=unplaced)
    # The updater's long sleep is no reason for patience: nothing is waited for but the tasks of this step.
    return replace(
        declared, wanted=travelling, places=places, since=since, watched=False, longest_delay=0.0, last_watch=0.0
    )


def healthy_after(spec: JsonObject) -> float:
    """How long a task may take to be called healthy or unhealthy by the health check that is declared, in seconds.

    The start period, and then as many intervals as it may fail (three where only the interval is declared). What an
    image declares is not known here.
    """
    check = inner(spec, "TaskTemplate", "ContainerSpec", "Healthcheck")
    retries = check.get("Retries")
    times = retries if isinstance(retries, int) and retries > 0 else _RETRIES
    return _seconds(check, "StartPeriod") + _seconds(check, "Interval") * times


def stops_within(former: JsonObject | None) -> float:
    """How much longer than usual a task of the former specification may take to stop, in seconds.

    With stop-first Swarm starts the next one after a minute at the latest (swarmkit `defaultOldTaskTimeout`).
    """
    container = inner(former or {}, "TaskTemplate", "ContainerSpec")
    return max(min(_seconds(container, "StopGracePeriod"), _OLD_TASK_TIMEOUT) - _USUAL_GRACE, 0.0)


def failure_action(config: Any) -> str:
    """The failure action of an update or rollback configuration; the default is to pause."""
    value = config.get("FailureAction") if isinstance(config, dict) else None
    return value if isinstance(value, str) and value else "pause"


def rolls_back(spec: JsonObject) -> bool:
    """Whether the update configuration asks for a rollback when an update fails."""
    return failure_action(spec.get("UpdateConfig")) == "rollback"


def moving(service: Service) -> bool:
    """Whether Swarm has an update or rollback of the service under way, or stopped half-way."""
    return service.update_status.state in ("updating", "rollback_started", "paused", "rollback_paused")


def counts_agree(service: Service) -> bool:
    """Whether the service may do what it declares, by Swarm's counts alone; True where the Engine gives none.

    Counts do not tell a task that stops from one that serves, nor how many nodes want one: where it matters whether the
    service is as declared, `wanted` is asked.
    """
    if moving(service):
        return False
    if service.running_tasks is None:
        return True
    mode = mode_of(service.spec)
    if mode == "replicated":
        return service.running_tasks == replicas_of(service.spec)
    if mode == "replicated-job":
        return (service.completed_tasks or 0) >= replicas_of(service.spec)
    if mode == "global-job":
        return service.running_tasks == 0 and bool(service.completed_tasks)
    return service.running_tasks == service.desired_tasks


def last_watch(config: Any) -> float:
    """How long an update goes on watching after its last delay (swarmkit updater)."""
    delay = _seconds(config, "Delay")
    monitor = _seconds(config, "Monitor") or DEFAULT_MONITOR
    return delay + 1.0 if delay >= monitor else monitor


def _seconds(config: Any, key: str) -> float:
    """A duration of a configuration, which the Engine keeps in nanoseconds, in seconds."""
    value = config.get(key) if isinstance(config, dict) else None
    return value / 1e9 if isinstance(value, (int, float)) and value > 0 else 0.0
