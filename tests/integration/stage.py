# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One test's place in the shared Swarm: names of its own, modules to run, the cluster to ask, cleaning up."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.cluster import Cluster
from tests.integration.running import Ran, Running

# A quick rollout that Swarm watches for a second.
QUICK: dict[str, Any] = {"monitor": "1s", "parallelism": 0}


class Stage:
    """`name` is the test's service; further objects carry it as the beginning of theirs."""

    def __init__(self, test: str, hosts: list[str]) -> None:
        words = re.sub(r"[^a-z0-9]+", "-", test.lower().removeprefix("test_")).strip("-")
        self.name = f"{words[:40].strip('-')}-{secrets.token_hex(2)}"
        self.hosts = hosts
        # Managers that do not lead have to do as well as the leader.
        self.host = hosts[sum(test.encode()) % len(hosts)]
        self.cluster = Cluster(hosts[0])
        self._running: list[Running] = []

    def start(self, module: str, *, check: bool = False, diff: bool = False, **options: Any) -> Running:
        """Start a module on the test's service and do not wait for it."""
        given = {"name": self.name, "docker_host": self.host, **options}
        if "docker_hosts" in options:
            del given["docker_host"]
        running = Running(module, {**given, "_ansible_check_mode": check, "_ansible_diff": diff})
        self._running.append(running)
        return running

    def service(self, image: str | None = None, **options: Any) -> Ran:
        """Run `swarm_service`."""
        return self.begin(image, **options).wait()

    def begin(self, image: str | None = None, **options: Any) -> Running:
        """Start `swarm_service`."""
        if image:
            options["image"] = image
        return self.start("swarm_service", **options)

    def rollback(self, **options: Any) -> Ran:
        """Run `swarm_service_rollback`."""
        return self.start("swarm_service_rollback", **options).wait()

    def info(self, **options: Any) -> list[dict[str, Any]]:
        """What `swarm_service_info` returns."""
        ran = self.start("swarm_service_info", **options).wait()
        assert not ran.failed, ran.msg
        assert not ran.changed
        return list(ran.result["services"])

    def have(self, image: str = "web:1", replicas: int = 1, **options: Any) -> None:
        """Begin with a service that runs and is at rest, with an update configuration for quick tests."""
        quick: dict[str, Any] = {"update_config": QUICK, "rollback_config": QUICK, "stop_grace_period": "2s"}
        if options.get("mode", "replicated") == "replicated":
            quick["replicas"] = replicas
        ran = self.service(image, **{**quick, **options})
        assert (ran.outcome, ran.failed) == ("completed", False), ran.output

    def close(self) -> None:
        """Leave nothing behind: no process, service, config, secret or network."""
        for running in self._running:
            running.kill()
        self.cluster.clear(self.name)


def stage_of(kind: type[Stage]) -> Any:
    """The fixture `stage` of a folder whose tests use that class."""

    @pytest.fixture
    def stage(request: pytest.FixtureRequest, docker_hosts: list[str]) -> Iterator[Stage]:
        """The test's place in the Swarm."""
        found = kind(request.node.name, docker_hosts)
        yield found
        found.close()

    return stage
