# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When probes are due."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.schedule import Schedule


def test_places_do_not_move_when_one_is_taken_late() -> None:
    schedule = Schedule(100.0, 0.5)
    assert schedule.take(100.0) == 100.0
    assert schedule.take(100.2) is None
    assert schedule.due == 100.5
    assert schedule.take(101.2) == 100.5
    assert schedule.take(101.2) == 101.0
    assert schedule.take(101.2) is None
    assert schedule.due == 101.5


def test_places_that_are_too_old_are_left_out() -> None:
    schedule = Schedule(0.0, 0.1)
    schedule.take(0.0)
    assert schedule.take(10.0) == pytest.approx(9.0)
    assert schedule.take(10.0) == pytest.approx(9.1)


def test_with_a_long_interval_a_place_waits_for_all_of_it() -> None:
    schedule = Schedule(0.0, 60.0)
    schedule.take(0.0)
    assert schedule.take(119.0) == 60.0
    schedule = Schedule(0.0, 60.0)
    schedule.take(0.0)
    assert schedule.take(121.0) == 120.0


@given(st.floats(0.01, 5.0), st.lists(st.floats(0.0, 7.0), max_size=60))
def test_each_place_is_taken_once_in_order_and_never_early(interval: float, steps: list[float]) -> None:
    schedule, now, taken = Schedule(0.0, interval), 0.0, []
    for step in steps:
        now += step
        place = schedule.take(now)
        if place is None:
            assert schedule.due > now
        else:
            assert now - max(1.0, interval) - 1e-6 <= place <= now
            taken.append(place)
    numbers = [round(place / interval) for place in taken]
    assert numbers == sorted(set(numbers))
    assert taken == pytest.approx([number * interval for number in numbers])
