# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan foretells is what happens, and a run is held to the plan it names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.cluster import image, in_sequence, other_image
from tests.integration.plan.planning import plan, slots, write
from tests.integration.stage import Stage


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
def test_batches_and_the_number_of_tasks_are_as_foretold(stage: Stage, order: str):
    stage.have("web:1", replicas=5)
    config: dict[str, Any] = {"parallelism": 2, "delay": "3s", "monitor": "1s", "order": order}
    planned = plan(stage, "web:2", update_config=config)
    assert (planned["action"], slots(planned)) == ("replace", [[1, 2], [3, 4], [5]])
    nodes = {node["ID"]: node["Description"]["Hostname"] for node in stage.cluster.engine.get("/nodes")}
    there = {task["Slot"]: nodes[task["NodeID"]] for task in stage.cluster.running(stage.name)}
    assert {spot["slot"]: spot["node"] for batch in planned["batches"] for spot in batch["slots"]} == there
    write(stage, "web:2", update_config=config)
    counts: list[int] = []
    begun: list[int] = []

    def moved() -> bool:
        tasks = stage.cluster.tasks(stage.name)
        new = {task["Slot"] for task in tasks if image(task["Spec"]) == "web:2"}
        begun.append(len(new))
        counts.append(sum(task["Status"]["State"] == task["DesiredState"] == "running" for task in tasks))
        return stage.cluster.serving(stage.name) == {"web:2": 5}

    stage.cluster.wait("all moved", moved)
    assert min(counts) >= planned["lowest_serving"]
    assert max(counts) <= planned["highest_running"]
    # The slots come in any order, but so many at a time: between two batches there are just those.
    assert {2, 4, 5} <= set(begun)


def test_in_place_means_that_no_task_is_replaced(stage: Stage):
    stage.have("web:1", replicas=2)
    change: dict[str, Any] = {"labels": {"team": "shop"}, "replicas": 3}
    planned = plan(stage, **change)
    assert (planned["action"], planned["batches"], planned["wanted"]) == ("in_place", [], 3)
    before = stage.cluster.running_ids(stage.name)
    assert stage.service(**change).outcome == "completed"
    assert before < stage.cluster.running_ids(stage.name)


def test_constraints_move_the_tasks_that_the_plan_names(stage: Stage):
    stage.have("web:1", replicas=3)
    place: dict[str, Any] = {"placement": {"constraints": ["node.hostname != node2"]}}
    planned = plan(stage, **place)
    named = {spot["slot"] for batch in planned["batches"] for spot in batch["slots"]}
    before = {task["Slot"]: task["ID"] for task in stage.cluster.running(stage.name)}
    assert stage.service(**place).outcome == "completed"
    after = {task["Slot"]: task["ID"] for task in stage.cluster.running(stage.name)}
    assert {slot for slot in before if before[slot] != after[slot]} == named


def test_longer_estimates_take_longer(stage: Stage):
    stage.have("web:1", replicas=3)
    quick: dict[str, Any] = {"update_config": {"parallelism": 0, "delay": "0s", "monitor": "1s"}}
    slow: dict[str, Any] = {"update_config": {"parallelism": 1, "delay": "2s", "monitor": "1s"}}
    foretold = {"quick": plan(stage, "web:2", **quick), "slow": plan(stage, "web:2", **slow)}
    assert {planned["estimate_from"] for planned in foretold.values()} == {"measured"}
    assert foretold["quick"]["estimated_seconds"] < foretold["slow"]["estimated_seconds"]
    took = {"slow": stage.service("web:2", **slow), "quick": stage.service("web:1", **quick)}
    assert took["quick"].rollout["duration"] < took["slow"].rollout["duration"]


def test_a_plan_is_refused_after_another_write(stage: Stage):
    stage.have("web:1", replicas=2)
    given = plan(stage, "web:2")["id"]
    stage.cluster.write(stage.name, lambda spec: spec.setdefault("Labels", {}).update(by="somebody"))
    ran = stage.service("web:2", plan_id=given)
    assert (ran.failed, ran.changed, ran.result["error_kind"]) == (True, False, "plan_outdated")
    assert "it was written since (version" in ran.msg
    assert "which changed its specification" in ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    again = ran.result["plan"]["id"]
    assert stage.service("web:2", plan_id=again).outcome == "completed"
    # Done: the same task once more has nothing to do, and nothing to refuse.
    assert stage.service("web:2", plan_id=again).outcome == "unchanged"


@pytest.mark.alone
def test_a_plan_is_refused_after_a_node_or_the_task_itself_changed(stage: Stage):
    stage.have("web:1")
    given = plan(stage, "web:2")["id"]
    assert "asks for another specification" in stage.service("web:2", plan_id=given, env={"A": "1"}).msg
    label_node(stage, "node2", {"tried": stage.name})
    try:
        ran = stage.service("web:2", plan_id=given)
    finally:
        label_node(stage, "node2", {})
    assert ran.result["error_kind"] == "plan_outdated"
    assert "node node2 changed (now ready, active)" in ran.msg
    assert "written since" not in ran.msg
    assert stage.service("web:2", plan_id=given).outcome == "completed", "all is as it was"


def label_node(stage: Stage, name: str, labels: dict[str, str]) -> None:
    """Write the labels of a node."""
    engine = stage.cluster.engine

    def written() -> None:
        node = next(one for one in engine.get("/nodes") if one["Description"]["Hostname"] == name)
        engine.post(f"/nodes/{node['ID']}/update", {**node["Spec"], "Labels": labels}, version=node["Version"]["Index"])

    in_sequence(written)


def test_info_gives_the_plan_of_check_mode(stage: Stage):
    stage.have("web:1", replicas=2)
    change: dict[str, Any] = {"env": {"REGION": "eu"}, "update_config": {"parallelism": "1"}}
    ran = stage.start("swarm_service_info", plan={"image": "web:2", **change}).wait()
    assert not ran.failed, ran.output
    assert ran.result["plan"] == plan(stage, "web:2", **change)
    assert not ran.changed
    wrong = stage.start("swarm_service_info", plan={"imagee": "web:2"}).wait()
    assert wrong.msg == 'plan: "imagee" is not usable: give options of swarm_service that describe the service'


def test_a_plan_made_during_an_update_has_what_is_left(stage: Stage):
    stage.have("web:1", replicas=3)
    write(stage, "web:2", update_config={"parallelism": 1, "delay": "1h", "monitor": "1s"})
    stage.cluster.wait("one has moved", lambda: stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 1})
    moved = next(task["Slot"] for task in stage.cluster.running(stage.name) if image(task["Spec"]) == "web:2")
    left = {spot["slot"] for batch in plan(stage, "web:2", labels={"a": "b"})["batches"] for spot in batch["slots"]}
    assert left == {1, 2, 3} - {moved}
    stage.cluster.write(stage.name, other_image("web:1"))
