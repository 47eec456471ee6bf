# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is computed from the figures, and what it is to come to: one table, one row per ratio or limit.

A target is printed beside its figure and fails nothing: how fast a machine is says nothing about the code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.bench import names


@dataclass(frozen=True)
class Term:
    """A quantity, as it was measured or less the floor of its round."""

    quantity: str
    above_floor: bool = False

    def values(self, measured: Mapping[str, Sequence[float]]) -> Sequence[float] | None:
        """One value per round; None where it, or its floor, was not measured."""
        values = measured.get(self.quantity)
        if values is None or not self.above_floor:
            return values
        floors = measured.get(names.FLOOR)
        return floors and [value - floor for value, floor in zip(values, floors, strict=True)]

    def __str__(self) -> str:
        return f"{self.quantity}, above the floor" if self.above_floor else self.quantity


@dataclass(frozen=True)
class Target:
    """A limit, and which of the figures of all rounds is held against it."""

    sense: Literal["<=", ">="]
    limit: float
    judged: Literal["median", "least", "most"] = "median"

    def met(self, figures: Mapping[str, float]) -> bool:
        """Whether the figures keep to it."""
        value = figures[self.judged]
        return value <= self.limit if self.sense == "<=" else value >= self.limit

    def __str__(self) -> str:
        return f"{self.judged} {self.sense} {self.limit:g}"


@dataclass(frozen=True)
class Row:
    """A ratio of two terms, round by round, or a term alone; with what it is to come to, if anything."""

    name: str
    numerator: Term
    denominator: Term | None = None
    target: Target | None = None

    def values(self, measured: Mapping[str, Sequence[float]]) -> list[float] | None:
        """One value per round; None where something was not measured.

        A round without a ratio is left out: a playbook may take less time than the floor did, on a busy machine or
        where its module runs without being packed up, which that of the floor is. A denominator near nothing makes a
        ratio that says little: see the seconds beside it.
        """
        above = self.numerator.values(measured)
        if self.denominator is None:
            return None if above is None else list(above)
        below = self.denominator.values(measured)
        if above is None or below is None:
            return None
        return [one / other for one, other in zip(above, below, strict=True) if other > 0]


def above(quantity: str) -> Term:
    """The quantity less the floor."""
    return Term(quantity, above_floor=True)


def at_most_calls(number: int) -> Target:
    """Calls do not depend on the machine, so the worst round is judged."""
    return Target("<=", number, judged="most")


ROWS = (
    # One unchanged service
    Row("1 unchanged, ours / theirs", above(names.ONE_OURS), above(names.ONE_THEIRS), Target("<=", 0.8)),
    Row("1 unchanged, ours packed as for another host / theirs", above(names.ONE_PACKED), above(names.ONE_THEIRS)),
    Row("1 unchanged, calls of ours", Term(names.ONE_OURS_CALLS), None, at_most_calls(2)),
    Row("1 unchanged, calls of theirs", Term(names.ONE_THEIRS_CALLS)),
    Row("1 unchanged, ours / CLI (whole)", above(names.ONE_OURS), Term(names.ONE_CLI)),
    Row("1 unchanged, calls, ours / CLI", Term(names.ONE_OURS_CALLS), Term(names.ONE_CLI_CALLS)),
    # Twenty unchanged services
    Row("20 unchanged, theirs / ours", above(names.MANY_THEIRS), above(names.MANY_OURS), Target(">=", 25)),
    Row("20 unchanged, theirs / ours packed as for another host", above(names.MANY_THEIRS), above(names.MANY_PACKED)),
    Row("20 unchanged, whole playbook / floor", Term(names.MANY_OURS), Term(names.FLOOR), Target("<=", 1.35)),
    Row("20 unchanged, calls of ours", Term(names.MANY_OURS_CALLS), None, at_most_calls(3)),
    Row("20 unchanged, calls of theirs", Term(names.MANY_THEIRS_CALLS)),
    # Five hundred unchanged services
    Row("500 unchanged / 20 unchanged", above(names.CROWD_OURS), above(names.MANY_OURS), Target("<=", 3)),
    Row("500 unchanged, of it Ansible's reading of the playbook", above(names.CROWD_READ), above(names.CROWD_OURS)),
    Row("500 unchanged, calls of ours", Term(names.CROWD_OURS_CALLS), None, at_most_calls(4)),
    # Twenty services to another image: theirs ends when it has written, ours when all is known to have gone well
    Row("20 updated, ours / theirs", above(names.CHANGED_OURS), above(names.CHANGED_THEIRS), Target("<=", 0.5)),
    Row("20 updated, calls of ours", Term(names.CHANGED_OURS_CALLS)),
    Row("20 updated, calls of theirs", Term(names.CHANGED_THEIRS_CALLS)),
    # Following an update of twelve replicas; the CLI has no floor
    Row("update of 12, ours / CLI (whole)", above(names.UPDATE_OURS), Term(names.UPDATE_CLI)),
    Row(
        "update of 12, calls, ours / CLI",
        Term(names.UPDATE_OURS_CALLS),
        Term(names.UPDATE_CLI_CALLS),
        Target("<=", round(1 / 6, 4)),
    ),
    Row("update of 12, from CompletedAt to the verdict, s", Term(names.VERDICT)),
)
