# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a rollback would get through: what is known of the image, the references and the room. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .cluster import JsonObject, Node, Task, image_of
from .constraints import matches
from .plan import Plan
from .spec import is_pinned

# States that a task only reaches where its image is.
_HAD_IT = ("ready", "starting", "running", "complete", "shutdown", "failed")


@dataclass(frozen=True)
class ImageFacts:
    """What was found out: which managers' own nodes have it (by node ID), and what its registry says.

    `pullable` is None where no registry answers; `reason` says why.
    """

    name: str
    asked: Mapping[str, bool] = field(default_factory=dict)
    pullable: bool | None = None
    reason: str = ""


def where(image: ImageFacts, spec: JsonObject, nodes: Sequence[Node], tasks: Sequence[Task]) -> dict[str, Any]:
    """The nodes that may run the service, by what is known of the image there.

    Only a manager can be asked; of the others tasks tell: one that serves now proves it, one that served
    once had it then.
    """
    placement = (spec.get("TaskTemplate") or {}).get("Placement") or {}
    fit = [node for node in nodes if node.usable and matches(placement.get("Constraints") or (), node)]
    serving: set[str] = set()
    served: set[str] = set()
    for task in tasks:
        if image_of({"TaskTemplate": task.spec}) == image.name and task.state in _HAD_IT:
            (serving if task.running else served).add(task.node_id)
    found: dict[str, list[str]] = {"present_on": [], "ran_on": [], "absent_on": [], "unknown_on": []}
    for node in sorted(fit, key=lambda one: one.hostname):
        if image.asked.get(node.id) or node.id in serving:
            key = "present_on"
        elif image.asked.get(node.id) is False:
            key = "absent_on"
        else:
            key = "ran_on" if node.id in served else "unknown_on"
        found[key].append(node.hostname)
    return {"name": image.name, "pullable": image.pullable, "reason": image.reason or None, "nodes": len(fit), **found}


def readiness(image: Mapping[str, Any], missing: Sequence[str], plan: Plan) -> dict[str, Any]:
    """The answer. `ready` is None where nothing speaks against it, but it cannot be known either."""
    obstacles = ["it needs the %s that no longer exists" % one for one in missing]
    name, pullable = image["name"], image["pullable"]
    if not pullable and image["absent_on"]:
        why = "no registry has it" if pullable is False else "its registry cannot be asked"
        obstacles.append("the image %s is not on %s, and %s" % (name, ", ".join(image["absent_on"]), why))
    if not image["nodes"]:
        obstacles.append("no node may run it")
    obstacles += plan.capacity.problems if plan.capacity.blocked else ()
    notes = []
    if not pullable and (image["unknown_on"] or image["ran_on"]):
        notes.append(
            "whether %s (still) has the image is known to nobody but the node itself, and a pull may fail"
            % ", ".join([*image["ran_on"], *image["unknown_on"]])
        )
    if pullable and not is_pinned(name):
        notes.append("the image is not pinned to a digest: what the tag names now may be another one than then")
    ready: bool | None = not obstacles
    if ready and not pullable and image["unknown_on"]:
        ready = None
    return {
        "ready": ready,
        "obstacles": obstacles,
        "notes": notes,
        "image": dict(image),
        "missing": list(missing),
        "capacity": plan.capacity.as_dict(),
        "estimated_seconds": plan.estimated_seconds,
        "estimate_from": plan.estimate_from,
    }
