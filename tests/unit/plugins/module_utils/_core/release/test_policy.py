# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failure leads to."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.release import CONTINUE, FREEZE, ROLLBACK, Policy


@pytest.mark.parametrize(
    ("on_failure", "passed", "action"),
    [
        (ROLLBACK, False, ROLLBACK),
        (ROLLBACK, True, FREEZE),
        (FREEZE, False, FREEZE),
        (FREEZE, True, FREEZE),
        (CONTINUE, False, CONTINUE),
        (CONTINUE, True, CONTINUE),
    ],
)
def test_only_going_back_is_ruled_out_by_the_point_of_no_return(on_failure: str, passed: bool, action: str) -> None:
    assert Policy(on_failure, "migrate").after_failure(passed=passed) == action


def test_going_back_is_what_happens_unless_somebody_says_otherwise() -> None:
    assert Policy().after_failure(passed=False) == ROLLBACK
