# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The id of a plan: what it was made of, in parts, so that a later run can say which part moved.

`p1.<version>.<specification>.<wanted>.<tasks>.<capacity>.<node>-<node>...`: the service's version, and
fingerprints. Estimates and other services' comings and goings are not in it, unless the capacity check
comes out differently.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Iterable, Sequence

from ..cluster import JsonObject, Node, Service, Task
from ..errors import OptionError, RolloutError
from ..spec import canonical
from .types import Capacity

_FORM = re.compile(r"p1\.(\d+)((?:\.[0-9a-f]{6}){4})\.([0-9a-z-]*)")
_DIGITS = 6
_PARTS = ("base", "wanted", "tasks", "capacity")
# Beyond so many nodes they share one fingerprint, and a refusal cannot name the one that moved.
_NODES = 24


class WorldMoved(RolloutError):
    """The plan is no longer true; nothing was written."""

    kind = "plan_outdated"


def identify(
    current: Service | None,
    wanted: JsonObject,
    nodes: Sequence[Node],
    tasks: Iterable[Task],
    capacity: Capacity,
) -> str:
    """The id of the plan to bring the service from what it is to `wanted`."""
    places = sorted((task.place, task.node_id, task.id, task.running) for task in tasks)
    parts = (
        _print(canonical(current.spec) if current else None),
        _print(canonical(wanted)),
        _print(places),
        _print([capacity.fits, capacity.blocked]),
    )
    return "p1.%d.%s.%s" % (current.version if current else 0, ".".join(parts), _of_nodes(nodes))


def refuse_if_moved(given: str, now: str, current: Service | None, nodes: Sequence[Node]) -> None:
    """Raises `WorldMoved` with what moved since the plan `given` was made, `OptionError` for no id at all."""
    before, after = _FORM.fullmatch(given.strip()), _FORM.fullmatch(now)
    if before is None:
        raise OptionError("plan_id", given, "take the id that check mode returns as plan.id")
    if after is None or given.strip() == now:
        return
    then = dict(zip(_PARTS, before.group(2).strip(".").split(".")))
    here = dict(zip(_PARTS, after.group(2).strip(".").split(".")))
    moved = _service_moved(int(before.group(1)), int(after.group(1)), then["base"] != here["base"])
    if then["wanted"] != here["wanted"] and then["base"] == here["base"]:
        moved.append("this task or its image's digest asks for another specification")
    moved += _nodes_moved(before.group(3), after.group(3), nodes)
    if then["tasks"] != here["tasks"]:
        moved.append("tasks were replaced, moved or changed their state")
    if then["capacity"] != here["capacity"]:
        moved.append("the room on the nodes changed")
    name = current.name if current else "the service"
    raise WorldMoved(
        "plan_id: %s is no longer what the plan was made for: %s; nothing was written, look at a new plan"
        % (name, "; ".join(moved) or "something moved")
    )


def _service_moved(then: int, now: int, changed: bool) -> list[str]:
    if then == now:
        return []
    if not then:
        return ["it was created meanwhile"]
    if not now:
        return ["it was removed meanwhile"]
    how = "which changed its specification" if changed else "without a change of its specification"
    return ["it was written since (version %d then, %d now), %s" % (then, now, how)]


def _of_nodes(nodes: Sequence[Node]) -> str:
    ordered = sorted(nodes, key=lambda node: node.id)
    if len(ordered) > _NODES:
        return "all" + _print([_facts(node) for node in ordered])
    return "-".join(_tag(node) + _print(_facts(node))[:4] for node in ordered)


def _tag(node: Node) -> str:
    """Four characters of the node's ID, which are enough to tell a few nodes apart."""
    return re.sub("[^0-9a-z]", "0", node.id.lower()[:4]).ljust(4, "0")


def _facts(node: Node) -> list[Any]:
    description = node.raw.get("Description") or {}
    return [
        node.id,
        node.hostname,
        node.role,
        node.availability,
        node.state,
        node.labels,
        description.get("Platform"),
        description.get("Resources"),
        (description.get("Engine") or {}).get("Labels"),
    ]


def _nodes_moved(before: str, after: str, nodes: Sequence[Node]) -> list[str]:
    if before == after:
        return []
    if before.startswith("all") or after.startswith("all"):
        return ["nodes changed"]
    then = {part[:4]: part[4:] for part in before.split("-") if part}
    here = {part[:4]: part[4:] for part in after.split("-") if part}
    moved = []
    for node in sorted(nodes, key=lambda one: one.hostname):
        known = then.get(_tag(node))
        if known is None:
            moved.append("node %s joined" % node.hostname)
        elif known != here.get(_tag(node)):
            moved.append("node %s changed (now %s, %s)" % (node.hostname, node.state, node.availability))
    left = len(set(then) - set(here))
    if left:
        moved.append("%d node%s left" % (left, "" if left == 1 else "s"))
    return moved


def _print(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=list, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_DIGITS]
