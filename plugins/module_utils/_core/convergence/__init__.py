# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judging a rollout: a pure state machine over observations, whose one step is `step.step`."""

from __future__ import annotations

from .goals import (
    DEFAULT_MONITOR,
    Patience,
    counts_agree,
    failure_action,
    goal,
    moving,
    patience_of,
    rolls_back,
    step_goal,
)
from .types import (
    FAILURES_PER_SLOT,
    HALTED,
    OUTLIVE,
    OVER_BUDGET,
    OVERDUE,
    UPDATE_MOVING,
    Goal,
    Observation,
    Seen,
    State,
    Verdict,
    Waiting,
)

__all__ = [
    "DEFAULT_MONITOR",
    "FAILURES_PER_SLOT",
    "HALTED",
    "OUTLIVE",
    "OVERDUE",
    "OVER_BUDGET",
    "UPDATE_MOVING",
    "Goal",
    "Observation",
    "Patience",
    "Seen",
    "State",
    "Verdict",
    "Waiting",
    "counts_agree",
    "failure_action",
    "goal",
    "moving",
    "patience_of",
    "rolls_back",
    "step_goal",
]
