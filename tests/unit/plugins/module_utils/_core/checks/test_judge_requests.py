# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts on requests: against limits, and against old tasks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CheckResult
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.answers import Sample
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.judge_baseline import (
    enough,
    judge_baseline,
    nothing_left,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.judge_http import decided, judge_http
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.checks.paper import (
    URL,
    answer,
    check,
    mute,
    refused,
    samples,
    target,
)

NEW, OLD = target("1", "node", "new"), target("2", "node", "old")
INSIDE, ALSO_INSIDE = target("1", "network"), target("2", "network")


def judged(seen: list[Sample], wanted: int | None = None, **options: Any) -> CheckResult:
    found, settings = check("http", url=URL, **options)
    return judge_http(found, settings, seen, len(seen) if wanted is None else wanted)


def compared(seen: list[Sample], **options: Any) -> CheckResult:
    found, settings = check("baseline", url=URL, **options)
    return judge_baseline(found, settings, seen)


@pytest.mark.parametrize(
    ("seen", "options", "status", "text"),
    [
        (samples(50), {"max_failure": "1%"}, "passed", "success rate 100% >= 99%"),
        (samples(50), {}, "passed", "success rate 100% >= 100%"),
        (samples(99, 1), {"max_failure": "1%"}, "passed", "success rate 99% >= 99%"),
        (samples(452, 6), {"max_failure": "1%"}, "failed", "success rate 98.69% < 99%: 6 of 458 requests failed"),
        (
            samples(50, seconds=0.012),
            {"max_latency_p95": "300ms"},
            "passed",
            "success rate 100% >= 100%, p95 latency 12 ms <= 300 ms",
        ),
        (samples(50, seconds=0.412), {"max_latency_p95": "300ms"}, "failed", "p95 latency 412 ms > 300 ms"),
        (samples(0, 4), {"max_failure": 1, "max_latency_p95": 1}, "inconclusive", "inconclusive: no good answer whose"),
    ],
)
def test_answers_against_limits(seen: list[Sample], options: dict[str, Any], status: str, text: str) -> None:
    result = judged(seen, **options)
    assert result.status == status
    assert result.text.startswith(text)


def test_too_few_answers_never_pass_but_may_fail() -> None:
    assert judged(samples(7), 50).text == "inconclusive: 7 of at least 50 samples"
    assert judged([], 50).text == "inconclusive: 0 of at least 50 samples"
    assert judged(samples(6, 1), 50, max_failure="10%").status == "inconclusive"
    assert judged(samples(6, 6), 50, max_failure="10%").status == "failed"


def test_a_server_that_does_not_answer_fails_with_its_address() -> None:
    result = judged(mute(50, target()))
    assert result.failed
    assert "10.0.0.1:80" in result.text
    assert "connection refused" in result.text


def test_a_task_published_at_its_node_that_does_not_answer_fails() -> None:
    result = judged(mute(50, NEW), target="tasks")
    assert result.failed
    assert "10.0.0.1:80" in result.text
    assert "open that port" in result.text


def test_a_network_that_is_out_of_reach_is_inconclusive() -> None:
    result = judged([*mute(3, INSIDE), *mute(3, ALSO_INSIDE)], 50, target="tasks")
    assert result.status == "inconclusive"
    assert "10.0.0.1:80" in result.text
    assert "publish the port in host mode" in result.text


def test_a_silent_task_in_a_network_that_is_reached_fails() -> None:
    result = judged([*samples(25, whom=INSIDE), *mute(25, ALSO_INSIDE)], target="tasks", max_failure="60%")
    assert result.failed
    assert "vote.2" in result.text


def test_a_task_that_never_does_well_is_not_hidden_by_the_others() -> None:
    seen = [*samples(45, whom=NEW), *samples(0, 5, target("3", "node"))]
    result = judged(seen, target="tasks", max_failure="20%")
    assert result.failed
    assert result.text.startswith("no good answer from vote.3")
    assert judged(seen, max_failure="20%").passed


def test_details_name_every_target_and_fault() -> None:
    result = judged([*samples(3, 1, NEW), *samples(4, whom=target("3", "node"))], target="tasks", max_failure="50%")
    details = result.as_dict()["details"]
    assert (details["requests"], details["failed"]) == (8, 1)
    assert details["faults"][0]["count"] == 1
    assert [(one["target"], one["requests"], one["failed"]) for one in details["targets"]] == [
        ("vote.1 on node1", 4, 1),
        ("vote.3 on node1", 4, 0),
    ]


def test_sampling_ends_when_nothing_can_change_the_verdict() -> None:
    settings = check("http", url=URL, max_failure="10%")[1]
    assert not decided(settings, samples(1, 5), 50)
    assert decided(settings, samples(0, 6), 50)
    inside = check("http", url=URL, target="tasks")[1]
    # One silent task may be the first of a network that is out of reach, or the only one that is down.
    assert not decided(inside, mute(2, INSIDE), 50)
    assert decided(inside, [*mute(3, INSIDE), *mute(3, ALSO_INSIDE)], 50)
    assert decided(inside, [*mute(1, INSIDE), *samples(1, whom=ALSO_INSIDE)], 50)


COUNTS = st.integers(0, 300)
PERCENTS = st.integers(0, 100)


@given(COUNTS, COUNTS, PERCENTS, st.integers(1, 400))
def test_what_is_over_the_limit_never_passes(good: int, bad: int, percent: int, wanted: int) -> None:
    result = judged(samples(good, bad), wanted, max_failure="%d%%" % percent)
    too_many = bad * 100 > percent * max(wanted, good + bad)
    assert result.failed == too_many
    assert result.passed == (not too_many and good + bad >= wanted)
    assert ("<" in result.text) == too_many
    settings = check("http", url=URL, max_failure="%d%%" % percent)[1]
    assert decided(settings, samples(good, bad), wanted) == too_many


@given(st.lists(st.floats(0.0001, 3.0), min_size=1, max_size=60), st.integers(1, 3000))
def test_what_is_too_slow_never_passes(latencies: list[float], limit: int) -> None:
    seen = [Sample(target(), answer(seconds=seconds)) for seconds in latencies]
    result = judged(seen, max_latency_p95="%dms" % limit)
    slower = sum(1 for seconds in latencies if seconds > limit / 1000)
    if result.passed:
        assert slower <= len(latencies) * 0.05 + 1
    else:
        assert slower >= 1


@given(COUNTS, COUNTS, COUNTS, COUNTS, PERCENTS)
def test_the_new_side_never_passes_when_worse_by_more_than_the_margin(
    new_good: int, new_bad: int, old_good: int, old_bad: int, percent: int
) -> None:
    seen = [*samples(new_good, new_bad, NEW), *samples(old_good, old_bad, OLD)]
    result = compared(seen, failure_margin="%d%%" % percent)
    new, old = new_good + new_bad, old_good + old_bad
    if min(new, old) < 50:
        assert result.status == "inconclusive"
    else:
        worse = (new_bad * old - old_bad * new) * 100 > percent * new * old
        if new_good or old_good:
            assert result.status == ("failed" if worse else "passed")
        else:
            assert result.status == "inconclusive"


@pytest.mark.parametrize(
    ("seen", "status", "text"),
    [
        (
            [*samples(100, whom=NEW), *samples(100, whom=OLD)],
            "passed",
            "failure rate 0% against 0% of the old tasks: 0% worse <= 1%, p95 latency 10 ms <= 20 ms",
        ),
        (
            [*samples(97, 3, NEW), *samples(100, whom=OLD)],
            "failed",
            "failure rate 3% against 0% of the old tasks: 3% worse > 1%",
        ),
        (
            [*samples(97, 3, NEW), *samples(98, 2, OLD)],
            "passed",
            "failure rate 3% against 2% of the old tasks: 1% worse <= 1%",
        ),
        (
            [*samples(100, whom=NEW), *samples(90, 10, OLD)],
            "passed",
            "failure rate 0% against 10% of the old tasks: -10% worse <= 1%",
        ),
        (
            [*samples(100, whom=NEW, seconds=0.4), *samples(100, whom=OLD, seconds=0.2)],
            "failed",
            "p95 latency 400 ms > 300 ms (old tasks: 200 ms)",
        ),
        ([*samples(100, whom=NEW), *samples(7, whom=OLD)], "inconclusive", "inconclusive: 7 of at least 50 samples of"),
        ([*samples(7, whom=NEW), *samples(70, whom=OLD)], "inconclusive", "inconclusive: 7 of at least 50 samples of"),
        ([*mute(50, NEW), *mute(50, OLD)], "inconclusive", "inconclusive: no request succeeded"),
        ([*mute(50, NEW), *samples(50, whom=OLD)], "failed", "failure rate 100% against 0%"),
        ([*mute(3, INSIDE), *samples(3, whom=OLD)], "inconclusive", "inconclusive: no answer from vote.1"),
    ],
)
def test_new_beside_old(seen: list[Sample], status: str, text: str) -> None:
    result = compared(seen)
    assert (result.status, result.text[: len(text)]) == (status, text)


def test_milliseconds_of_noise_are_no_regression() -> None:
    quick = samples(100, whom=OLD, seconds=0.001)
    assert compared([*samples(100, whom=NEW, seconds=0.009), *quick]).passed
    assert compared([*samples(100, whom=NEW, seconds=0.012), *quick]).failed
    assert compared([*samples(100, whom=NEW, seconds=0.009), *quick], latency_floor="1ms").failed


def test_where_nothing_old_is_left_nothing_is_held_up() -> None:
    result = nothing_left(check("baseline", url=URL)[0])
    assert (result.status, result.text) == ("passed", "no old tasks are left to compare with")


def told(version: str, count: int, status: int = 200) -> list[Sample]:
    return [Sample(target(), answer(status, body="version=" + version))] * count


def test_answers_of_a_service_are_sorted_by_the_version_they_tell() -> None:
    options = {"target": "service", "new": r"version=(2\S*)"}
    result = compared([*told("2.0", 97), *told("2.0", 3, 500), *told("1.0", 100)], **options)
    assert result.failed
    assert result.text.startswith("failure rate 3% against 0% of the old tasks: 3% worse > 1%")
    assert compared([*told("2.0", 100), *told("1.0", 100)], **options).passed
    assert compared(told("2.0", 100), **options).text.startswith("inconclusive: 0 of at least 50 samples of the old")


def test_failures_of_nobody_are_not_passed_over() -> None:
    options = {"target": "service", "new": "version=2"}
    nobodys = [Sample(target(), refused())] * 5
    result = compared([*told("2.0", 100), *told("1.0", 100), *nobodys], **options)
    assert result.status == "inconclusive"
    assert "5 of 205 requests failed without telling a version" in result.text
    assert compared([*told("2.0", 100), *told("1.0", 100), *nobodys[:2]], **options).passed


def test_with_a_pattern_for_the_old_version_strangers_are_nobodys() -> None:
    options = {"target": "service", "new": "version=2", "old": "version=1"}
    result = compared([*told("2.0", 100), *told("1.0", 60), *told("3.0", 40)], **options)
    assert result.details["old"]["requests"] == 60
    assert result.details["unknown"]["requests"] == 40


def test_sampling_goes_on_until_both_sides_are_heard() -> None:
    settings = check("baseline", url=URL, target="service", new="version=2")[1]
    assert not enough(settings, [*told("2", 99), *told("1", 200)])
    assert enough(settings, [*told("2", 100), *told("1", 200)])
