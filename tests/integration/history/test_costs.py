# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What history costs in Engine calls, counted at the Engine's door."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.cluster import other_image
from tests.integration.history.past import QUICK, Past
from tests.lab.door import Door

OFF: dict[str, Any] = {"revision_history_limit": 0}
# Nothing of a rollout's own looks is counted.
QUIET: dict[str, Any] = {"wait": False, "resolve_image": "false"}


@pytest.fixture
def door(stage: Past) -> Iterator[Door]:
    """The Engine's door."""
    with Door(stage.host) as door:
        yield door


def counted(stage: Past, door: Door, module: str = "swarm_service", **options: Any) -> list[str]:
    """The calls of one run."""
    door.clear()
    ran = stage.start(module, docker_host=door.docker_host, **options).wait()
    assert not ran.failed, ran.output
    return [f"{call.method} {call.route.replace(stage.cluster.service(stage.name)['ID'], 'ID')}" for call in door.calls]


def added(with_history: list[str], without: list[str]) -> list[str]:
    """The calls that history adds, in order, objects' IDs left out."""
    rest = list(without)
    found = []
    for call in with_history:
        if call in rest:
            rest.remove(call)
        else:
            found.append(call)
    assert rest == []
    return ["POST /configs/ID/update" if call.endswith("/update") else call for call in found]


THREE = ["POST /configs/create", "GET /configs", "POST /configs/ID/update"]


def test_a_change_adds_three_calls_and_a_pruned_revision_one(stage: Past, door: Door):
    stage.have("web:1")
    without = counted(stage, door, image="web:2", **QUIET, **OFF)
    # What was written without a history is others' work for the one that begins here.
    counted(stage, door, image="web:1", **QUIET)
    assert added(counted(stage, door, image="web:2", **QUIET), without) == THREE
    assert added(counted(stage, door, image="web:1", **QUIET), without) == THREE
    pruning = added(counted(stage, door, image="web:2", revision_history_limit=5, **QUIET), without)
    assert [call.split("/")[0] for call in pruning[3:]] == ["DELETE "], pruning


def test_after_a_failed_release_and_after_a_rollback_it_is_the_same(stage: Past, door: Door):
    stage.have("web:1", update_config={**QUICK, "failure_action": "rollback", "monitor": "2s"})
    without = ["GET /services", "POST /services/ID/update"]
    assert stage.service("exit:1.0").outcome == "rolled_back"
    assert added(counted(stage, door, image="web:2", **QUIET), without) == THREE
    stage.at_rest({"web:2": 1})
    assert stage.rollback().outcome == "completed"
    assert added(counted(stage, door, image="whoami:1.0", **QUIET), without) == THREE
    assert sorted(stage.stored()) == [1, 2, 3, 4, 5]


def test_a_rollback_adds_three_calls(stage: Past, door: Door):
    stage.releases("web:1", "web:2", "whoami:1.0")
    before = stage.cluster.service(stage.name)["Spec"]
    without = counted(stage, door, "swarm_service_rollback", to="1", wait=False, **OFF)
    stage.cluster.write(stage.name, lambda spec: spec.update(before))
    assert added(counted(stage, door, "swarm_service_rollback", to="1", wait=False), without) == THREE


def test_nothing_to_change_costs_what_it_costs_without(stage: Past, door: Door):
    stage.releases("web:1", "web:2")
    declared: dict[str, Any] = {"image": "web:2", "replicas": 1}
    # The second: a service that was written a moment ago is not taken at Swarm's counts.
    unchanged = ["GET /services", "GET /tasks"]
    assert counted(stage, door, **declared, **OFF) == counted(stage, door, **declared) == unchanged
    there = counted(stage, door, "swarm_service_rollback", to="2")
    assert there == ["GET /services", "GET /configs", "GET /tasks"]
    stage.cluster.write(stage.name, lambda spec: spec["Labels"].update(theirs="yes"))
    assert counted(stage, door, **declared) == unchanged, "nor does drift that the task does not mind"


@pytest.mark.alone
def test_information_with_history_takes_as_many_calls_for_many_as_for_one(stage: Past, door: Door):
    stage.have("web:1", replicas=0)
    one = counted(stage, door, "swarm_service_info", history=True)

    def create(number: int) -> None:
        options: dict[str, Any] = {"name": f"{stage.name}-{number}", "replicas": 0, "update_config": {"monitor": "1ns"}}
        assert not stage.service("web:1", **options, **QUIET).failed

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(create, range(12)))
    door.clear()
    found = stage.info(name=None, history=True, docker_host=door.docker_host)
    own = [service for service in found if service["name"].startswith(stage.name)]
    assert [len(service["history"]) for service in own] == [1] * 13
    assert len(door.calls) == len(one) <= 6


def test_one_record_is_small(stage: Past):
    stage.have("web:1", env={"REGION": "eu"}, labels={"team": "shop"}, change_cause="release 1")
    stage.cluster.write(stage.name, other_image("web:2"))
    configs = [one["Spec"] for one in stage.cluster.engine.get("/configs")]
    sizes = [len(one["Data"]) * 3 // 4 for one in configs if stage.name in str(one["Labels"])]
    label = stage.cluster.service(stage.name)["Spec"]["Labels"]["swarm.rollout.revision"]
    assert max(sizes) < 3000
    assert len(label) < 24
