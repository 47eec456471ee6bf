# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ratios round by round, times above the floor, and targets beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.bench import names
from tests.bench.targets import ROWS, Row, Target, Term, above, at_most_calls

MEASURED: Mapping[str, Sequence[float]] = {
    names.FLOOR: [1.0, 2.0, 1.0],
    "ours": [1.5, 2.5, 2.0],
    "theirs": [2.0, 3.0, 5.0],
    "calls": [1, 3, 2],
}
DECLARED = {value for key, value in vars(names).items() if key.isupper()}


def test_a_ratio_is_taken_round_by_round():
    assert Row("r", Term("theirs"), Term("ours")).values(MEASURED) == [2.0 / 1.5, 3.0 / 2.5, 2.5]


def test_above_the_floor_is_above_the_floor_of_the_same_round():
    assert above("ours").values(MEASURED) == [0.5, 0.5, 1.0]
    assert Row("r", above("ours"), above("theirs")).values(MEASURED) == [0.5, 0.5, 0.25]


def test_one_side_alone_may_be_above_the_floor():
    assert Row("r", above("ours"), Term("theirs")).values(MEASURED) == [0.25, 0.5 / 3.0, 0.2]


def test_a_term_alone_is_taken_as_it_is():
    assert Row("r", Term("calls")).values(MEASURED) == [1, 3, 2]


def test_a_round_in_which_the_floor_took_longer_has_no_ratio():
    measured = {names.FLOOR: [1.0, 1.0], "ours": [1.5, 1.5], "theirs": [0.9, 2.0]}
    assert Row("r", above("ours"), above("theirs")).values(measured) == [0.5]


@pytest.mark.parametrize(
    "row",
    [
        Row("r", Term("missing")),
        Row("r", Term("ours"), Term("missing")),
        Row("r", Term("missing"), Term("ours")),
        Row("r", above("missing"), Term("ours")),
    ],
)
def test_what_was_not_measured_gives_nothing(row):
    assert row.values(MEASURED) is None


def test_without_a_floor_nothing_is_above_it():
    assert Row("r", above("ours")).values({"ours": [1.0]}) is None


def test_rounds_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        Row("r", Term("ours"), Term("theirs")).values({"ours": [1.0, 2.0], "theirs": [1.0]})


@pytest.mark.parametrize(
    ("target", "met", "text"),
    [
        (Target("<=", 0.8), True, "median <= 0.8"),
        (Target("<=", 0.7), False, "median <= 0.7"),
        (Target(">=", 0.8), True, "median >= 0.8"),
        (Target(">=", 0.9), False, "median >= 0.9"),
        (at_most_calls(2), False, "most <= 2"),
        (at_most_calls(3), True, "most <= 3"),
    ],
)
def test_a_target_is_held_against_the_median_or_the_worst_round(target, met, text):
    assert target.met({"median": 0.8, "least": 0.1, "most": 3}) is met
    assert str(target) == text


def test_rows_are_named_once_and_are_made_of_declared_quantities():
    assert len({row.name for row in ROWS}) == len(ROWS)
    terms = [term for row in ROWS for term in (row.numerator, row.denominator) if term]
    assert {term.quantity for term in terms} <= DECLARED
