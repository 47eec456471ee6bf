# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Going back: once, not twice, with the stored or with other settings, and not where there is nothing."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.integration.cluster import image, other_image
from tests.integration.stage import QUICK, Stage
from tests.integration.stamps import created, reached


def went_forward(stage: Stage, **options: Any) -> None:
    """A service that was updated once: web:1, then web:2."""
    stage.have("web:1", **options)
    assert stage.service("web:2").outcome == "completed"


def test_back_to_the_previous_specification_and_not_forward_again(stage: Stage):
    went_forward(stage, replicas=2, env={"REGION": "eu"})
    ran = stage.rollback()
    assert (ran.failed, ran.outcome, ran.changed, ran.result["changes"]) == (False, "completed", True, ["image"])
    assert (ran.rollout["from_image"], ran.rollout["to_image"]) == ("web:2", "web:1")
    assert "rollback_completed" in ran.states
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    version = stage.cluster.service(stage.name)["Version"]

    again = stage.rollback()

    assert (again.failed, again.outcome, again.changed) == (False, "unchanged", False)
    assert any("force" in text for text in again.warnings)
    assert stage.cluster.service(stage.name)["Version"] == version
    forced = stage.rollback(force=True)
    assert (forced.failed, forced.outcome, forced.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:2": 2}


def test_back_from_one_image_only(stage: Stage):
    went_forward(stage)
    other = stage.rollback(from_image="web:3")
    assert (other.failed, other.outcome, other.changed) == (False, "unchanged", False)
    assert stage.cluster.serving(stage.name) == {"web:2": 1}
    ran = stage.rollback(from_image="web:2")
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    again = stage.rollback(from_image="web:2")
    assert (again.failed, again.outcome, again.changed, again.warnings) == (False, "unchanged", False, [])
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_the_former_number_of_replicas_comes_back_only_when_asked_for(stage: Stage):
    stage.have("web:1", replicas=1)
    assert stage.service(replicas=3).outcome == "completed"
    kept = stage.rollback()
    assert (kept.failed, kept.changed, kept.result["error_kind"]) == (True, False, "nothing_to_go_back_to")
    assert "keep_replicas: false" in kept.msg
    ran = stage.rollback(keep_replicas=False)
    assert (ran.failed, ran.outcome, ran.result["changes"]) == (False, "completed", ["replicas"])
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_what_was_deployed_twice_is_nothing_to_go_back_to(stage: Stage):
    stage.have("web:1", revision_history_limit=0)
    stage.cluster.write(stage.name, other_image("web:2"))
    stage.cluster.wait("it is through", lambda: stage.cluster.serving(stage.name) == {"web:2": 1})
    stage.cluster.write(stage.name, lambda spec: None)
    ways: list[dict[str, Any]] = [{}, {"to": "previous"}, {"from_image": "web:2"}]
    for asked in ways:
        for check in (False, True):
            ran = stage.start("swarm_service_rollback", check=check, revision_history_limit=0, **asked).wait()
            assert (ran.failed, ran.changed, ran.result["error_kind"]) == (True, False, "nothing_to_go_back_to")
    assert "previous specification is the present one" in ran.msg
    assert stage.rollback(from_image="web:1", revision_history_limit=0).outcome == "unchanged"
    # Swarm's own rollback says that it is completed, and nothing has moved.
    stage.cluster.go_back(stage.name)
    assert stage.rollback(revision_history_limit=0).result["error_kind"] == "nothing_to_go_back_to"
    assert stage.cluster.serving(stage.name) == {"web:2": 1}


def test_the_present_scale_stays_without_a_history_too(stage: Stage):
    stage.have("web:1", replicas=1, revision_history_limit=0)
    scaled = {"revision_history_limit": 0, "replicas": 2}
    assert stage.service("web:2", **scaled).outcome == "completed"
    ran = stage.rollback(revision_history_limit=0)
    assert (ran.failed, ran.outcome, ran.result["changes"]) == (False, "completed", ["image"])
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


def test_after_an_automatic_rollback_there_is_nothing_left_to_go_back_to(stage: Stage):
    stage.have("web:1")
    bad = stage.service("exit:1.0", update_config={"failure_action": "rollback", "monitor": "2s", "parallelism": 1})
    assert bad.outcome == "rolled_back"
    left = stage.rollback(from_image="exit:1.0")
    assert (left.failed, left.outcome, left.changed) == (False, "unchanged", False)
    plain = stage.rollback()
    assert plain.changed is False
    forced = stage.rollback(force=True)
    assert (forced.failed, forced.changed) == (True, False)
    assert forced.result["error_kind"] == "nothing_to_go_back_to"
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_a_service_that_was_never_updated(stage: Stage):
    stage.have("web:1")
    ran = stage.rollback()
    assert (ran.failed, ran.result["error_kind"]) == (True, "nothing_to_go_back_to")
    assert "nothing to go back to" in ran.msg
    assert stage.name in ran.msg


def test_a_service_that_is_not_there(stage: Stage):
    ran = stage.rollback()
    assert (ran.failed, ran.changed) == (True, False)
    assert stage.name in ran.msg


def test_check_mode_goes_nowhere(stage: Stage):
    went_forward(stage)
    before = stage.cluster.service(stage.name)
    planned = stage.start("swarm_service_rollback", check=True, diff=True).wait()
    assert (planned.failed, planned.changed, planned.result["changes"]) == (False, True, ["image"])
    assert stage.cluster.service(stage.name) == before
    done = stage.start("swarm_service_rollback", diff=True).wait()
    assert set(planned.result) == set(done.result)
    assert set(planned.rollout) == set(done.rollout)
    assert planned.result["diff"] == done.result["diff"]


def test_without_waiting(stage: Stage):
    went_forward(stage)
    ran = stage.rollback(wait=False)
    assert (ran.failed, ran.outcome, ran.changed) == (False, "applied", True)
    stage.cluster.wait("Swarm is through", lambda: stage.cluster.serving(stage.name) == {"web:1": 1})


def test_the_way_back_does_not_work_any_more(stage: Stage):
    assert stage.service("nowhere:1", rollback_config=QUICK, wait=False).outcome == "applied"
    assert stage.service("web:1", update_config=QUICK).outcome == "completed"
    ran = stage.rollback()
    assert (ran.failed, ran.outcome, ran.changed) == (True, "rollback_failed", True)
    assert "No such image: nowhere:1" in ran.msg
    assert image(stage.cluster.spec(stage.name)) == "nowhere:1"


def test_a_failure_action_of_a_rollback_is_never_rollback(stage: Stage):
    went_forward(stage)
    ran = stage.rollback(rollback_config={"failure_action": "rollback"})
    assert ran.failed
    assert "failure_action" in ran.msg
    ran = stage.service(rollback_config={"failure_action": "rollback"})
    assert ran.failed
    assert "failure_action" in ran.msg
    assert stage.cluster.serving(stage.name) == {"web:2": 1}


@pytest.mark.parametrize("stored", ["one by one", "all at once"])
def test_other_settings_for_one_rollback(stage: Stage, stored: str):
    slow: dict[str, Any] = {"parallelism": 1, "delay": "3s", "monitor": "1s", "order": "stop-first"}
    quick: dict[str, Any] = {"parallelism": 0, "delay": "0s", "monitor": "1s", "order": "start-first"}
    kept, wanted = (slow, quick) if stored == "one by one" else (quick, slow)
    stage.have("web:1", replicas=3, rollback_config=kept)
    original = stage.cluster.spec(stage.name)
    assert stage.service("web:2").outcome == "completed"
    forward = stage.cluster.running(stage.name)

    ran = stage.rollback(from_image="web:2", rollback_config=wanted)

    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.spec(stage.name) == original, "the stored settings, update_config's included, are back"
    back = sorted(stage.cluster.running(stage.name), key=created)
    assert [image(task["Spec"]) for task in back] == ["web:1"] * 3
    newer = [task for task in stage.cluster.tasks(stage.name) if created(task) >= created(back[0])]
    assert len(newer) == 3, "putting the settings back replaces no task"
    gaps = [created(later) - created(sooner) for sooner, later in itertools.pairwise(back)]
    ended = {task["Slot"]: task for task in stage.cluster.tasks(stage.name) if task["ID"] in {t["ID"] for t in forward}}
    if wanted is quick:
        assert max(gaps) < 1.5
        for task in back:
            assert reached(ended[task["Slot"]]) >= created(task), "start-first"
    else:
        assert min(gaps) >= 3.0
    assert stage.rollback(from_image="web:2").outcome == "unchanged"
