# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks against a change of a Swarm."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Node
from ansible_collections.swarm.rollout.plugins.module_utils._core.preflight import cluster_facts, image_facts


def node(name: str, role: str = "manager", state: str = "ready", availability: str = "active", **manager: Any) -> Node:
    status = {"Reachability": "reachable", **manager} if role == "manager" else {}
    return Node(name, name, role, availability, state, raw={"ManagerStatus": status} if status else {})


def three(**last: Any) -> list[Node]:
    return [node("node1", Leader=True), node("node2"), node("node3", **last)]


def test_a_healthy_swarm() -> None:
    found = cluster_facts([*three(), node("worker", "worker")])
    assert found["managers"] == {"total": 3, "reachable": 3, "needed": 2, "margin": 1, "leader": "node1"}
    assert found["nodes"] == {"total": 4, "usable": 4, "down": [], "set_aside": []}
    assert (found["obstacles"], found["notes"]) == ([], [])


def test_one_manager_less_is_one_too_few() -> None:
    found = cluster_facts(three(state="down", Reachability="unreachable"))
    assert found["managers"]["margin"] == 0
    (obstacle,) = found["obstacles"]
    assert obstacle.startswith("2 of 3 managers are reachable, and with one less the Swarm could neither go on nor")
    assert obstacle.endswith(": bring node3 back (docker node ls)")
    assert found["notes"] == ["down: node3"]


def test_five_managers_may_lose_one() -> None:
    found = cluster_facts([*three(Reachability="unreachable"), node("node4"), node("node5")])
    assert (found["obstacles"], found["notes"]) == ([], ["manager not reachable: node3"])


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 2)])
def test_few_managers_are_no_obstacle(count: int, needed: int) -> None:
    found = cluster_facts(three()[:count])
    assert found["obstacles"] == []
    assert found["notes"] == [
        "with one manager lost the Swarm can no longer be changed: %d of %d are needed" % (needed, count)
    ]


def test_nodes_that_take_nothing() -> None:
    found = cluster_facts([*three(availability="drain"), node("worker", "worker", state="down")])
    assert found["nodes"] == {"total": 4, "usable": 2, "down": ["worker"], "set_aside": ["node3"]}
    assert found["notes"] == ["down: worker", "takes no tasks: node3 (drain)"]


def test_no_node_at_all() -> None:
    found = cluster_facts([node("node1", availability="drain", Leader=True)])
    assert found["obstacles"] == ["no node takes tasks: docker node ls tells which are down, drained or paused"]


def image(**given: Any) -> dict[str, Any]:
    nodes: dict[str, Any] = {"present_on": [], "ran_on": [], "absent_on": [], "unknown_on": []}
    return image_facts({"name": "vote:3", "pullable": None, "reason": None, "nodes": 2, **nodes, **given})


@pytest.mark.parametrize(("pullable", "why"), [(False, "no registry has it"), (None, "its registry cannot be asked")])
def test_an_image_that_nobody_has(pullable: bool | None, why: str) -> None:
    found = image(pullable=pullable, absent_on=["node1", "node2"])
    assert found["obstacles"] == [
        "the image vote:3 is not on node1, node2, and %s: push it, or mend its name (docker manifest inspect vote:3)"
        % why
    ]


def test_an_image_that_some_have() -> None:
    found = image(present_on=["node1"], absent_on=["node2"])
    assert found["obstacles"] == []
    assert found["notes"] == ["the image vote:3 is not on node2, and its registry cannot be asked"]


@pytest.mark.parametrize("given", [{"pullable": True, "absent_on": ["node1"]}, {"present_on": ["node1"]}, {}])
def test_an_image_that_is_no_worry(given: dict[str, Any]) -> None:
    found = image(**given)
    assert (found["obstacles"], found["notes"]) == ([], [])
