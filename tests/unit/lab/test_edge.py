# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge proxy: its configuration and its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import edge
from tests.lab.cleaning import EDGE_LABEL
from tests.lab.errors import LabError
from tests.lab.plan import LabPlan, plan_lab


@pytest.fixture
def plan() -> LabPlan:
    """A lab of two nodes."""
    return plan_lab(
        "lab",
        engine="26",
        nodes=2,
        managers=1,
        subnet="10.213.0.0/24",
        port_is_free=lambda port: True,
    )


def test_the_proxy_finds_the_tasks_by_the_swarm_s_dns():
    config = edge.render("vote", 8080)

    assert "server-template task 40 tasks.vote:8080 resolvers swarm" in config
    assert "nameserver engine 127.0.0.11:53" in config
    assert "balance roundrobin" in config
    assert "init-addr none" in config


def test_the_edge_stands_on_one_node_in_host_mode(plan):
    spec = edge.spec(plan, plan.nodes[1], 5002, "vote", "net-id", 80)

    assert spec["Name"] == "lab-edge-vote"
    assert spec["TaskTemplate"]["Placement"]["Constraints"] == ["node.hostname==node2"]
    assert spec["EndpointSpec"]["Ports"] == [
        {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 5002, "PublishMode": "host"}
    ]
    assert spec["Labels"][f"{EDGE_LABEL}.url"] == f"http://127.0.0.1:{plan.nodes[1].ports[5002]}"


def test_it_listens_where_it_is_asked_to(plan):
    node, inner = edge.place(plan, [], None, plan.nodes[1].ports[5004], "node1")

    assert (node.name, inner) == ("node2", 5004)


def test_a_port_nobody_publishes_is_refused_with_those_there_are(plan):
    with pytest.raises(LabError, match="publishes port 80: use one of 5000, 5001"):
        edge.place(plan, [], None, 80, "node1")


def published(port: int) -> dict[str, Any]:
    """A service that publishes a port."""
    return {"Spec": {"EndpointSpec": {"Ports": [{"PublishedPort": port}]}}}


def test_the_first_free_port_is_taken(plan):
    node, inner = edge.place(plan, [published(5000), {"Spec": {}}, published(5001)], None, None, "node1")

    assert (node.name, inner) == ("node1", 5002)


def test_an_edge_that_exists_keeps_its_port(plan):
    have = {"Spec": {"Labels": {f"{EDGE_LABEL}.url": "http://127.0.0.1:5003"}}}

    assert edge.place(plan, [published(5003)], have, None, "node1")[1] == 5003


def test_a_node_without_a_free_port_is_told(plan):
    with pytest.raises(LabError, match="All ports of node1 are in use"):
        edge.place(plan, [published(port) for port in plan.nodes[0].ports], None, None, "node1")


def test_an_equal_edge_is_left_alone(plan):
    spec = edge.spec(plan, plan.nodes[0], 5000, "vote", "net-id", 80)

    assert edge.same(spec, edge.spec(plan, plan.nodes[0], 5000, "vote", "net-id", 80))
    assert not edge.same(spec, edge.spec(plan, plan.nodes[0], 5000, "vote", "net-id", 81))
    assert not edge.same(spec, edge.spec(plan, plan.nodes[0], 5001, "vote", "net-id", 80))
    assert not edge.same(spec, edge.spec(plan, plan.nodes[0], 5000, "vote", "other-net", 80))
