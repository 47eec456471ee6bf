# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The update configuration in force, with the Engine's defaults, in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from ..cluster import JsonObject
from ..spec.table import FIELDS


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

    def at_a_time(self, slots: int) -> int:
        """How many of so many slots move together."""
        return min(self.parallelism or slots, slots)
