# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the plain way goes wrong without saying so: the Docker CLI and the collection side by side."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.integration.cluster import Json, image
from tests.integration.traps.docker_cli import Beside, quick

if shutil.which("docker") is None:
    pytest.skip("there is no Docker CLI on this machine", allow_module_level=True)

NOWHERE = "node.labels.rack==none"


def test_a_release_that_was_taken_back_ends_with_status_0(stage: Beside):
    stage.both()
    assert stage.update("--update-failure-action=rollback", "--image=exit:1.0").status == 0
    ran = stage.service("exit:1.0", update_config=quick(failure_action="rollback"))
    assert (ran.failed, ran.outcome) == (True, "rolled_back")
    assert "exit:1.0" in ran.msg
    assert "2 of 2 tasks run web:1 now" in ran.msg
    assert stage.serving() == ({"web:1": 2}, {"web:1": 2})


def test_a_stack_is_deployed_before_anything_runs(stage: Beside):
    text = "services:\n  web:\n    image: nowhere:1\n"
    with TemporaryDirectory() as folder:
        file = Path(folder, "stack.yml")
        file.write_text(text, encoding="utf-8")
        said = stage.docker("stack", "deploy", "--resolve-image=never", "-c", str(file), stage.theirs)
    assert said.status == 0, said.last
    assert stage.cluster.find(f"{stage.theirs}_web") is not None
    ran = stage.service("nowhere:1", resolve_image="false", progress_deadline="20s")
    assert (ran.failed, ran.changed) == (True, True)
    assert "nowhere:1" in ran.msg
    assert stage.cluster.serving(f"{stage.theirs}_web") == {}


def test_an_update_that_no_node_can_take_never_ends(stage: Beside):
    stage.both()
    # Nothing in the flags would end it, so a few seconds are as good as days.
    assert stage.update(f"--constraint-add={NOWHERE}", "--image=web:2", limit=8).status is None
    assert stage.cluster.state(stage.theirs) == "updating"
    ran = stage.service("web:2", placement={"constraints": [NOWHERE]}, progress_deadline="4s")
    assert (ran.failed, ran.outcome) == (True, "stalled")
    assert "no suitable node" in ran.msg


def test_after_a_scale_the_way_back_is_not_the_release_before(stage: Beside):
    stage.both()
    assert stage.update("--image=web:2").status == 0
    assert stage.update("--replicas=3").status == 0
    assert stage.back().status == 0
    assert stage.service("web:2").outcome == "completed"
    assert stage.service(replicas=3).outcome == "completed"
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.outcome, ran.result["changes"]) == (False, "completed", ["image"])
    assert stage.serving() == ({"web:2": 2}, {"web:1": 3})


def test_a_second_rollback_leads_forward(stage: Beside):
    stage.both()
    assert stage.update("--image=web:2").status == 0
    assert [stage.back().status, stage.back().status] == [0, 0]
    assert stage.service("web:2").outcome == "completed"
    assert [stage.rollback(from_image="web:2").outcome for _turn in range(2)] == ["completed", "unchanged"]
    assert stage.serving() == ({"web:2": 2}, {"web:1": 2})


def test_after_a_mended_release_the_way_back_is_the_broken_one(stage: Beside):
    stage.both()
    assert stage.update("--image=exit:1.0").status == 1
    assert stage.update("--image=web:2").status == 0
    stage.back()
    assert stage.cluster.serving(stage.theirs).get("web:1", 0) == 0
    assert image(stage.cluster.spec(stage.theirs)) == "exit:1.0"
    bad = stage.service("exit:1.0", update_config=quick(failure_action="pause"))
    # A busy Swarm is told late that a process has ended, and calls the update completed by then.
    assert bad.outcome == ("paused" if stage.cluster.state(stage.name) == "paused" else "failed"), bad.output
    assert stage.service("web:2").outcome == "completed"
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


def test_after_an_automatic_rollback_there_is_no_way_back(stage: Beside):
    stage.both()
    for there in ("web:2", "exit:1.0"):
        assert stage.update("--update-failure-action=rollback", f"--image={there}").status == 0
        stage.service(there, update_config=quick(failure_action="rollback"))
    said = stage.back()
    assert said.status == 1
    assert "does not have a previous spec" in said.last
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert stage.serving() == ({"web:2": 2}, {"web:1": 2})


def test_a_part_of_the_update_configuration_means_all_at_once(stage: Beside):
    stage.both()

    def order_only(spec: Json) -> None:
        spec["UpdateConfig"] = {"Order": "start-first"}

    stage.cluster.write(stage.theirs, order_only)
    assert stage.cluster.spec(stage.theirs)["UpdateConfig"].get("Parallelism", 0) == 0
    assert stage.service(update_config={"order": "start-first"}).outcome == "completed"
    ours = stage.cluster.spec(stage.name)["UpdateConfig"]
    assert (ours["Parallelism"], ours["Order"], ours["FailureAction"]) == (1, "start-first", "pause")


def test_any_write_runs_a_job_again(stage: Beside):
    made = ["service", "create", "-q", "--no-resolve-image", "--mode=replicated-job", "--restart-condition=none"]
    assert stage.docker(*made, f"--name={stage.theirs}", "job:ok").status == 0
    assert stage.update("--detach", "--label-add=looked=at").status == 0
    stage.cluster.wait("it ran again", lambda: len(stage.cluster.tasks(stage.theirs)) == 2)
    job = {"mode": "replicated-job", "restart_config": {"condition": "none"}}
    assert stage.service("job:ok", **job).outcome == "completed"
    assert stage.service("job:ok", **job).outcome == "unchanged"
    assert len(stage.cluster.tasks(stage.name)) == 1
