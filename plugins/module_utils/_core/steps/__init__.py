# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps of a progressive rollout: how many places, how Swarm is held there, and what the service says of it. Pure."""

from __future__ import annotations

from ..history.marker import PROGRESS_LABEL
from .hold import held
from .options import LOCK_WAIT, STEPS_ARGUMENTS, WAY_ARGUMENTS, Way, parse
from .progress import Progress, read, stepping
from .schedule import Schedule, Step

__all__ = [
    "LOCK_WAIT",
    "PROGRESS_LABEL",
    "STEPS_ARGUMENTS",
    "WAY_ARGUMENTS",
    "Progress",
    "Schedule",
    "Step",
    "Way",
    "held",
    "parse",
    "read",
    "stepping",
]
