# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a progressive rollout tells: one entry per step, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Sequence

from ..._core.cluster import Task
from ..._core.steps import Schedule
from ..._core.times import written
from ..._core.units import digits_of


@dataclass(frozen=True)
class End:
    """Why the steps end here. `outcome` is that of the vocabulary; `abort` puts the stable specification back.

    `by_hand`: it waits for a human, as declared, so that nothing has failed. `final`: nobody goes on with it
    by running the same task again.
    """

    outcome: str
    reason: str
    abort: bool = False
    by_hand: bool = False
    final: bool = False


@dataclass
class Report:
    """One step as results show it; it grows while the step is under way."""

    step: int
    of: int
    text: str
    target: int
    wall: float
    started: float
    moved: int = 0
    slots: Sequence[Any] = ()
    status: str = "moving"
    ended: float | None = None
    checks: Sequence[dict[str, Any]] = ()

    def tasks(self, new: Sequence[Task]) -> None:
        """Who runs the new specification now."""
        self.moved = len(new)
        self.slots = [task.slot or task.node_id for task in new]

    def touched(self, places: Iterable[str]) -> None:
        """The places that the step came to, whether their tasks serve or not."""
        found = sorted(places)
        self.moved = len(found)
        self.slots = [place if digits_of(place) is None else int(place) for place in found]

    def as_dict(self) -> dict[str, Any]:
        """One entry of `rollout.steps`."""
        return {
            "step": self.step,
            "of": self.of,
            "share": self.text,
            "target": self.target,
            "moved": self.moved,
            "slots": list(self.slots),
            "status": self.status,
            "started_at": written(self.wall),
            "duration": None if self.ended is None else round(max(self.ended - self.started, 0.0), 3),
            "checks": list(self.checks),
        }


def planned(schedule: Schedule, total: int, begin: int = 1) -> list[dict[str, Any]]:
    """The steps that would be made with so many places, for check mode and for a rollout that waits."""
    return [
        {
            "step": number,
            "of": len(schedule.steps),
            "share": step.text,
            "target": target,
            "status": "planned",
            "checks": [],
        }
        for number, (step, target) in enumerate(zip(schedule.steps, schedule.targets(total)), 1)
        if number >= begin
    ]
