# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to tasks."""

from __future__ import annotations

from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.events import task_events
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task

NODES = {"n1": "node1"}


def task(name: str, state: str, changed: str, created: str = "00", node: str = "n1", **more: Any) -> Task:
    status = {"State": state, "Timestamp": "2026-01-01T00:00:%s.123456789Z" % changed, **more.pop("status", {})}
    raw = {"ID": name, "Slot": 3, "NodeID": node, "CreatedAt": "2026-01-01T00:00:%s.5Z" % created, "Status": status}
    return Task.of({**raw, **more})


def test_creation_and_state_in_order_of_time() -> None:
    events = task_events([task("new", "running", "30", created="20"), task("old", "shutdown", "25")], NODES)
    assert [(event["at"][-7:], event["task"], event["what"]) for event in events] == [
        ("00.500Z", "old", "created"),
        ("20.500Z", "new", "created"),
        ("25.123Z", "old", "stopped"),
        ("30.123Z", "new", "started"),
    ]
    assert events[0] == {
        "at": "2026-01-01T00:00:00.500Z",
        "epoch": 1767225600.5,
        "task": "old",
        "slot": 3,
        "node": "node1",
        "what": "created",
        "error": "",
    }


def test_the_same_task_seen_twice_adds_up() -> None:
    seen = [task("a", "running", "10"), task("a", "failed", "20"), task("a", "failed", "20")]
    assert [event["what"] for event in task_events(seen, NODES)] == ["created", "started", "failed"]


def test_tasks_have_short_names() -> None:
    assert {event["task"] for event in task_events([task("a" * 25, "failed", "10")], NODES)} == {"a" * 12}


def test_errors_are_shown_without_secrets() -> None:
    failed = task("a", "failed", "10", status={"Err": "no such\nhost: http://u:s3cret@h/" + "x" * 500})
    error = task_events([failed], NODES)[1]["error"]
    assert error.startswith("no such host: http://u:****")
    assert "s3cret" not in error
    assert len(error) <= 120


def test_what_is_not_known_is_none() -> None:
    events = task_events([task("a", "pending", "10", node="", Slot=0), task("b", "running", "11", node="n9")], NODES)
    assert [(event["task"], event["slot"], event["node"]) for event in events] == [
        ("a", None, None),
        ("b", 3, "n9"),
        ("a", None, None),
        ("b", 3, "n9"),
    ]


def test_times_that_are_none_and_new_tasks_make_no_event() -> None:
    assert task_events([Task.of({"ID": "a", "CreatedAt": "0001-01-01T00:00:00Z"})], NODES) == []
    assert [event["what"] for event in task_events([task("a", "new", "00")], NODES)] == ["created"]
