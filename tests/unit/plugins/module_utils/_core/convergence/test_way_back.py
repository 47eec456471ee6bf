# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one table of what a way back is called."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import Verdict
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence.way_back import (
    judged,
    overtaken,
    refused,
)

# By the verdict of the watch: what it is called where it was asked for, and where a change was taken back.
TABLE = {
    "completed": ("completed", "rolled_back"),
    "rolled_back": ("completed", "rolled_back"),
    "paused": ("rollback_failed", "rollback_failed"),
    "failed": ("rollback_failed", "rollback_failed"),
    "stalled": ("rollback_failed", "rollback_failed"),
    "rollback_failed": ("rollback_failed", "rollback_failed"),
    "timed_out": ("timed_out", "timed_out"),
    "superseded": ("superseded", "superseded"),
}


@pytest.mark.parametrize(("watched", "asked_for", "taken_back"), [(end, *names) for end, names in TABLE.items()])
def test_the_same_end_has_the_same_name(watched: str, asked_for: str, taken_back: str) -> None:
    end = Verdict(watched, "so it is")
    assert judged(end) == Verdict(asked_for, "so it is")
    back = judged(end, "stalled: no node")
    assert back.outcome == taken_back
    assert back.reason.startswith("stalled: no node")
    assert ("so it is" in back.reason) == (taken_back != "rolled_back")


def test_what_could_not_be_written_says_both() -> None:
    assert refused("no manager answers", "it stalled") == Verdict(
        "rollback_failed", "it stalled; going back was not possible: no manager answers"
    )
    assert overtaken("somebody else changed image meanwhile", "it stalled") == Verdict(
        "superseded", "it stalled; going back was left, since somebody else changed image meanwhile"
    )
