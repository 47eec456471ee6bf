# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placements that come and go. What an Engine does to itself when a service loses its placement kills every manager,
so that these tests end a whole Swarm when they fail.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.cluster import Json
from tests.integration.health import is_well
from tests.integration.stage import QUICK, Stage
from tests.lab.lab import Lab

pytestmark = pytest.mark.alone

HERE: dict[str, Any] = {"constraints": ["node.role == manager"]}
NOWHERE: dict[str, Any] = {"constraints": ["node.labels.disk == none"]}


@pytest.fixture(autouse=True)
def all_alive(lab: Lab) -> Any:
    """Each manager is there afterwards."""
    yield
    assert is_well(lab)


def foreign(stage: Stage, image: str = "web:1") -> Json:
    """A service as many API clients make it: its specification has no placement at all."""
    spec: Json = {
        "Name": stage.name,
        "Mode": {"Replicated": {"Replicas": 2}},
        "TaskTemplate": {"ContainerSpec": {"Image": image, "StopGracePeriod": 2_000_000_000}},
        "UpdateConfig": {"Parallelism": 0, "Monitor": 1_000_000_000, "FailureAction": "rollback"},
    }
    stage.cluster.engine.post("/services/create", spec)
    stage.cluster.wait("it runs", lambda: stage.cluster.serving(stage.name) == {image: 2})
    assert "Placement" not in stage.cluster.spec(stage.name)["TaskTemplate"], "else this proves nothing"
    return spec


def placement(stage: Stage) -> Any:
    return stage.cluster.spec(stage.name)["TaskTemplate"].get("Placement")


def test_the_last_constraint_is_taken_away(stage: Stage):
    stage.have("web:1", 2, placement=HERE)
    before = stage.cluster.running_ids(stage.name)
    ran = stage.service(None, placement={"constraints": []})
    assert (ran.failed, ran.changed, ran.outcome) == (False, True, "completed"), ran.msg
    assert placement(stage) == {}
    assert stage.cluster.running_ids(stage.name) == before
    again = stage.service(None, placement={"constraints": []}, replicas=3)
    assert (again.failed, again.outcome) == (False, "completed"), again.msg


def test_there_and_back_by_image(stage: Stage):
    stage.have("web:1", 2, placement=HERE)
    assert stage.service("web:2", placement={"constraints": []}).outcome == "completed"
    assert stage.service("web:1").outcome == "completed"
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


def test_a_service_made_by_others_gets_its_first_constraint_and_goes_back(stage: Stage):
    foreign(stage)
    ran = stage.service(None, placement=HERE, rollback_config=QUICK)
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert stage.service("web:2").outcome == "completed"
    back = stage.rollback(to=1)
    assert (back.failed, back.outcome) == (False, "completed"), back.msg
    assert placement(stage) == {}
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


def test_swarm_itself_goes_back_from_a_first_constraint_that_cannot_work(stage: Stage):
    foreign(stage)
    ran = stage.service(None, placement=NOWHERE, progress_deadline="5s")
    assert (ran.failed, ran.outcome) == (True, "rolled_back"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    assert not placement(stage).get("Constraints")
