# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks, nodes, and the last words of a task."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import NotFound
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import SecretValues
from ansible_collections.swarm.rollout.plugins.module_utils._engine import look, tasks
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api

from .conftest import Answer, FakeEngine


def frame(text: str, stream: int = 1) -> bytes:
    """One frame of the Engine's multiplexed stream."""
    data = text.encode()
    return bytes([stream, 0, 0, 0]) + struct.pack(">L", len(data)) + data


def tail(engine: FakeEngine, api: Api, data: bytes, lines: int = 10) -> list[str]:
    """The log lines that come out for those bytes."""
    engine.on("GET", "/tasks/t1/logs", Answer(raw=data))
    return tasks.task_log_tail(api, "t1", lines)


def service(name: str, placement: dict[str, Any] | None) -> Service:
    """A service whose image is its name."""
    template: dict[str, Any] = {"ContainerSpec": {"Image": name}}
    if placement is not None:
        template["Placement"] = placement
    return Service.of({"ID": name, "Version": {"Index": 1}, "Spec": {"Name": name, "TaskTemplate": template}})


def test_tasks_that_are_meant_to_run(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/tasks", Answer([{"ID": "t1", "ServiceID": "s1", "Slot": 2}]))
    found = tasks.list_tasks(api, ["s1", "s2"], running=True)
    assert [(task.id, task.slot) for task in found] == [("t1", 2)]
    assert engine.seen[0].filters == {"service": ["s1", "s2"], "desired-state": ["running"]}


def test_a_service_that_was_removed_meanwhile_has_no_tasks_and_hides_no_others(engine: FakeEngine, api: Api) -> None:
    gone = Answer({"message": "service s2 not found"}, 404)
    engine.on("GET", "/tasks", gone, Answer([{"ID": "t1", "ServiceID": "s1", "Slot": 2}]), gone)
    assert [task.id for task in tasks.list_tasks(api, ["s1", "s2"], running=True)] == ["t1"]
    assert [seen.filters["service"] for seen in engine.seen] == [["s1", "s2"], ["s1"], ["s2"]]
    assert all(seen.filters["desired-state"] == ["running"] for seen in engine.seen)


def test_of_a_single_service_that_is_gone_the_caller_is_told(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/tasks", Answer({"message": "service s1 not found"}, 404))
    with pytest.raises(NotFound):
        tasks.list_tasks(api, ["s1"])
    assert len(engine.seen) == 1


def test_the_manager_is_asked_for_the_current_tasks_of_services_with_a_placement(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/tasks", Answer([{"ID": "t1", "ServiceID": "s1", "Slot": 2}]))
    placed = [service("s1", {}), service("s2", {"Constraints": ["node.role == worker"]})]
    assert [task.id for task in tasks.look_at_tasks(api, placed).current] == ["t1"]
    assert [seen.filters for seen in engine.seen] == [{"service": ["s1", "s2"], "_up-to-date": ["true"]}]


def test_without_a_placement_it_is_never_asked_since_that_can_kill_it(engine: FakeEngine, api: Api) -> None:
    def task(number: int, image: str, placement: dict[str, Any] | None = None) -> dict[str, Any]:
        spec = {"ContainerSpec": {"Image": image}, "Placement": placement}
        return {"ID": "t%d" % number, "ServiceID": "s1", "Slot": number, "Spec": spec}

    engine.on("GET", "/tasks", Answer([task(1, "s1"), task(2, "other"), task(3, "s1", {"MaxReplicas": 1})]))
    found = tasks.look_at_tasks(api, [service("s1", None)]).current
    assert [one.id for one in found] == ["t1", "t3"], "without constraints every node fits"
    assert [seen.filters for seen in engine.seen] == [{"service": ["s1"]}]


@pytest.mark.parametrize(("placement", "asked"), [(None, True), ({}, False)])
def test_it_is_asked_without_danger_when_no_task_has_a_placement(
    engine: FakeEngine, api: Api, placement: dict[str, Any] | None, asked: bool
) -> None:
    spec = {"ContainerSpec": {"Image": "s1"}, **({} if placement is None else {"Placement": placement})}
    engine.on("GET", "/tasks", Answer([{"ID": "t1", "ServiceID": "s1", "Slot": 1, "Spec": spec}]))
    assert [one.id for one in tasks.current_exactly(api, service("s1", None))] == ["t1"]
    assert ["_up-to-date" in seen.filters for seen in engine.seen] == ([False, True] if asked else [False])


def test_what_is_listed_already_is_not_listed_again(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/tasks", Answer([]))
    tasks.current_exactly(api, service("s1", None), [])
    assert [seen.filters for seen in engine.seen] == [{"service": ["s1"], "_up-to-date": ["true"]}]


def test_tasks_of_no_service_need_no_call(engine: FakeEngine, api: Api) -> None:
    assert tasks.list_tasks(api, []) == []
    assert engine.seen == []


def test_tasks_of_all_services(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/tasks", Answer([]))
    assert tasks.list_tasks(api) == []
    assert engine.seen[0].query == {}


def test_nodes(engine: FakeEngine, api: Api) -> None:
    raw = {"ID": "n1", "Spec": {"Role": "manager"}, "Description": {"Hostname": "one"}}
    engine.on("GET", "/nodes", Answer([raw]))
    engine.on("GET", "/nodes/one", Answer(raw))
    assert [node.hostname for node in tasks.list_nodes(api)] == ["one"]
    assert tasks.get_node(api, "one").id == "n1"


def test_both_streams_are_told_apart_from_the_engines_own_words(engine: FakeEngine, api: Api) -> None:
    data = frame("starting\n") + frame("cannot bind\n", 2) + frame("Error grabbing logs: no", 3)
    assert tail(engine, api, data) == ["starting", "cannot bind"]
    assert engine.seen[0].query == {"stdout": "true", "stderr": "true", "tail": "10", "follow": "false"}


def test_the_log_of_a_terminal_has_no_frames(engine: FakeEngine, api: Api) -> None:
    assert tail(engine, api, b"one\r\ntwo\r\n") == ["one", "two"]


def test_the_last_lines_are_kept(engine: FakeEngine, api: Api) -> None:
    assert tail(engine, api, frame("1\n2\n3\n\n"), lines=2) == ["2", "3"]


def test_a_line_in_pieces_is_one_line(engine: FakeEngine, api: Api) -> None:
    assert tail(engine, api, frame("hel") + frame("lo\n")) == ["hello"]


def test_colours_and_control_characters_are_removed(engine: FakeEngine, api: Api) -> None:
    assert tail(engine, api, frame("\x1b[31mred\x1b[0m\tx\x00\x07\n")) == ["red\tx"]


def test_bytes_that_are_no_text(engine: FakeEngine, api: Api) -> None:
    assert tail(engine, api, b"\x01\0\0\0\0\0\0\x03\xff\xfe\n") == ["\ufffd\ufffd"]


def test_a_frame_that_is_cut_off(engine: FakeEngine, api: Api) -> None:
    assert tail(engine, api, frame("one\n") + frame("two three\n")[:12]) == ["one", "two"]
    assert tail(engine, api, frame("one\n") + b"\x01\0\0") == ["one"]
    assert tail(engine, api, b"") == []


def test_long_lines_are_cut(engine: FakeEngine, api: Api) -> None:
    assert [len(line) for line in tail(engine, api, frame("x" * 5000))] == [tasks.LOG_COLUMNS]


def test_a_log_is_told_without_what_the_container_was_given_and_what_the_module_knows(
    engine: FakeEngine, api: Api
) -> None:
    api.secrets = SecretValues(frozenset(("marmalade",)))
    spec = {"ContainerSpec": {"Env": ["DB_PASSWORD=a long password", "KEY=-----BEGIN-----\nline one of it\n"]}}
    said = frame("login with a long password and \x1b[1mmarmalade\x1b[0m\n-----BEGIN-----\nline one of it\n", 2)
    engine.on("GET", "/tasks/t1/logs", Answer(raw=said + frame("x" * (tasks.LOG_COLUMNS - 5) + "a long password\n")))
    assert tasks.task_log_tail(api, "t1", 9, spec) == [
        "login with ******** and ********",
        "********",
        "x" * (tasks.LOG_COLUMNS - 5) + "*****",
    ]


def test_tasks_are_read_without_the_secrets_that_the_module_knows(engine: FakeEngine, api: Api) -> None:
    api.secrets = SecretValues(frozenset(("marmalade",)))
    engine.on("GET", "/tasks", Answer([{"ID": "t1", "Status": {"Err": "no marmalade"}}]))
    assert [task.error for task in tasks.list_tasks(api)] == ["no ********"]
    with api.clone() as other:
        assert [task.error for task in look.tasks_by_id(other, ["t1"])] == ["no ********"]
    for one in api.each():
        assert [task.error for task in tasks.list_tasks(one)] == ["no ********"]


def test_a_log_without_end_is_bounded(engine: FakeEngine, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LOG_SECONDS", 0.2)
    engine.on("GET", "/tasks/t1/logs", Answer(lines=[frame("alive\n")]))
    assert tasks.task_log_tail(api, "t1") == ["alive"]
    monkeypatch.setattr(tasks, "LOG_BYTES", 100)
    engine.on("GET", "/tasks/t1/logs", Answer(lines=[frame("x" * 20 + "\n")] * 50))
    assert 1 <= len(tasks.task_log_tail(api, "t1", 50)) <= 4


@pytest.mark.parametrize(
    "answer",
    [Answer(drop=True), Answer(hang=True), Answer({"message": "task t1 not found"}, 404), Answer(cut_to=3)],
)
def test_a_log_that_cannot_be_had_is_empty(
    engine: FakeEngine, api: Api, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LOG_SECONDS", 0.2)
    engine.on("GET", "/tasks/t1/logs", answer)
    assert [line for line in tasks.task_log_tail(api, "t1") if line != "nul"] == []


def test_the_door_still_works_after_a_log_without_end(
    engine: FakeEngine, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LOG_SECONDS", 0.1)
    engine.on("GET", "/tasks/t1/logs", Answer(lines=[]))
    engine.on("GET", "/nodes/gone", Answer({"message": "node gone not found"}, 404))
    assert tasks.task_log_tail(api, "t1") == []
    with pytest.raises(NotFound):
        tasks.get_node(api, "gone")
