# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images that do not work: whatever Swarm makes of them, the task fails and says what runs now and why."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import FAILURES_PER_SLOT
from tests.integration.cluster import image
from tests.integration.stage import QUICK, Stage

# Watched for longer than crash:1.0 lives.
# The tasks die 3 s after they began, of which a busy machine is told late.
WATCHED: dict[str, Any] = {"monitor": "9s", "parallelism": 1, "failure_action": "rollback"}


def test_a_crash_is_rolled_back_by_swarm(stage: Stage):
    stage.have("web:1", replicas=2)
    ran = stage.service("crash:1.0", update_config=WATCHED)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "rolled_back", True)
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    assert image(stage.cluster.spec(stage.name)) == "web:1"
    assert ran.result["swarm_service"]["image"] == "web:1", "the service as it is afterwards"
    assert ran.states[:2] == ["updating", "rollback_started"]
    first = ran.rollout["failures"][0]
    assert (first["exit_code"], first["state"]) == (3, "failed")
    assert first["log"] == ["crash: lost the connection to the database, giving up"]
    failed = {task["ID"]: task for task in stage.cluster.tasks(stage.name) if task["Status"]["State"] == "failed"}
    assert first["task"] in failed
    assert first["slot"] == failed[first["task"]]["Slot"]
    nodes = {node["ID"]: node["Description"]["Hostname"] for node in stage.cluster.engine.get("/nodes")}
    assert first["node"] == nodes[failed[first["task"]]["NodeID"]]
    for word in ("rolled back", first["task"][:12], first["node"], "(3)", "giving up", "2 of 2 tasks run web:1 now"):
        assert word in ran.msg
    assert stage.service("web:1").outcome == "unchanged"


def test_an_unhealthy_release_is_rolled_back_by_swarm(stage: Stage):
    stage.have("whoami:1.0", replicas=2)
    ran = stage.service("whoami:2.0", update_config=WATCHED)
    assert (ran.failed, ran.outcome) == (True, "rolled_back")
    assert stage.cluster.serving(stage.name) == {"whoami:1.0": 2}
    assert "unhealthy" in ran.rollout["failures"][0]["error"]


@pytest.mark.parametrize("turn", range(5))
def test_an_instant_exit_is_never_called_completed(stage: Stage, turn: int):
    # Swarm's own status says `completed` in some of these runs.
    stage.have("web:1", replicas=1 + turn % 2)
    order = ("stop-first", "start-first")[turn // 2 % 2]
    ran = stage.service("exit:1.0", update_config={**WATCHED, "parallelism": 0, "monitor": "2s", "order": order})
    assert (ran.failed, ran.outcome) == (True, "rolled_back")
    assert stage.cluster.serving(stage.name) == {"web:1": 1 + turn % 2}
    assert ran.rollout["failures"][0]["exit_code"] == 1
    assert "DATABASE_URL is missing" in ran.msg


def test_a_paused_update_fails_now_and_again(stage: Stage):
    stage.have("web:1", replicas=2)
    config = {**WATCHED, "failure_action": "pause", "monitor": "4s"}
    ran = stage.service("crash:1.0", update_config=config)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "paused", True)
    assert stage.cluster.state(stage.name) == "paused"
    assert ran.rollout["failures"][0]["exit_code"] == 3
    assert image(stage.cluster.spec(stage.name)) == "crash:1.0"
    version = stage.cluster.service(stage.name)["Version"]

    again = stage.service("crash:1.0", update_config=config)

    assert (again.failed, again.outcome, again.changed) == (True, "paused", False)
    assert "swarm_service_rollback" in again.msg
    # Who does not wait asks for no verdict on what was there before, nor does check mode.
    for quick in (stage.service("crash:1.0", wait=False), stage.service(wait=False), stage.begin(check=True).wait()):
        assert (quick.failed, quick.outcome, quick.changed) == (False, "unchanged", False)
        assert "stands paused" in quick.msg
    assert stage.cluster.service(stage.name)["Version"] == version, "nothing may be posted: the way back would be lost"
    back = stage.rollback()
    assert (back.failed, back.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


@pytest.mark.parametrize("bad", ["exit:1.0", "crash:1.0"])
def test_nobody_watches_and_yet_it_is_not_completed(stage: Stage, bad: str):
    stage.have("web:1", restart_config={"delay": "500ms"})
    ran = stage.service(bad, update_config={"failure_action": "continue", "order": "start-first", "monitor": "8s"})
    assert stage.cluster.state(stage.name) == "completed", "this is what Swarm says"
    assert (ran.failed, ran.outcome) == (True, "failed")
    assert ran.rollout["failures"][0]["exit_code"] in (1, 3)


def test_a_create_that_cannot_work_fails(stage: Stage):
    ran = stage.service("exit:1.0", replicas=1, restart_config={"delay": "500ms"}, update_config=QUICK)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "failed", True)
    assert "DATABASE_URL is missing" in ran.msg
    assert ran.rollout["failures"][0]["exit_code"] == 1
    assert ran.rollout["tasks"]["failed"] >= 5
    # Not at the moment in which its next attempt has just started.
    stage.cluster.wait("the end of an attempt", lambda: not stage.cluster.running(stage.name))
    again = stage.service("exit:1.0")
    assert (again.failed, again.outcome, again.changed) == (True, "failed", False)


def test_a_create_whose_first_task_dies_and_whose_second_lives_completes(stage: Stage):
    command = ["/bin/sh", "-c", 'test -e /data/second || { touch /data/second; exit 9; }; exec /bin/service page "" 1']
    ran = stage.service(
        "web:1",
        command=command,
        mounts=[{"source": stage.name, "target": "/data", "type": "volume"}],
        placement={"constraints": ["node.hostname==node1"]},
        restart_config={"delay": "500ms"},
        update_config=QUICK,
    )
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert [failure["exit_code"] for failure in ran.rollout["failures"]] == [9]
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_no_further_attempt_allowed(stage: Stage):
    ran = stage.service("exit:1.0", replicas=1, restart_config={"condition": "none"})
    assert (ran.failed, ran.outcome) == (True, "failed")
    assert len(stage.cluster.tasks(stage.name)) == 1


def test_a_missing_image_is_told_quickly(stage: Stage):
    ran = stage.service("nowhere:1", replicas=2)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "failed", True)
    assert "No such image: nowhere:1" in ran.msg
    assert ran.rollout["failures"][0]["state"] == "rejected"
    assert stage.cluster.serving(stage.name) == {}
    # Long before the slots would have failed often enough to be given up.
    assert ran.rollout["tasks"]["failed"] < FAILURES_PER_SLOT, ran.output


def test_an_update_to_a_missing_image_is_rolled_back(stage: Stage):
    stage.have("web:1", replicas=2)
    ran = stage.service("nowhere:1", update_config={**WATCHED, "monitor": "1s"})
    assert (ran.failed, ran.outcome) == (True, "rolled_back")
    assert "No such image: nowhere:1" in ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


@pytest.mark.parametrize("turn", range(3))
def test_a_failed_rollback_is_called_that(stage: Stage, turn: int):
    # Swarm's own status says `rollback_completed` in some of these runs.
    assert stage.service("nowhere:1", replicas=1, rollback_config=QUICK, wait=False).outcome == "applied"
    ran = stage.service("crash:1.0", update_config=WATCHED)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "rollback_failed", True)
    assert stage.cluster.state(stage.name) in ("rollback_paused", "rollback_completed")
    assert stage.cluster.serving(stage.name) == {}
    assert image(stage.cluster.spec(stage.name)) == "nowhere:1"
    assert ran.rollout["failures"][0]["exit_code"] == 3
    again = stage.service("nowhere:1")
    assert (again.failed, again.changed) == (True, False)
    assert again.outcome in ("rollback_failed", "failed")
