# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of a rollout: what they ask for, and verdicts on what was seen. Pure; nothing is asked here.

`parse` reads the option `checks`; `judge_...` make a `CheckResult` of what the Engine's and other
doors brought back. A verdict never passes on too little: then it is inconclusive.

Here are only the names that a task without checks needs too; the others are imported where they are used.
"""

from __future__ import annotations

from .arguments import CHECKS_ARGUMENTS
from .result import FAILED, INCONCLUSIVE, PASSED, CheckResult, first_not_passed
from .settings import Check

__all__ = [
    "CHECKS_ARGUMENTS",
    "FAILED",
    "INCONCLUSIVE",
    "PASSED",
    "Check",
    "CheckResult",
    "first_not_passed",
]
