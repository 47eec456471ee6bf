# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which places move at which step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import steps
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.steps import Schedule


@pytest.mark.parametrize(
    ("given_steps", "total", "targets"),
    [
        ([1, "25%", "100%"], 6, (1, 2, 6)),
        ([1, "25%"], 6, (1, 2, 6)),
        (["1", "3"], 6, (1, 3, 6)),
        ([1, "10%", "50%"], 5, (1, 1, 3, 5)),
        ([10], 6, (6, 6)),
        (["100%"], 3, (3,)),
        (["1%"], 1000, (10, 1000)),
        ([2, "10%"], 5, (2, 2, 5)),
        ([1], 0, (0, 0)),
    ],
)
def test_targets(given_steps, total, targets):
    assert Schedule.parse(given_steps).targets(total) == targets


@pytest.mark.parametrize(
    "given_steps", [[0], ["0%"], ["101%"], ["-1"], ["half"], [True], [1.5], [None], [3, 1], ["50%", "25%"], [1, 1]]
)
def test_nonsense_is_refused_with_the_option_and_an_example(given_steps):
    with pytest.raises(OptionError, match=r"^steps: .*such as \[1, 25%, 100%\]"):
        Schedule.parse(given_steps)


def test_nothing_comes_after_the_whole():
    with pytest.raises(OptionError):
        Schedule.parse(["100%", 3])


amounts = st.lists(st.integers(1, 40), unique=True, max_size=4).map(sorted)
shares = st.lists(st.integers(1, 99), unique=True, max_size=4).map(
    lambda found: ["%d%%" % one for one in sorted(found)]
)


@given(amounts, shares, st.integers(0, 60))
def test_targets_never_shrink_and_end_at_the_whole(numbers, parts, total):
    schedule = Schedule.parse([*numbers, *parts])
    targets = schedule.targets(total)
    assert list(targets) == sorted(targets)
    assert targets[-1] == total
    assert all(0 <= target <= total for target in targets)
    assert total == 0 or targets[0] >= 1


@given(amounts, shares, st.integers(1, 60), st.integers(0, 60))
def test_the_step_reached_is_never_beyond_what_has_moved(numbers, parts, total, moved):
    schedule = Schedule.parse([*numbers, *parts])
    targets = schedule.targets(total)
    reached = schedule.reached(min(moved, total), total)
    assert 1 <= reached <= len(targets)
    assert reached == 1 or targets[reached - 1] <= moved
    assert all(target > min(moved, total) for target in targets[reached:])


@given(amounts, shares, st.integers(1, 10**6), st.data())
def test_the_label_is_read_back(numbers, parts, stable, data):
    schedule = Schedule.parse([*numbers, *parts])
    progress = steps.Progress(stable, data.draw(st.integers(1, len(schedule.steps))), schedule)
    assert steps.read({"Labels": {steps.PROGRESS_LABEL: progress.label}}) == progress


@given(st.text(max_size=60))
def test_what_others_wrote_into_the_label_is_no_error(text):
    found = steps.read({"Labels": {steps.PROGRESS_LABEL: text}})
    assert found is None or found.label.split() != []


def test_without_a_label_nothing_is_under_way():
    assert steps.read({}) is None
    assert steps.read({"Labels": None}) is None
    assert not steps.stepping({"Labels": {steps.PROGRESS_LABEL: "stable=1 at=1 steps=1,100%"}})
