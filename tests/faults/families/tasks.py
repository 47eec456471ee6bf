# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that do not work: what is declared is itself the fault."""

from __future__ import annotations

from typing import ClassVar

from tests.faults.fault import ANY, Fault
from tests.faults.scene import Scene
from tests.faults.strategies import Strategy
from tests.integration.cluster import Json

ROLLBACK = "a rollback declares nothing: it restores a revision that ran well"
# Swarm watches each task for longer than crash:1.0 lives.
WATCHED: Json = {"parallelism": 1, "delay": "0s", "monitor": "5s", "failure_action": "rollback"}


class Broken(Fault):
    """A declaration that cannot work goes back, or says that there is nothing to go back to."""

    family = "tasks"
    broken = True
    without = {"rollback": ROLLBACK}
    ends = {ANY: ("rolled_back",), "create": ("failed",)}
    image: ClassVar[str] = ""

    def __init__(self, scene: Scene, strategy: Strategy) -> None:
        super().__init__(scene, strategy)
        # With nothing to go back to, tasks go on failing.
        self.restless = self.restless or strategy.creates

    def declares(self) -> Json:
        """The image, and how long it is watched."""
        return {"image": self.image, "update_config": {**WATCHED, "order": self.strategy.order}}

    def patience(self) -> Json:
        """What does not come is given up soon."""
        return {"progress_deadline": "12s"}


class CrashAtOnce(Broken):
    """Its process ends with 1 at once."""

    name = "crash-at-once"
    title = "the new task crashes at once"
    image = "exit:1.0"

    def patience(self) -> Json:
        """A busy machine needs longer for the crashes that say it than for anything else: this is not about waiting."""
        return {"progress_deadline": "40s"}


class CrashWatched(Broken):
    """It serves for 3 s, within the time that it is watched."""

    name = "crash-after-3s"
    title = "the new task crashes after 3 s, while it is watched"
    image = "crash:1.0"
    # A create is not watched by Swarm: at some moment all serve. Then it is not stable, or it is for the monitor time.
    ends = {ANY: ("rolled_back",), "create": ("failed", "stalled")}


class CrashLater(Broken):
    """It serves for 3 s, and is watched for one."""

    name = "crash-later"
    title = "the new task crashes after 3 s, when it is not watched any more (monitor 1 s)"
    image = "crash:1.0"
    restless = True
    # Another one may crash while the next is watched.
    ends = {ANY: ("completed", "rolled_back", "failed", "stalled")}

    def declares(self) -> Json:
        """Watched too short."""
        return {
            "image": self.image,
            "update_config": {**WATCHED, "monitor": "1s", "parallelism": 0, "order": self.strategy.order},
        }


class NeverHealthy(Broken):
    """Its health check never says yes, and not yet no."""

    name = "never-healthy"
    title = "the new task never becomes healthy"
    ends = {ANY: ("rolled_back",), "create": ("stalled", "failed")}

    def declares(self) -> Json:
        """A start period longer than anybody waits."""
        check = {"test": ["CMD", "false"], "interval": "1s", "timeout": "1s", "retries": 3, "start_period": "10m"}
        return {"healthcheck": check, "update_config": {**WATCHED, "order": self.strategy.order}}

    def mended(self) -> Json:
        """What is not mentioned stays: the check has to be taken away."""
        return {"healthcheck": {}}


class Unhealthy(Broken):
    """Its health check says no after two seconds."""

    name = "unhealthy"
    title = "the new task becomes unhealthy after 2 s"
    image = "whoami:2.0"
    ends = {ANY: ("rolled_back",), "create": ("failed", "stalled")}


class Flapping(Broken):
    """It lives for one to four seconds, again and again."""

    name = "flapping"
    title = "the new task flaps: up for 1 to 4 s, down, up again"
    restless = True
    ends = {ANY: ("rolled_back", "failed", "stalled"), "create": ("failed", "stalled", "completed")}

    def declares(self) -> Json:
        """A process that gives up after a while."""
        command = ["/bin/sh", "-c", "sleep $((1 + $(date +%s) % 4)); echo gone >&2; exit 4"]
        return {"command": command, "update_config": {**WATCHED, "order": self.strategy.order}}

    def mended(self) -> Json:
        """What is not mentioned stays: the command has to be taken away."""
        return {"command": []}


FAULTS = (CrashAtOnce, CrashWatched, CrashLater, NeverHealthy, Unhealthy, Flapping)
