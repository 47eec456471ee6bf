# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate of availability: what somebody who asks a URL all through a rollout notices of it.

`settings` the option, `budget` how many failures it allows, `schedule` when the probes are due, `probe` what
came of each, `gaps` spans without a good answer and what happened to tasks then, `certificate` all of it as
the result shows it. Here are only the names that a task which measures nothing needs too.
"""

from __future__ import annotations

from .budget import Budget
from .settings import AVAILABILITY_ARGUMENTS, Settings, needs_waiting, parse

__all__ = [
    "AVAILABILITY_ARGUMENTS",
    "Budget",
    "Settings",
    "needs_waiting",
    "parse",
]
