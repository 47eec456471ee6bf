# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers and what is expected of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.http import (
    Answer,
    Expect,
    quantile,
    shown_url,
    url_problem,
    version_of,
)


def answer(status: int = 200, body: str = "", error: str = "", **headers: str) -> Answer:
    return Answer(status, body, 0.1, error, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("entries", "good", "bad"),
    [
        (None, [200, 204, 301, 399], [199, 400, 404, 500, 0]),
        ([], [200, 399], [400]),
        (["200"], [200], [201, 199]),
        ([204], [204], [200]),
        (204, [204], [200]),
        ("2xx", [200, 299], [300, 199]),
        (["2XX", "404"], [250, 404], [403, 405]),
        (["200-299"], [200, 299], [300]),
        (["401 - 403"], [401, 402, 403], [400, 404]),
    ],
)
def test_statuses_are_numbers_classes_and_ranges(entries: Any, good: list[int], bad: list[int]) -> None:
    expect = Expect.parse({"status": entries}, "x")
    assert [expect.fault(answer(status)) for status in good] == [""] * len(good)
    assert [expect.fault(answer(status)) for status in bad] == ["HTTP %d" % status for status in bad]


def test_nothing_given_expects_what_is_no_error() -> None:
    assert Expect.parse(None, "x") == Expect() == Expect.parse({}, "x")


@pytest.mark.parametrize(
    "entry", ["", "ok", "99", "20", "2000", "2x", "xx", "300-200", "-200", True, None, 2.5, ["200"]]
)
def test_what_is_no_status_is_refused_by_name(entry: Any) -> None:
    with pytest.raises(OptionError) as caught:
        Expect.parse({"status": [entry]}, "availability.expect")
    assert str(caught.value).startswith("availability.expect.status: ")


def test_a_body_has_to_match() -> None:
    expect = Expect.parse({"body": "o+k"}, "x")
    assert expect.fault(answer(body="all is ook")) == ""
    assert expect.fault(answer(body="no")) == 'body does not match "o+k"'
    # The status comes first: a body of an error page says little.
    assert expect.fault(answer(500, "no")) == "HTTP 500"


@pytest.mark.parametrize("body", ["(", 5, ["ok"], "a{99999999999}"])
def test_what_is_no_pattern_is_refused_by_name(body: Any) -> None:
    with pytest.raises(OptionError) as caught:
        Expect.parse({"body": body}, "availability.expect")
    assert str(caught.value).startswith("availability.expect.body: ")


def test_expectations_that_are_no_dict_are_refused() -> None:
    raw: Any = ["200"]
    with pytest.raises(OptionError, match=r"^availability\.expect: "):
        Expect.parse(raw, "availability.expect")


def test_an_error_is_a_fault_whatever_is_expected() -> None:
    assert Expect(((0, 999),)).fault(answer(0, error="connection refused")) == "connection refused"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"version=(\S+)", "2.0"),
        (r"version=\S+", "version=2.0"),
        (r"(?m)^X-Version: (.*)$", "blue"),
        ("absent", ""),
        ("(absent)?version", ""),
    ],
)
def test_a_version_is_found_in_headers_and_body(pattern: str, found: str) -> None:
    assert version_of(answer(body="I am version=2.0 here", X_Version="blue"), re.compile(pattern)) == found


def test_headers_come_before_the_body() -> None:
    assert version_of(answer(body="v=body", X="v=header"), re.compile("v=(.*)")) == "header"


@given(st.lists(st.floats(min_value=0, max_value=10), min_size=1, max_size=50), st.integers(0, 100))
def test_a_quantile_is_the_least_value_that_enough_do_not_exceed(values: list[float], hundredths: int) -> None:
    found = quantile(values, hundredths / 100)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= hundredths * len(values)
    below = [value for value in values if value < found]
    if below:
        assert len([value for value in values if value <= max(below)]) * 100 < hundredths * len(values)


def test_a_quantile_is_exact_where_floats_are_not() -> None:
    assert quantile(list(range(1, 101)), 0.07) == 7
    assert quantile([], 0.5) is None


@pytest.mark.parametrize(
    "url", ["http://a", "https://a.b:8443/x?y=z", "http://[::1]:80/", "http://u:p@h/", "http://127.0.0.1:1"]
)
def test_urls_that_can_be_asked(url: str) -> None:
    assert url_problem(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.b",
        "ftp://a",
        "http://",
        "http:///x",
        "http://:80",
        "http://a:x",
        "http://a:0",
        "http://[::1",
        "http://a b",
        "http://a/\n",
        "file:///etc/passwd",
        "http://s3cret:s3cret@a:99999",
    ],
)
def test_urls_that_cannot_be_asked(url: str) -> None:
    problem = url_problem(url)
    assert problem
    assert "s3cret" not in problem


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:s3cret@a:80/x@y?z=1", "http://a:80/x@y?z=1"),
        ("https://s3cret@a/", "https://a/"),
        ("http://me:s3@cret@a/", "http://a/"),
        ("me:s3cret@a:port/", "a:port/"),
        ("http://a/?token=s3cret&x=1", "http://a/?token=********&x=1"),
        ("http://a/mail@b", "http://a/mail@b"),
    ],
)
def test_urls_are_shown_without_credentials(url: str, shown: str) -> None:
    assert shown_url(url) == shown
