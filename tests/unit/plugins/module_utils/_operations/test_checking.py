# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is run of a list of checks, what the Engine is asked for it, and what is said at the end."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CheckResult
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.parse import parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service, Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.http import Answer
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Line, Narrator
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import NO_SECRETS, SecretValues
from ansible_collections.swarm.rollout.plugins.module_utils._operations.checking import Doors, Scene, run_checks
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context

NOW = 1_800_000_000.0
NEW_SPEC = {"ContainerSpec": {"Image": "vote:2"}}
OLD_SPEC = {"ContainerSpec": {"Image": "vote:1"}}
SPEC = {"Name": "vote", "TaskTemplate": NEW_SPEC, "Mode": {"Replicated": {"Replicas": 2}}}
SERVICE = Service.of({"ID": "s1", "Version": {"Index": 3}, "Spec": SPEC})
URL = "http://vote.example.org/health"


def raw_task(slot: int, spec: dict[str, Any], node: str, **more: Any) -> dict[str, Any]:
    port = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "host"}
    return {
        "ID": "t%d" % slot,
        "ServiceID": "s1",
        "Slot": slot,
        "NodeID": node,
        "Spec": spec,
        "CreatedAt": "2027-01-15T08:00:00Z",
        "DesiredState": "running",
        "Status": {"State": "running", "Timestamp": "2027-01-15T08:00:01Z", "PortStatus": {"Ports": [port]}},
        **more,
    }


RAW_NEW, RAW_OLD = raw_task(1, NEW_SPEC, "n1"), raw_task(2, OLD_SPEC, "n2")
NODES = [
    {"ID": "n%d" % i, "Description": {"Hostname": "host%d" % i}, "Status": {"State": "ready", "Addr": "10.0.0.%d" % i}}
    for i in (1, 2)
]
SCENE = Scene(SERVICE, (Task.of(RAW_NEW),), (Task.of(RAW_OLD),), NOW - 60, revision=4, previous=3, step=1, steps=3)


class Clock:
    """Time that only passes when somebody sleeps, at the time of the tasks."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return NOW + self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Lists:
    """A manager that only lists."""

    secrets = NO_SECRETS

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.tasks = [RAW_NEW, RAW_OLD]

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        self.calls.append(path)
        return {"/tasks": self.tasks, "/nodes": NODES}[path]


class World:
    """A manager, servers and a clock; `answers` maps the beginning of a URL to an answer."""

    def __init__(self) -> None:
        self.lists, self.clock = Lists(), Clock()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Answer] = {}

    def fetch(self, url: str, timeout: float, **more: Any) -> Answer:
        self.asked.append((url, {"timeout": timeout, **more}))
        for begin, answer in self.answers.items():
            if url.startswith(begin):
                return answer
        return Answer(200, "fine", 0.01, "", {})

    def run(self, *checks: Any, scene: Scene = SCENE, interrupted: Any = lambda: False) -> tuple[CheckResult, ...]:
        ctx = Context(self.lists, clock=self.clock)  # type: ignore[arg-type]
        return run_checks(ctx, parse(list(checks)), scene, interrupted, Doors(self.fetch, lambda address: "192.0.2.2"))


def test_checks_are_told_as_they_begin_and_end() -> None:
    world = World()
    world.answers["http://bad"] = Answer(500, "", 0.01, "", {})
    lines: list[Line] = []
    ctx = Context(world.lists, clock=world.clock, voice=Narrator(lines.append))  # type: ignore[arg-type]
    checks = [{"http": {"url": "http://%s/" % name, "samples": 1}, "name": name} for name in ("good", "bad", "other")]
    run_checks(ctx, parse(checks), SCENE, doors=Doors(world.fetch, lambda address: "192.0.2.2"))
    told = [line.shown() for line in lines]
    assert told[0] == "vote: check good"
    assert told[1].startswith("vote: check good passed: success rate 100% >=")
    assert told[2] == "vote: check bad"
    assert told[3].startswith("vote: check bad failed: success rate 0% <")
    assert len(told) == 4, "the one that was not run is not told of"


def test_no_checks_ask_nobody() -> None:
    world = World()
    assert world.run() == ()
    assert (world.lists.calls, world.asked) == ([], [])


def test_checks_run_in_their_order_until_the_first_that_failed() -> None:
    world = World()
    world.answers["http://bad"] = Answer(500, "", 0.01, "", {})
    results = world.run(
        {"http": {"url": "http://good/", "samples": 2}},
        {"http": {"url": "http://bad/", "samples": 5}},
        {"http": {"url": "http://never/"}},
    )
    assert [(result.name, result.status) for result in results] == [("http", "passed"), ("http 2", "failed")]
    assert not any(url.startswith("http://never") for url, more in world.asked)
    # A service is asked where the user says: the cluster is not needed for it.
    assert world.lists.calls == []


def test_what_is_inconclusive_does_not_keep_the_next_check_from_running() -> None:
    world = World()
    world.answers["http://p"] = Answer(0, "", 0.0, "connection refused", {})
    results = world.run(
        {"prometheus": {"url": "http://p", "query": "up", "min": 1}}, {"http": {"url": "http://good/", "samples": 1}}
    )
    assert [result.status for result in results] == ["inconclusive", "passed"]


def test_an_interruption_leaves_out_what_has_not_begun() -> None:
    world = World()
    checks = [{"http": {"url": "http://good/", "samples": 50, "interval": "1s"}}, {"tasks": {}}]
    results = world.run(*checks, interrupted=lambda: world.clock.now >= 7)
    assert len(results) == 1
    assert results[0].text == "inconclusive: 7 of at least 50 samples"
    assert world.run({"tasks": {}}, interrupted=lambda: True) == ()


def test_each_new_task_is_asked_at_its_node() -> None:
    world = World()
    (result,) = world.run({"http": {"url": URL, "target": "tasks", "samples": 3}})
    assert result.passed
    assert {url for url, more in world.asked} == {"http://10.0.0.1:8080/health"}
    assert world.asked[0][1]["headers"] == {"Host": "vote.example.org"}
    assert world.lists.calls == ["/tasks", "/nodes"]
    assert result.seconds == 0.2


def test_a_new_task_is_asked_where_it_runs_by_now() -> None:
    world = World()
    port = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 9090, "PublishMode": "host"}
    status = {"State": "running", "PortStatus": {"Ports": [port]}}
    moved = {**RAW_NEW, "ID": "again", "NodeID": "n2", "Status": status}
    gone = {**RAW_NEW, "DesiredState": "shutdown", "Status": {"State": "failed"}}
    world.lists.tasks = [gone, moved, RAW_OLD]
    world.run({"http": {"url": "/", "target": "tasks", "samples": 3}})
    assert {url for url, more in world.asked} == {"http://10.0.0.2:9090/"}
    # One that is down is missed where it was.
    world.asked.clear()
    world.lists.tasks = [gone, RAW_OLD]
    world.run({"http": {"url": "/", "target": "tasks", "samples": 3}})
    assert {url for url, more in world.asked} == {"http://10.0.0.1:8080/"}


def test_old_tasks_that_are_down_are_not_compared_with() -> None:
    world = World()
    world.lists.tasks = [RAW_NEW, {**RAW_OLD, "Status": {"State": "failed"}}]
    (result,) = world.run({"baseline": {"url": "/"}})
    assert result.text == "inconclusive: there are no old tasks to ask"


def test_tasks_that_cannot_be_asked_are_inconclusive() -> None:
    bare = {**RAW_NEW, "Status": {"State": "running"}}
    world = World()
    world.lists.tasks = [bare]
    scene = Scene(SERVICE, (Task.of(bare),), (), NOW)
    (result,) = world.run({"http": {"url": "/", "target": "tasks"}}, scene=scene)
    assert result.status == "inconclusive"
    assert "publish its port in host mode" in result.text
    nobody = Scene(SERVICE, (), (), NOW)
    (result,) = World().run({"http": {"url": "/", "target": "tasks"}}, scene=nobody)
    assert result.text == "inconclusive: there are no new tasks to ask"


def test_a_network_that_this_host_is_not_in_is_not_asked() -> None:
    network = {"Network": {"DriverState": {"Name": "overlay"}}, "Addresses": ["10.0.3.3/24"]}
    inside = {**RAW_NEW, "Status": {"State": "running"}, "NetworksAttachments": [network]}
    for kind in ("http", "baseline"):
        world = World()
        check = {kind: {"url": "/", "target": "tasks"}}
        world.lists.tasks = [inside, RAW_OLD]
        (result,) = world.run(check, scene=Scene(SERVICE, (Task.of(inside),), SCENE.old, NOW))
        assert result.status == "inconclusive"
        assert "10.0.3.3:80 is not asked, since this host (192.0.2.2) is not in its network 10.0.3.0/24" in result.text
        assert world.asked == []


def test_old_and_new_tasks_are_asked_in_turns() -> None:
    world = World()
    (result,) = world.run({"baseline": {"url": "/", "samples": 50}})
    assert result.passed
    assert result.details["new"]["requests"] == result.details["old"]["requests"] == 50
    world.answers["http://10.0.0.1:"] = Answer(500, "", 0.01, "", {})
    (result,) = world.run({"baseline": {"url": "/", "samples": 50}})
    assert result.failed


def test_without_old_tasks_a_comparison_asks_nobody() -> None:
    world = World()
    (result,) = world.run({"baseline": {"url": "/"}}, scene=Scene(SERVICE, SCENE.new, (), NOW))
    assert (result.status, world.asked, world.lists.calls) == ("passed", [], [])


def test_tasks_are_looked_at_until_they_run_long_enough() -> None:
    world = World()
    scene = Scene(SERVICE, SCENE.new, SCENE.old, NOW - 60)
    (result,) = world.run({"tasks": {"healthy_for": "30s"}}, scene=scene)
    assert result.passed
    assert world.clock.now >= 29
    assert set(world.lists.calls) == {"/tasks"}


def test_a_failing_task_ends_the_wait() -> None:
    world = World()
    status = {"State": "failed", "Timestamp": "2027-01-15T08:00:05Z", "ContainerStatus": {"ExitCode": 1}}
    world.lists.tasks = [{**RAW_NEW, "Status": status, "DesiredState": "shutdown"}, RAW_OLD]
    (result,) = world.run({"tasks": {}})
    assert result.failed
    assert len(world.lists.calls) == 1


def test_tasks_that_never_come_up_are_given_up_on() -> None:
    world = World()
    world.lists.tasks = [RAW_OLD]
    (result,) = world.run({"tasks": {"healthy_for": "10s"}})
    assert (result.status, result.text) == ("failed", "0 of 1 new task running for 10s")
    assert 80 <= world.clock.now <= 82


def test_a_query_is_filled_in() -> None:
    world = World()
    body = {"status": "success", "data": {"resultType": "scalar", "result": [1, "0"]}}
    world.answers["http://p"] = Answer(200, json.dumps(body), 0.01, "", {})
    query = 'e{s="${service}",t=~"${new_tasks}",n=~"${new_nodes}",o=~"${old_nodes}",r="${revision}"}[${window}]'
    (result,) = world.run({"prometheus": {"url": "http://p:9090/", "query": query, "max": 0, "headers": {"A": "b"}}})
    assert result.passed
    url, more = world.asked[0]
    assert url.startswith("http://p:9090/api/v1/query?")
    assert parse_qs(urlsplit(url).query)["query"] == ['e{s="vote",t=~"t1",n=~"host1",o=~"host2",r="4"}[1m]']
    assert (more["headers"], more["timeout"], more["validate_certs"]) == ({"A": "b"}, 10.0, True)
    world.lists.calls.clear()
    world.run({"prometheus": {"url": "http://p", "query": "up", "max": 0}})
    assert world.lists.calls == []


@pytest.mark.sleeps
def test_a_command_is_told_the_scene() -> None:
    script = (
        'test "$SWARM_SERVICE/$SWARM_REVISION/$SWARM_PREVIOUS_REVISION/$SWARM_STEP/$SWARM_NEW_TASKS" = vote/4/3/1/t1'
    )
    (result,) = World().run({"command": {"argv": ["sh", "-c", script]}})
    assert result.passed, result.text


@pytest.mark.sleeps
def test_what_servers_and_commands_say_is_told_without_secrets() -> None:
    world = World()
    world.lists.secrets = SecretValues(frozenset(("marmalade", "value", "instance")))
    error = {"status": "error", "error": "no marmalade in postgres://a:b@c/"}
    found = {"metric": {"instance": "marmalade"}, "value": [0, "3"]}
    vector = {"status": "success", "data": {"resultType": "vector", "result": [found, found]}}
    world.answers["http://a"] = Answer(422, json.dumps(error), 0.01, "", {})
    world.answers["http://b"] = Answer(200, json.dumps(vector), 0.01, "", {})
    (refused,) = world.run({"prometheus": {"url": "http://a", "query": "up", "min": 1}})
    (measured,) = world.run({"prometheus": {"url": "http://b", "query": "up", "min": 1}})
    (ended,) = world.run({"command": {"argv": ["sh", "-c", "echo no marmalade; exit 3"]}})
    assert refused.text == (
        "inconclusive: the server could not answer the query: no ******** in postgres://a:********@c/"
    )
    assert (measured.value, measured.text) == (3.0, '3 >= 1 at {********="********"} of 2 series')
    assert ended.details["output"] == ["no ********"]
    assert ended.text == "exit status 3, not exit status 0: no ********"
