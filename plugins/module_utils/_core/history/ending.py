# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How changes ended whose controllers never said so, read off the service."""

from __future__ import annotations

from dataclasses import replace
from typing import Sequence

from ..cluster import Service
from ..convergence import counts_agree
from ..spec import differences
from ..times import instant
from .marker import Marker, read
from .revision import ABANDONED, PENDING, Revision

# Between its record and its write a controller takes a fraction of a second, and minutes where managers fail.
_PATIENCE = 300.0

_OF_A_ROLLBACK = {"rollback_started": PENDING, "rollback_paused": "rollback_failed"}


def settled(revisions: Sequence[Revision], service: Service | None, now: float | None = None) -> list[Revision]:
    """The revisions with what is known by now of those whose outcome was not written."""
    return [replace(one, outcome=how_it_ended(one, service, now)) for one in revisions]


def how_it_ended(revision: Revision, service: Service | None, now: float | None = None) -> str:
    """The outcome of a record whose writer was interrupted, from what the cluster shows; or still pending.

    `now` is wall time: a record that is not written yet may be a moment later. None: nobody writes it any more.
    """
    if revision.outcome != PENDING or service is None:
        return revision.outcome
    marker = read(service.spec)
    if marker is not None and marker.number == revision.number:
        return _in_force(marker, service)
    if marker is not None and marker.number > revision.number:
        return "superseded"
    return _above(revision, marker, service) or _unwritten(revision, now)


def _in_force(marker: Marker, service: Service) -> str:
    if not marker.intact:
        # Others wrote over it; whether it was through by then, nobody saw.
        return "superseded"
    state = service.update_status.state
    if state == "paused":
        return "paused"
    if state == "rollback_paused":
        return "rollback_failed"
    return "completed" if counts_agree(service) else PENDING


def _above(revision: Revision, marker: Marker | None, service: Service) -> str | None:
    """How a revision ended that the service does not carry (any more); None where it never did."""
    if revision.base and revision.base == service.version:
        # Not one write since the record, whatever the status still says of earlier ones.
        return None
    state = service.update_status.state
    before = read(service.previous_spec or {})
    if marker is not None and marker.intact:
        restored = revision.restores == marker.number
    else:
        restored = not differences(revision.spec, service.spec)
    if restored:
        # Swarm's own rollback: the specification carries the number that was restored, or none.
        own = {**_OF_A_ROLLBACK, "rollback_completed": "completed", "completed": "completed"}
        return own.get(state)
    if before is not None and before.number == revision.number and marker is None:
        return "superseded"
    if state in _OF_A_ROLLBACK:
        return _OF_A_ROLLBACK[state]
    if state == "rollback_completed" or (before is not None and before.number == revision.number):
        return "rolled_back"
    # An update leaves a previous specification behind, only an automatic rollback clears it; the status
    # of such a rollback may be overwritten with "completed".
    if state == "completed" and service.previous_spec is None:
        return "rolled_back"
    return None


def _unwritten(revision: Revision, now: float | None) -> str:
    created = instant(revision.created_at)
    if now is None or created is None or now - created > _PATIENCE:
        return ABANDONED
    return PENDING
