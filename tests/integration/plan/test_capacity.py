# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The capacity check: where it says that a task finds no node, the scheduler says so too, and the other way round."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.plan.planning import pending, plan, wait_pending, write
from tests.integration.stage import Stage

FIRST: dict[str, Any] = {"order": "start-first", "parallelism": 1, "delay": "0s", "monitor": "1s"}


def blocked(stage: Stage, words: str, reason: str) -> None:
    """The plan says no, names slots, nodes and the way out; the cluster agrees with the way out and with the no."""
    last: dict[str, Any] = {"update_config": {**FIRST, "order": "stop-first"}}
    assert plan(stage, "web:2", **last)["capacity"]["fits"]
    ran = stage.service("web:2", **last)
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
    planned = plan(stage, "web:1", update_config=FIRST)
    capacity = planned["capacity"]
    assert (capacity["fits"], capacity["largest_parallelism"]) == (False, 0)
    assert planned["estimated_seconds"] is None
    assert "capacity" in {warning["code"] for warning in planned["warnings"]}
    assert any(text.startswith("slot ") and " (now on node" in text for text in capacity["problems"])
    assert any(text.startswith("node") and reason in text for text in capacity["problems"])
    assert capacity["proposal"] == "update_config.order: stop-first"
    write(stage, "web:1", update_config=FIRST)
    wait_pending(stage, words)


@pytest.mark.alone
def test_reservations(stage: Stage):
    nodes = stage.cluster.engine.get("/nodes")
    cpus = min(node["Description"]["Resources"]["NanoCPUs"] for node in nodes) / 1e9
    stage.have("web:1", replicas=3, reservations={"cpus": cpus * 0.75})
    blocked(stage, "insufficient resources", "CPUs are free to reserve")


def test_host_ports(stage: Stage):
    port = [{"published_port": 18099, "target_port": 80, "mode": "host"}]
    stage.have("web:1", replicas=3, publish=port)
    planned = plan(stage, "web:2", update_config=FIRST)
    assert "host_port_start_first" in {warning["code"] for warning in planned["warnings"]}
    blocked(stage, "host-mode port already in use", "host port 18099/tcp is taken by the service's own task")


def test_max_replicas_per_node(stage: Stage):
    stage.have("web:1", replicas=3, placement={"replicas_max_per_node": 1})
    blocked(stage, "max replicas per node limit exceed", "replicas_max_per_node 1 is reached")


def test_the_proposed_parallelism_fits_and_more_does_not(stage: Stage):
    stage.have("web:1", replicas=2, placement={"replicas_max_per_node": 1})
    two: dict[str, Any] = {**FIRST, "parallelism": 2}
    capacity = plan(stage, "web:2", update_config=two)["capacity"]
    assert (capacity["fits"], capacity["proposal"]) == (False, "update_config.parallelism: 1")
    assert plan(stage, "web:2", update_config=FIRST)["capacity"]["fits"]
    write(stage, "web:2", update_config=two)
    wait_pending(stage, "max replicas per node limit exceed")
    # It only had to wait until the other had moved.
    stage.cluster.wait("all moved", lambda: stage.cluster.serving(stage.name) == {"web:2": 2})


def test_constraints_that_no_node_satisfies(stage: Stage):
    wanted: dict[str, Any] = {"replicas": 1, "placement": {"constraints": ["node.labels.disk == ssd"]}}
    capacity = plan(stage, "web:1", **wanted)["capacity"]
    assert not capacity["fits"]
    assert "node1 has room for none: it does not satisfy the constraint node.labels.disk == ssd" in capacity["problems"]
    write(stage, "web:1", **wanted)
    wait_pending(stage, "scheduling constraints not satisfied")


@pytest.mark.alone
def test_what_fits_is_never_pending(stage: Stage):
    stage.have("web:1", replicas=3, placement={"replicas_max_per_node": 2}, reservations={"cpus": 0.5})
    config: dict[str, Any] = {**FIRST, "parallelism": 3}
    planned = plan(stage, "web:2", update_config=config)
    assert planned["capacity"]["fits"]
    write(stage, "web:2", update_config=config)
    seen: list[str] = []

    def moved() -> bool:
        seen.extend(pending(stage))
        return stage.cluster.serving(stage.name) == {"web:2": 3}

    stage.cluster.wait("all moved", moved)
    assert not seen
