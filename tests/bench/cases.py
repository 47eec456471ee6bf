# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cases there are, and their order, which turns from round to round."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from tests.bench.releases import Releases
from tests.bench.single import Single
from tests.bench.stand import Stand

Case = Callable[[int], None]


class Group(Protocol):
    """Cases that share services."""

    @property
    def cases(self) -> Sequence[Case]:
        """What is measured once in each round; each is told the number of the round."""

    def prepare(self) -> None:
        """Create the services."""


GROUPS: dict[str, Callable[[Stand], Group]] = {"single": Single, "releases": Releases}


class Bench:
    """Every case of the chosen groups, once in each round."""

    def __init__(self, stand: Stand, groups: Collection[str]) -> None:
        self._stand = stand
        self._groups = [GROUPS[name](stand) for name in GROUPS if name in groups]
        self._cases: list[Case] = [case for group in self._groups for case in group.cases]

    def prepare(self) -> None:
        """Create the services of all cases; they stay for all rounds, so that each finds the same Swarm."""
        for group in self._groups:
            print(f"preparing {type(group).__name__.lower()}", file=sys.stderr)
            group.prepare()

    def round(self, number: int) -> None:
        """Each case once, and beside each the floor."""
        turn = number % len(self._cases)
        for case in self._cases[turn:] + self._cases[:turn]:
            self._stand.floor()
            case(number)
        self._stand.end_round()
