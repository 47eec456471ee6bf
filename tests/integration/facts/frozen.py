# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service whose update was begun and sleeps: parallelism k, a delay of a day. Nothing of the collection is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.integration.cluster import Json, in_sequence
from tests.integration.stage import Stage
from tests.lab.api import Engine

SECOND = 1_000_000_000
DAY = 24 * 3600 * SECOND
# How long nothing may happen before a test believes that nothing more will.
QUIET = 3.0


def config(parallelism: int, *, order: str = "start-first", delay: int = DAY, monitor: int = 5 * SECOND) -> Json:
    """A complete update configuration; times in nanoseconds."""
    return {
        "Parallelism": parallelism,
        "Delay": delay,
        "FailureAction": "pause",
        "Monitor": monitor,
        "MaxFailureRatio": 0,
        "Order": order,
    }


def moving(image: str, parallelism: int, **given: Any) -> Callable[[Json], None]:
    """A change for `Frozen.write`: another image, so many tasks at once."""

    def change(spec: Json) -> None:
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = image
        spec["UpdateConfig"] = config(parallelism, **given)

    return change


class Frozen(Stage):
    """One test's service, made and written by raw calls."""

    def create(self, image: str = "web:1", *, replicas: int = 4, order: str = "start-first") -> Json:
        """Begin with a service at rest; its specification."""
        self.order = order
        template = {
            "ContainerSpec": {"Image": image, "StopGracePeriod": 2 * SECOND},
            "RestartPolicy": {"Condition": "any", "Delay": SECOND},
        }
        spec: Json = {
            "Name": self.name,
            "Labels": {},
            "TaskTemplate": template,
            "Mode": {"Replicated": {"Replicas": replicas}},
            "UpdateConfig": config(0, order=order, delay=0, monitor=SECOND),
        }
        self.cluster.engine.post("/services/create", spec)
        self.serving({image: replicas})
        return spec

    def write(self, change: Callable[[Json], None]) -> None:
        """Write the service."""
        self.cluster.write(self.name, change)

    def put_back(self, spec: Json) -> None:
        """Write a stored specification."""

        def written() -> None:
            service = self.cluster.service(self.name)
            self.cluster.engine.post(f"/services/{service['ID']}/update", spec, version=service["Version"]["Index"])

        in_sequence(written)

    def serving(self, wanted: dict[str, int]) -> set[str]:
        """Wait until so many tasks of these images serve and nothing more happens; the IDs of all."""
        self.cluster.wait(f"{wanted} of {self.name}", lambda: self.cluster.serving(self.name) == wanted)
        known = {task["ID"] for task in self.cluster.tasks(self.name)}
        time.sleep(QUIET)
        assert self.cluster.serving(self.name) == wanted
        assert {task["ID"] for task in self.cluster.tasks(self.name)} == known, "no further task may have been made"
        return self.cluster.running_ids(self.name)

    def state(self) -> str:
        """The update state."""
        return self.cluster.state(self.name)

    def one(self, image: str) -> Json:
        """A task that serves that image, the youngest."""
        tasks = [task for task in self.cluster.running(self.name) if _image(task) == image]
        return max(tasks, key=lambda task: str(task["CreatedAt"]))

    def kill(self, task: Json) -> None:
        """End a task's process, by the Engine of its node."""
        for host in self.hosts:
            engine = Engine(host)
            if engine.info()["Swarm"]["NodeID"] == task["NodeID"]:
                container = task["Status"]["ContainerStatus"]["ContainerID"]
                engine.post(f"/containers/{container}/kill", signal="KILL")
                return
        raise AssertionError(f"no manager has the task {task['ID']}")


def _image(task: Json) -> str:
    return str(task["Spec"]["ContainerSpec"]["Image"])
