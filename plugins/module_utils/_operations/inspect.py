# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What there is: services with their tasks, in at most four Engine calls however many they are.

Of each service in the middle of a progressive rollout two more calls tell who drives it, since when, and where to.
"""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from .._core import spec
from .._core.cluster import Node, Service, Task, image_of
from .._core.convergence import moving
from .._core.convergence.wanted import wanted
from .._core.history import read as read_marker
from .._core.masking import mask_text
from .._core.times import instant
from .._engine import look
from .._engine.tasks import list_nodes, list_tasks
from . import past
from .context import Context
from .progressive import standing
from .readiness import Surroundings

# Up to so many services their tasks are asked for by ID; beyond, one listing of all is cheaper.
_ASK_BY_ID = 50


def info(
    ctx: Context,
    names: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    history: bool = False,
    readiness: bool = False,
) -> list[dict[str, Any]]:
    """The services of those names and labels (None: all), sorted by name; empty where nothing matches.

    `history` adds the recorded revisions and what was changed outside of them: two more calls for all.
    `readiness` adds to these whether going back to the previous good one would get through.
    """
    services = _wanted(look.listing(ctx.api, names, labels), names)
    if not services:
        return []
    ids = {service.id for service in services}
    asked = sorted(ids) if len(ids) <= _ASK_BY_ID else None
    tasks: dict[str, list[Task]] = {service_id: [] for service_id in ids}
    for task in list_tasks(ctx.api, asked):
        if task.service_id in ids:
            tasks[task.service_id].append(task)
    nodes = list_nodes(ctx.api)
    references = ctx.lookup.for_reading(
        ctx.api, *(one for service in services for one in (service.spec, service.previous_spec))
    )
    now = ctx.clock.time()
    found = [describe(service, tasks[service.id], nodes, references, now) for service in services]
    for service, shown in zip(services, found):
        shown["rollout"] = standing.shown(ctx, service, tasks[service.id])
    if history or readiness:
        book = past.read_all(ctx, [service.name for service in services])
        around = Surroundings.of(ctx) if readiness else None
        for service, shown in zip(services, found):
            shown.update(past.tell(book, service, references, now))
            past.number(book, service, tasks[service.id], shown["slots"])
            if around is not None:
                shown["rollback"] = past.way_back(book, service, references, around, now)
    return found


def _wanted(found: Iterable[Service], names: Sequence[str] | None) -> list[Service]:
    """The Engine's name filter matches prefixes; keep the exact ones."""
    kept = (service for service in found if names is None or service.name in names)
    return sorted(kept, key=lambda service: service.name)


def describe(
    service: Service,
    tasks: Sequence[Task],
    nodes: Sequence[Node],
    references: spec.References,
    now: float,
) -> dict[str, Any]:
    """One service as `swarm_service_info` returns it."""
    slots = slots_of(tasks, {node.id: node.hostname for node in nodes}, now, service.spec)
    own = [task for task in tasks if spec.same_task_spec(task.spec, service.spec)]
    found = wanted(service, service.spec, own, nodes, tasks)
    status = service.update_status
    marker = read_marker(service.spec)
    return {
        "name": service.name,
        "id": service.id,
        "version": service.version,
        "mode": service.mode,
        "image": service.image,
        "created_at": service.created_at,
        "updated_at": service.updated_at,
        "at_rest": not moving(service) and found.reached,
        "revision": marker.number if marker else None,
        "drifted": marker is not None and not marker.intact,
        "update": {
            "state": status.state or None,
            "message": status.message or None,
            "started_at": status.started_at or None,
            "completed_at": status.completed_at or None,
        },
        "tasks": {
            "desired": found.desired,
            "running": service.running_tasks,
            "completed": service.completed_tasks,
            "failed": sum(slot["failures"] for slot in slots),
        },
        "slots": slots,
        "ports": [_port(port) for port in service.ports],
        "service": spec.show(service.spec, references),
        "previous": spec.show(service.previous_spec, references) if service.previous_spec else None,
    }


def slots_of(
    tasks: Sequence[Task], nodes: Mapping[str, str], now: float, wanted: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One entry per slot (per node for a global service): its present task, and how often it failed."""
    places: dict[str, list[Task]] = {}
    for task in tasks:
        places.setdefault(task.place, []).append(task)
    entries = []
    for own in places.values():
        own.sort(key=lambda task: (task.desired_state == "running", task.created_at))
        task = own[-1]
        failed = [other for other in own if other.state in ("failed", "rejected", "orphaned")]
        last_error = mask_text(failed[-1].error) if failed else None
        since = instant(task.timestamp)
        entries.append(
            {
                "slot": task.slot or None,
                "node": nodes.get(task.node_id, task.node_id) or None,
                "task": task.id,
                "state": task.state,
                "desired_state": task.desired_state,
                "image": image_of({"TaskTemplate": task.spec}),
                "updated": spec.same_task_spec(task.spec, wanted),
                "error": mask_text(task.error) or None,
                "last_error": last_error,
                "failures": len(failed),
                "age": None if since is None else round(max(now - since, 0.0), 1),
            }
        )
    return sorted(entries, key=lambda entry: (entry["slot"] or 0, entry["node"] or ""))


def _port(port: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "published_port": port.get("PublishedPort"),
        "target_port": port.get("TargetPort"),
        "protocol": port.get("Protocol", "tcp"),
        "mode": port.get("PublishMode", "ingress"),
    }
