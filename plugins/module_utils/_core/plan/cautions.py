# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Risks of a change: each with its consequence, which a test has seen on a real engine, and its remedy."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from ..cluster import JsonObject, Task, image_of, mode_of
from ..spec.table import FIELDS
from ..units import format_duration
from .estimate import healthcheck
from .moves import Moves
from .pace import PATIENCE, Pace, grace_of, longest_grace
from .room import host_ports
from .types import Capacity, Caution, Image, Timings

_KILLED = 137
_SHARED = ("volume", "bind", "cluster")


def cautions(
    spec: JsonObject, moving: Moves, tasks: Iterable[Task], image: Image, timings: Timings, capacity: Capacity
) -> tuple[Caution, ...]:
    """All risks of the change; those of updates also where the service is new, for it will be updated some day."""
    found = []
    if not capacity.fits:
        remedy = capacity.proposal or ""
        found.append(Caution("capacity", "update_config", "%s; %s" % (capacity.problems[0], remedy)))
    if not mode_of(spec).endswith("-job"):
        pace = Pace.of(spec)
        found += _of_pace(pace, moving.wanted)
        found += _of_health(spec, image)
        found += _of_start_first(spec, pace)
        found += _of_slow_stop(spec, pace, moving)
        found += _of_restart(spec)
        found += _of_grace(spec, pace, tasks, timings)
    return tuple(found)


def _of_pace(pace: Pace, wanted: int) -> Iterable[Caution]:
    several = wanted > 1
    if pace.failure_action == "continue":
        if pace.start_first:
            what = "a bad image replaces every healthy task and Swarm calls the update completed"
        else:
            what = "Swarm goes on replacing healthy tasks whatever becomes of the new ones"
        yield Caution(
            "failure_action_continue",
            "update_config.failure_action",
            "failure_action continue watches nothing: %s; use pause or rollback" % what,
        )
    elif several and pace.at_a_time(wanted) < wanted and pace.delay < pace.monitor:
        yield Caution(
            "delay_below_monitor",
            "update_config.delay",
            "the delay (%s) is shorter than the monitor time (%s), which does not hold back the next batch: an image "
            "that crashes within %s can replace all %d tasks before Swarm stops; set update_config.delay to %s or more"
            % (_text(pace.delay), _text(pace.monitor), _text(pace.monitor), wanted, _text(pace.monitor)),
        )
    if several and pace.parallelism == 0:
        what = "all are new before the first is known to work" if pace.start_first else "none serves meanwhile"
        yield Caution(
            "parallelism_zero",
            "update_config.parallelism",
            "parallelism 0 replaces all %d tasks at once: %s; set update_config.parallelism to 1 or more"
            % (wanted, what),
        )


def _of_health(spec: JsonObject, image: Image) -> Iterable[Caution]:
    check = healthcheck(spec, image)
    if check is not None and not check:
        yield Caution(
            "no_healthcheck",
            "healthcheck",
            "neither the service nor the image %s has a health check: a task counts as serving as soon as its process "
            "has started, so one that answers nobody passes; add a healthcheck" % image_of(spec).split("@")[0],
        )


def _of_start_first(spec: JsonObject, pace: Pace) -> Iterable[Caution]:
    if not pace.start_first:
        return
    listed = _host_ports(spec)
    if listed:
        yield Caution(
            "host_port_start_first",
            "publish",
            "the old task holds host port %s until it stops, so with start-first the new one cannot start on its node: "
            "it goes to a node without one or stays pending; use update_config.order stop-first" % listed,
        )
    listed = _shared_volumes(spec)
    if listed:
        yield Caution(
            "shared_volume_start_first",
            "mounts",
            "with start-first the old and the new task write to %s at the same time, which a program that "
            "wants to be the only writer, such as a database, does not survive; use update_config.order stop-first"
            % listed,
        )


def _of_slow_stop(spec: JsonObject, pace: Pace, moving: Moves) -> Iterable[Caution]:
    """With stop-first Swarm does not wait for ever: after a minute the new task runs beside one that still stops."""
    grace = max(grace_of(spec), longest_grace(moving.dirty))
    if not pace.overlap(grace):
        return
    late = "a task has %s to stop (stop_grace_period), but with stop-first Swarm starts the new one after %s" % (
        _text(grace),
        _text(PATIENCE),
    )
    remedy = "let the process end on its stop signal, or set stop_grace_period to %s or less" % _text(PATIENCE)
    ports, volumes = _host_ports(spec), _shared_volumes(spec)
    if ports:
        yield Caution(
            "host_port_slow_stop",
            "stop_grace_period",
            "%s: the old one holds host port %s until it has stopped, so the new one stays pending as long or runs "
            "beside it on another node; %s" % (late, ports, remedy),
        )
    if volumes:
        yield Caution(
            "shared_volume_slow_stop",
            "stop_grace_period",
            "%s: both then write to %s at the same time, which a program that wants to be the only writer, such as a "
            "database, does not survive; %s" % (late, volumes, remedy),
        )


def _host_ports(spec: JsonObject) -> str:
    ports = host_ports((spec.get("EndpointSpec") or {}).get("Ports"))
    return ", ".join("%d/%s" % (number, protocol) for protocol, number in sorted(ports))


def _shared_volumes(spec: JsonObject) -> str:
    mounts = ((spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}).get("Mounts") or ()
    return ", ".join("%s (%s)" % (mount.get("Target"), mount.get("Source")) for mount in mounts if _is_shared(mount))


def _is_shared(mount: Any) -> bool:
    data: Mapping[str, Any] = mount if isinstance(mount, Mapping) else {}
    source = str(data.get("Source") or "")
    own = "{{" in source and ".Task.ID" in source
    return bool(source) and not own and data.get("Type") in _SHARED and not data.get("ReadOnly")


def _of_restart(spec: JsonObject) -> Iterable[Caution]:
    if FIELDS["restart_config.condition"].read(spec) == "none":
        yield Caution(
            "restart_none",
            "restart_config.condition",
            "restart condition none: a slot whose task ends stays empty, also when an update was paused or rolled back "
            "because of it, and Swarm may call a rollback completed while tasks are missing; use on-failure or any",
        )


def _of_grace(spec: JsonObject, pace: Pace, tasks: Iterable[Task], timings: Timings) -> Iterable[Caution]:
    grace = FIELDS["stop_grace_period"].read(spec)
    shown = format_duration(grace)
    if grace == 0:
        reason = "stop_grace_period 0s kills tasks at once"
    else:
        stopped = [task for task in tasks if task.state == "shutdown" and task.exit_code is not None]
        killed = sum(1 for task in stopped if task.exit_code == _KILLED)
        if killed:
            reason = "%d of the last %d tasks that were stopped had not ended after their grace period" % (
                killed,
                len(stopped),
            )
        elif timings.stop is not None and timings.stop * 1e9 >= grace:
            reason = "tasks took %.1f s to stop so far, stop_grace_period is %s" % (timings.stop, shown)
        else:
            return
        reason += " and were killed (now it is %s)" % shown if killed else " and were killed"
    yield Caution(
        "grace_below_draining",
        "stop_grace_period",
        "%s: what a task still serves is cut off; %s" % (reason, _time_to_drain(pace, grace / 1e9)),
    )


def _time_to_drain(pace: Pace, grace: float) -> str:
    """What to do, so far as it does not lead into `_of_slow_stop`."""
    if pace.start_first:
        return "give it the time to drain, or let the process end on its stop signal"
    if grace >= PATIENCE:
        return (
            "let the process end on its stop signal, or use update_config.order start-first: with stop-first Swarm "
            "waits no longer than %s" % _text(PATIENCE)
        )
    return "give it the time to drain, %s at most with stop-first, or let the process end on its stop signal" % _text(
        PATIENCE
    )


def _text(seconds: float) -> str:
    return format_duration(round(seconds * 1e9))
