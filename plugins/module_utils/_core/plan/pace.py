# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The update configuration in force, with the Engine's defaults, in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from ..cluster import JsonObject, Task
from ..spec.table import FIELDS

# Seconds for which Swarm waits with stop-first until the former task has stopped; then it starts the new one beside it
# (swarmkit restart.go, defaultOldTaskTimeout; seen on 28.5).
PATIENCE = 60.0


@dataclass(frozen=True)
class Pace:
    """How an update moves. `parallelism` 0 means all at once."""

    parallelism: int
    delay: float
    monitor: float
    failure_action: str
    order: str

    @staticmethod
    def of(spec: JsonObject) -> Pace:
        """From a ServiceSpec."""
        values = {row.option[14:]: row.read(spec) for row in FIELDS.values() if row.option.startswith("update_config.")}
        return Pace(
            parallelism=values["parallelism"],
            delay=values["delay"] / 1e9,
            monitor=values["monitor"] / 1e9,
            failure_action=values["failure_action"],
            order=values["order"],
        )

    @property
    def start_first(self) -> bool:
        """Whether the new task starts beside the old one."""
        return self.order == "start-first"

    @property
    def last_watch(self) -> float:
        """How long Swarm goes on watching after the last slot (swarmkit updater.go, seen on 26.1)."""
        return self.delay + 1 if self.delay >= self.monitor else self.monitor

    def overlap(self, grace: float) -> float:
        """For how many seconds a task that has `grace` seconds to stop may still run beside the one that replaces it.

        Of start-first it is the nature, and not counted here.
        """
        return 0.0 if self.start_first else max(grace - PATIENCE, 0.0)

    def at_a_time(self, slots: int) -> int:
        """How many of so many slots move together."""
        return min(self.parallelism or slots, slots)


def grace_of(spec: JsonObject) -> float:
    """The seconds that tasks of a specification have to stop."""
    found: float = FIELDS["stop_grace_period"].read(spec) / 1e9
    return found


def longest_grace(tasks: Iterable[Task]) -> float:
    """The seconds that those tasks have to stop, each by its own specification; the most."""
    return max((grace_of({"TaskTemplate": task.spec}) for task in tasks), default=0.0)
