# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places in which Swarm starts nothing any more, and those that it never filled: judged alike by every run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.integration.stage import QUICK, Stage

BACK: dict[str, Any] = {**QUICK, "failure_action": "rollback"}


def ends(stage: Stage) -> dict[str, int]:
    """How many tasks of the service are in which state."""
    return dict(Counter(task["Status"]["State"] for task in stage.cluster.tasks(stage.name)))


@pytest.mark.parametrize("mode", ["replicated", "global"])
@pytest.mark.parametrize("condition", ["on-failure", "none"])
def test_a_one_shot_that_ends_well_is_done(stage: Stage, mode: str, condition: str):
    wanted: dict[str, Any] = {"mode": mode, "restart_config": {"condition": condition}}
    ran = stage.service("job:ok", **wanted)
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
    places = 1 if mode == "replicated" else 3
    assert ends(stage) == {"complete": places}
    assert f"{places} of {places} tasks of job:ok ended with status 0" in ran.msg
    again = stage.service("job:ok", **wanted)
    assert (again.failed, again.changed, again.outcome) == (False, False, "unchanged"), again.output
    assert ends(stage) == {"complete": places}, "nothing ran a second time"
    assert stage.info()[0]["at_rest"] is True


@pytest.mark.parametrize("mode", ["replicated", "global"])
def test_used_up_attempts_are_an_error_however_often_it_is_run(stage: Stage, mode: str):
    wanted: dict[str, Any] = {"mode": mode, "restart_config": {"condition": "any", "delay": "0s", "max_attempts": 1}}
    places = 1 if mode == "replicated" else 3
    first = stage.service("job:fail", **wanted)
    assert (first.failed, first.outcome) == (True, "failed"), first.output
    stage.cluster.wait("Swarm gives up", lambda: ends(stage) == {"failed": 2 * places})
    for deadline in ("20s", "10m"):
        again = stage.service("job:fail", progress_deadline=deadline, **wanted)
        assert (again.failed, again.changed, again.outcome) == (True, False, "failed"), again.output
        assert "max_attempts: 1" in again.msg
        assert "with exit code 7" in again.msg or "(7)" in again.msg
        assert "force_update" in again.msg
        assert again.rollout["duration"] < 10.0
        assert again.rollout["tasks"]["desired"] == places
    assert stage.info()[0]["at_rest"] is False


def test_a_stall_says_why_also_when_it_went_back(stage: Stage):
    stage.have("web:1")
    nowhere = {"constraints": ["node.labels.nowhere == true"]}
    ran = stage.service("web:2", placement=nowhere, update_config=BACK, progress_deadline="6s")
    assert (ran.failed, ran.outcome) == (True, "rolled_back"), ran.output
    assert "no suitable node" in ran.msg
    assert ran.result["swarm_service"]["image"] == "web:1"
    pending = [one for one in ran.rollout["timeline"] if one["image"] == "web:2"]
    assert [span["state"] for one in pending for span in one["spans"] if span["state"] == "starting"] == []


def test_a_health_check_that_never_passes_is_named(stage: Stage):
    stage.have("whoami:1.0")
    ran = stage.service("whoami:2.0", update_config=BACK, progress_deadline="4s", docker_hosts=stage.hosts)
    assert (ran.failed, ran.outcome) == (True, "rolled_back"), ran.output
    assert "has not passed" in ran.msg or "unhealthy" in ran.msg


def test_the_deadline_is_longer_by_the_start_period_that_is_declared(stage: Stage):
    stage.have("slow:1.0", healthcheck={"start_period": "30s"})
    ran = stage.service(env={"RELEASE": "2"}, update_config=BACK, progress_deadline="3s")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output


def test_a_rollout_is_not_taken_back_for_places_that_were_empty_before(stage: Stage):
    placed: dict[str, Any] = {"replicas": 5, "placement": {"replicas_max_per_node": 1}}
    stage.service("web:1", wait=False, update_config=BACK, stop_grace_period="2s", **placed)
    stage.cluster.wait("three find a node", lambda: stage.cluster.serving(stage.name) == {"web:1": 3})
    ran = stage.service("web:2", progress_deadline="12s")
    assert (ran.failed, ran.outcome) == (True, "stalled"), ran.output
    assert stage.cluster.serving(stage.name) == {"web:2": 3}
    assert "before this change already" in ran.msg
    assert "3 of 5 tasks run web:2 now" in ran.msg
    again = stage.service("web:2", progress_deadline="3s")
    assert (again.failed, again.changed, again.outcome) == (True, False, "stalled")
