# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to real tasks, each at its own node, and to a service through its one way in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.lab import Lab

from .scenes import Cast

QUICK = {"interval": "10ms", "timeout": "2s"}
NOT_FOUND = "mkdir -p /void; exec httpd -f -p 80 -h /void"


@pytest.fixture(scope="module")
def good(cast: Cast) -> str:
    """Two old tasks beside a new one that does as well."""
    name = cast.create()
    cast.step(name)
    return name


@pytest.fixture(scope="module")
def bad(cast: Cast) -> str:
    """Two old tasks beside a new one that finds no page."""
    name = cast.create()
    cast.step(name, script=NOT_FOUND)
    return name


def test_only_new_tasks_are_asked_each_at_its_node(cast: Cast, good: str) -> None:
    scene = cast.scene(good)

    (result,) = cast.check(
        scene, {"http": {"url": "/", "target": "tasks", "samples": 20, "expect": {"body": "version=2"}, **QUICK}}
    )

    assert (result.status, result.text) == ("passed", "success rate 100% >= 100%")
    assert {one["address"] for one in result.details["targets"]} == cast.addresses(scene.new)


def test_on_its_own_a_check_asks_all_tasks(cast: Cast, good: str) -> None:
    scene = cast.scene(good)
    everybody = (*scene.new, *scene.old)
    whole = type(scene)(scene.service, everybody, (), scene.since)

    (result,) = cast.check(whole, {"http": {"url": "/", "target": "tasks", "samples": 30, **QUICK}})

    assert result.status == "passed"
    assert {one["address"] for one in result.details["targets"]} == cast.addresses(everybody)
    assert [one["requests"] for one in result.details["targets"]] == [10, 10, 10]


def test_a_wrong_page_fails_early(cast: Cast, good: str) -> None:
    result = cast.one(
        good, http={"url": "/", "target": "tasks", "samples": 2000, "expect": {"body": "version=3"}, **QUICK}
    )

    assert result.status == "failed"
    assert result.text.startswith("success rate 0% < 100%")
    assert result.details["requests"] < 2000


def test_new_tasks_that_do_as_well_as_old_ones(cast: Cast, good: str) -> None:
    # Latencies of a busy machine are no subject of this test.
    result = cast.one(good, baseline={"url": "/", "latency_floor": "2s", **QUICK})

    assert result.status == "passed", result.text
    assert result.details["new"]["requests"] == result.details["old"]["requests"] == 100
    assert [one["side"] for one in result.details["targets"]].count("old") == 2


def test_new_tasks_that_do_worse_than_old_ones(cast: Cast, bad: str) -> None:
    result = cast.one(bad, baseline={"url": "/", **QUICK})

    assert result.status == "failed"
    assert result.text == "failure rate 100% against 0% of the old tasks: 100% worse > 1% (HTTP 404)"


def test_a_new_task_that_is_slower_than_old_ones(cast: Cast) -> None:
    name = cast.create()
    cgi = r"printf '#!/bin/sh\nsleep 1\nprintf \"Content-Type: text/plain\\r\\n\\r\\nlate\"\n' > /w/cgi-bin/index.cgi"
    cast.step(name, script=f"mkdir -p /w/cgi-bin; {cgi}; chmod +x /w/cgi-bin/index.cgi; exec httpd -f -p 80 -h /w")

    result = cast.one(
        name, baseline={"url": "/", "samples": 10, "min_samples": 10, "interval": "50ms", "timeout": "20s"}
    )

    assert result.status == "failed", result.text
    assert result.text.startswith("p95 latency ")
    assert "(old tasks: " in result.text


def test_a_task_that_does_not_listen_fails_with_the_address_tried(cast: Cast) -> None:
    name = cast.create(replicas=1)
    cast.step(name, script="sleep 1000")
    scene = cast.scene(name)

    (result,) = cast.check(scene, {"http": {"url": "/", "target": "tasks", **QUICK}})

    (address,) = cast.addresses(scene.new)
    assert result.status == "failed"
    assert f"no answer from {name}.1 on node" in result.text
    assert address in result.text


def test_several_checks_end_with_the_first_that_fails(cast: Cast, bad: str) -> None:
    ask = {"url": "/", "target": "tasks", "samples": 10, **QUICK}
    results = cast.check(
        cast.scene(bad),
        {"name": "finds nothing", "http": {**ask, "expect": {"status": [404]}}},
        {"name": "finds a page", "http": ask},
        {"name": "never run", "command": {"cmd": "true"}},
    )

    assert [(one.name, one.status) for one in results] == [("finds nothing", "passed"), ("finds a page", "failed")]


@pytest.fixture(scope="module")
def behind_edge(cast: Cast, lab: Lab) -> Iterator[tuple[str, str]]:
    """Half of the tasks are new; all are behind one URL, in a network that this host is not in."""
    name = cast.create(replicas=2, ports=(), network=True)
    cast.step(name)
    url = lab.edge(service=name, network=name)
    yield name, url
    lab.remove_edge(name)


def test_a_service_is_asked_at_its_one_way_in(cast: Cast, behind_edge: tuple[str, str]) -> None:
    name, url = behind_edge
    # The way in looks up the tasks by name, which may take it a moment.
    cast.cluster.wait("both answer", lambda: cast.one(name, http={"url": url, "samples": 4, **QUICK}).passed)

    result = cast.one(name, http={"url": url, "max_failure": "2%", "max_latency_p95": "2s", **QUICK})

    assert result.status == "passed", result.text
    assert result.text.startswith("success rate 100% >= 98%, p95 latency ")


def test_answers_of_a_service_are_told_apart_by_their_version(cast: Cast, behind_edge: tuple[str, str]) -> None:
    name, url = behind_edge
    ask = {"url": url, "target": "service", "samples": 50, "latency_floor": "2s", **QUICK}

    result = cast.one(name, baseline={**ask, "new": "version=2", "old": "version=1"})

    assert result.status == "passed", result.text
    assert min(result.details["new"]["requests"], result.details["old"]["requests"]) >= 50


def test_a_network_that_this_host_is_not_in_is_said_to_be_that(cast: Cast, behind_edge: tuple[str, str]) -> None:
    name = behind_edge[0]
    scene = cast.scene(name)

    (result,) = cast.check(scene, {"http": {"url": "/", "target": "tasks", "timeout": "300ms", "interval": "10ms"}})

    assert result.status == "inconclusive"
    (attachment,) = scene.new[0].attachments
    assert f"at {attachment.address.split('/')[0]}:80 is not asked" in result.text
    assert "publish the port in host mode" in result.text
