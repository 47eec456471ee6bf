# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which recorded releases are kept, and which one going back leads to."""

from __future__ import annotations

from typing import Sequence

from ..errors import OptionError
from ..units import digits_of
from .record import Composition


def to_prune(known: Sequence[Composition], limit: int, current: int) -> list[Composition]:
    """What goes beyond the limit, oldest first.

    Never the current one, the last two that worked, or a pinned one.
    """
    surplus = len(known) - max(limit, 1)
    if surplus <= 0:
        return []
    good = sorted(one.number for one in known if one.good)[-2:]
    free = [one for one in known if one.number not in (current, *good) and not one.pinned]
    return sorted(free, key=lambda one: one.number)[:surplus]


def choose(known: Sequence[Composition], to: str) -> Composition | None:
    """The release to put back: that number or, for `previous`, the last good one before the one in force.

    A release that put another one back stands for that one. None where there is nothing to go back to. Raises
    `OptionError` for what is no number, and for one that is not recorded.
    """
    by_number = {one.number: one for one in known}
    if to != "previous":
        number = digits_of(to)
        if not number:
            raise OptionError("to", to, "give the number of a release, or previous")
        if number not in by_number:
            there = ", ".join(str(one) for one in sorted(by_number)) or "none"
            raise OptionError("to", to, "no release of this number is recorded; there are: %s" % there)
        return by_number[number]
    in_force = current(known)
    if in_force is None:
        return None
    number, seen = in_force.number, set()
    while number not in seen and number in by_number and by_number[number].restores is not None:
        seen.add(number)
        number = by_number[number].restores or number
    return max((one for one in known if one.good and one.number < number), key=lambda one: one.number, default=None)


def current(known: Sequence[Composition]) -> Composition | None:
    """The release in force: the last that was not taken back again."""
    return max((one for one in known if one.stands), key=lambda one: one.number, default=None)
