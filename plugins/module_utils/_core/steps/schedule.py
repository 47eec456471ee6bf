# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many places run the new specification after each step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Sequence

from ..errors import OptionError
from ..units import digits_of

_ADVICE = "give numbers of replicas or shares that grow, such as [1, 25%, 100%]"
_SHARE = re.compile(r"(\d{1,3})\s*%")


@dataclass(frozen=True)
class Step:
    """One entry: a number of places or a share of them in percent. `text` is what the user wrote."""

    amount: int
    share: bool

    @property
    def text(self) -> str:
        """As the option has it."""
        return "%d%%" % self.amount if self.share else str(self.amount)

    def places(self, total: int) -> int:
        """How many of `total` places; a share is rounded up, so that every step is at least one place."""
        if not self.share:
            return min(self.amount, total)
        return -(-total * self.amount // 100)

    @staticmethod
    def parse(value: Any, option: str) -> Step:
        """From a number or a text. Raises `OptionError`."""
        text = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
        match = _SHARE.fullmatch(text)
        if match:
            share = int(match.group(1))
            if 1 <= share <= 100:
                return Step(share, True)
        count = digits_of(text)
        if count:
            return Step(count, False)
        raise OptionError(option, value, _ADVICE)


@dataclass(frozen=True)
class Schedule:
    """All steps; the last one is always the whole service."""

    steps: tuple[Step, ...]

    @staticmethod
    def parse(raw: Sequence[Any], option: str = "steps") -> Schedule:
        """From the option. Raises `OptionError` for what is no amount, and for amounts of one kind that shrink."""
        steps = [Step.parse(value, option) for value in raw]
        for kind in (True, False):
            amounts = [step.amount for step in steps if step.share is kind]
            if amounts != sorted(set(amounts)):
                raise OptionError(option, ", ".join(step.text for step in steps), _ADVICE)
        whole = [place for place, step in enumerate(steps) if step.share and step.amount == 100]
        if whole and whole[0] != len(steps) - 1:
            raise OptionError(option, ", ".join(step.text for step in steps), _ADVICE)
        if not whole:
            steps.append(Step(100, True))
        return Schedule(tuple(steps))

    @property
    def text(self) -> str:
        """As the service's label and messages have it."""
        return ",".join(step.text for step in self.steps)

    def targets(self, total: int) -> tuple[int, ...]:
        """How many of `total` places run the new specification after each step; it never shrinks.

        Steps that come to the same number, as 1 and 10% of five, stay two: each has its checks.
        """
        found: list[int] = []
        for step in self.steps:
            found.append(max([step.places(total), *found[-1:]]))
        return tuple(found)

    def reached(self, moved: int, total: int) -> int:
        """The number (from 1) of the last step that so many moved places complete; 1 at least."""
        done = [number for number, target in enumerate(self.targets(total), 1) if target <= moved]
        return max(done, default=1)
