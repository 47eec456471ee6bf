# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holding Swarm at a step.

With parallelism k and a delay of a year, the updater replaces k tasks and sleeps; each later write moves the
next k. The failure action is to pause: going back is decided here, never by both. The monitor lasts as long
as the sleep: a task of the step that dies while nobody watches pauses the update, and a paused update is left
alone by a new leader, who otherwise moves as many tasks again (observed on 26.1).
"""

from __future__ import annotations

import copy
from typing import Any

from ..cluster import JsonObject
from ..history.marker import marked
from .progress import Progress

# A year in nanoseconds; longer than any wait.
ASLEEP = 365 * 24 * 3600 * 10**9


def held(
    final: JsonObject, present: JsonObject, mode: JsonObject, moving: int, number: int, progress: Progress
) -> dict[str, Any]:
    """The specification to write over `present` for a step that moves `moving` more places to `final`.

    `final` is the revision `number`. The number of replicas stays that of `mode` until the end: new places would
    run the new specification at once.
    """
    own = final.get("UpdateConfig")
    config = dict(own) if isinstance(own, dict) else {}
    travelling = copy.deepcopy(dict(final))
    before = (present.get("UpdateConfig") or {}).get("Delay") or 0
    travelling["UpdateConfig"] = {
        "Parallelism": moving,
        # An identical write moves nothing: each is a nanosecond longer than the one before.
        "Delay": before + 1 if before >= ASLEEP else ASLEEP,
        "FailureAction": "pause",
        "Monitor": ASLEEP,
        "MaxFailureRatio": 0,
        "Order": config.get("Order") or "stop-first",
    }
    travelling["Mode"] = copy.deepcopy(mode.get("Mode") or final.get("Mode") or {})
    return marked(travelling, number, progress=progress.label)
