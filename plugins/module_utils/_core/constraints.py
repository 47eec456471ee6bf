# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placement constraints as the scheduler reads them (swarmkit manager/constraint/constraint.go)."""

from __future__ import annotations

from typing import Iterable

from .cluster import JsonObject, Node, inner

_NODE_LABEL = "node.labels."
_ENGINE_LABEL = "engine.labels."


def constraints_of(spec: JsonObject) -> tuple[str, ...]:
    """The constraints that a ServiceSpec places its tasks by."""
    return tuple(str(text) for text in inner(spec, "TaskTemplate", "Placement").get("Constraints") or ())


def matches(constraints: Iterable[str], node: Node) -> bool:
    """Whether a node satisfies all of the constraints."""
    return first_unmet(constraints, node) is None


def first_unmet(constraints: Iterable[str], node: Node) -> str | None:
    """The first constraint that a node does not satisfy, or None."""
    for text in constraints:
        if not _met(text, node):
            return text
    return None


def _met(text: str, node: Node) -> bool:
    """Keys and values ignore case, names of labels do not; what cannot be read is met by no node."""
    operator = "==" if "==" in text else "!="
    key, found, wanted = (part.strip() for part in text.partition(operator))
    if not found:
        return False
    equal = operator == "=="
    if key.lower() == "node.ip":
        inside = _has_address(wanted, node)
        return inside is not None and inside == equal
    value = _value(key, node)
    return value is not None and (value.lower() == wanted.lower()) == equal


def _value(key: str, node: Node) -> str | None:
    """What a node has for a key, empty where it has nothing; None for a key that does not exist."""
    lower = key.lower()
    description = inner(node.raw, "Description")
    platform = inner(description, "Platform")
    known = {
        "node.id": node.id,
        "node.hostname": node.hostname,
        "node.role": node.role,
        "node.platform.os": str(platform.get("OS") or ""),
        "node.platform.arch": str(platform.get("Architecture") or ""),
    }
    if lower in known:
        return known[lower]
    if lower.startswith(_NODE_LABEL) and len(key) > len(_NODE_LABEL):
        return str(node.labels.get(key[len(_NODE_LABEL) :], ""))
    if lower.startswith(_ENGINE_LABEL) and len(key) > len(_ENGINE_LABEL):
        labels = inner(inner(description, "Engine"), "Labels")
        return str(labels.get(key[len(_ENGINE_LABEL) :], ""))
    return None


def _has_address(wanted: str, node: Node) -> bool | None:
    """Whether the node's address is that one or in that network; None where either cannot be read."""
    import ipaddress  # Of use here only, and dear to import.

    try:
        network = ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return None
    try:
        return ipaddress.ip_address(str(inner(node.raw, "Status").get("Addr") or "")) in network
    except ValueError:
        return False
