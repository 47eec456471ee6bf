# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seconds on an axis whose width nobody knows: places are shares of it, in percent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

_STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_MOST_TICKS = 6


@dataclass(frozen=True)
class Tick:
    """A mark of the axis: its place, its label, and on which side of the place the label stands."""

    at: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Scale:
    """From 0 to `total` seconds."""

    total: float

    def at(self, seconds: float) -> float:
        """The place of a moment in percent; what lies beyond the axis is put at its edge."""
        return round(min(max(seconds / self.total, 0.0), 1.0) * 100, 3)

    def stretch(self, begin: float, end: float) -> tuple[float, float]:
        """Place and width of a span in percent."""
        left = self.at(begin)
        return left, round(max(self.at(end) - left, 0.0), 3)

    def ticks(self) -> list[Tick]:
        """At most seven round moments, beginning with 0."""
        step = next((step for step in _STEPS if self.total / step <= _MOST_TICKS), _STEPS[-1])
        if self.total / step > _MOST_TICKS:
            step = self.total / _MOST_TICKS
        found = []
        for number in range(int(self.total / step) + 1):
            place = self.at(number * step)
            anchor = "start" if number == 0 else "end" if place > 93 else "middle"
            found.append(Tick(place, _label(number * step, step), anchor))
        return found


def scale_for(moments: Sequence[float]) -> Scale:
    """A scale on which all of these moments lie."""
    longest = max(moments, default=0.0)
    return Scale(longest if longest > 0 else 1.0)


def _label(seconds: float, step: float) -> str:
    if step >= 3600:
        return "%g h" % round(seconds / 3600, 2)
    if step >= 60:
        return "%g min" % round(seconds / 60, 2)
    if seconds >= 60:
        return "%d:%02d" % divmod(round(seconds), 60)
    return "%g s" % round(seconds, 2)
