# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a rollback moves: by the rollback configuration, at the present scale, and with nothing left of the way."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.integration.cluster import image
from tests.integration.history.past import QUICK, Past
from tests.integration.stamps import created, reached

SLOW: dict[str, Any] = {"parallelism": 1, "delay": "2s", "monitor": "1s", "order": "stop-first"}
FAST: dict[str, Any] = {"parallelism": 0, "delay": "0s", "monitor": "1s", "order": "start-first"}


@pytest.mark.parametrize("way", ["one by one", "all at once"])
@pytest.mark.parametrize("far", [False, True], ids=["the last one", "an older one"])
def test_the_rollback_configuration_rules_the_move(stage: Past, way: str, far: bool):
    """Whether Swarm could go there by itself or not."""
    back, forth = (SLOW, FAST) if way == "one by one" else (FAST, SLOW)
    forth = {**forth, "delay": "0s", "parallelism": 0}
    stage.releases(*["web:1", "web:2", "whoami:1.0"][: 3 if far else 2], rollback_config=back, update_config=forth)
    # The scale is not part of a release; Swarm's own rollback would undo it.
    assert stage.service(replicas=3).outcome == "completed"
    own = stage.cluster.spec(stage.name)["UpdateConfig"]
    forward = {task["ID"] for task in stage.cluster.running(stage.name)}
    image_now = image(stage.cluster.spec(stage.name))

    ran = stage.rollback(to="1")

    assert (ran.failed, ran.outcome, ran.rollout["from_image"]) == (False, "completed", image_now), ran.output
    running = sorted(stage.cluster.running(stage.name), key=created)
    assert [image(task["Spec"]) for task in running] == ["web:1"] * 3
    gaps = [created(later) - created(sooner) for sooner, later in itertools.pairwise(running)]
    gone = {task["Slot"]: task for task in stage.cluster.tasks(stage.name) if task["ID"] in forward}
    if back is SLOW:
        assert min(gaps) >= 2.0
    else:
        assert max(gaps) < 1.5
        for task in running:
            assert reached(gone[task["Slot"]]) >= created(task), "start-first"
    # Its own configuration is back, and no task was replaced for that.
    assert stage.cluster.spec(stage.name)["UpdateConfig"] == own
    newer = [task for task in stage.cluster.tasks(stage.name) if created(task) >= created(running[0])]
    assert len(newer) == 3
    stage.at_rest({"web:1": 3})
    assert stage.rollback(to="1").outcome == "unchanged"


def test_the_former_scale_comes_back_only_when_asked_for(stage: Past):
    stage.releases("web:1", "web:2", replicas=2)
    assert stage.service(replicas=1).outcome == "completed"
    kept = stage.rollback(to="2")
    assert (kept.failed, kept.changed) == (False, False)
    ran = stage.rollback(to="1", keep_replicas=False)
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


def test_after_rollbacks_by_the_cli_and_by_swarm(stage: Past):
    config = {**QUICK, "failure_action": "rollback", "monitor": "2s"}
    stage.releases("web:1", "web:2", update_config=config)
    assert stage.rollback().outcome == "completed"
    # The plain CLI's rollback goes forward again; that is revision 2, not a change nobody knows.
    stage.cluster.go_back(stage.name)
    stage.at_rest({"web:2": 1})
    now = stage.now()
    assert now["drift"] is None
    assert [one["revision"] for one in now["history"] if one["current"]] == [2]

    assert stage.service("exit:1.0").outcome == "rolled_back"
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.result["target"]["revision"]) == (False, 1)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    assert list(stage.outcomes().values()) == ["completed", "completed", "completed", "rolled_back", "completed"]


def test_previous_twice_goes_further_back(stage: Past):
    stage.releases("web:1", "web:2", "whoami:1.0")
    told = [stage.rollback(to="previous").result["target"]["revision"] for _ in range(2)]
    assert told == [2, 1]
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    last = stage.rollback(to="previous")
    assert (last.failed, last.result["error_kind"]) == (True, "nothing_to_go_back_to")


def test_it_says_what_it_will_restore(stage: Past):
    stage.have("web:1", change_cause="the first poll", env={"REGION": "eu"})
    assert stage.service("web:2", env={"REGION": "us"}).outcome == "completed"
    ran = stage.start("swarm_service_rollback", check=True, diff=True, to="previous").wait()
    assert (ran.failed, ran.changed) == (False, True)
    target = ran.result["target"]
    assert (target["revision"], target["image"], target["cause"]) == (1, "web:1", "the first poll")
    assert 0 < target["age"] < 120
    for words in ("web:2", "web:1", 'revision 1 "the first poll"', "old", "image, env would change"):
        assert words in ran.msg
    assert ran.result["diff"]["after"] == {"image": "web:1", "env": {"REGION": "eu"}}
    for option, value in (("to", "9"), ("to_image", "web:9")):
        refused = stage.rollback(**{option: value})
        assert (refused.failed, refused.changed) == (True, False)
        assert "recorded are" in refused.msg


def test_what_is_there_but_does_not_run_is_not_called_unchanged(stage: Past):
    stage.have("web:1", replicas=2)
    running = stage.begin("slow:1.0")
    stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
    joined = stage.rollback(to="2")
    assert (joined.failed, joined.outcome, joined.changed) == (False, "completed", False)
    assert stage.cluster.serving(stage.name) == {"slow:1.0": 2}
    assert running.wait().outcome == "completed"
