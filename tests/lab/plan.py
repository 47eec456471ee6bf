# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lab consists of: names, roles, addresses, ports, and the labels they are recovered from.

Everything here is pure. The labels on a node's container hold the node's whole plan, so that a lab
is known from what the Engine lists, without any file of ours.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import LabError

LABEL = "swarm.rollout.lab"
API_PORT = 2375
# What each node publishes on loopback for services in host mode, and for the edge proxy.
INNER_PORTS = range(5000, 5008)
# Below the kernel's range of ephemeral ports, so that no outgoing connection takes one of them.
FIRST_API_PORT = 23751
FIRST_NODE_PORT = 25000
NETWORKS = "10.213.0.0/16"

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class NodePlan:
    """One node of a lab as it was planned."""

    name: str
    role: str
    address: str
    api_port: int
    ports: Mapping[int, int]
    # Only then its ports are its own: what answers there otherwise is somebody else's.
    running: bool = False

    @property
    def docker_host(self) -> str:
        """The address of the node's Engine, as DOCKER_HOST takes it."""
        return f"tcp://127.0.0.1:{self.api_port}"


@dataclass(frozen=True)
class LabPlan:
    """One lab: an engine generation, a network, and its nodes."""

    name: str
    engine: str
    subnet: str
    nodes: tuple[NodePlan, ...]

    @property
    def network(self) -> str:
        """Name of the bridge network that carries the nodes."""
        return f"swarm-rollout-{self.name}"

    def container(self, member: str) -> str:
        """Name of the container of a node or a registry."""
        return f"swarm-rollout-{self.name}-{member}"

    def host(self, number: int) -> str:
        """The address with that number in the lab's network."""
        return str(ipaddress.ip_network(self.subnet)[number])

    @property
    def running(self) -> tuple[NodePlan, ...]:
        """The nodes that may be spoken to."""
        return tuple(node for node in self.nodes if node.running)

    @property
    def managers(self) -> tuple[NodePlan, ...]:
        """The nodes planned as managers."""
        return tuple(node for node in self.nodes if node.role == "manager")

    @property
    def workers(self) -> tuple[NodePlan, ...]:
        """The nodes planned as workers."""
        return tuple(node for node in self.nodes if node.role == "worker")

    def node(self, name: str) -> NodePlan:
        """The node with that name, or the user's mistake in a sentence."""
        for node in self.nodes:
            if node.name == name:
                return node
        names = ", ".join(node.name for node in self.nodes)
        raise LabError(f"Lab '{self.name}' has no node '{name}': it has {names}.")

    def node_labels(self, node: NodePlan) -> dict[str, str]:
        """The labels of a node's container, from which the plan is recovered."""
        return {
            LABEL: self.name,
            f"{LABEL}.kind": "node",
            f"{LABEL}.engine": self.engine,
            f"{LABEL}.subnet": self.subnet,
            f"{LABEL}.nodes": str(len(self.nodes)),
            f"{LABEL}.managers": str(len(self.managers)),
            f"{LABEL}.node": node.name,
            f"{LABEL}.role": node.role,
            f"{LABEL}.address": node.address,
            f"{LABEL}.api-port": str(node.api_port),
            f"{LABEL}.ports": ",".join(f"{inner}:{outer}" for inner, outer in sorted(node.ports.items())),
        }


def check_name(name: str) -> str:
    """Return the name of a lab if it can be one."""
    if not NAME.fullmatch(name):
        raise LabError(f"'{name}' cannot name a lab: use up to 31 lower case letters, digits and dashes.")
    return name


def choose_subnet(taken: Iterable[str]) -> str:
    """The first /24 of the lab's range that overlaps with nothing taken."""
    used = [ipaddress.ip_network(subnet, strict=False) for subnet in taken]
    for candidate in ipaddress.ip_network(NETWORKS).subnets(new_prefix=24):
        if not any(candidate.version == other.version and candidate.overlaps(other) for other in used):
            return str(candidate)
    raise LabError(f"No network is left in {NETWORKS}: take a lab down that nobody needs.")


def plan_lab(
    name: str,
    *,
    engine: str,
    nodes: int,
    managers: int,
    subnet: str,
    port_is_free: Callable[[int], bool],
    taken_ports: Iterable[int] = (),
    existing: Iterable[NodePlan] = (),
) -> LabPlan:
    """Plan a lab; nodes that exist keep their plan, the others get free ports."""
    check_name(name)
    if nodes < 1 or not 1 <= managers <= nodes:
        raise LabError(f"A lab of {nodes} nodes cannot have {managers} managers: ask for 1 to {max(nodes, 1)}.")
    if nodes > 40:
        raise LabError("A lab has at most 40 nodes.")
    known = {node.name: node for node in existing}
    taken = set(taken_ports)
    for node in known.values():
        taken |= {node.api_port, *node.ports.values()}

    def take(preferred: int, first: int) -> int:
        candidates = [preferred, *range(first, first + 5000)]
        port: int | None = next((port for port in candidates if port not in taken and port_is_free(port)), None)
        if port is None:
            raise LabError(f"No free port is left on 127.0.0.1 from {first} on.")
        taken.add(port)
        return port

    hosts = ipaddress.ip_network(subnet)
    planned = []
    for number in range(1, nodes + 1):
        node_name = f"node{number}"
        if node_name in known:
            planned.append(known[node_name])
            continue
        planned.append(
            NodePlan(
                name=node_name,
                role="manager" if number <= managers else "worker",
                address=str(hosts[10 + number]),
                api_port=take(FIRST_API_PORT, FIRST_API_PORT),
                ports={
                    # On the first node the same outside as inside, where that is free: easy to remember.
                    inner: take(inner if number == 1 else FIRST_NODE_PORT, FIRST_NODE_PORT)
                    for inner in INNER_PORTS
                },
            )
        )
    return LabPlan(name=name, engine=engine, subnet=subnet, nodes=tuple(planned))


def node_from_labels(labels: Mapping[str, str], *, running: bool = False) -> NodePlan:
    """Read one node's plan back from its container's labels."""
    pairs = (pair.split(":") for pair in labels[f"{LABEL}.ports"].split(",") if pair)
    return NodePlan(
        name=labels[f"{LABEL}.node"],
        role=labels[f"{LABEL}.role"],
        address=labels[f"{LABEL}.address"],
        api_port=int(labels[f"{LABEL}.api-port"]),
        ports={int(inner): int(outer) for inner, outer in pairs},
        running=running,
    )


@dataclass(frozen=True)
class Recovered:
    """What the containers of one lab tell: what was asked for, and which nodes of it exist."""

    plan: LabPlan
    nodes: int
    managers: int
    states: Mapping[str, str]

    @property
    def complete(self) -> bool:
        """Whether every node that was asked for exists and runs."""
        return len(self.plan.running) == self.nodes


def recover(containers: Iterable[Mapping[str, Any]], name: str) -> Recovered | None:
    """Recover a lab from the Engine's list of containers; None where there is no node of it."""
    found: dict[str, Mapping[str, Any]] = {}
    for container in containers:
        labels = container.get("Labels") or {}
        if labels.get(LABEL) == name and labels.get(f"{LABEL}.kind") == "node":
            found[labels[f"{LABEL}.node"]] = container
    if not found:
        return None
    plans = [
        node_from_labels(container["Labels"], running=container.get("State") == "running")
        for container in found.values()
    ]
    labels = next(iter(found.values()))["Labels"]
    plan = LabPlan(
        name=name,
        engine=labels[f"{LABEL}.engine"],
        subnet=labels[f"{LABEL}.subnet"],
        nodes=tuple(sorted(plans, key=lambda node: int(node.name.removeprefix("node")))),
    )
    return Recovered(
        plan=plan,
        nodes=int(labels[f"{LABEL}.nodes"]),
        managers=int(labels[f"{LABEL}.managers"]),
        states={node: str(container.get("State", "unknown")) for node, container in found.items()},
    )


def lab_names(containers: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of all labs that a list of containers or networks shows."""
    names = {(item.get("Labels") or {}).get(LABEL) for item in containers}
    return sorted(name for name in names if name)


def ports_of(containers: Iterable[Mapping[str, Any]]) -> set[int]:
    """Every loopback port that some lab has for itself, running or not."""
    taken: set[int] = set()
    for container in containers:
        labels = container.get("Labels") or {}
        for entry in (labels.get(f"{LABEL}.ports") or "").split(","):
            if ":" in entry:
                taken.add(int(entry.split(":")[1]))
        if labels.get(f"{LABEL}.api-port"):
            taken.add(int(labels[f"{LABEL}.api-port"]))
    return taken
