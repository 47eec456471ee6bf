# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a wave takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.release import wave_seconds


@pytest.mark.parametrize(
    ("services", "at_once", "seconds"),
    [
        ([], None, 0.0),
        ([], 3, 0.0),
        ([5.0, 20.0, 10.0], None, 20.0),
        ([5.0, 20.0, 10.0], 1, 35.0),
        # The third begins when the first has ended.
        ([5.0, 20.0, 10.0], 2, 20.0),
        ([5.0, 20.0, 10.0, 10.0], 2, 25.0),
        ([5.0, 20.0], 9, 20.0),
        ([5.0, None], None, None),
        ([None], 1, None),
    ],
)
def test_seconds_of_a_wave(services: Any, at_once: Any, seconds: Any) -> None:
    assert wave_seconds(services, at_once) == seconds


@given(st.lists(st.integers(0, 1000).map(float), min_size=1, max_size=12), st.none() | st.integers(1, 15))
def test_it_is_between_the_longest_and_all_one_after_the_other(services: list[float], at_once: Any) -> None:
    found = wave_seconds(services, at_once)
    assert found is not None
    width = at_once or len(services)
    assert max(*services, sum(services) / width) - 0.06 <= found <= sum(services)
