# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which revisions are kept."""

from __future__ import annotations

from typing import Sequence

from .revision import PENDING, Revision
from .target import Aim, choose


def to_prune(revisions: Sequence[Revision], limit: int, current: int) -> list[Revision]:
    """What goes beyond the limit, oldest first.

    Never the current one, the last good one, the good one before it, the one that `to: previous` leads
    to (after many scalings that is an old one), a pinned one, or one whose outcome is not known.
    """
    surplus = len(revisions) - max(limit, 1)
    if surplus <= 0:
        return []
    good = [revision.number for revision in revisions if revision.good]
    before = [number for number in good if number < current]
    kept = {current, max(good, default=0), max(before, default=0), _way_back(revisions, current)}
    free = [r for r in revisions if r.number not in kept and not r.pinned and r.outcome != PENDING]
    return sorted(free, key=lambda revision: revision.number)[:surplus]


def _way_back(revisions: Sequence[Revision], current: int) -> int:
    """The number of the revision that going back from the current one leads to; 0: none."""
    own = next((revision for revision in revisions if revision.number == current), None)
    if own is None:
        return 0
    chosen = choose([one for one in revisions if one.number < current], own.spec, Aim())
    return chosen.number if chosen else 0
