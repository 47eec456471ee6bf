# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interrupted, run twice, replaced, stopped: the cluster is at a step and goes on from there."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.integration.progressive.steps import Steps


@pytest.mark.parametrize("step", [1, 2])
def test_the_same_task_goes_on_where_another_was_killed(stage: Steps, step: int):
    stage.prepared(replicas=4)
    target = (1, 2)[step - 1]
    running = stage.rolling(steps=[1, 2], step_pause="60s" if step == 1 else "3s")
    at_the_step = {"web:1": 4 - target, "web:2": target}
    # With start-first the task that is replaced serves for a moment beside the one that replaces it.
    stage.cluster.wait("the step", lambda: stage.cluster.serving(stage.name) == at_the_step)
    running.kill()
    assert stage.cluster.serving(stage.name) == at_the_step
    found = stage.rollout()
    assert found is not None
    assert (found["step"], found["state"]) == (step, "driven"), "the lock of the dead one has not expired yet"
    ran = stage.roll(steps=[1, 2])
    assert (ran.failed, ran.changed, ran.outcome) == (False, True, "completed")
    assert [one["step"] for one in ran.rollout["steps"]] == list(range(step, 4)), "it does not begin anew"
    assert Counter(task["Slot"] for task in stage.started("web:2")) == Counter(range(1, 5)), "each slot moved once"
    assert stage.rollout() is None


def test_a_manual_pause_stays_until_somebody_lets_it_go_on(stage: Steps):
    stage.prepared(replicas=3)
    stage.roll(steps=[1], step_pause="manual")
    again = stage.roll(steps=[1], step_pause="manual")
    assert (again.failed, again.changed, again.outcome) == (False, False, "paused")
    # A task that does not say manual did not get where it wants to be.
    other = stage.roll(steps=[1])
    assert (other.failed, other.changed, other.outcome) == (True, False, "paused")
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 1}


def test_a_task_without_steps_is_refused_and_changes_nothing(stage: Steps):
    stage.prepared(replicas=3)
    stage.roll(steps=[1], step_pause="manual")
    version = stage.cluster.service(stage.name)["Version"]["Index"]
    for ran in (stage.service(None, replicas=8), stage.service("web:2"), stage.service(None, labels={"a": "b"})):
        assert ran.failed
        assert ran.result["error_kind"] == "in_progress"
        assert "step 1 of 2" in ran.msg
    assert stage.cluster.service(stage.name)["Version"]["Index"] == version


def test_another_specification_replaces_it_and_the_way_back_stays(stage: Steps):
    stage.prepared(replicas=4)
    stage.roll("vote:indent", steps=[2], step_pause="manual")
    ran = stage.roll("web:2", steps=[1], step_pause="manual")
    assert (ran.failed, ran.outcome) == (False, "paused")
    assert any("replaces it" in text for text in ran.warnings)
    assert stage.cluster.serving(stage.name)["web:2"] == 1
    assert stage.act("aborted").outcome == "rolled_back"
    assert stage.cluster.serving(stage.name) == {"web:1": 4}


def test_two_runs_at_once_are_one_rollout(stage: Steps):
    stage.prepared(replicas=4)
    first = stage.rolling(steps=[1, 2], actor={"user": "anna", "host": "deploy1"})
    second = stage.rolling(steps=[1, 2], actor={"user": "ben", "host": "laptop"})
    ends = [first.wait(), second.wait()]
    assert [ran.failed for ran in ends] == [False, False], [ran.msg for ran in ends]
    assert sorted(str(ran.outcome) for ran in ends) in (["completed", "unchanged"], ["completed", "completed"])
    assert stage.cluster.serving(stage.name) == {"web:2": 4}
    assert Counter(task["Slot"] for task in stage.started("web:2")) == Counter(range(1, 5))


def test_who_does_not_want_to_wait_is_told_who_holds_it(stage: Steps):
    stage.prepared(replicas=3)
    running = stage.rolling(steps=[1], step_pause="60s", actor={"user": "anna", "host": "deploy1"})
    stage.wait_for("web:2", 1)
    ran = stage.roll(steps=[1], lock_wait="0s")
    assert ran.failed
    assert ran.result["error_kind"] == "locked"
    assert "anna@deploy1" in ran.msg
    assert running.under_way


@pytest.mark.parametrize("state", ["paused", "aborted", "promoted"])
def test_who_drives_lets_go_when_asked(stage: Steps, state: str):
    stage.prepared(replicas=3)
    running = stage.rolling(steps=[1], step_pause="120s")
    stage.wait_for("web:2", 1)
    ran = stage.act(state, actor={"user": "ben", "host": "laptop"})
    assert not ran.failed, ran.msg
    yielded = running.wait()
    assert (yielded.failed, yielded.outcome) == (True, "paused")
    assert "ben@laptop: %s" % state in yielded.msg
    assert "1 of 3 tasks run web:2 now, 2 run web:1" in yielded.msg
    outcome, serving = {
        "paused": ("paused", {"web:1": 2, "web:2": 1}),
        "aborted": ("rolled_back", {"web:1": 3}),
        "promoted": ("completed", {"web:2": 3}),
    }[state]
    assert ran.outcome == outcome
    assert stage.cluster.serving(stage.name) == serving
    again = stage.act(state)
    assert (again.failed, again.changed) == (False, False)


def test_paused_by_somebody_stays_paused(stage: Steps):
    stage.prepared(replicas=3)
    stage.rolling(steps=[1], step_pause="60s")
    stage.wait_for("web:2", 1)
    assert stage.act("paused").changed
    ran = stage.roll(steps=[1])
    assert (ran.failed, ran.changed, ran.outcome) == (True, False, "paused")
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 1}


def test_advanced_to_a_number(stage: Steps):
    stage.prepared(replicas=5)
    stage.roll(steps=[1], step_pause="manual")
    ran = stage.act("advanced", to="3")
    assert (ran.failed, ran.changed, ran.outcome) == (False, True, "paused")
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 3}
    again = stage.act("advanced", to="3")
    assert (again.failed, again.changed) == (False, False)
    foretold = stage.act("promoted", check=True)
    assert foretold.changed
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 3}
    assert stage.act("promoted").outcome == "completed"


def test_a_rollback_ends_it(stage: Steps):
    before = stage.prepared(replicas=4)
    stage.roll(steps=[2], step_pause="manual")
    ran = stage.rollback()
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 4}
    assert len(stage.cluster.running_ids(stage.name) & before) == 2
    assert stage.rollout() is None
    assert stage.roll(steps=[2]).outcome == "completed"


def test_after_steps_previous_leads_to_the_release_before(stage: Steps):
    stage.prepared(replicas=3)
    assert stage.roll(steps=[1, 2]).outcome == "completed"
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.result["target"]["revision"]) == (False, 1)
    assert stage.cluster.serving(stage.name) == {"web:1": 3}


def test_verified_changes_nothing(stage: Steps):
    before = stage.prepared(replicas=2)
    good = stage.act("verified", checks=[{"tasks": {"healthy_for": "1s"}}])
    assert (good.failed, good.changed) == (False, False), good.msg
    bad = stage.act("verified", checks=[{"command": {"cmd": "false"}}])
    assert (bad.failed, bad.changed) == (True, False)
    assert stage.cluster.running_ids(stage.name) == before


def test_a_canary_that_died_while_it_waited_is_not_gone_on_from(stage: Steps):
    stage.prepared(replicas=3)
    # It lives for three seconds and is watched for one.
    ran = stage.roll("crash:1.0", steps=[1, 2], step_pause="manual")
    assert (ran.failed, ran.outcome) == (False, "paused")
    stage.cluster.wait("the canary's death", lambda: stage.cluster.state(stage.name) == "paused")
    on = stage.act("promoted")
    assert (on.failed, on.outcome) == (True, "rolled_back")
    assert "step 1 of 3" in on.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 3}
