# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Empties a lab between tests: everything made in the Swarm goes, the Swarm stays."""

from __future__ import annotations

import time
from typing import Any

from . import swarm
from .api import Engine
from .errors import EngineError, LabError
from .nodes import each, engine_of
from .plan import LABEL, LabPlan, NodePlan

EDGE_LABEL = f"{LABEL}.edge"
# Tasks get a moment to end by themselves; nobody waits for the stubborn ones.
PATIENCE = 0.5


def clean(plan: LabPlan, *, keep_edge: bool = False, timeout: float = 60.0) -> dict[str, int]:
    """Remove services, networks, configs, secrets, containers and volumes; return how many of each."""
    found = swarm.leader_of(plan)
    if found is None:
        raise LabError(f"Lab '{plan.name}' has no leader: `up` mends it.")
    manager, members = found
    engine = engine_of(manager)
    services = engine.get("/services")
    kept = [service for service in services if keep_edge and EDGE_LABEL in service["Spec"].get("Labels", {})]
    gone = [service for service in services if service not in kept]
    kept_networks = {
        network["Target"] for service in kept for network in service["Spec"]["TaskTemplate"].get("Networks") or []
    }
    each(lambda service: engine.delete(f"/services/{service['ID']}"), gone)
    _wait_for_tasks(plan, engine, {service["ID"] for service in kept}, timeout)
    removed = {"services": len(gone)}
    _settle(engine, members)
    each(lambda node: _clean_node(node, {service["ID"] for service in kept}), plan.running)
    for kind in ("networks", "configs", "secrets"):
        items = [item for item in engine.get(f"/{kind}") if kind != "networks" or _is_made(item, kept_networks)]
        paths = [f"/{kind}/{item.get('ID') or item.get('Id')}" for item in items]
        each(lambda path: _delete(engine, path, timeout), paths)
        removed[kind] = len(items)
    return removed


def _wait_for_tasks(plan: LabPlan, engine: Engine, kept: set[str], timeout: float) -> None:
    begun = time.monotonic()
    pushed = False
    while True:
        tasks = engine.get("/tasks")
        left = [task for task in tasks if task.get("ServiceID") not in kept and not is_forgotten(task, plan.engine)]
        if not left:
            return
        waited = time.monotonic() - begun
        if waited > timeout:
            raise LabError(f"{len(left)} tasks of lab '{plan.name}' are left after {timeout:.0f} s: `up` mends it.")
        if waited > PATIENCE and not pushed:
            pushed = True
            _kill_tasks(plan, {task.get("ServiceID") for task in left})
        time.sleep(0.1)


def is_forgotten(task: dict[str, Any], engine: str) -> bool:
    """Tell whether the Engine will never remove a task.

    20.10 keeps those of a job that had ended before it went, and those that no node had taken by then.
    """
    if engine != "20.10" or "JobIteration" not in task:
        return False
    return task["Status"]["State"] in ("complete", "failed") or not task.get("NodeID")


def _kill_tasks(plan: LabPlan, services: set[str | None]) -> None:
    def kill_on(node: NodePlan) -> None:
        engine = engine_of(node)
        for container in engine.get("/containers/json") if engine.alive(2.0) else []:
            if container["Labels"].get("com.docker.swarm.service.id") in services:
                _quietly(engine, "POST", f"/containers/{container['Id']}/kill")

    each(kill_on, plan.running)


def _clean_node(node: NodePlan, kept: set[str]) -> None:
    """Remove what a node still holds of its own: containers, networks and volumes made on it."""
    engine = engine_of(node)
    if not engine.alive(2.0):
        return
    for container in engine.get("/containers/json", all=True):
        if container["Labels"].get("com.docker.swarm.service.id") not in kept:
            _quietly(engine, "DELETE", f"/containers/{container['Id']}", force=True, v=True)
    for network in engine.get("/networks"):
        if network["Scope"] == "local" and network["Name"] not in (
            "bridge",
            "host",
            "none",
            "docker_gwbridge",
        ):
            _quietly(engine, "DELETE", f"/networks/{network['Id']}")
    for volume in engine.get("/volumes")["Volumes"] or []:
        _quietly(engine, "DELETE", f"/volumes/{volume['Name']}", force=True)


def _settle(engine: Engine, members: list[dict[str, Any]]) -> None:
    """Take back what tests did to nodes: drained ones become active, labels go."""
    for member in members:
        spec = {**member["Spec"], "Availability": "active", "Labels": {}}
        if (member["Spec"].get("Labels") or {}) or member["Spec"]["Availability"] != "active":
            _quietly(engine, "POST", f"/nodes/{member['ID']}/update", body=spec, version=member["Version"]["Index"])


def _is_made(network: dict[str, Any], kept: set[str]) -> bool:
    return network["Scope"] == "swarm" and not network.get("Ingress") and network["Id"] not in kept


def _delete(engine: Engine, path: str, timeout: float) -> None:
    """Delete something that a task may hold for a moment longer."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            engine.delete(path)
            return
        except EngineError as error:
            if time.monotonic() > deadline or "in use" not in error.message:
                raise
            time.sleep(0.1)


def _quietly(engine: Engine, method: str, path: str, body: Any = None, **query: Any) -> None:
    """Do something that the Swarm may be doing at the same moment."""
    try:
        engine.call(method, path, query=query, body=body)
    except EngineError:
        return
