# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Swarm on paper that makes steps as the real one does: each write that differs moves the next slots."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec, steps
from ansible_collections.swarm.rollout.plugins.module_utils._core.steps.hold import ASLEEP
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written
from ansible_collections.swarm.rollout.plugins.module_utils._operations import apply
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.draft import Request
from ansible_collections.swarm.rollout.plugins.module_utils._operations.progressive import act

from ..conftest import Clock, MemoryEngine

REPLICAS = 4


class Killed(BaseException):
    """The controller is gone; nothing of it catches this."""


class PaperSwarm(MemoryEngine):
    """One service of four; `started` is every task there ever was, by slot and image. It dies at call `die_at`.

    So many steps as `halts` says are paused half-way, as when a node is drained.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.places: dict[int, dict[str, Any]] = {}
        self.ended: list[dict[str, Any]] = []
        self.started: list[tuple[int, str]] = []
        self.die_at: int | None = None
        self.die_acting = False
        self.dies: set[str] = set()
        self.halts = 0

    @property
    def service(self) -> dict[str, Any]:
        return next(iter(self.services.values()))

    def serving(self) -> dict[str, int]:
        """How many places run which image."""
        images = [task["Spec"]["ContainerSpec"]["Image"] for task in self.places.values()]
        return {image: images.count(image) for image in images}

    def have(self, image: str) -> None:
        """The service at rest."""
        self.add(
            {
                "Name": "web",
                "Labels": {},
                "TaskTemplate": {"ContainerSpec": {"Image": image}},
                "Mode": {"Replicated": {"Replicas": REPLICAS}},
                "UpdateConfig": {"Parallelism": 1, "Monitor": 10**9, "Order": "start-first"},
            }
        )
        for slot in range(1, REPLICAS + 1):
            self._start(slot)

    def have_places(self, count: int) -> None:
        """So many replicas in place of the usual four."""
        self.service["Spec"]["Mode"]["Replicated"]["Replicas"] = count
        for slot in range(len(self.places) + 1, count + 1):
            self._start(slot)

    def _start(self, slot: int) -> None:
        template = copy.deepcopy(self.service["Spec"]["TaskTemplate"])
        image = template["ContainerSpec"]["Image"]
        self.started.append((slot, image))
        stamp = written(self.clock.time())
        task = {
            "ID": "task%d" % len(self.started),
            "ServiceID": self.service["ID"],
            "Slot": slot,
            "NodeID": "node1",
            "DesiredState": "running",
            "CreatedAt": stamp,
            "Status": {"State": "running", "Timestamp": stamp},
            "Spec": template,
        }
        if image in self.dies:
            end = {**task, "ID": task["ID"] + "x", "DesiredState": "shutdown"}
            self.ended.append({**end, "Status": {"State": "failed", "Timestamp": stamp, "Err": "exit (1)"}})
        self.places[slot] = task

    def fail(self, image: str) -> None:
        """One of the tasks of that image ends by itself, and another one serves in its place."""
        task = next(task for task in self.places.values() if task["Spec"]["ContainerSpec"]["Image"] == image)
        stamp = written(self.clock.time())
        end = {**task, "ID": task["ID"] + "x", "DesiredState": "shutdown"}
        self.ended.append({**end, "Status": {"State": "failed", "Timestamp": stamp, "Err": "exit (1)"}})

    def _dirty(self) -> list[int]:
        template = self.service["Spec"]["TaskTemplate"]
        return [slot for slot, task in sorted(self.places.items()) if task["Spec"] != template]

    def touch(self, service_id: str, spec: dict[str, Any] | None = None) -> None:
        super().touch(service_id, spec)
        if spec is None:
            return
        raw = self.services[service_id]
        raw["UpdatedAt"] = written(self.clock.time())
        config = spec.get("UpdateConfig") or {}
        dirty = self._dirty()
        held = config.get("Delay", 0) >= ASLEEP
        size = config.get("Parallelism") or REPLICAS
        state = "updating"
        if held and self.halts and size > 1:
            self.halts, size, state = self.halts - 1, 1, "paused"
        raw["UpdateStatus"] = {"State": state, "StartedAt": raw["UpdatedAt"]} if held else {}
        for slot in dirty[:size] if held else dirty:
            self._start(slot)

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        if path == "/services":
            counts = {"RunningTasks": REPLICAS, "DesiredTasks": REPLICAS, "CompletedTasks": 0}
            return [{**raw, "ServiceStatus": counts} for raw in super().get_list(path, query)]
        if path == "/tasks":
            self._call("GET", path)
            found = [*self.places.values(), *self.ended]
            if "_up-to-date" in ((query or {}).get("filters") or {}):
                found = [task for task in found if task["Spec"] == self.service["Spec"]["TaskTemplate"]]
            return copy.deepcopy(found)
        return super().get_list(path, query)

    def raw(self, *given: Any) -> bytes:
        return b""

    def _call(self, method: str, path: str, act: Any = lambda: None) -> Any:
        if self.die_at is not None and len(self.calls) + 1 >= self.die_at:
            self.die_at = None
            self.calls.append((method, path))
            if self.die_acting:
                act()
            raise Killed
        return super()._call(method, path, act)


class Deaf:
    """No events ever come; waiting passes the time."""

    alive = False

    def __init__(self, api: Any, service_id: str) -> None:
        self._clock: Clock = api.clock

    def __enter__(self) -> Deaf:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def wait(self, timeout: float) -> list[Any]:
        self._clock.sleep(timeout)
        return []


class Free:
    """A lock that is always there. `asked` is what somebody asks the holder for."""

    asked = ""

    def __enter__(self) -> Free:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def refresh(self) -> None:
        return None


def roll(ctx: Context, image: str = "web:2", schedule: Any = (1, 2), **way: Any) -> dict[str, Any]:
    """Run `swarm_service` with steps."""
    request = Request(
        "web",
        spec.parse({"image": image}),
        resolve_image="false",
        schedule=steps.Schedule.parse(list(schedule)),
        way=steps.Way(**way),
    )
    return apply.apply(ctx, request)


def do(ctx: Context, state: str, **more: Any) -> dict[str, Any]:
    """Run `swarm_rollout`."""
    return act.act(ctx, act.Act("web", state, **more))
