# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Docker CLI beside the collection, each with a service of its own in the same Swarm."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Any

from tests.integration.stage import QUICK, Stage

# No command of these tests takes longer, except those that never end.
LIMIT = 100.0


@dataclass(frozen=True)
class Said:
    """How a command ended: its exit status, None where it was still at work, and its last line."""

    status: int | None
    last: str


class Beside(Stage):
    """A test's place, with a service for the module (`name`) and one for the Docker CLI (`theirs`)."""

    def __init__(self, test: str, hosts: list[str]) -> None:
        super().__init__(test, hosts)
        self.theirs = f"{self.name}-cli"

    def docker(self, *words: str, limit: float = LIMIT) -> Said:
        """Run the Docker CLI, for so many seconds at most."""
        command = ["docker", "-H", self.host, *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit)
        except subprocess.TimeoutExpired:
            return Said(None, "")
        lines = (done.stdout + done.stderr).strip().splitlines()
        return Said(done.returncode, lines[-1] if lines else "")

    def update(self, *flags: str, limit: float = LIMIT) -> Said:
        """`docker service update` of their service, which the CLI waits for."""
        return self.docker("service", "update", "-q", "--no-resolve-image", *flags, self.theirs, limit=limit)

    def back(self) -> Said:
        """`docker service rollback` of their service."""
        return self.docker("service", "rollback", "-q", self.theirs)

    def both(self, image: str = "web:1", replicas: int = 2) -> None:
        """Begin with two services that are alike and at rest."""
        self.have(image, replicas=replicas, update_config={**QUICK, "parallelism": 1})
        # Long enough for a busy machine to tell in time that a process has ended.
        quickly = ("--update-monitor=4s", "--rollback-monitor=1s")
        made = self.docker(
            *("service", "create", "-q", "--no-resolve-image", "--stop-grace-period=2s", *quickly),
            *(f"--replicas={replicas}", f"--name={self.theirs}", image),
        )
        assert made.status == 0, made.last

    def serving(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many tasks of which image serve, of their service and of ours."""
        return self.cluster.serving(self.theirs), self.cluster.serving(self.name)


def quick(**given: Any) -> dict[str, Any]:
    """The update configuration that both begin with, with something else in it."""
    return {**QUICK, "parallelism": 1, **given}
