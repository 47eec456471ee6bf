# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be known of an image, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Node, Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.plan import Capacity, Plan
from ansible_collections.swarm.rollout.plugins.module_utils._core.readiness import ImageFacts, readiness, where

SPEC: dict[str, Any] = {"TaskTemplate": {"ContainerSpec": {"Image": "web:1"}}}


def node(number: int, availability: str = "active", role: str = "worker") -> Node:
    return Node.of(
        {
            "ID": "n%d" % number,
            "Spec": {"Availability": availability, "Role": role},
            "Status": {"State": "ready"},
            "Description": {"Hostname": "node%d" % number},
        }
    )


def task(place: str, state: str, desired: str = "running", image: str = "web:1") -> Task:
    return Task.of(
        {
            "NodeID": place,
            "DesiredState": desired,
            "Status": {"State": state},
            "Spec": {"ContainerSpec": {"Image": image}},
        }
    )


NODES = [node(number) for number in range(1, 6)]


def test_each_node_is_put_where_the_evidence_puts_it() -> None:
    asked = {"n1": True, "n2": False}
    tasks = [
        task("n2", "rejected"),
        task("n3", "running"),
        task("n4", "shutdown", "shutdown"),
        task("n5", "running", image="web:2"),
    ]
    found = where(ImageFacts("web:1", asked), SPEC, NODES, tasks)
    assert {key: found[key] for key in ("nodes", "present_on", "absent_on", "ran_on", "unknown_on")} == {
        "nodes": 5,
        "present_on": ["node1", "node3"],
        "absent_on": ["node2"],
        "ran_on": ["node4"],
        "unknown_on": ["node5"],
    }


def test_only_nodes_that_may_run_it_count() -> None:
    managers = {"TaskTemplate": {**SPEC["TaskTemplate"], "Placement": {"Constraints": ["node.role==manager"]}}}
    nodes = [node(1, role="manager"), node(2), node(3, "drain", "manager")]
    assert where(ImageFacts("web:1"), managers, nodes, [])["unknown_on"] == ["node1"]


def image(pullable: bool | None = None, name: str = "web:1", **places: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"present_on": [], "absent_on": [], "ran_on": [], "unknown_on": [], **places}
    return {"name": name, "pullable": pullable, "nodes": sum(len(one) for one in found.values()), **found}


@pytest.mark.parametrize(
    ("about", "ready"),
    [
        (image(present_on=["node1"]), True),
        (image(True, absent_on=["node1"]), True),
        (image(None, absent_on=["node1"]), False),
        (image(False, present_on=["node1"], absent_on=["node2"]), False),
        (image(None, ran_on=["node1"]), True),
        (image(None, unknown_on=["node1"]), None),
        (image(True, unknown_on=["node1"]), True),
        (image(True), False),
    ],
)
def test_ready_only_where_it_can_be_known(about: dict[str, Any], ready: bool | None) -> None:
    answer = readiness(about, [], Plan("web", "replace"))
    assert answer["ready"] is ready
    assert bool(answer["obstacles"]) is (ready is False)


def test_everything_in_the_way_is_told() -> None:
    full = Plan("web", "replace", capacity=Capacity(False, ("no node has 900 GiB",), 0))
    answer = readiness(image(present_on=["node1"]), ['secret "key"'], full)
    assert answer["ready"] is False
    assert answer["obstacles"] == ['it needs the secret "key" that no longer exists', "no node has 900 GiB"]


def test_a_tag_that_may_have_moved_is_noted() -> None:
    plan = Plan("web", "replace")
    assert "not pinned" in readiness(image(True, present_on=["node1"]), [], plan)["notes"][0]
    assert readiness(image(True, "web:1@sha256:" + "0" * 64, present_on=["node1"]), [], plan)["notes"] == []
