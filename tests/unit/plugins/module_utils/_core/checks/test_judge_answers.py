# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts on what a Prometheus server answers, and on how a command ended."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CheckResult
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.judge_command import Ended, judge_command
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.judge_prometheus import judge_prometheus
from ansible_collections.swarm.rollout.plugins.module_utils._core.http import Answer
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.checks.paper import answer, check, refused


def asked(found: Answer, **options: Any) -> CheckResult:
    if not {"min", "max"} & set(options):
        options["max"] = 1
    one, settings = check("prometheus", url="http://p", query="up", **options)
    return judge_prometheus(one, settings, found, "up")


def success(kind: str, result: Any) -> Answer:
    return answer(body=json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}))


def vector(*values: str) -> Answer:
    metrics = [{"metric": {"__name__": "m", "i": str(i)}, "value": [1.5, text]} for i, text in enumerate(values)]
    return success("vector", metrics)


@pytest.mark.parametrize(
    ("found", "options", "status", "text"),
    [
        (vector("0.5"), {"max": 1}, "passed", "0.5 <= 1"),
        (vector("1"), {"max": 1}, "passed", "1 <= 1"),
        (vector("1"), {"min": 1}, "passed", "1 >= 1"),
        (vector("0"), {"min": 1}, "failed", "0 < 1"),
        (vector("2"), {"min": 1, "max": 3}, "passed", "2 <= 3, 2 >= 1"),
        (vector("0.5", "3", "2"), {"max": 1}, "failed", '3 > 1 at m{i="1"} of 3 series'),
        (vector("0.5", "0.1"), {"max": 1}, "passed", '0.5 <= 1 at m{i="0"} of 2 series'),
        (vector("0", "9"), {"min": 1, "max": 3}, "failed", '9 > 3 at m{i="1"} of 2 series'),
        (vector("+Inf"), {"max": 1}, "failed", "+Inf > 1"),
        (success("scalar", [1.5, "0.25"]), {"max": 1}, "passed", "0.25 <= 1"),
        (vector(), {}, "inconclusive", "inconclusive: the query returned no series"),
        (vector("NaN"), {}, "inconclusive", "inconclusive: 1 of 1 series returned NaN"),
        (vector("NaN", "0.5"), {}, "inconclusive", "inconclusive: 1 of 2 series returned NaN"),
        (vector("NaN", "5"), {}, "failed", "5 > 1"),
        (success("matrix", []), {}, "inconclusive", "inconclusive: the query returns a matrix"),
        (success("vector", [{"metric": {}, "histogram": []}]), {}, "inconclusive", "inconclusive: the query returns h"),
        (success("vector", [{"metric": {}, "value": [1, "x"]}]), {}, "inconclusive", "inconclusive: the server answer"),
        (answer(502, body="<html>"), {}, "inconclusive", "inconclusive: the server answered with HTTP 502"),
        (answer(body="[]"), {}, "inconclusive", "inconclusive: the server answered with HTTP 200 and not as"),
        (refused(), {}, "inconclusive", "inconclusive: the server gave no answer: connection refused"),
        (
            answer(400, body=json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error"})),
            {},
            "inconclusive",
            "inconclusive: the server could not answer the query: parse error",
        ),
    ],
)
def test_values_against_limits(found: Answer, options: dict[str, Any], status: str, text: str) -> None:
    result = asked(found, **options)
    assert (result.status, result.text[: len(text)]) == (status, text)


def test_the_result_is_json_whatever_the_values() -> None:
    result = asked(vector("+Inf", "-Inf")).as_dict()
    assert json.loads(json.dumps(result, allow_nan=False))["value"] == "+Inf"


@given(st.lists(st.floats(), max_size=6), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_never_passed_with_a_value_beyond_a_limit(values: list[float], least: float, width: float) -> None:
    texts = ["NaN" if math.isnan(v) else "+Inf" if v == math.inf else repr(v) for v in values]
    result = asked(vector(*[t.replace("-inf", "-Inf") for t in texts]), min=least, max=least + width)
    beyond = [value for value in values if value < least or value > least + width]
    doubtful = not values or any(math.isnan(value) for value in values)
    assert result.status == ("failed" if beyond else "inconclusive" if doubtful else "passed")


@given(
    st.recursive(
        st.none() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["status", "data", "resultType", "result", "metric", "value", "success", "vector"]),
                inner,
            )
        ),
    )
)
def test_any_answer_makes_a_verdict(body: Any) -> None:
    assert asked(answer(body=json.dumps(body))).status in ("failed", "inconclusive", "passed")
    assert asked(success("vector", body)).status in ("failed", "inconclusive", "passed")


def ran(ended: Ended, **options: Any) -> CheckResult:
    one, settings = check("command", **{"cmd": "smoke-test --token=abcdef now", **options})
    return judge_command(one, settings, ended)


@pytest.mark.parametrize(
    ("ended", "options", "status", "text"),
    [
        (Ended(0, "fine\n"), {}, "passed", "exit status 0 as expected"),
        (Ended(3, "one\ntwo\n\n"), {}, "failed", "exit status 3, not exit status 0: two"),
        (Ended(3), {}, "failed", "exit status 3, not exit status 0"),
        (Ended(3), {"expect_rc": 3}, "passed", "exit status 3 as expected"),
        (Ended(0), {"expect_rc": 3}, "failed", "exit status 0, not exit status 3"),
        (Ended(-9), {}, "failed", "ended by signal 9, not exit status 0"),
        (Ended(None, stopped="timeout"), {"timeout": "90s"}, "failed", "not finished after 1m30s"),
        (Ended(None, stopped="interrupted"), {}, "inconclusive", "inconclusive: the command was interrupted"),
        (Ended(problem="No such file or directory"), {}, "failed", "smoke-test cannot be started: No such file"),
    ],
)
def test_how_a_command_ended(ended: Ended, options: dict[str, Any], status: str, text: str) -> None:
    result = ran(ended, **options)
    assert (result.status, result.text[: len(text)]) == (status, text)


def test_secrets_of_a_command_are_hidden() -> None:
    output = "token abcdef\npassword=hunter2\nhttp://bob:s3cret@host/ k3yk3y"
    result = str(ran(Ended(1, output), env={"API_KEY": "k3yk3y", "LEVEL": "2"}).as_dict())
    for secret in ("abcdef", "hunter2", "s3cret", "k3yk3y"):
        assert secret not in result


def test_only_the_last_lines_are_kept() -> None:
    output = "\n".join("line %d" % number for number in range(100))
    lines = ran(Ended(1, output)).details["output"]
    assert lines[-1] == "line 99"
    assert len(lines) == 20
