# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holding Swarm at a step.

With parallelism k and a delay of a day, the updater replaces k tasks and sleeps; each later write moves the
next k. The failure action is to pause: going back is decided here, never by both.
"""

from __future__ import annotations

import copy
from typing import Any

from ..cluster import JsonObject
from ..history.marker import marked
from .progress import Progress

# Longer than any wait; the Engine's own default of a monitor (5 s) and order stand where none is set.
ASLEEP = 24 * 3600 * 10**9
_MONITOR = 5 * 10**9


def held(final: JsonObject, stable: JsonObject, moving: int, number: int, progress: Progress) -> dict[str, Any]:
    """The specification to write for a step that moves `moving` more places to `final`, the revision `number`.

    The number of replicas stays that of `stable` until the end: new places would run the new specification at once.
    """
    own = final.get("UpdateConfig")
    config = dict(own) if isinstance(own, dict) else {}
    travelling = copy.deepcopy(dict(final))
    travelling["UpdateConfig"] = {
        "Parallelism": moving,
        "Delay": ASLEEP,
        "FailureAction": "pause",
        "Monitor": config.get("Monitor") or _MONITOR,
        "MaxFailureRatio": 0,
        "Order": config.get("Order") or "stop-first",
    }
    travelling["Mode"] = copy.deepcopy(stable.get("Mode") or final.get("Mode") or {})
    return marked(travelling, number, progress=progress.label)
