# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that is killed at any moment leaves a history that the next run completes truthfully."""

from __future__ import annotations

import pytest

from tests.integration.history.past import QUICK, Past, nth

BEFORE_THE_RECORD = ("POST", "/configs/create")
BEFORE_THE_WRITE = ("POST", "/services/…/update")
DURING_THE_ROLLOUT = ("GET", "/tasks")
BEFORE_THE_OUTCOME = ("POST", "/configs/…/update")


@pytest.mark.parametrize(
    ("moment", "serving", "left"),
    [
        pytest.param(BEFORE_THE_RECORD, "web:1", None, id="before the record"),
        pytest.param(BEFORE_THE_WRITE, "web:1", "pending", id="between record and write"),
        pytest.param(DURING_THE_ROLLOUT, "web:2", "completed", id="during the rollout"),
        pytest.param(BEFORE_THE_OUTCOME, "web:2", "completed", id="before the outcome is written"),
    ],
)
def test_an_update(stage: Past, moment: tuple[str, str], serving: str, left: str | None):
    stage.have("web:1", replicas=2)
    stage.killed(nth(1, *moment), image="web:2", change_cause="the second")
    stage.at_rest({serving: 2})
    assert stage.outcomes() == {1: "completed", **({2: left} if left else {})}
    stored = stage.stored()
    assert [one["outcome"] for one in stored.values()] == ["completed", "pending"][: 2 if left else 1]
    assert stage.now()["drift"] is None

    ran = stage.service("whoami:1.0", change_cause="the next run")

    assert (ran.failed, ran.outcome) == (False, "completed")
    ended = {None: [], "pending": ["abandoned"], "completed": ["completed"]}[left]
    stored = stage.stored()
    assert [one["outcome"] for one in stored.values()] == ["completed", *ended, "completed"]
    assert [one["cause"] for one in stored.values()] == ["", *(["the second"] if left else []), "the next run"]
    assert stage.carried() == ran.rollout["revision"] == max(stored)
    assert list(stage.outcomes().values()) == [one["outcome"] for one in stored.values()]


def test_a_run_that_changes_nothing_waits_and_completes_the_record(stage: Past):
    stage.have("web:1", replicas=2)
    stage.killed(nth(1, *DURING_THE_ROLLOUT), image="slow:1.0")
    again = stage.service("slow:1.0")
    assert (again.failed, again.outcome, again.changed) == (False, "completed", False)
    assert {number: one["outcome"] for number, one in stage.stored().items()} == {1: "completed", 2: "completed"}


def test_a_broken_release_that_swarm_takes_back_by_itself(stage: Past):
    config = {**QUICK, "failure_action": "rollback", "monitor": "3s"}
    stage.have("web:1", update_config=config)
    stage.killed(nth(1, *DURING_THE_ROLLOUT), image="exit:1.0")
    stage.cluster.wait("Swarm went back", lambda: stage.cluster.state(stage.name) == "rollback_completed")
    assert stage.outcomes() == {1: "completed", 2: "rolled_back"}
    # The next one is killed before it writes: what the status says is not about it.
    stage.killed(nth(1, *BEFORE_THE_WRITE), image="web:2")
    assert stage.outcomes() == {1: "completed", 2: "rolled_back", 3: "pending"}
    assert stage.service("whoami:1.0").outcome == "completed"
    stored = {number: one["outcome"] for number, one in stage.stored().items()}
    assert stored == {1: "completed", 2: "rolled_back", 3: "abandoned", 4: "completed"}


def test_a_broken_release_that_stays_paused(stage: Past):
    stage.have("web:1", update_config={**QUICK, "failure_action": "pause", "monitor": "3s"})
    stage.killed(nth(1, *DURING_THE_ROLLOUT), image="exit:1.0")
    stage.cluster.wait("Swarm paused", lambda: stage.cluster.state(stage.name) == "paused")
    assert stage.outcomes() == {1: "completed", 2: "paused"}
    back = stage.rollback(to="previous")
    assert (back.outcome, back.result["target"]["revision"]) == ("completed", 1)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    assert {number: one["outcome"] for number, one in stage.stored().items()} == {
        1: "completed",
        2: "paused",
        3: "completed",
    }


@pytest.mark.parametrize("following", ["nothing to change", "a change", "the same rollback", "check mode"])
def test_a_rollback_before_its_own_configuration_is_back(stage: Past, following: str):
    slowly = {"parallelism": 2, "delay": "1s", "monitor": "1s"}
    stage.have("web:1", replicas=2, rollback_config=slowly)
    own = stage.cluster.spec(stage.name)
    assert stage.service("web:2").outcome == "completed"
    assert stage.service("whoami:1.0").outcome == "completed"
    # The first write moves the tasks, the second puts the configuration back.
    stage.killed(nth(2, *BEFORE_THE_WRITE), "swarm_service_rollback", to="1")
    stage.at_rest({"web:1": 2})
    tasks = stage.cluster.running_ids(stage.name)
    assert stage.cluster.spec(stage.name)["UpdateConfig"] != own["UpdateConfig"]
    now = stage.now()
    assert (now["drift"], now["drifted"], now["revision"]) == (None, False, 4)
    assert stage.outcomes()[4] == "completed"

    if following == "nothing to change":
        ran = stage.service("web:1", replicas=2)
        assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True), ran.output
        assert all(option.startswith("update_config") for option in ran.result["changes"])
    elif following == "a change":
        ran = stage.service(labels={"team": "shop"})
        assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
        own["Labels"] = {"team": "shop"}
    elif following == "the same rollback":
        ran = stage.rollback(to="1")
        assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True), ran.output
    else:
        before = stage.cluster.service(stage.name)
        ran = stage.service("web:1", replicas=2, check=True)
        assert (ran.failed, ran.changed) == (False, True)
        assert stage.cluster.service(stage.name) == before
        return
    assert stage.cluster.spec(stage.name) == own
    assert stage.cluster.running_ids(stage.name) == tasks, "putting the settings back replaces no task"
    stored = stage.stored()
    assert [one["outcome"] for one in stored.values()] == ["completed"] * len(stored)
    assert len(stored) == (5 if following == "a change" else 4)
    assert not any(one["outside"] for one in stored.values())
    assert stage.rollback(to="1").changed is (following == "a change")
    assert stage.service("web:1", replicas=2).changed is False
