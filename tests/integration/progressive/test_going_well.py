# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout that goes well moves just what it says, step by step, and each slot once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.integration.progressive.steps import PACE, Steps, moved


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
def test_each_step_moves_exactly_its_slots(stage: Steps, order: str):
    before = stage.prepared(update_config={**PACE, "order": order})
    ran = stage.roll(step_pause="manual")
    assert (ran.failed, ran.changed, ran.outcome) == (False, True, "paused")
    assert stage.cluster.serving(stage.name) == {"web:1": 5, "web:2": 1}
    assert len(stage.cluster.running_ids(stage.name) & before) == 5
    for word in ("step 1 of 3 is verified", "1 of 6 tasks run web:2", "5 run web:1", "state advanced"):
        assert word in ran.msg
    ran = stage.act("advanced")
    assert (ran.failed, ran.changed, ran.outcome) == (False, True, "paused")
    assert stage.cluster.serving(stage.name) == {"web:1": 3, "web:2": 3}
    ran = stage.act("promoted")
    assert (ran.failed, ran.changed, ran.outcome) == (False, True, "completed")
    assert stage.cluster.serving(stage.name) == {"web:2": 6}
    assert Counter(task["Slot"] for task in stage.started("web:2")) == Counter(range(1, 7))
    spec = stage.cluster.service(stage.name)["Spec"]
    assert not spec["UpdateConfig"].get("Delay"), "its own update configuration is back"
    assert "swarm.rollout.progress" not in spec["Labels"]
    assert stage.service("web:2").outcome == "unchanged"
    assert stage.act("promoted").changed is False


def test_without_a_pause_it_goes_through_in_one_task(stage: Steps):
    stage.prepared()
    ran = stage.roll(debug=True)
    assert (ran.failed, ran.outcome) == (False, "completed")
    calls = [call.partition("?")[0] for call in ran.result["engine_calls"]]
    writes = [call for call in calls if call.startswith("POST /services/")]
    assert len(writes) == 4, "one for each step, and one for its own update configuration"
    assert "GET /nodes" not in calls
    assert moved(ran) == [(1, 1, "verified"), (2, 3, "verified"), (3, 6, "verified")]
    assert ran.rollout["steps"][0]["slots"][0] in ran.rollout["steps"][1]["slots"]
    assert [one["outcome"] for one in stage.info(history=True)[0]["history"]] == ["completed", "completed"]
    again = stage.roll()
    assert (again.changed, again.outcome) == (False, "unchanged")


def test_several_options_at_once_and_new_replicas_at_the_end(stage: Steps):
    stage.prepared(replicas=3)
    change: dict[str, Any] = {"replicas": 5, "env": {"REGION": "eu"}, "labels": {"team": "polls"}}
    ran = stage.roll(steps=[1], step_pause="manual", **change)
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 1}
    assert ran.rollout["tasks"]["desired"] == 3
    assert stage.act("promoted").outcome == "completed"
    assert stage.cluster.serving(stage.name) == {"web:2": 5}
    spec = stage.cluster.spec(stage.name)
    assert spec["TaskTemplate"]["ContainerSpec"]["Env"] == ["REGION=eu"]
    assert spec["Labels"] == {"team": "polls"}
    assert max(Counter(task["Slot"] for task in stage.started("web:2")).values()) == 1


def test_another_port_moves_step_by_step_as_well(stage: Steps):
    stage.prepared(replicas=2, endpoint_mode="vip")
    ran = stage.roll(None, steps=[1], step_pause="manual", endpoint_mode="dnsrr")
    assert moved(ran) == [(1, 1, "verified")]
    assert stage.act("promoted").outcome == "completed"


def test_a_global_service_moves_node_by_node(stage: Steps):
    stage.have("web:1", mode="global", update_config=PACE, rollback_config=PACE)
    nodes = len(stage.cluster.running(stage.name))
    assert nodes == 3
    ran = stage.roll(steps=[1, "50%"], step_pause="manual")
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 1}
    assert ran.rollout["tasks"]["desired"] == 3
    assert stage.act("advanced").outcome == "paused"
    assert stage.cluster.serving(stage.name) == {"web:1": 1, "web:2": 2}
    assert stage.act("promoted").outcome == "completed"
    assert stage.cluster.serving(stage.name) == {"web:2": 3}


def test_a_pause_of_some_time_is_watched_and_then_goes_on(stage: Steps):
    stage.prepared(replicas=2)
    ran = stage.roll(steps=[1], step_pause="3s")
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert ran.rollout["steps"][0]["duration"] >= 3.0


def test_a_forced_restart_goes_step_by_step(stage: Steps):
    before = stage.prepared(replicas=3)
    ran = stage.roll(None, steps=[1], step_pause="manual", force_update=True)
    assert (ran.failed, ran.outcome) == (False, "paused"), ran.output
    assert len(stage.cluster.running_ids(stage.name) & before) == 2
    aborted = stage.act("aborted")
    assert (aborted.failed, aborted.outcome) == (False, "rolled_back")
    assert len(stage.cluster.running_ids(stage.name) & before) == 2, "who had not moved was left alone"


def test_what_replaces_no_task_needs_no_steps(stage: Steps):
    before = stage.prepared(replicas=2)
    ran = stage.roll(None, replicas=3, labels={"team": "polls"}, step_pause="manual")
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert "steps" not in ran.rollout
    assert before < stage.cluster.running_ids(stage.name)


def test_check_mode_foretells_the_steps(stage: Steps):
    stage.prepared(replicas=4)
    ran = stage.roll(check=True)
    assert (ran.changed, ran.outcome) == (True, "planned")
    assert [(one["step"], one["target"], one["status"]) for one in ran.rollout["steps"]] == [
        (1, 1, "planned"),
        (2, 2, "planned"),
        (3, 4, "planned"),
    ]
    assert [len(batch["slots"]) for batch in ran.result["plan"]["batches"]] == [1, 1, 2]
    assert stage.cluster.serving(stage.name) == {"web:1": 4}


def test_info_shows_where_it_stands(stage: Steps):
    stage.prepared(replicas=3)
    assert stage.rollout() is None
    stage.roll(steps=[1, 2], step_pause="manual", change_cause="films", actor={"user": "anna", "host": "deploy1"})
    found = stage.rollout()
    assert found is not None
    assert (found["step"], found["of"], found["targets"]) == (1, 3, [1, 2, 3])
    assert (found["state"], found["by"], found["cause"], found["driver"]) == ("paused", "anna@deploy1", "films", None)
    new = [task for task in stage.cluster.running(stage.name) if "web:2" in task["Spec"]["ContainerSpec"]["Image"]]
    assert found["new"] == [str(task["Slot"]) for task in new]
    assert len(found["old"]) == 2
