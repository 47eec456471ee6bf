# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Room on a node for tasks of one specification, filter by filter as the scheduler (swarmkit scheduler/filter.go)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Sequence

from ..cluster import JsonObject, Node, Task, mode_of
from ..constraints import constraints_of, first_unmet
from ..units import format_size

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
Amounts = Mapping[str, int]
PLENTY = 10**9


@dataclass(frozen=True)
class Need:
    """What one task asks of its node. Amounts are in the Engine's units: billionths of a CPU, bytes, counts."""

    amounts: Amounts = field(default_factory=dict)
    ports: frozenset[tuple[str, int]] = frozenset()
    max_per_node: int = 0
    constraints: tuple[str, ...] = ()
    platforms: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(spec: JsonObject) -> Need:
        """From a ServiceSpec."""
        template = _object(spec.get("TaskTemplate"))
        placement = _object(template.get("Placement"))
        most = placement.get("MaxReplicas")
        return Need(
            amounts=reserved(template),
            ports=host_ports(_object(spec.get("EndpointSpec")).get("Ports")),
            max_per_node=most if isinstance(most, int) and not mode_of(spec).startswith("global") else 0,
            constraints=constraints_of(spec),
            platforms=tuple(_platform(item) for item in placement.get("Platforms") or ()),
        )


@dataclass(frozen=True)
class Room:
    """How many more tasks one node takes. `freed[m]` counts them once m of the tasks to be replaced are gone."""

    node: Node
    freed: tuple[int, ...]
    reason: str

    @property
    def now(self) -> int:
        """More tasks that fit while all present ones stay."""
        return self.freed[0]


def room(node: Node, need: Need, own: Sequence[Task], staying: int, others: Sequence[Task], own_ports: bool) -> Room:
    """The room of one node.

    `own` are the tasks there that will be replaced, `staying` counts those of the service that will not,
    `others` are all further tasks there, `own_ports` says whether the tasks in `own` hold ports of `need`.
    """
    reason = unfit(node, need)
    if reason:
        return Room(node, (0,) * (len(own) + 1), reason)
    free = total(node)
    taken: set[tuple[str, int]] = set()
    for task in (*others, *own):
        for kind, amount in reserved(task.spec).items():
            free[kind] = free.get(kind, 0) - amount
    for task in others:
        taken |= host_ports(task.ports)
    clash = need.ports & taken
    freed = []
    reason = ""
    for gone in range(len(own) + 1):
        back = _least_freed(own, gone)
        counts = [(_fit(free, back, kind, amount), kind) for kind, amount in need.amounts.items() if amount > 0]
        counts.append((_by_ports(need, clash, own_ports and gone < len(own)), "port"))
        if need.max_per_node:
            counts.append((max(need.max_per_node - staying - len(own) + gone, 0), "max"))
        least, kind = min(counts, key=lambda item: item[0])
        freed.append(least)
        if gone == 0 and least < PLENTY:
            reason = _why(kind, need, free, clash, own_ports and bool(own))
    return Room(node, tuple(freed), reason)


def unfit(node: Node, need: Need) -> str:
    """Why no task of this kind may be on the node at all, or nothing."""
    if node.state != "ready":
        return "the node is %s" % (node.state or "unknown")
    if node.availability != "active":
        return "its availability is %s" % (node.availability or "unknown")
    unmet = first_unmet(need.constraints, node)
    if unmet:
        return "it does not satisfy the constraint %s" % unmet
    if need.platforms and not any(_runs(_of_node(node), wanted) for wanted in need.platforms):
        return "the image is not for its platform (%s/%s)" % _of_node(node)
    return ""


def reserved(template: JsonObject) -> dict[str, int]:
    """What a task reserves: `cpus`, `memory`, and its own kinds of resources."""
    reservations = _object(_object(template.get("Resources")).get("Reservations"))
    found = {"cpus": _count(reservations.get("NanoCPUs")), "memory": _count(reservations.get("MemoryBytes"))}
    _add_generic(found, reservations.get("GenericResources"))
    return {kind: amount for kind, amount in found.items() if amount}


def total(node: Node) -> dict[str, int]:
    """What a node has to reserve from."""
    resources = _object(_object(node.raw.get("Description")).get("Resources"))
    found = {"cpus": _count(resources.get("NanoCPUs")), "memory": _count(resources.get("MemoryBytes"))}
    _add_generic(found, resources.get("GenericResources"))
    return found


def host_ports(ports: Any) -> frozenset[tuple[str, int]]:
    """The ports of the nodes themselves among published ones; those that Swarm may choose are left out."""
    found = set()
    for port in ports or ():
        number = port.get("PublishedPort") if isinstance(port, Mapping) else None
        if number and port.get("PublishMode") == "host":
            found.add((str(port.get("Protocol") or "tcp"), int(number)))
    return frozenset(found)


def _least_freed(own: Sequence[Task], gone: int) -> Amounts:
    """What is free again at least, whichever of the tasks are the ones that went."""
    if not gone:
        return {}
    kinds = [reserved(task.spec) for task in own]
    names = {name for kind in kinds for name in kind}
    return {name: sum(sorted(kind.get(name, 0) for kind in kinds)[:gone]) for name in names}


def _fit(free: Amounts, back: Amounts, kind: str, amount: int) -> int:
    return max((free.get(kind, 0) + back.get(kind, 0)) // amount, 0)


def _by_ports(need: Need, clash: Iterable[Any], held: bool) -> int:
    if not need.ports:
        return PLENTY
    return 0 if clash or held else 1


def _why(kind: str, need: Need, free: Amounts, clash: frozenset[tuple[str, int]], held: bool) -> str:
    """What limits the node now, as a clause."""
    if kind == "port":
        ports = ", ".join("%d/%s" % (number, protocol) for protocol, number in sorted(clash or need.ports))
        if clash or held:
            return "host port %s is taken%s" % (ports, "" if clash else " by the service's own task")
        return "host port %s is for one task only" % ports
    if kind == "max":
        return "replicas_max_per_node %d is reached" % need.max_per_node
    left = max(free.get(kind, 0), 0)
    if kind == "cpus":
        return "%g CPUs are free to reserve, a task reserves %g" % (left / 1e9, need.amounts[kind] / 1e9)
    if kind == "memory":
        return "%s of memory is free to reserve, a task reserves %s" % (
            format_size(left - left % 1024**2),
            format_size(need.amounts[kind]),
        )
    return "%d of %s is free to reserve, a task reserves %d" % (left, kind, need.amounts[kind])


def _add_generic(found: dict[str, int], resources: Any) -> None:
    for item in resources or ():
        counted = _object(item.get("DiscreteResourceSpec")) if isinstance(item, Mapping) else {}
        named = _object(item.get("NamedResourceSpec")) if isinstance(item, Mapping) else {}
        kind = str(counted.get("Kind") or named.get("Kind") or "")
        if kind:
            found[kind] = found.get(kind, 0) + (_count(counted.get("Value")) if counted else 1)


def _platform(item: Any) -> tuple[str, str]:
    data = _object(item)
    architecture = str(data.get("Architecture") or "")
    return str(data.get("OS") or ""), _ARCHITECTURES.get(architecture, architecture)


def _of_node(node: Node) -> tuple[str, str]:
    return _platform(_object(node.raw.get("Description")).get("Platform"))


def _runs(node: tuple[str, str], wanted: tuple[str, str]) -> bool:
    return all(not want or want == has for want, has in zip(wanted, node))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
