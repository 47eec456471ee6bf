# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs run to their end: completed only when every task of this run completed."""

from __future__ import annotations

import pytest

from tests.integration.stage import Stage


def ends(stage: Stage) -> list[str]:
    """The states of all tasks of the job."""
    return sorted(task["Status"]["State"] for task in stage.cluster.tasks(stage.name))


def test_a_replicated_job_completes(stage: Stage):
    ran = stage.service("job:ok", mode="replicated-job", replicas=3, restart_config={"condition": "none"})
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert ends(stage) == ["complete"] * 3
    again = stage.service("job:ok", mode="replicated-job", replicas=3)
    assert (again.failed, again.outcome, again.changed) == (False, "unchanged", False)
    assert ends(stage) == ["complete"] * 3, "a job must not run again because it was declared again"


def test_a_job_one_after_the_other(stage: Stage):
    ran = stage.service("job:ok", mode="replicated-job", replicas=2, max_concurrent=1)
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert ends(stage) == ["complete"] * 2
    assert ran.rollout["duration"] >= 2.0


def test_a_global_job_completes_on_every_node(stage: Stage):
    ran = stage.service("job:ok", mode="global-job", restart_config={"condition": "none"})
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert ends(stage) == ["complete"] * len(stage.cluster.engine.get("/nodes"))
    assert stage.service("job:ok", mode="global-job").outcome == "unchanged"


def test_a_job_runs_again_when_something_changes(stage: Stage):
    stage.service("job:ok", mode="replicated-job", replicas=2)
    first = {task["ID"] for task in stage.cluster.tasks(stage.name)}
    ran = stage.service(env={"RUN": "2"})
    assert (ran.failed, ran.outcome) == (False, "completed")
    second = {task["ID"]: task for task in stage.cluster.tasks(stage.name) if task["ID"] not in first}
    assert [task["Status"]["State"] for task in second.values()] == ["complete"] * 2
    assert all("RUN=2" in task["Spec"]["ContainerSpec"]["Env"] for task in second.values())


@pytest.mark.parametrize("mode", ["replicated-job", "global-job"])
def test_a_failing_job_tells_its_exit_code_and_its_last_words(stage: Stage, mode: str):
    ran = stage.service("job:fail", mode=mode, restart_config={"condition": "none"})
    assert (ran.failed, ran.outcome, ran.changed) == (True, "failed", True)
    first = ran.rollout["failures"][0]
    assert first["exit_code"] == 7
    assert "job: 3 of 10 records could not be converted" in first["log"]
    assert "could not be converted" in ran.msg
    assert "failed" in ends(stage)
    assert "complete" not in ends(stage)
    again = stage.service("job:fail", mode=mode)
    assert (again.failed, again.outcome, again.changed) == (True, "failed", False)


def test_a_job_that_still_runs_is_joined(stage: Stage):
    job = {"mode": "replicated-job", "replicas": 1, "restart_config": {"condition": "none"}}
    command = ["/bin/sh", "-c", "sleep 10; exit 0"]
    assert stage.service("job:ok", command=command, wait=False, **job).outcome == "applied"
    ran = stage.service("job:ok", command=command, **job)
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", False)
    assert ends(stage) == ["complete"]


def test_removing_a_job_that_runs(stage: Stage):
    job = {"mode": "replicated-job", "stop_grace_period": "1s"}
    stage.service("job:ok", command=["/bin/sh", "-c", "sleep 60"], wait=False, **job)
    service_id = stage.cluster.service(stage.name)["ID"]
    stage.cluster.wait("it runs", lambda: ends(stage) == ["running"])
    ran = stage.service(state="absent")
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert [t for t in stage.cluster.tasks_of(service_id) if t["Status"]["State"] == "running"] == []
