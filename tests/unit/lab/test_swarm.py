# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lab takes for a whole Swarm, and how its nodes are made."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.lab import nodes, swarm
from tests.lab.bringup import Shape, Wanted
from tests.lab.errors import LabError
from tests.lab.plan import LabPlan, plan_lab, recover


@pytest.fixture
def plan() -> LabPlan:
    """Two managers and a worker."""
    return plan_lab(
        "lab",
        engine="26",
        nodes=3,
        managers=2,
        subnet="10.213.0.0/24",
        port_is_free=lambda port: True,
    )


@pytest.fixture
def members() -> list[dict[str, Any]]:
    """What a healthy Swarm says of them."""
    listed = [
        {
            "ID": f"id{number}",
            "Description": {"Hostname": f"node{number}"},
            "Spec": {"Role": "manager" if number < 3 else "worker", "Availability": "active"},
            "Status": {"State": "ready"},
        }
        for number in (1, 2, 3)
    ]
    for member in listed[:2]:
        member["ManagerStatus"] = {"Reachability": "reachable"}
    return listed


def test_a_healthy_swarm_is_whole(plan, members):
    assert swarm.whole(plan, members)


@pytest.mark.parametrize(
    ("number", "where", "key", "value"),
    [
        (0, "Spec", "Role", "worker"),
        (1, "ManagerStatus", "Reachability", "unreachable"),
        (2, "Status", "State", "down"),
        (2, "Spec", "Availability", "drain"),
        (2, "Description", "Hostname", "stranger"),
    ],
)
def test_a_flaw_is_seen(plan, members, number, where, key, value):
    broken = deepcopy(members)
    broken[number][where][key] = value

    assert not swarm.whole(plan, broken)


def test_a_leader_that_nobody_follows_governs_nothing(members):
    assert not swarm.is_governed(members)

    members[0]["ManagerStatus"]["Leader"] = True
    assert swarm.is_governed(members)

    members[1]["ManagerStatus"]["Reachability"] = "unreachable"
    assert not swarm.is_governed(members)
    assert not swarm.is_governed([])


def test_a_missing_node_and_a_dead_twin_are_seen(plan, members):
    assert not swarm.whole(plan, members[:2])
    assert not swarm.whole(plan, [*members, members[2]])


def test_a_node_is_published_on_loopback_only_and_wears_its_label(plan):
    body = nodes.container_body(plan, plan.nodes[0], "image")

    bindings = [binding for ports in body["HostConfig"]["PortBindings"].values() for binding in ports]
    assert {binding["HostIp"] for binding in bindings} == {"127.0.0.1"}
    assert len(bindings) == 9
    assert body["Labels"]["swarm.rollout.lab"] == "lab"
    assert "Privileged" not in body["HostConfig"]
    assert body["HostConfig"]["ExtraHosts"] == ["registry.lab:10.213.0.2", "private.lab:10.213.0.3"]


def test_a_new_lab_has_three_managers():
    assert Wanted().settled("lab", None) == Shape("26", 3, 3)
    assert Wanted(nodes=5).settled("lab", None) == Shape("26", 5, 3)
    assert Wanted(nodes=1).settled("lab", None) == Shape("26", 1, 1)
    assert Wanted(managers=5).settled("lab", None) == Shape("26", 5, 5)
    assert Wanted(engine="28", nodes=4, managers=1).settled("lab", None) == Shape("28", 4, 1)


def test_a_lab_that_exists_stays_as_it_is(plan):
    found = recover([{"Labels": plan.node_labels(node), "State": "running"} for node in plan.nodes], "lab")

    assert Wanted().settled("lab", found) == Shape("26", 3, 2)
    assert Wanted("26", 3, 2).settled("lab", found) == Shape("26", 3, 2)
    with pytest.raises(LabError, match="Lab 'lab' has engine 26, not 28: take it down first"):
        Wanted(engine="28").settled("lab", found)
