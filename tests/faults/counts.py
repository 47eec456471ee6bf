# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many tasks of a service do what, by the cluster's own lists. Knows nothing of the collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.oracle import Seen, settings
from tests.faults.shown import mode_of, replicas_of

Json = dict[str, Any]
BAD = ("failed", "rejected", "orphaned")


@dataclass(frozen=True)
class Count:
    """A service at one look.

    `serving` places have a task of its specification that runs, `over` places one that ended well and gets no
    successor; of a job `over` tasks have completed. `running` tasks run at all, `leaving` of them on their way out.
    `others` tasks run another specification, by image.
    """

    image: str
    job: bool
    desired: int
    serving: int
    over: int
    running: int
    leaving: int
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def filled(self) -> int:
        """Places that are as they are to be."""
        return self.serving + self.over


def short(image: str) -> str:
    """An image as sentences name it: of its digest the first twelve digits."""
    name, at, digest = image.partition("@sha256:")
    return f"{name}{at}{digest[:12]}"


def image_of(template: Mapping[str, Any]) -> str:
    """The image of a task template or a task's specification."""
    return str((template.get("ContainerSpec") or {}).get("Image") or "")


def place_of(task: Mapping[str, Any]) -> str:
    """The slot of a task, of what runs on each node its node."""
    return str(task.get("Slot") or task.get("NodeID") or "")


def serves(task: Mapping[str, Any]) -> bool:
    """Whether it runs and is meant to; tasks of jobs are meant to complete."""
    return bool(task["Status"]["State"] == "running" and task["DesiredState"] in ("running", "complete"))


def count(seen: Seen, nodes: Sequence[Json] = ()) -> Count | None:
    """The service's count; None where it is not there."""
    if seen.service is None:
        return None
    spec = seen.spec
    job = mode_of(spec).endswith("-job")
    own = [task for task in seen.tasks if _is_own(task, spec) and (not job or _turn(task) == _turn_of(seen.service))]
    ids = {task["ID"] for task in own}
    wanted = replicas_of(spec)
    places = {place_of(task) for task in own if serves(task)}
    over = {place_of(task) for task in own if task["Status"]["State"] == "complete"} if job else _over(seen, ids, spec)
    if wanted is None:
        allowed = _nodes(nodes, places | (over if job else set()))
        places, over, wanted = places & allowed, over & allowed, len(allowed)
    running = [task for task in seen.tasks if task["Status"]["State"] == "running"]
    others = Counter(
        short(image_of(task["Spec"])) for task in running if task["DesiredState"] == "running" and task["ID"] not in ids
    )
    return Count(
        short(image_of(spec["TaskTemplate"])),
        job,
        wanted,
        len(places - over),
        len(over),
        len(running),
        sum(1 for task in running if not serves(task)),
        dict(others),
    )


def failed(tasks: Iterable[Json]) -> list[Json]:
    """Those that ended badly by themselves."""
    return [task for task in tasks if task["Status"]["State"] in BAD]


def _is_own(task: Json, spec: Json) -> bool:
    template = {key: value for key, value in task["Spec"].items() if key != "NetworkAttachmentSpec"}
    return _template(template) == _template(spec["TaskTemplate"])


def _template(template: Json) -> Json:
    """Without the placement: another one that its node satisfies leaves a task where it is."""
    kept = {key: value for key, value in template.items() if key != "Placement"}
    return settings({"TaskTemplate": kept}, way=True)


def _turn(task: Mapping[str, Any]) -> int:
    return int((task.get("JobIteration") or {}).get("Index") or 0)


def _turn_of(service: Mapping[str, Any]) -> int:
    return int((((service.get("JobStatus") or {}).get("JobIteration")) or {}).get("Index") or 0)


def _over(seen: Seen, own: set[str], spec: Json) -> set[str]:
    """The places whose last task ended with status 0 where that is all that is asked for."""
    condition = ((spec["TaskTemplate"].get("RestartPolicy") or {}).get("Condition")) or "any"
    if condition == "any":
        return set()
    last: dict[str, Json] = {}
    for task in sorted(seen.tasks, key=lambda one: (str(one.get("CreatedAt", "")), one["ID"])):
        last[place_of(task)] = task
    return {
        place
        for place, task in last.items()
        if task["ID"] in own and task["Status"]["State"] == "complete" and task["DesiredState"] == "shutdown"
    }


def _nodes(nodes: Sequence[Json], filled: set[str]) -> set[str]:
    """The nodes on which there is to be a task: a paused one only with the task that it has."""
    found = set()
    for node in nodes:
        how = node["Spec"].get("Availability")
        if node["Status"].get("State") != "down" and (how == "active" or (how == "pause" and node["ID"] in filled)):
            found.add(node["ID"])
    return found
