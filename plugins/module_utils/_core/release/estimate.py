# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a release will take, from what its services will."""

from __future__ import annotations

import heapq
from typing import Sequence


def wave_seconds(services: Sequence[float | None], at_once: int | None) -> float | None:
    """Seconds of a wave whose services move so many at once (None: all), in this order; None: no end in sight."""
    known = [seconds for seconds in services if seconds is not None]
    if len(known) < len(services):
        return None
    free = [0.0] * min(at_once or len(known), len(known))
    for seconds in known:
        heapq.heapreplace(free, free[0] + seconds)
    return round(max(free, default=0.0), 1)
