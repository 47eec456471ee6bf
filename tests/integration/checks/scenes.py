# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services halfway through a rollout, and the scene that checks see of them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CheckResult
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.parse import parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec import same_task_spec
from ansible_collections.swarm.rollout.plugins.module_utils._engine import services
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.tasks import list_tasks
from ansible_collections.swarm.rollout.plugins.module_utils._operations.checking import Scene, run_checks
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from tests.integration.cluster import Cluster

Json = dict[str, Any]
DAY = 24 * 3600 * 10**9
# A port on the node for each task, chosen by Swarm, so that services do not get into each other's way.
AT_THE_NODE = {"Protocol": "tcp", "TargetPort": 80, "PublishMode": "host"}


class Cast:
    """Makes services, moves one task of them to something new, runs checks, and removes them at the end."""

    def __init__(self, api: Api, cluster: Cluster) -> None:
        self.api = api
        self.cluster = cluster
        self.since: dict[str, float] = {}
        self._networks: list[str] = []

    def create(
        self, *, image: str = "web:1", replicas: int = 3, ports: Sequence[Json] = (AT_THE_NODE,), network: bool = False
    ) -> str:
        """A service whose tasks all run the old version; its name."""
        name = "checks-" + secrets.token_hex(3)
        template: Json = {
            "ContainerSpec": {"Image": image, "StopGracePeriod": 10**9},
            "RestartPolicy": {"Condition": "any", "Delay": 10**9 // 2},
        }
        if network:
            template["Networks"] = [{"Target": self._network(name)}]
        self.since[name] = time.time()
        services.create(
            self.api,
            {
                "Name": name,
                "TaskTemplate": template,
                "Mode": {"Replicated": {"Replicas": replicas}},
                "EndpointSpec": {"Ports": list(ports)},
            },
        )
        self.cluster.wait("all tasks run", lambda: len(self.cluster.running(name)) == replicas)
        return name

    def _network(self, name: str) -> str:
        found: Json = self.cluster.engine.post("/networks/create", {"Name": name, "Driver": "overlay"})
        self._networks.append(found["Id"])
        return str(found["Id"])

    def step(self, name: str, image: str = "web:2", *, script: str = "", memory: int = 0, wait: bool = True) -> None:
        """Move one task to the image, with a shell script as its program if given, and stop there."""

        def change(spec: Json) -> None:
            container = spec["TaskTemplate"]["ContainerSpec"]
            container["Image"] = image
            if script:
                container["Command"] = ["sh", "-c", script]
            if memory:
                spec["TaskTemplate"]["Resources"] = {"Limits": {"MemoryBytes": memory}}
            config = {"Parallelism": 1, "Delay": DAY, "Monitor": 10**9, "FailureAction": "pause"}
            spec["UpdateConfig"] = {**config, "MaxFailureRatio": 1, "Order": "stop-first"}

        self.since[name] = time.time()
        before = len(self.cluster.running(name))
        self.cluster.write(name, change)
        self.cluster.wait("a task is new", lambda: len(self.scene(name).new) == 1)
        if wait:
            self.cluster.wait("all tasks run", lambda: len(self.cluster.running(name)) == before)

    def scene(self, name: str) -> Scene:
        """What is new and what is old now."""
        service = services.get(self.api, name)
        assert service is not None
        alive = [task for task in list_tasks(self.api, [service.id]) if task.desired_state == "running"]
        new = tuple(task for task in alive if same_task_spec(task.spec, service.spec))
        old = tuple(task for task in alive if task not in new)
        return Scene(service, new, old, self.since[name], revision=2, previous=1, step=1, steps=3)

    def check(self, scene: Scene, *checks: Json) -> list[CheckResult]:
        """Run the checks."""
        return list(run_checks(Context(self.api), parse(list(checks)), scene))

    def one(self, name: str, **check: Json) -> CheckResult:
        """Run one check on the service as it is."""
        (result,) = self.check(self.scene(name), check)
        assert set(result.as_dict()) >= {"name", "kind", "status", "text"}
        return result

    def addresses(self, tasks: Sequence[Task]) -> set[str]:
        """Node address and published port of the tasks, as the cluster itself tells them."""
        nodes = {node["ID"]: node["Status"]["Addr"] for node in self.cluster.engine.get("/nodes")}
        found = set()
        for raw in self.cluster.engine.get("/tasks"):
            if raw["ID"] in {task.id for task in tasks}:
                (port,) = raw["Status"]["PortStatus"]["Ports"]
                found.add("%s:%d" % (nodes[raw["NodeID"]], port["PublishedPort"]))
        return found

    def close(self) -> None:
        """Leave nothing behind."""
        for name in self.since:
            services.remove(self.api, name)
        for network in self._networks:
            self.cluster.wait("the network is free", partial(self.cluster.released, network))
