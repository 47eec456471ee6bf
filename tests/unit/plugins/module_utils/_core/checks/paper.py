# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks, samples and tasks on paper."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import Check
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.answers import Sample
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.parse import parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.targets import Target
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Node, Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.http import Answer

NOW = 1_800_000_000.0
URL = "http://vote.example.org/"
SPEC = {"Name": "vote", "TaskTemplate": {"ContainerSpec": {"Image": "vote:2"}}, "Mode": {"Replicated": {"Replicas": 3}}}


def check(kind: str, **options: Any) -> tuple[Check, Any]:
    """A check and its settings."""
    found = parse([{kind: options}])[0]
    return found, found.settings


def answer(status: int = 200, seconds: float = 0.01, body: str = "", error: str = "") -> Answer:
    return Answer(status, body, seconds, error, {})


def refused(error: str = "connection refused") -> Answer:
    """No answer at all."""
    return Answer(0, "", 0.001, error, {})


def target(key: str = "service", reach: str = "service", side: str = "new") -> Target:
    return Target(key, "vote.%s on node1" % key, "10.0.0.1:80", URL, reach, side)


def samples(good: int, bad: int = 0, whom: Target | None = None, seconds: float = 0.01) -> list[Sample]:
    """So many good and bad answers of one target."""
    asked = whom or target()
    return [Sample(asked, answer(seconds=seconds))] * good + [Sample(asked, answer(500))] * bad


def mute(count: int, whom: Target) -> list[Sample]:
    """Requests that nobody answered."""
    return [Sample(whom, refused())] * count


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def task(slot: int, state: str = "running", at: float = NOW, **more: Any) -> Task:
    """A task of the new specification that is in its state since `at`."""
    fields: dict[str, Any] = {
        "id": "task%d" % slot,
        "service_id": "s1",
        "slot": slot,
        "node_id": "n1",
        "desired_state": "running" if state == "running" else "shutdown",
        "state": state,
        "timestamp": stamp(at),
        "created_at": stamp(at),
        "message": "",
        "error": "",
        "exit_code": None,
        "container_id": "c",
        "spec": SPEC["TaskTemplate"],
    }
    fields.update(more)
    return Task(**fields)


def node(id_: str = "n1", address: str = "10.213.0.11", **more: Any) -> Node:
    raw = {"ID": id_, "Description": {"Hostname": "host-" + id_}, "Status": {"State": "ready", "Addr": address}}
    return Node.of({**raw, **more})
