# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a Swarm is fit for a change: its managers, its nodes, the images. Pure."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from .cluster import JsonObject, Node


def cluster_facts(nodes: Sequence[Node]) -> dict[str, Any]:
    """How many managers and nodes there are and work; `obstacles` speak against a change, `notes` do not."""
    managers = [node for node in nodes if node.role == "manager"]
    silent = [node for node in managers if _standing(node).get("Reachability") != "reachable"]
    needed = len(managers) // 2 + 1
    margin = len(managers) - len(silent) - needed
    usable = [node for node in nodes if node.usable]
    down = [node for node in nodes if node.state != "ready"]
    set_aside = [node for node in nodes if node not in down and node.availability != "active"]
    obstacles = []
    if silent and margin <= 0:
        obstacles.append(
            "%d of %d managers are reachable, and with one less the Swarm could neither go on nor go back: bring %s "
            "back (docker node ls)" % (len(managers) - len(silent), len(managers), _names(silent))
        )
    if not usable:
        obstacles.append("no node takes tasks: docker node ls tells which are down, drained or paused")
    notes = []
    if margin == 0 and not silent:
        notes.append(
            "with one manager lost the Swarm can no longer be changed: %d of %d are needed" % (needed, len(managers))
        )
    elif silent and not obstacles:
        notes.append("manager not reachable: %s" % _names(silent))
    if down and usable:
        notes.append("down: %s" % _names(down))
    if set_aside and usable:
        notes.append(
            "takes no tasks: %s" % ", ".join("%s (%s)" % (one.hostname, one.availability) for one in set_aside)
        )
    return {
        "managers": {
            "total": len(managers),
            "reachable": len(managers) - len(silent),
            "needed": needed,
            "margin": margin,
            "leader": next((node.hostname for node in managers if _standing(node).get("Leader")), None),
        },
        "nodes": {"total": len(nodes), "usable": len(usable), "down": _list(down), "set_aside": _list(set_aside)},
        "obstacles": obstacles,
        "notes": notes,
    }


def image_facts(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of an image, as `readiness.where` tells it, judged.

    It is an obstacle where no node that could be asked has it and no registry gives it; where only some lack it
    that is a note, since nobody knows yet which nodes the tasks go to.
    """
    obstacles: list[str] = []
    notes: list[str] = []
    absent = found["absent_on"]
    if not found["pullable"] and absent:
        why = "no registry has it" if found["pullable"] is False else "its registry cannot be asked"
        text = "the image %s is not on %s, and %s" % (found["name"], ", ".join(absent), why)
        somewhere = found["present_on"] or found["ran_on"] or found["unknown_on"]
        (notes if somewhere else obstacles).append(
            text if somewhere else "%s: push it, or mend its name (docker manifest inspect %s)" % (text, found["name"])
        )
    return {**found, "obstacles": obstacles, "notes": notes}


def _standing(node: Node) -> JsonObject:
    found = node.raw.get("ManagerStatus")
    return found if isinstance(found, dict) else {}


def _list(nodes: Iterable[Node]) -> list[str]:
    return sorted(node.hostname or node.id for node in nodes)


def _names(nodes: Iterable[Node]) -> str:
    return ", ".join(_list(nodes))
