# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Doors of the collection to the lab, and services that leave no trace."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service, Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError
from ansible_collections.swarm.rollout.plugins.module_utils._engine import services, tasks
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions

OpenApi = Callable[..., Api]


class Making:
    """Makes services whose names nobody else uses, and removes them at the end."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.prefix = "engine-" + uuid.uuid4().hex[:8]
        self._made: list[str] = []

    def spec(self, image: str = "web:1", replicas: int = 1, **container: Any) -> dict[str, Any]:
        """A specification with a name of its own."""
        return {
            "Name": "%s-%d" % (self.prefix, len(self._made)),
            "TaskTemplate": {
                "ContainerSpec": {"Image": image, **container},
                "RestartPolicy": {"Condition": "none"},
            },
            "Mode": {"Replicated": {"Replicas": replicas}},
        }

    def create(self, spec: dict[str, Any]) -> str:
        """Create a service; its ID."""
        self._made.append(spec["Name"])
        return services.create(self.api, spec)[0]

    def read(self, service_id: str) -> Service:
        """A service that is there."""
        found = services.get(self.api, service_id)
        assert found is not None
        return found

    def wait_for_task(self, service_id: str, *states: str, limit: float = 60) -> Task:
        """The first task of a service that is in one of the states."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            for task in tasks.list_tasks(self.api, [service_id]):
                if task.state in states:
                    return task
            time.sleep(0.1)
        raise AssertionError("no task became %s" % " or ".join(states))

    def clean(self) -> None:
        """Remove what was made; the Swarm may be between two leaders."""
        deadline = time.monotonic() + 60
        for name in self._made:
            while True:
                try:
                    services.remove(self.api, name)
                except RolloutError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.5)
                else:
                    break


@pytest.fixture
def open_api() -> Iterator[OpenApi]:
    """Opens doors with module options and closes them at the end."""
    opened: list[Api] = []

    def make(**params: Any) -> Api:
        found = Api(ConnectionOptions.of(params, {}))
        opened.append(found)
        return found

    yield make
    for found in opened:
        found.close()


@pytest.fixture
def api(open_api: OpenApi, docker_hosts: list[str]) -> Api:
    """A door to the first manager."""
    return open_api(docker_host=docker_hosts[0])


@pytest.fixture
def making(api: Api) -> Iterator[Making]:
    """Makes services."""
    found = Making(api)
    yield found
    found.clean()
