# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases: several services changed as one. Records, the choice among them, and what follows a failure. Pure."""

from __future__ import annotations

from .claims import Claim, claims
from .estimate import wave_seconds
from .policy import CONTINUE, FREEZE, ROLLBACK, Policy
from .record import (
    ABANDONED,
    COMPLETED,
    FAILED,
    FROZEN,
    LABEL,
    PENDING,
    ROLLBACK_FAILED,
    ROLLED_BACK,
    SUPERSEDED,
    Composition,
    Member,
    decode,
    encode,
    labels,
    number_of,
    object_name,
    release_of,
)
from .retention import choose, current, to_prune

__all__ = [
    "ABANDONED",
    "COMPLETED",
    "CONTINUE",
    "FAILED",
    "FREEZE",
    "FROZEN",
    "LABEL",
    "PENDING",
    "ROLLBACK",
    "ROLLBACK_FAILED",
    "ROLLED_BACK",
    "SUPERSEDED",
    "Claim",
    "Composition",
    "Member",
    "Policy",
    "choose",
    "claims",
    "current",
    "decode",
    "encode",
    "labels",
    "number_of",
    "object_name",
    "release_of",
    "to_prune",
    "wave_seconds",
]
