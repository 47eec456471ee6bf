# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change will do before it does it. Pure: the cluster comes in as `Facts`.

`make` gives the `Plan`, `refuse_if_moved` holds a later run to it.
"""

from __future__ import annotations

from .estimate import learn
from .identity import WorldMoved, refuse_if_moved
from .make import make, nothing, removal
from .types import Batch, Capacity, Caution, Facts, Image, Plan, Spot, Timings

__all__ = [
    "Batch",
    "Capacity",
    "Caution",
    "Facts",
    "Image",
    "Plan",
    "Spot",
    "Timings",
    "WorldMoved",
    "learn",
    "make",
    "nothing",
    "refuse_if_moved",
    "removal",
]
