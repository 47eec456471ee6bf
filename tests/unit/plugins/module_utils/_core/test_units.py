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
    ("number", "longest", "words"),
    [
        (5_000_000_000, units.YEAR, "158 years; did you mean 5s?"),
        ("5000000000", units.YEAR, "158 years; did you mean 5s?"),
        (10_000_000_000, units.YEAR, "more than 292 years; did you mean 10s?"),
        (1e9, units.YEAR, "31 years; did you mean 1s?"),
        (3_000_000, 30 * units.DAY, "34 days; did you mean 3ms?"),
        (5e9 + 0.5, units.YEAR, "write a duration with its unit"),
        (10**30, units.YEAR, "write a duration with its unit"),
    ],
)
def test_a_number_that_can_only_be_nanoseconds_is_refused(number, longest, words):
    with pytest.raises(ValueError, match="numbers without a unit are seconds") as caught:
        units.parse_duration(number, longest)
    assert words in str(caught.value)


def test_a_unit_says_that_a_long_time_is_meant():
    assert units.parse_duration("5000000000s") == 5 * 10**9 * units.SECOND
    assert units.parse_duration(366 * 86400, 400 * units.DAY) == 366 * units.DAY
    assert units.parse_duration(units.YEAR // units.SECOND) == units.YEAR


# File modes ------------------------------------------------------------------------------------------

# Modes that people give to files and folders.
MODES = [
    *(0o400, 0o440, 0o444, 0o500, 0o540, 0o544, 0o550, 0o555, 0o600, 0o640, 0o644, 0o660, 0o664, 0o666),
    *(0o700, 0o710, 0o711, 0o740, 0o744, 0o750, 0o751, 0o754, 0o755, 0o760, 0o770, 0o771, 0o774, 0o775, 0o777),
    *(0o1777, 0o1770, 0o1733, 0o2755, 0o2770, 0o2775, 0o3775, 0o4755, 0o4750, 0o6755, 0),
]


@pytest.mark.parametrize("bits", MODES, ids="{:04o}".format)
def test_a_mode_is_read_however_it_was_written(bits):
    assert units.parse_mode("0%o" % bits) == bits
    assert units.parse_mode("0o%o" % bits) == bits
    assert units.parse_mode(bits) == bits, "YAML makes a number of 0%o" % bits


# A template of a controller that knows no native types makes a text of that number.
@pytest.mark.parametrize("bits", [bits for bits in MODES if bits], ids="{:04o}".format)
def test_a_mode_that_went_through_a_template_is_refused(bits):
    with pytest.raises(ValueError, match="in octal, with a leading 0 and in quotes"):
        units.parse_mode(str(bits))


# What was written without a leading 0 and without quotes is a number of those digits.
@pytest.mark.parametrize("digits", ["%03o" % bits for bits in MODES if bits])
def test_digits_that_lost_their_zero_are_refused_as_a_number(digits):
    with pytest.raises(ValueError, match='"0%s"' % digits):
        units.parse_mode(int(digits))


@pytest.mark.parametrize("text", ["644", "755", "440", "664", "1777", "2755"])
def test_digits_in_a_text_are_octal_where_they_can_be_nothing_else(text):
    assert units.parse_mode(text) == int(text, 8)


@pytest.mark.parametrize(
    "value", ["", "rw", "9", "8", "08", "0x1ff", "644.0", 420.0, -1, 0o10000, "010000", True, None, [], 10**400]
)
def test_what_is_no_mode_is_refused(value):
    with pytest.raises(ValueError, match=r"mode"):
        units.parse_mode(value)


def test_every_mode_comes_back_as_it_is_shown():
    assert [units.parse_mode(units.format_mode(bits)) for bits in range(0o10000)] == list(range(0o10000))
    assert [units.format_mode(bits) for bits in (0, 0o644, 0o1777, 0o1023)] == ["0000", "0644", "1777", "01023"]


# Durations as text -----------------------------------------------------------------------------------


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
