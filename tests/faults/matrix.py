# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All cells: every fault times every strategy that it makes sense for; and the choice of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.faults.families import api, controller, images, managers, objects, others, room, tasks, workers
from tests.faults.fault import Fault
from tests.faults.strategies import STRATEGIES, Strategy

FAULTS: tuple[type[Fault], ...] = (
    *controller.FAULTS,
    *managers.FAULTS,
    *workers.FAULTS,
    *api.FAULTS,
    *images.FAULTS,
    *objects.FAULTS,
    *room.FAULTS,
    *tasks.FAULTS,
    *others.FAULTS,
)


@dataclass(frozen=True)
class Place:
    """A cell's place in the matrix."""

    strategy: Strategy
    fault: type[Fault]

    @property
    def name(self) -> str:
        """As selections and the record call it: `update-stop-first/api:slow`."""
        return f"{self.strategy.name}/{self.fault.identity()}"


def places() -> list[Place]:
    """Every cell that makes sense, fault by fault."""
    return [
        Place(strategy, fault)
        for fault in FAULTS
        for strategy in STRATEGIES.values()
        if strategy.name not in fault.without
    ]


def selected(patterns: Sequence[str]) -> list[Place]:
    """The cells that match one of the patterns, such as `update*/api:*`, `api:*` or `release`; all without one.

    Raises `ValueError` for a pattern that matches none.
    """
    found = places()
    if not patterns:
        return found
    for pattern in patterns:
        if not any(matches(place, pattern) for place in found):
            raise ValueError(f"no cell matches {pattern}: write STRATEGY/FAMILY:FAULT, with * where any will do")
    return [place for place in found if any(matches(place, pattern) for pattern in patterns)]


def matches(place: Place, pattern: str) -> bool:
    """Whether a pattern means this cell; without a `/` it may mean its strategy or its fault."""
    if "/" in pattern:
        return fnmatchcase(place.name, pattern)
    return fnmatchcase(place.strategy.name, pattern) or fnmatchcase(place.fault.identity(), pattern)


def place_of(name: str) -> Place:
    """The cell of that name."""
    return next(place for place in places() if place.name == name)
