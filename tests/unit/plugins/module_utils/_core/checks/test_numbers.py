# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values beside their limits: never rounded onto the limit or beyond it."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.numbers import (
    beside,
    milliseconds,
    numbers,
    percents,
)

SHARES = st.fractions(min_value=0, max_value=1)
# What people write: `1%`, `0.05%`.
LIMITS = st.integers(0, 100_000).map(lambda thousandths: Fraction(thousandths, 100_000))


def order(left: object, right: object) -> int:
    return (left > right) - (left < right)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (Fraction(9869, 10000), Fraction(99, 100), ("98.69%", "99%")),
        (Fraction(9899999, 10**7), Fraction(99, 100), ("98.99999%", "99%")),
        (Fraction(1), Fraction(99, 100), ("100%", "99%")),
        (Fraction(2, 3), Fraction(99, 100), ("66.67%", "99%")),
        (Fraction(99, 100), Fraction(99, 100), ("99%", "99%")),
        (Fraction(99995, 100000), Fraction(99995, 100000), ("99.995%", "99.995%")),
        (Fraction(-1, 100), Fraction(1, 100), ("-1%", "1%")),
        (Fraction(-1, 10**6), Fraction(0), ("-0.0001%", "0%")),
        (Fraction(0), Fraction(0), ("0%", "0%")),
    ],
)
def test_percents(value: Fraction, limit: Fraction, shown: tuple[str, str]) -> None:
    assert percents(value, limit) == shown


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (0.412, 0.3, ("412 ms", "300 ms")),
        (0.3001, 0.3, ("300.1 ms", "300 ms")),
        (0.3, 0.3, ("300 ms", "300 ms")),
        (12.0, 0.0005, ("12000 ms", "0.5 ms")),
    ],
)
def test_milliseconds(value: float, limit: float, shown: tuple[str, str]) -> None:
    assert milliseconds(value, limit) == shown


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (1.0, 1.0, ("1", "1")),
        (0.1 + 0.2, 0.3, ("0.30000000000000004", "0.3")),
        (1.00001, 1.0, ("1.00001", "1")),
        (math.inf, 5.0, ("+Inf", "5")),
        (-math.inf, 5.0, ("-Inf", "5")),
        (123456.789, 1e9, ("1.235e+05", "1e+09")),
        (1.0, 1234567.0, ("1", "1234567")),
    ],
)
def test_numbers(value: float, limit: float, shown: tuple[str, str]) -> None:
    assert numbers(value, limit) == shown


@given(SHARES, LIMITS)
def test_percents_stand_in_their_true_order_and_the_limit_is_exact(value: Fraction, limit: Fraction) -> None:
    shown, shown_limit = percents(value, limit)
    assert Fraction(shown_limit[:-1]) == limit * 100
    assert order(Fraction(shown[:-1]), Fraction(shown_limit[:-1])) == order(value, limit)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_milliseconds_stand_in_their_true_order(value: float, limit: float) -> None:
    shown, shown_limit = milliseconds(value, limit)
    assert order(Fraction(shown[:-3]), Fraction(shown_limit[:-3])) == order(value, limit)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_stand_in_their_true_order(value: float, limit: float) -> None:
    shown, shown_limit = numbers(value, limit)
    assert float(shown_limit) == limit
    assert order(float(shown), limit) == order(value, limit)


@given(st.fractions(), st.fractions(), st.integers(0, 4))
def test_any_two_numbers_stand_in_their_true_order(value: Fraction, limit: Fraction, digits: int) -> None:
    shown, shown_limit = beside(value, limit, digits)
    assert order(Fraction(shown), Fraction(shown_limit)) == order(value, limit)
