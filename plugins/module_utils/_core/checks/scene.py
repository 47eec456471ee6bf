# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What checks look at, and what queries and commands are told of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterable

from ..cluster import Node, Service, Task
from .judge_tasks import Wanted


@dataclass(frozen=True)
class Scene:
    """What the checks look at: a service with the specification of the step, its new and its old tasks.

    `since` is when the step began, in seconds since the epoch. On its own, outside of a rollout, every task
    is new and there is one step.
    """

    service: Service
    new: tuple[Task, ...]
    old: tuple[Task, ...]
    since: float
    revision: int | None = None
    previous: int | None = None
    step: int = 1
    steps: int = 1


def refreshed(scene: Scene, tasks: Iterable[Task]) -> Scene:
    """The scene with its tasks as they are by now: those that were replaced by themselves have new addresses.

    A new task that is down stays as it was known, so that it is asked and missed; an old one is left out.
    """
    tasks = tuple(tasks)
    wanted = Wanted.of(scene.service.spec, scene.new, scene.old, scene.since)
    places = {task.place: task for task in tasks if task.running and wanted.mine(task)}
    former = {task.id for task in scene.old}
    return replace(
        scene,
        new=tuple(places.get(task.place, task) for task in scene.new),
        old=tuple(task for task in tasks if task.running and task.id in former),
    )


def facts(scene: Scene) -> dict[str, str]:
    """What queries and commands are told of the scene; several IDs are joined by `|`."""
    return {
        "service": scene.service.name,
        "service_id": scene.service.id,
        "revision": "" if scene.revision is None else str(scene.revision),
        "previous_revision": "" if scene.previous is None else str(scene.previous),
        "step": str(scene.step),
        "steps": str(scene.steps),
        "new_tasks": "|".join(task.id for task in scene.new),
        "old_tasks": "|".join(task.id for task in scene.old),
    }


def node_names(scene: Scene, nodes: Iterable[Node]) -> dict[str, str]:
    """The names of the nodes that new and old tasks are on, joined by `|`."""
    hostnames = {node.id: node.hostname for node in nodes}

    def joined(tasks: Iterable[Task]) -> str:
        return "|".join(sorted({hostnames.get(task.node_id, task.node_id) for task in tasks}))

    return {"new_nodes": joined(scene.new), "old_nodes": joined(scene.old)}


def environment(scene: Scene) -> dict[str, str]:
    """The variables of a command: `SWARM_SERVICE` and so on; several IDs are separated by spaces."""
    return {"SWARM_" + name.upper(): text.replace("|", " ") for name, text in facts(scene).items()}
