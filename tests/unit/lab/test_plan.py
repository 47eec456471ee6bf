# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab's plan, and its recovery from the labels of containers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.lab.errors import LabError
from tests.lab.plan import (
    LABEL,
    LabPlan,
    check_name,
    choose_subnet,
    lab_names,
    node_from_labels,
    plan_lab,
    ports_of,
    recover,
)


def planned(name: str = "lab", **changes: Any) -> LabPlan:
    """A plan on a machine where every port is free."""
    given: dict[str, Any] = {
        "engine": "26",
        "nodes": 3,
        "managers": 3,
        "subnet": "10.213.0.0/24",
        "port_is_free": lambda port: True,
        **changes,
    }
    return plan_lab(name, **given)


def containers(plan: LabPlan, state: str = "running") -> list[dict[str, Any]]:
    """What the Engine lists for a plan."""
    return [{"Labels": plan.node_labels(node), "State": state} for node in plan.nodes]


def test_nodes_have_names_addresses_and_ports_of_their_own():
    plan = planned()

    assert [node.name for node in plan.nodes] == ["node1", "node2", "node3"]
    assert [node.address for node in plan.nodes] == ["10.213.0.11", "10.213.0.12", "10.213.0.13"]
    ports = [port for node in plan.nodes for port in (node.api_port, *node.ports.values())]
    assert len(ports) == len(set(ports))


def test_the_first_node_publishes_5000_where_it_is_free():
    assert planned().nodes[0].ports[5000] == 5000
    assert planned(port_is_free=lambda port: port != 5000).nodes[0].ports[5000] >= 25000


def test_the_last_nodes_are_workers():
    plan = planned(nodes=5, managers=3)

    assert [node.role for node in plan.nodes] == ["manager"] * 3 + ["worker"] * 2
    assert len(plan.managers) == 3
    assert len(plan.workers) == 2


def test_ports_of_other_labs_are_left_alone():
    first = planned("one")
    taken = ports_of(containers(first, state="exited"))

    second = planned("two", taken_ports=taken)

    assert not taken & ports_of(containers(second))


@pytest.mark.parametrize(("nodes", "managers"), [(0, 0), (3, 0), (3, 4), (41, 3)])
def test_an_impossible_lab_is_refused(nodes, managers):
    with pytest.raises(LabError):
        planned(nodes=nodes, managers=managers)


def test_a_node_is_recovered_from_its_labels():
    plan = planned(nodes=3)

    assert len(plan.nodes) == 3
    for node in plan.nodes:
        assert node_from_labels(plan.node_labels(node)) == node


def test_a_lab_is_recovered_from_its_containers():
    plan = planned()

    found = recover(containers(plan), "lab")

    assert found is not None
    assert found.complete
    assert found.plan == replace(plan, nodes=tuple(replace(node, running=True) for node in plan.nodes))


def test_a_half_made_lab_knows_what_it_was_to_be():
    listed = containers(planned(nodes=5, managers=3))

    found = recover(listed[:2], "lab")

    assert found is not None
    assert (found.nodes, found.managers, found.complete) == (5, 3, False)


def test_missing_nodes_are_planned_again_beside_those_that_exist():
    plan = planned()
    found = recover(containers(plan)[1:], "lab")
    assert found is not None

    again = planned(existing=found.plan.nodes, taken_ports=ports_of(containers(plan)[1:]))

    assert [replace(node, running=False) for node in again.nodes] == list(plan.nodes)


@pytest.mark.parametrize("state", ["exited", "paused", "created"])
def test_only_running_nodes_may_be_spoken_to(state):
    listed = containers(planned())
    listed[0]["State"] = state

    found = recover(listed, "lab")

    assert found is not None
    assert [node.name for node in found.plan.running] == ["node2", "node3"]
    assert not found.complete


def test_only_the_lab_of_that_name_is_recovered():
    other: list[dict[str, Any]] = [
        {"Labels": {"com.example": "x"}},
        {"Labels": None},
        *containers(planned("other")),
    ]

    assert recover(other, "lab") is None
    assert lab_names(other) == ["other"]


def test_a_registry_is_no_node():
    assert recover([{"Labels": {LABEL: "lab", f"{LABEL}.kind": "registry"}}], "lab") is None


def test_a_subnet_overlaps_with_nothing():
    taken = ["10.213.0.0/24", "10.213.1.128/25", "10.213.2.7/32", "fd00::/64", "172.17.0.0/16"]

    assert choose_subnet(taken) == "10.213.3.0/24"


def test_a_machine_without_a_free_subnet_is_told_so():
    with pytest.raises(LabError, match="take a lab down"):
        choose_subnet(["10.0.0.0/8"])


@pytest.mark.parametrize("name", ["", "Lab", "1lab", "a b", "x" * 40, "a/../b"])
def test_a_bad_name_is_refused(name):
    with pytest.raises(LabError, match="cannot name a lab"):
        check_name(name)


def test_an_unknown_node_is_told_with_those_there_are():
    with pytest.raises(LabError, match="has no node 'node9': it has node1, node2, node3"):
        planned().node("node9")
