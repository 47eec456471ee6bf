# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the lock share: a place in the Swarm, and processes that contend for a lock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.lock.contender import Contender
from tests.integration.stage import Stage
from tests.lab.lab import Lab


class Arena(Stage):
    """A test's place in the Swarm with its contenders; each speaks to another manager than the one before."""

    def __init__(self, test: str, hosts: list[str]) -> None:
        super().__init__(test, hosts)
        self._contenders: list[Contender] = []

    def contender(self, owner: str, wait: float = 0.0, **more: object) -> Contender:
        """Start a process that takes the lock of the test's service."""
        host = self.hosts[len(self._contenders) % len(self.hosts)]
        found = Contender({"host": host, "service": self.name, "owner": owner, "wait": wait, **more})
        self._contenders.append(found)
        return found

    @property
    def lock_name(self) -> str:
        """The name of the config object."""
        return f"swarm-rollout.{self.name}.lock"

    def labels(self) -> dict[str, str]:
        """The labels of the lock as they stand in the Swarm."""
        return dict(self.cluster.engine.get(f"/configs/{self.lock_name}")["Spec"]["Labels"])

    def configs(self) -> list[str]:
        """The names of all config objects that belong to the test."""
        names = [config["Spec"]["Name"] for config in self.cluster.engine.get("/configs")]
        return sorted(name for name in names if self.name in name)

    def close(self) -> None:
        """No process and no object stays."""
        for contender in self._contenders:
            contender.kill()
        super().close()


@pytest.fixture
def arena(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Arena]:
    """The test's place in the Swarm. The name is short enough to stand whole in the lock's."""
    found = Arena(request.node.name[:25], list(lab.settings()["docker_hosts"]))
    yield found
    found.close()
