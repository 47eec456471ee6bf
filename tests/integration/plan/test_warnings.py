# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each warning of a plan, and that what it warns of really happens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.cluster import image
from tests.integration.plan.planning import codes, plan, write
from tests.integration.stage import Stage

# Dies six seconds after its start, which leaves time to replace two tasks.
DIES = ["sh", "-c", "sleep 6; exit 3"]
UPDATE: dict[str, Any] = {"parallelism": 1, "delay": "10s", "monitor": "10s", "order": "start-first"}


@pytest.mark.parametrize(("delay", "left"), [("0s", 0), ("10s", 1)])
def test_a_delay_below_the_monitor_time_lets_a_crash_replace_everything(stage: Stage, delay: str, left: int):
    stage.have("web:1", replicas=2)
    change: dict[str, Any] = {"command": DIES, "update_config": {**UPDATE, "delay": delay}}
    assert ("delay_below_monitor" in codes(plan(stage, "web:2", **change))) is (left == 0)
    write(stage, "web:2", **change)
    stage.cluster.wait("Swarm pauses", lambda: stage.cluster.state(stage.name) == "paused")
    assert stage.cluster.serving(stage.name).get("web:1", 0) == left


def test_without_a_health_check_what_answers_nobody_is_completed(stage: Stage):
    stage.have("web:1")
    deaf: dict[str, Any] = {"command": ["sleep", "600"], "update_config": {**UPDATE, "delay": "1s", "monitor": "1s"}}
    assert "no_healthcheck" in codes(plan(stage, "web:2", **deaf))
    assert stage.service("web:2", **deaf).outcome == "completed"
    check: dict[str, Any] = {
        "test": "wget -q -O /dev/null http://127.0.0.1/",
        "interval": "1s",
        "retries": 1,
        "timeout": "1s",
    }
    assert "no_healthcheck" not in codes(plan(stage, healthcheck=check))
    ran = stage.service(healthcheck=check, update_config={"failure_action": "pause"})
    assert (ran.failed, ran.outcome) == (True, "paused")


def test_continue_replaces_healthy_tasks_by_broken_ones(stage: Stage):
    stage.have("web:1", replicas=2)
    change: dict[str, Any] = {"update_config": {**UPDATE, "delay": "0s", "monitor": "1s", "failure_action": "continue"}}
    assert "failure_action_continue" in codes(plan(stage, "exit:1.0", **change))
    write(stage, "exit:1.0", **change)
    stage.cluster.wait("Swarm calls it completed", lambda: stage.cluster.state(stage.name) == "completed")
    stage.cluster.wait("nothing serves", lambda: not stage.cluster.serving(stage.name))


def test_parallelism_0_leaves_nobody_serving(stage: Stage):
    stage.have("web:1", replicas=3)
    change: dict[str, Any] = {"update_config": {"parallelism": 0, "order": "stop-first", "monitor": "1s"}}
    planned = plan(stage, "slow:1.0", **change)
    assert "parallelism_zero" in codes(planned)
    assert planned["lowest_serving"] == 0
    # It is healthy only after 8 s, so that nobody can miss the moment.
    write(stage, "slow:1.0", **change)
    stage.cluster.wait("nothing serves", lambda: not stage.cluster.running(stage.name))


def test_a_slot_without_restarts_stays_empty(stage: Stage):
    stage.have("web:1", replicas=2, restart_config={"condition": "none"})
    change: dict[str, Any] = {
        "update_config": {"parallelism": 1, "monitor": "2s", "delay": "2s", "order": "stop-first"}
    }
    assert "restart_none" in codes(plan(stage, "exit:1.0", **change))
    ran = stage.service("exit:1.0", **change)
    assert ran.outcome == "paused"
    # With restarts there would be a new task at once, which starts after five seconds.
    wanted = [task for task in stage.cluster.tasks(stage.name) if task["DesiredState"] in ("ready", "running")]
    assert len(wanted) == 1


def test_a_grace_period_that_is_too_short_kills(stage: Stage):
    stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]
    stage.have("web:1", command=stubborn, stop_grace_period="1s")
    assert "grace_below_draining" not in codes(plan(stage, "web:2"))
    assert stage.service("web:2").outcome == "completed"
    stage.cluster.wait("its end is known", lambda: _killed(stage))
    assert "grace_below_draining" in codes(plan(stage, "web:1"))


def _killed(stage: Stage) -> bool:
    stopped = [task["Status"] for task in stage.cluster.tasks(stage.name) if image(task["Spec"]) == "web:1"]
    return any(status["State"] == "shutdown" and status["ContainerStatus"]["ExitCode"] == 137 for status in stopped)


def test_two_tasks_on_one_volume_meet_with_start_first(stage: Stage):
    # As databases do: whoever finds the lock of another refuses to start.
    writer = ["sh", "-c", "mkdir /data/lock || exit 42; trap 'rmdir /data/lock; exit 143' TERM; sleep 600 & wait $!"]
    mounts = [{"type": "volume", "source": stage.name, "target": "/data"}]
    place: dict[str, Any] = {"constraints": ["node.hostname == node1"]}
    stage.have("web:1", command=writer, mounts=mounts, placement=place)
    first: dict[str, Any] = {"update_config": {"order": "start-first", "parallelism": 1, "monitor": "2s"}}
    last: dict[str, Any] = {"update_config": {"order": "stop-first", "parallelism": 1, "monitor": "2s"}}
    assert "shared_volume_start_first" not in codes(plan(stage, "web:2", **last))
    assert stage.service("web:2", **last).outcome == "completed"
    assert "shared_volume_start_first" in codes(plan(stage, "web:1", **first))
    ran = stage.service("web:1", **first)
    assert (ran.failed, ran.outcome) == (True, "paused")
    assert ran.rollout["failures"][0]["exit_code"] == 42


@pytest.mark.parametrize("shared", ["volume", "port"])
def test_a_task_that_stops_for_longer_than_a_minute_meets_the_next_one(stage: Stage, shared: str):
    options: dict[str, Any] = {"mounts": [{"type": "volume", "source": stage.name, "target": "/data"}]}
    if shared == "port":
        options = {"publish": [{"target_port": 80, "published_port": 18765, "mode": "host"}]}
    stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]
    place: dict[str, Any] = {"constraints": ["node.hostname == node1"]}
    stage.have("web:1", command=stubborn, stop_grace_period="70s", placement=place, **options)
    # What comes next ends at once, so that nobody has to wait for it at the end.
    change: dict[str, Any] = {
        "update_config": {"order": "stop-first", "parallelism": 1, "monitor": "1s"},
        "stop_grace_period": "1s",
    }
    planned = plan(stage, "web:2", **change)
    assert ("shared_volume_slow_stop" in codes(planned), "host_port_slow_stop" in codes(planned)) == (
        shared == "volume",
        shared == "port",
    )
    assert (planned["lowest_serving"], planned["highest_running"]) == (0, 2)
    assert planned["estimated_seconds"] > 60
    ran = stage.service("web:2", **change)
    assert ran.outcome == "completed", ran.output
    old = [task for task in stage.cluster.tasks(stage.name) if image(task["Spec"]) == "web:1"]
    if shared == "volume":
        assert 60 <= ran.rollout["duration"] < 68
        assert [task["Status"]["State"] for task in old] == ["running"], "both have the volume"
    else:
        assert ran.rollout["duration"] >= 69, "the port was not free before"


def test_strict_makes_an_error_of_it(stage: Stage):
    stage.have("web:1", replicas=2)
    before = stage.cluster.service(stage.name)["Version"]
    ran = stage.service("web:2", strict=True, update_config={"failure_action": "continue"})
    assert (ran.failed, ran.changed, ran.result["error_kind"]) == (True, False, "strict")
    assert "nothing was written" in ran.msg
    assert stage.cluster.service(stage.name)["Version"] == before
    careful: dict[str, Any] = {"test": "wget -q -O /dev/null http://127.0.0.1/", "interval": "1s"}
    ran = stage.service(
        "web:2",
        strict=True,
        healthcheck=careful,
        update_config={"failure_action": "rollback", "parallelism": 1, "delay": "1s", "monitor": "1s"},
    )
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
