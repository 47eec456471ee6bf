# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of one request."""

from __future__ import annotations

from typing import NamedTuple


class Probe(NamedTuple):
    """One probe.

    `at` is when it was due (seconds since the epoch), `late` how many seconds after that it began, `seconds`
    how long its answer took from then on. `fault` is empty where nothing is wrong; `version` is empty where the
    answer told none.
    """

    at: float
    late: float
    seconds: float
    fault: str = ""
    version: str = ""

    @property
    def ok(self) -> bool:
        """Whether it has no fault."""
        return not self.fault

    @property
    def began(self) -> float:
        """When it began, seconds since the epoch."""
        return self.at + self.late
