# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge proxy: brings requests from this machine to the tasks of a service in turn.

The Swarm's own routing mesh needs IP_VS in the kernel, which not every machine has. The edge works
everywhere: HAProxy as a service in host mode, which asks the Swarm's DNS for the tasks.
"""

from __future__ import annotations

import http.client
import time
from typing import Any
from urllib.parse import urlsplit

from . import swarm
from .api import Engine
from .cleaning import EDGE_LABEL
from .errors import LabError
from .images import EDGE_IMAGE
from .nodes import engine_of
from .plan import INNER_PORTS, LabPlan, NodePlan

PREFIX = "lab-edge-"
SLOTS = 40


def render(service: str, port: int) -> str:
    """The HAProxy configuration that sends requests to the tasks of a service in turn."""
    return f"""
global
    maxconn 2000
    nbthread 1
defaults
    mode http
    timeout connect 500ms
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 10s
    retries 3
    option redispatch 1
    retry-on conn-failure empty-response
    option http-server-close
    http-reuse never
resolvers swarm
    nameserver engine 127.0.0.11:53
    accepted_payload_size 8192
    timeout resolve 500ms
    timeout retry 500ms
    hold valid 500ms
    hold obsolete 0s
frontend edge
    bind :80
    default_backend tasks
backend tasks
    balance roundrobin
    server-template task {SLOTS} tasks.{service}:{port} resolvers swarm resolve-prefer ipv4 init-addr none
""".strip()


def spec(plan: LabPlan, node: NodePlan, inner: int, service: str, network: str, port: int) -> dict[str, Any]:
    """The Swarm service of an edge; it stands on one node, so that its address never moves."""
    url = f"http://127.0.0.1:{node.ports[inner]}"
    return {
        "Name": f"{PREFIX}{service}",
        "Labels": {EDGE_LABEL: service, f"{EDGE_LABEL}.url": url, f"{EDGE_LABEL}.network": network},
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": EDGE_IMAGE,
                "Env": [f"EDGE_CONFIG={render(service, port)}"],
                "StopGracePeriod": 1_000_000_000,
            },
            "Networks": [{"Target": network}],
            "Placement": {"Constraints": [f"node.hostname=={node.name}"]},
            "RestartPolicy": {"Condition": "any", "Delay": 200_000_000},
        },
        "Mode": {"Replicated": {"Replicas": 1}},
        "EndpointSpec": {
            "Mode": "dnsrr",
            "Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": inner, "PublishMode": "host"}],
        },
    }


def deploy(plan: LabPlan, *, service: str, network: str, port: int, listen: int | None, node: str) -> str:
    """Deploy the edge of a service, or leave it as it is, and return its URL when it answers."""
    engine = _manager(plan)
    networks = {item["Name"]: item["Id"] for item in engine.get("/networks") if item["Scope"] == "swarm"}
    if network not in networks:
        raise LabError(f"The Swarm has no network '{network}': create it before its edge (an overlay network).")
    services = engine.get("/services")
    have = next((item for item in services if item["Spec"]["Name"] == f"{PREFIX}{service}"), None)
    spot, inner = place(plan, services, have, listen, node)
    wanted = spec(plan, spot, inner, service, networks[network], port)
    if have is None:
        engine.post("/services/create", wanted)
    elif not same(have["Spec"], wanted):
        engine.post(f"/services/{have['ID']}/update", wanted, version=have["Version"]["Index"])
    return _wait(wanted["Labels"][f"{EDGE_LABEL}.url"])


def remove(plan: LabPlan, service: str | None = None) -> int:
    """Remove the edge of a service, or all edges; return how many there were."""
    engine = _manager(plan)
    gone = [
        item
        for item in engine.get("/services")
        if EDGE_LABEL in item["Spec"]["Labels"] and service in (None, item["Spec"]["Labels"][EDGE_LABEL])
    ]
    for item in gone:
        engine.delete(f"/services/{item['ID']}")
    return len(gone)


def urls(plan: LabPlan) -> dict[str, str]:
    """The URL of each service that has an edge; empty where the Swarm does not answer."""
    found = swarm.leader_of(plan)
    services = engine_of(found[0]).get("/services") if found else []
    labels = [item["Spec"].get("Labels") or {} for item in services]
    return {one[EDGE_LABEL]: one[f"{EDGE_LABEL}.url"] for one in labels if EDGE_LABEL in one}


def default_url(plan: LabPlan) -> str:
    """Where the first edge will be."""
    return f"http://127.0.0.1:{plan.nodes[0].ports[INNER_PORTS[0]]}"


def _manager(plan: LabPlan) -> Engine:
    found = swarm.leader_of(plan)
    if found is None:
        raise LabError(f"Lab '{plan.name}' has no leader: `up` mends it.")
    return engine_of(found[0])


def place(
    plan: LabPlan, services: list[dict[str, Any]], have: dict[str, Any] | None, listen: int | None, node: str
) -> tuple[NodePlan, int]:
    """Which node's which inner port: the one asked for, the one it has, or the first free one."""
    if listen is not None:
        for candidate in plan.nodes:
            for inner, outer in candidate.ports.items():
                if outer == listen:
                    return candidate, inner
        ports = ", ".join(str(outer) for outer in plan.nodes[0].ports.values())
        raise LabError(f"No node of lab '{plan.name}' publishes port {listen}: use one of {ports}.")
    spot = plan.node(node)
    if have is not None:
        url = have["Spec"]["Labels"].get(f"{EDGE_LABEL}.url", "")
        for inner, outer in spot.ports.items():
            if url == f"http://127.0.0.1:{outer}":
                return spot, inner
    used = {
        published.get("PublishedPort")
        for item in services
        for published in (item["Spec"].get("EndpointSpec") or {}).get("Ports") or []
    }
    for inner in spot.ports:
        if inner not in used:
            return spot, inner
    raise LabError(f"All ports of {spot.name} are in use: `edge --remove` an edge, or choose another --node.")


def same(have: dict[str, Any], wanted: dict[str, Any]) -> bool:
    container = "ContainerSpec"
    return bool(
        have["Labels"] == wanted["Labels"]
        and have["TaskTemplate"][container]["Env"] == wanted["TaskTemplate"][container]["Env"]
        and have["TaskTemplate"][container]["Image"] == wanted["TaskTemplate"][container]["Image"]
        and have["EndpointSpec"]["Ports"] == wanted["EndpointSpec"]["Ports"]
    )


def _wait(url: str, timeout: float = 30.0, patience: float = 5.0) -> str:
    """Wait until the edge answers; give it a few seconds more to find tasks, which there may be none of."""
    begun = time.monotonic()
    answered: float | None = None
    while time.monotonic() - begun < timeout:
        status = _status(url)
        if status is not None:
            answered = answered or time.monotonic()
            if status != 503 or time.monotonic() - answered > patience:
                return url
        time.sleep(0.1)
    raise LabError(f"The edge at {url} does not answer after {timeout:.0f} s: look at its tasks (docker service ps).")


def _status(url: str) -> int | None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=2.0)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
