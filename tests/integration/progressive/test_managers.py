# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A manager that is lost, and a node that is drained, in the middle of the steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.cluster import available
from tests.integration.progressive.steps import Steps, moved
from tests.lab.lab import Lab

pytestmark = pytest.mark.alone


@pytest.fixture
def follower(lab: Lab, docker_hosts: list[str]) -> Iterator[tuple[str, str]]:
    """The name and the address of a manager that neither leads nor is the one the test asks; it comes back."""
    nodes = Steps("nodes", docker_hosts).cluster.engine.get("/nodes")
    leads = {node["Description"]["Hostname"]: node["ManagerStatus"].get("Leader", False) for node in nodes}
    managers = lab.settings()["managers"][1:]
    chosen = next((one["name"], one["docker_host"]) for one in managers if not leads[one["name"]])
    yield chosen
    lab.start(chosen[0])


def test_the_manager_it_talks_to_is_lost(stage: Steps, lab: Lab, docker_hosts: list[str], follower: tuple[str, str]):
    name, address = follower
    # Its own tasks are elsewhere, so that no task is lost with it.
    stage.prepared(replicas=3, placement={"constraints": [f"node.hostname != {name}"]})
    others = [host for host in docker_hosts if host != address]
    running = stage.rolling(steps=[1], step_pause="10s", docker_hosts=[address, *others])
    stage.wait_for("web:2", 1)
    lab.stop(name)
    ran = running.wait()
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert moved(ran) == [(1, 1, "verified"), (2, 3, "verified")]
    assert stage.cluster.serving(stage.name) == {"web:2": 3}


def test_a_node_that_is_drained_is_no_failure(stage: Steps):
    stage.prepared(replicas=3)
    running = stage.rolling(steps=[1], step_pause="10s")
    stage.wait_for("web:2", 1)
    canary = next(
        task for task in stage.cluster.running(stage.name) if "web:2" in task["Spec"]["ContainerSpec"]["Image"]
    )
    available(stage.cluster, canary["NodeID"], "drain")
    try:
        ran = running.wait()
    finally:
        available(stage.cluster, canary["NodeID"], "active")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:2": 3}
