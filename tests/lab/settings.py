# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a lab is shown: connection settings for programs, tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .edge import default_url
from .plan import LabPlan


def describe(plan: LabPlan, edges: Mapping[str, str], registries: Mapping[str, Any]) -> dict[str, Any]:
    """Everything a test needs to connect."""

    def shown(node: Any) -> dict[str, Any]:
        return {
            "name": node.name,
            "address": node.address,
            "docker_host": node.docker_host,
            # Inner port of a service in host mode → where it is on this machine.
            "ports": {str(inner): f"127.0.0.1:{outer}" for inner, outer in sorted(node.ports.items())},
        }

    return {
        "name": plan.name,
        "engine": plan.engine,
        # One that can be spoken to, where there is one.
        "docker_host": next((node for node in plan.managers if node.running), plan.managers[0]).docker_host,
        "docker_hosts": [node.docker_host for node in plan.managers],
        "managers": [shown(node) for node in plan.managers],
        "workers": [shown(node) for node in plan.workers],
        "edge_url": next(iter(edges.values()), default_url(plan)),
        "edges": dict(edges),
        "registry": dict(registries),
    }


def exports(described: Mapping[str, Any]) -> str:
    """The same for a shell."""
    return "\n".join(
        [
            f"export DOCKER_HOST={described['docker_host']}",
            f"export DOCKER_HOSTS={','.join(described['docker_hosts'])}",
        ]
    )


def members(plan: LabPlan, containers: Mapping[str, str], listed: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The nodes as they are, the Swarm's view beside the container's."""
    seen = {member["Description"].get("Hostname", ""): member for member in listed}
    rows = []
    for node in plan.nodes:
        member = seen.get(node.name, {})
        manager = member.get("ManagerStatus") or {}
        rows.append(
            {
                "name": node.name,
                "container": containers.get(node.name, "missing"),
                "swarm": (member.get("Status") or {}).get("State", "unknown"),
                "role": (member.get("Spec") or {}).get("Role", f"{node.role} (planned)"),
                "manager": "leader" if manager.get("Leader") else manager.get("Reachability", ""),
                "availability": (member.get("Spec") or {}).get("Availability", ""),
                "engine": ((member.get("Description") or {}).get("Engine") or {}).get("EngineVersion", ""),
                "docker_host": node.docker_host,
            }
        )
    return rows


def table(rows: list[dict[str, str]]) -> str:
    """Rows under their column names, aligned."""
    if not rows:
        return ""
    columns = list(rows[0])
    widths = {column: max(len(column), *(len(row[column]) for row in rows)) for column in columns}
    lines = ["  ".join(column.upper().ljust(widths[column]) for column in columns).rstrip()]
    lines += ["  ".join(row[column].ljust(widths[column]) for column in columns).rstrip() for row in rows]
    return "\n".join(lines)
