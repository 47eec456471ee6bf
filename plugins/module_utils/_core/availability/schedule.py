# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When probes are due: at fixed places in time, whatever became of those before.

A prober that asks again only after the last answer asks a slow service less often than a quick one and
makes an outage look shorter than it is.
"""

from __future__ import annotations

import math

# A place that could not be begun within so many seconds (or an interval, if that is longer) is left out:
# a burst of old ones would tell about now, not about then.
PATIENCE = 1.0


class Schedule:
    """Places at `begun`, `begun + interval`, … on a monotonic clock; each is taken once or left out."""

    def __init__(self, begun: float, interval: float) -> None:
        self._begun = begun
        self._interval = interval
        self._patience = max(PATIENCE, interval)
        self._next = 0

    @property
    def due(self) -> float:
        """The moment of the next place."""
        return self._begun + self._next * self._interval

    def take(self, now: float) -> float | None:
        """The moment of the place that has to be begun now; None where the next one lies ahead."""
        if now < self.due:
            return None
        oldest = now - self._patience
        if self.due < oldest:
            self._next = max(self._next, math.ceil((oldest - self._begun) / self._interval))
        taken = self.due
        self._next += 1
        return taken
