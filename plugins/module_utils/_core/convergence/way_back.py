# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a way back is called by how it ended: one table, whoever began it."""

from __future__ import annotations

from dataclasses import replace

from .types import Verdict

# By the verdict of the watch. Whoever went back by hand has completed what was asked for.
_ENDS = {
    "completed": "rolled_back",
    "rolled_back": "rolled_back",
    "paused": "rollback_failed",
    "failed": "rollback_failed",
    "stalled": "rollback_failed",
    "rollback_failed": "rollback_failed",
    "timed_out": "timed_out",
    "superseded": "superseded",
}


def judged(watched: Verdict, cause: str | None = None) -> Verdict:
    """The verdict of a way back. `cause`: why the change was taken back; None: somebody asked for the rollback.

    A way back that waits in vain is `timed_out`, one that others replaced `superseded`, any other that does not arrive
    `rollback_failed`.
    """
    outcome = _ENDS[watched.outcome]
    if cause is None:
        return replace(watched, outcome="completed" if outcome == "rolled_back" else outcome)
    if outcome == "rolled_back":
        return Verdict(outcome, cause)
    how = "was waited for in vain" if outcome == "timed_out" else watched.outcome.replace("_", " ")
    return Verdict(outcome, "%s; going back %s: %s" % (cause, how, watched.reason))


def refused(reason: str, cause: str) -> Verdict:
    """The verdict where the way back could not be written."""
    return Verdict("rollback_failed", "%s; going back was not possible: %s" % (cause, reason))


def overtaken(reason: str, cause: str) -> Verdict:
    """The verdict where somebody else changed the service before it could be taken back."""
    return Verdict("superseded", "%s; going back was left, since %s" % (cause, reason))
