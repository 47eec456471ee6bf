# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which records stay, and which release going back leads to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.release import Composition, choose, current, to_prune

OUTCOMES = ["completed", "rolled_back", "abandoned", "pending", "frozen", "failed", "superseded", "rollback_failed"]


def known(*outcomes: str, **restores: int) -> list[Composition]:
    """Releases 1, 2, 3 ... with these outcomes; `r4=2`: release 4 put 2 back."""
    return [
        Composition("shop", number, {}, outcome=outcome, restores=restores.get("r%d" % number))
        for number, outcome in enumerate(outcomes, 1)
    ]


def chosen(releases: list[Composition], to: str = "previous") -> Any:
    found = choose(releases, to)
    return found.number if found is not None else None


def in_force(releases: list[Composition]) -> Any:
    found = current(releases)
    return found.number if found is not None else None


def test_previous_is_the_last_good_one_before_that_in_force() -> None:
    assert chosen(known("completed", "completed", "completed")) == 2
    assert chosen(known("completed", "failed", "completed")) == 1
    assert chosen(known("completed", "frozen")) == 1
    assert chosen(known("completed", "pending")) == 1


def test_what_was_taken_back_is_not_in_force() -> None:
    releases = known("completed", "completed", "rolled_back", "abandoned")
    assert in_force(releases) == 2
    assert chosen(releases) == 1
    assert in_force(known("rolled_back", "abandoned")) is None
    assert chosen(known("rolled_back")) is None


def test_a_release_that_put_another_back_stands_for_that_one() -> None:
    releases = known("completed", "completed", "completed", "completed", r4=2)
    assert in_force(releases) == 4
    assert chosen(releases) == 1
    twice = known("completed", "completed", "completed", "completed", "completed", r4=3, r5=4)
    assert chosen(twice) == 2


def test_a_chain_that_leads_in_a_circle_or_to_nothing_ends() -> None:
    assert chosen(known("completed", "completed", "completed", r2=3, r3=2)) in (1, 2)
    assert chosen(known("completed", "completed", "failed", r3=2)) == 1
    # The one that was put back is not recorded any more: what came before it is not either.
    assert chosen(known("completed", "completed", "failed", r3=2)[1:]) is None


def test_where_nothing_was_good_before_there_is_nothing() -> None:
    assert chosen(known("completed")) is None
    assert chosen(known("failed", "completed")) is None
    assert chosen([]) is None


def test_a_number_is_taken_as_it_is() -> None:
    releases = known("completed", "failed", "completed")
    assert chosen(releases, "2") == 2
    with pytest.raises(OptionError, match="there are: 1, 2, 3"):
        choose(releases, "7")
    with pytest.raises(OptionError, match="there are: none"):
        choose([], "1")


@pytest.mark.parametrize("to", ["0", "-1", "last", "", "1.5", "\u0661"])
def test_what_is_no_number_is_refused(to: str) -> None:
    with pytest.raises(OptionError, match="give the number of a release, or previous"):
        choose(known("completed"), to)


def test_pruning_takes_the_oldest_first() -> None:
    releases = known(*["completed"] * 6)
    assert [one.number for one in to_prune(releases, 3, 6)] == [1, 2, 3]
    assert to_prune(releases, 6, 6) == []


def test_the_last_two_good_ones_stay_whatever_came_after() -> None:
    releases = known("completed", "completed", *["rolled_back"] * 5)
    assert [one.number for one in to_prune(releases, 1, 7)] == [3, 4, 5, 6]


@given(
    st.lists(st.tuples(st.sampled_from(OUTCOMES), st.booleans()), max_size=25), st.integers(-1, 12), st.integers(1, 25)
)
def test_pruning_keeps_the_way_back(outcomes: list[tuple[str, bool]], limit: int, own: int) -> None:
    releases = [
        Composition("shop", number, {}, outcome=outcome, pinned=pinned)
        for number, (outcome, pinned) in enumerate(outcomes, 1)
    ]
    gone = to_prune(releases, limit, own)
    numbers = [one.number for one in gone]
    assert numbers == sorted(set(numbers))
    assert own not in numbers
    assert not any(one.pinned for one in gone)
    assert not set(numbers) & {one.number for one in [one for one in releases if one.good][-2:]}
    assert len(gone) <= max(len(releases) - max(limit, 1), 0)
    kept = [one for one in releases if one.number not in numbers]
    # A pinned good one may be older than the two.
    if own == len(releases) and releases and releases[-1].good:
        assert chosen(kept) == chosen(releases)
