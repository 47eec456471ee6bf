# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stage for progressive rollouts."""

from __future__ import annotations

from typing import Any

from tests.integration.cluster import Json, image
from tests.integration.running import Ran, Running
from tests.integration.stage import Stage

# Each step is watched for a second.
PACE: dict[str, Any] = {"monitor": "1s", "order": "start-first"}


class Steps(Stage):
    """Six tasks of web:1 that web:2 takes the places of, step by step."""

    def prepared(self, image: str = "web:1", replicas: int = 6, **options: Any) -> set[str]:
        """A service at rest; the IDs of its tasks."""
        self.have(image, replicas, **{"update_config": PACE, "rollback_config": {**PACE, "parallelism": 0}, **options})
        return self.cluster.running_ids(self.name)

    def roll(self, image: str | None = "web:2", steps: Any = (1, "50%"), **options: Any) -> Ran:
        """Run `swarm_service` with steps."""
        return self.service(image, steps=list(steps), **options)

    def rolling(self, image: str | None = "web:2", steps: Any = (1, "50%"), **options: Any) -> Running:
        """Start it."""
        return self.begin(image, steps=list(steps), **options)

    def act(self, state: str, **options: Any) -> Ran:
        """Run `swarm_rollout`."""
        return self.start("swarm_rollout", state=state, **options).wait()

    def rollout(self) -> dict[str, Any] | None:
        """What `swarm_service_info` says of the rollout under way."""
        found: dict[str, Any] | None = self.info()[0]["rollout"]
        return found

    def started(self, name: str) -> list[Json]:
        """All tasks that were ever started with that image, as far as Swarm remembers."""
        return [task for task in self.cluster.tasks(self.name) if image(task["Spec"]) == name]

    def wait_for(self, name: str, count: int) -> None:
        """Until just so many tasks of the image serve."""
        self.cluster.wait(f"{count} tasks of {name}", lambda: self.cluster.serving(self.name).get(name, 0) == count)


def moved(ran: Ran) -> list[tuple[int, int, str]]:
    """Step, places on the new specification, status; of each step that was made."""
    return [(step["step"], step["moved"], step["status"]) for step in ran.rollout["steps"]]
