# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes well: created, updated, scaled, changed in place, removed, or nothing to do."""

from __future__ import annotations

import pytest

from tests.integration.cluster import image
from tests.integration.stage import QUICK, Stage


def test_create_completes_when_all_tasks_serve(stage: Stage):
    ran = stage.service("vote:indent", replicas=3, update_config=QUICK)
    assert (ran.outcome, ran.changed, ran.failed) == ("completed", True, False)
    assert stage.cluster.serving(stage.name) == {"vote:indent": 3}
    assert ran.rollout["tasks"] == {"desired": 3, "updated": 3, "running": 3, "failed": 0}
    assert ran.rollout["from_image"] is None
    assert "3 of 3 tasks run vote:indent" in ran.msg


def test_second_run_is_unchanged_and_writes_nothing(stage: Stage):
    stage.have("web:1", replicas=2, env={"REGION": "eu"})
    before = stage.cluster.service(stage.name)
    ran = stage.service("web:1", replicas=2, env={"REGION": "eu"}, update_config=QUICK)
    assert (ran.outcome, ran.changed, ran.result["changes"]) == ("unchanged", False, [])
    assert stage.cluster.service(stage.name)["Version"] == before["Version"]


def test_without_waiting_it_is_only_applied(stage: Stage):
    ran = stage.service("slow:1.0", replicas=1, wait=False)
    assert (ran.outcome, ran.changed) == ("applied", True)
    assert stage.cluster.serving(stage.name) == {}, "slow:1.0 serves after 8 s: nobody may have waited for it"
    ran = stage.service("web:1", wait=False)
    assert (ran.outcome, ran.changed) == ("applied", True)
    assert image(stage.cluster.spec(stage.name)) == "web:1"


@pytest.mark.parametrize("order", ["stop-first", "start-first"])
def test_update_completes_when_every_task_was_replaced(stage: Stage, order: str):
    stage.have("vote:indent", replicas=2)
    before = stage.cluster.running_ids(stage.name)
    ran = stage.service("vote:movies", update_config={**QUICK, "order": order})
    assert (ran.outcome, ran.changed) == ("completed", True)
    assert stage.cluster.serving(stage.name) == {"vote:movies": 2}
    assert not before & stage.cluster.running_ids(stage.name)
    assert stage.cluster.state(stage.name) == "completed"
    assert set(ran.result["changes"]) == ({"image"} if order == "stop-first" else {"image", "update_config.order"})
    assert ran.states == ["updating", "completed"]
    assert (ran.rollout["from_image"], ran.rollout["to_image"]) == ("vote:indent", "vote:movies")


def test_an_update_lasts_as_long_as_swarm_watches_it(stage: Stage):
    stage.have("web:1")
    ran = stage.service("web:2", update_config={**QUICK, "monitor": "4s"})
    status = stage.cluster.service(stage.name)["UpdateStatus"]
    assert (ran.outcome, status["State"]) == ("completed", "completed")
    assert ran.rollout["duration"] >= 4.0


def test_one_service_label_replaces_no_task(stage: Stage):
    stage.have("web:1", replicas=2)
    before = stage.cluster.running_ids(stage.name)
    ran = stage.service(labels={"team": "shop"})
    assert (ran.outcome, ran.changed, ran.result["changes"]) == ("completed", True, ["labels"])
    assert stage.cluster.spec(stage.name)["Labels"] == {"team": "shop"}
    assert stage.cluster.running_ids(stage.name) == before


def test_update_settings_replace_no_task(stage: Stage):
    stage.have("web:1", replicas=2)
    before = stage.cluster.running_ids(stage.name)
    ran = stage.service(update_config={"delay": "7s"}, rollback_config={"parallelism": 2})
    assert ran.outcome == "completed"
    spec = stage.cluster.spec(stage.name)
    assert spec["UpdateConfig"]["Delay"] == 7_000_000_000
    assert spec["UpdateConfig"]["Monitor"] == 1_000_000_000, "what the task does not mention stays"
    assert spec["RollbackConfig"]["Parallelism"] == 2
    assert stage.cluster.running_ids(stage.name) == before


def test_scaling_up_keeps_the_tasks_and_waits_for_the_new_ones(stage: Stage):
    stage.have("vote:indent", replicas=1)
    before = stage.cluster.running_ids(stage.name)
    ran = stage.service(replicas=3)
    assert (ran.outcome, ran.result["changes"]) == ("completed", ["replicas"])
    assert stage.cluster.serving(stage.name) == {"vote:indent": 3}
    assert before < stage.cluster.running_ids(stage.name)


def test_scaling_down_and_to_nothing(stage: Stage):
    stage.have("web:1", replicas=3)
    ran = stage.service(replicas=1)
    assert ran.outcome == "completed"
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    ran = stage.service(replicas=0)
    assert ran.outcome == "completed"
    assert stage.cluster.serving(stage.name) == {}
    assert ran.rollout["tasks"]["desired"] == 0
    ran = stage.service(replicas=0)
    # The last task may still be on its way out, and is waited for.
    assert ran.outcome in ("unchanged", "completed")
    assert ran.changed is False


def test_a_new_image_while_scaled_to_nothing(stage: Stage):
    stage.have("web:1", replicas=0)
    ran = stage.service("web:2")
    assert (ran.outcome, ran.changed) == ("completed", True)
    assert image(stage.cluster.spec(stage.name)) == "web:2"
    assert stage.cluster.serving(stage.name) == {}


def test_removing_ends_when_no_task_runs(stage: Stage):
    stage.have("web:1", replicas=2)
    service_id = stage.cluster.service(stage.name)["ID"]
    ran = stage.service(state="absent")
    assert (ran.outcome, ran.changed) == ("completed", True)
    assert stage.cluster.find(stage.name) is None
    left = [task for task in stage.cluster.tasks_of(service_id) if task["Status"]["State"] == "running"]
    assert left == []
    ran = stage.service(state="absent")
    assert (ran.outcome, ran.changed) == ("unchanged", False)


def test_a_global_service_has_one_task_on_every_node(stage: Stage):
    nodes = len(stage.cluster.engine.get("/nodes"))
    ran = stage.service("web:1", mode="global", update_config=QUICK, stop_grace_period="2s")
    assert (ran.outcome, ran.rollout["tasks"]["desired"]) == ("completed", nodes)
    assert stage.cluster.serving(stage.name) == {"web:1": nodes}
    ran = stage.service("web:2")
    assert (ran.outcome, ran.rollout["tasks"]["updated"]) == ("completed", nodes)
    assert stage.cluster.serving(stage.name) == {"web:2": nodes}
    assert stage.service("web:2").outcome == "unchanged"


def test_a_global_service_whose_nodes_are_limited(stage: Stage):
    where = stage.cluster.engine.get("/nodes")[0]["Description"]["Hostname"]
    ran = stage.service("web:1", mode="global", placement={"constraints": [f"node.hostname=={where}"]})
    assert (ran.outcome, ran.rollout["tasks"]["desired"]) == ("completed", 1)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_a_delay_of_nothing_is_no_change(stage: Stage):
    stage.have("web:1", update_config={**QUICK, "delay": "0s"})
    version = stage.cluster.service(stage.name)["Version"]
    for delay in ("0s", "0", 0):
        ran = stage.service("web:1", update_config={**QUICK, "delay": delay})
        assert (ran.outcome, ran.result["changes"]) == ("unchanged", [])
    assert stage.cluster.service(stage.name)["Version"] == version


def test_the_same_image_forced(stage: Stage):
    stage.have("web:1")
    before = stage.cluster.running_ids(stage.name)
    ran = stage.service("web:1", force_update=True)
    assert (ran.outcome, ran.changed) == ("completed", True)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    assert not before & stage.cluster.running_ids(stage.name)


def test_min_healthy_time_is_waited_for(stage: Stage):
    ran = stage.service("web:1", update_config=QUICK, min_healthy_time="6s")
    assert ran.outcome == "completed"
    assert ran.rollout["duration"] >= 6.0
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
