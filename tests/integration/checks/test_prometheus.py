# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Queries to a real Prometheus server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CheckResult

from .prometheus import Prometheus, free_port
from .scenes import Cast


class Watched:
    """A service halfway through a rollout, and a server whose series carry its name and its new task's."""

    def __init__(self, cast: Cast, name: str, server: Prometheus) -> None:
        self.cast, self.name, self.server = cast, name, server

    def ask(self, query: str, **options: Any) -> CheckResult:
        """The verdict on a query."""
        return self.cast.one(self.name, prometheus={"url": self.server.url, "query": query, **options})


@pytest.fixture(scope="module")
def watched(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Once the server has scraped itself twice and missed its other target."""
    name = cast.create(replicas=2, ports=())
    cast.step(name)
    server = Prometheus(tmp_path_factory.mktemp("prometheus"), name, cast.scene(name).new[0].id)
    try:
        server.wait('rate(prometheus_http_requests_total{handler="/metrics"}[1m]) > 0')
        server.wait('up{job="gone"}')
        yield Watched(cast, name, server)
    finally:
        server.close()


def test_what_is_up_passes(watched: Watched) -> None:
    result = watched.ask('up{service="${service}"}', min=1)

    assert (result.status, result.text) == ("passed", "1 >= 1")


def test_what_is_down_fails_and_is_named(watched: Watched) -> None:
    result = watched.ask("up", min=1)

    assert (result.status, result.value) == ("failed", 0)
    assert result.text == '0 < 1 at up{instance="127.0.0.1:1",job="gone"} of 2 series'


def test_series_of_the_new_tasks_within_a_window(watched: Watched) -> None:
    query = 'rate(prometheus_http_requests_total{handler="/metrics",task=~"^(${new_tasks})$"}[${window}])'

    result = watched.ask(query, min=0.0001, max=1000, window="2m")

    assert result.status == "passed", result.text
    assert result.text.count("=") == 2
    assert "[2m]" in result.details["query"]


def test_series_of_the_old_tasks_are_none(watched: Watched) -> None:
    result = watched.ask('up{task=~"${old_tasks}"}', min=1)

    assert (result.status, result.text) == ("inconclusive", "inconclusive: the query returned no series")


def test_an_error_ratio_without_requests_is_nan_and_inconclusive(watched: Watched) -> None:
    query = 'sum(rate(prometheus_http_requests_total{code="599"}[${window}]) or vector(0)) / sum(vector(0))'

    assert watched.ask(query, max=0.01).text == "inconclusive: 1 of 1 series returned NaN"


def test_a_scalar_is_judged_as_well(watched: Watched) -> None:
    assert watched.ask("scalar(sum(up))", min=1, max=1).text == "1 <= 1, 1 >= 1"
    assert watched.ask("1 / 0", max=5).text == "+Inf > 5"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("up[1m]", "the query returns a matrix; write one that returns an instant vector or a scalar"),
        ("sum(", "the server could not answer the query: invalid parameter"),
        ('"text"', "the query returns a string"),
    ],
)
def test_what_cannot_be_judged_says_why(watched: Watched, query: str, text: str) -> None:
    result = watched.ask(query, max=1)

    assert result.status == "inconclusive"
    assert text in result.text


def test_a_server_that_is_not_there_is_inconclusive(watched: Watched) -> None:
    nowhere = {"url": f"http://127.0.0.1:{free_port()}", "query": "up", "min": 1}

    result = watched.cast.one(watched.name, prometheus=nowhere)

    assert result.text == "inconclusive: the server gave no answer: connection refused"
