# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that is lost between the moment its task was assigned and the moment that would have run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.cluster import Cluster, Json
from tests.integration.health import wait_until_well
from tests.integration.stage import Stage
from tests.lab.lab import Lab

pytestmark = pytest.mark.alone


@pytest.fixture
def lost(lab: Lab, docker_hosts: list[str]) -> Iterator[str]:
    """The name of a manager that neither leads nor is the one the test asks; it is well again afterwards."""
    cluster = Stage("nodes", docker_hosts).cluster
    leads = {node["Description"]["Hostname"]: node["ManagerStatus"].get("Leader", False) for node in nodes(cluster)}
    chosen = next(one["name"] for one in lab.settings()["managers"][1:] if not leads[one["name"]])
    yield chosen
    lab.start(chosen)
    cluster.wait("the node is back", lambda: all(node["Status"]["State"] == "ready" for node in nodes(cluster)), 120)
    wait_until_well(lab)


def nodes(cluster: Cluster) -> list[Json]:
    """All nodes of the Swarm."""
    found: list[Json] = cluster.engine.get("/nodes")
    return found


def test_swarm_never_ends_the_update_but_all_serve(stage: Stage, lab: Lab, lost: str):
    pace = {"order": "stop-first", "parallelism": 0, "monitor": "1s", "failure_action": "rollback"}
    elsewhere = {"constraints": [f"node.hostname != {lost}"]}
    stage.have("web:1", 2, placement=elsewhere, update_config=pace)
    # Of nodes with equally many tasks of a service the scheduler takes the one with the fewest tasks at all.
    ballast = stage.start("swarm_service", name=f"{stage.name}-ballast", image="web:1", replicas=8, placement=elsewhere)
    assert ballast.wait().outcome == "completed"
    lab.stop(lost)
    # Swarm does not know yet that the node is gone.
    stage.host = stage.hosts[0]
    ran = stage.service("web:2", placement={"constraints": []}, progress_deadline="2m")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:2": 2}
    assert stage.cluster.state(stage.name) == "updating", "else this test proves nothing any more"
    assert "still calls it updating" in ran.rollout["reason"]
    # The next update is not held up by it.
    again = stage.service("web:1")
    assert (again.failed, again.outcome) == (False, "completed"), again.msg
    assert stage.cluster.state(stage.name) == "completed"
