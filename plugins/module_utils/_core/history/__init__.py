# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revisions of a service: records, markers, and the choice among them. Pure."""

from __future__ import annotations

from .ending import how_it_ended, settled
from .listing import Existing, by, current_number, drift, entries, missing, recorded_already
from .marker import PROGRESS_LABEL, REVISION_LABEL, Marker, fingerprint, marked, read, text_of
from .retention import to_prune
from .revision import ABANDONED, ADOPTED, PENDING, SERVICE_LABEL, Revision, decode, encode, labels, object_name
from .target import Aim, brought_up, choose, moving, names_of, restoration, with_own_config

__all__ = [
    "ABANDONED",
    "ADOPTED",
    "PENDING",
    "PROGRESS_LABEL",
    "REVISION_LABEL",
    "SERVICE_LABEL",
    "Aim",
    "Existing",
    "Marker",
    "Revision",
    "brought_up",
    "by",
    "choose",
    "current_number",
    "decode",
    "drift",
    "encode",
    "entries",
    "fingerprint",
    "how_it_ended",
    "labels",
    "marked",
    "missing",
    "moving",
    "names_of",
    "object_name",
    "read",
    "recorded_already",
    "restoration",
    "settled",
    "text_of",
    "to_prune",
    "with_own_config",
]
