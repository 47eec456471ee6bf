# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Durations, sizes, CPUs, ratios: exact both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core import units

INT64 = 2**63 - 1


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("10s", 10 * units.SECOND),
        ("1m30s", 90 * units.SECOND),
        ("500ms", 500 * units.MILLISECOND),
        ("1h", units.HOUR),
        ("1.5h", 90 * units.MINUTE),
        ("1m0.25s", 60_250 * units.MILLISECOND),
        ("7us", 7000),
        ("7µs", 7000),
        ("1ns", 1),
        ("0", 0),
        (0, 0),
        (30, 30 * units.SECOND),
        ("30", 30 * units.SECOND),
        (0.1, 100 * units.MILLISECOND),
        ("2.5", 2500 * units.MILLISECOND),
        ("1e2", 100 * units.SECOND),
    ],
)
def test_durations_are_read(text, nanoseconds):
    assert units.parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    "text", ["", "s", "ten", "10 s x", "1d", "-1s", -1, True, None, [], "0.1ns", "300y", 1e12, "99e9999977"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=r"duration|nanosecond"):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1500, "1.5us"),
        (500 * units.MILLISECOND, "500ms"),
        (1500 * units.MILLISECOND, "1.5s"),
        (90 * units.SECOND, "1m30s"),
        (units.HOUR, "1h"),
        (25 * units.HOUR + units.SECOND, "25h1s"),
    ],
)
def test_durations_are_written_short(nanoseconds, text):
    assert units.format_duration(nanoseconds) == text


@given(st.integers(0, INT64))
def test_durations_come_back_exactly(nanoseconds):
    assert units.parse_duration(units.format_duration(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("512M", 512 * 1024**2),
        ("512m", 512 * 1024**2),
        ("512MB", 512 * 1024**2),
        ("512MiB", 512 * 1024**2),
        ("1.5G", 1536 * 1024**2),
        ("64 k", 65536),
        ("100", 100),
        ("100b", 100),
        (100, 100),
        ("0", 0),
        ("-1", -1),
    ],
)
def test_sizes_are_read(text, count):
    assert units.parse_size(text) == count


@pytest.mark.parametrize("text", ["", "M", "1X", "1MBit", "one", "1..5M", None, True, "99E"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="size"):
        units.parse_size(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (1000, "1000"), (1024, "1K"), (512 * 1024**2, "512M"), (1536 * 1024**2, "1.5G"), (-1, "-1")],
)
def test_sizes_are_written_short(count, text):
    assert units.format_size(count) == text


@given(st.integers(0, INT64))
def test_sizes_come_back_exactly(count):
    assert units.parse_size(units.format_size(count)) == count


@pytest.mark.parametrize(("text", "nano"), [("0.5", 500_000_000), (0.1, 100_000_000), (2, 2_000_000_000)])
def test_cpus_are_read(text, nano):
    assert units.parse_cpus(text) == nano


@pytest.mark.parametrize("text", ["", "half", "-1", "0.0000000001", None, False, ".2e55525215"])
def test_what_is_no_number_of_cpus_is_refused(text):
    with pytest.raises(ValueError, match="CPU"):
        units.parse_cpus(text)


@pytest.mark.parametrize(("text", "ratio"), [("25%", 0.25), (0.3, 0.3), ("0.1", 0.1), (1, 1.0), ("0%", 0.0)])
def test_ratios_are_read(text, ratio):
    assert units.parse_ratio(text) == ratio


@pytest.mark.parametrize("text", ["", "many", -0.1, "101%", 1.5, None, True, "1e999999%"])
def test_what_is_no_ratio_is_refused(text):
    with pytest.raises(ValueError, match="share"):
        units.parse_ratio(text)


@given(st.floats(0, 1, width=32))
def test_ratios_survive_the_single_precision_of_the_engine(ratio):
    assert units.parse_ratio(units.single(ratio)) == units.single(ratio)
