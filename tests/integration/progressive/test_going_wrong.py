# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What does not work takes no more than its step, and only the slots that moved go back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.cluster import image, other_image
from tests.integration.progressive.steps import PACE, Steps, moved

# Watched for longer than crash:1.0 lives.
WATCHED: dict[str, Any] = {**PACE, "monitor": "5s"}


def command(line: str) -> list[dict[str, Any]]:
    """A check that runs a command."""
    return [{"name": "smoke", "command": {"cmd": line}}]


@pytest.mark.parametrize("bad", ["exit:1.0", "crash:1.0", "whoami:2.0"])
def test_a_bad_image_never_takes_more_than_the_first_step(stage: Steps, bad: str):
    before = stage.prepared()
    ran = stage.roll(bad, update_config=WATCHED)
    assert (ran.failed, ran.changed, ran.outcome) == (True, True, "rolled_back")
    assert len({task["Slot"] for task in stage.started(bad)}) == 1
    assert stage.cluster.serving(stage.name) == {"web:1": 6}
    assert len(stage.cluster.running_ids(stage.name) & before) >= 5
    assert image(stage.cluster.spec(stage.name)) == "web:1"
    assert ran.result["swarm_service"]["image"] == "web:1"
    assert ran.rollout["restored_after"] >= 0
    assert "step 1 of 3" in ran.msg
    assert "6 of 6 tasks run web:1 now" in ran.msg
    assert ran.rollout["failures"][0]["slot"] in {task["Slot"] for task in stage.started(bad)}
    history = stage.info(history=True)[0]["history"]
    assert [(one["outcome"], one["current"]) for one in history] == [("rolled_back", False), ("completed", True)]
    assert stage.service("web:1", update_config=PACE).outcome == "unchanged"


def test_a_failed_check_takes_back_what_moved(stage: Steps):
    before = stage.prepared(replicas=4)
    ran = stage.roll(steps=[1, 2], checks=command("test $SWARM_STEP != 2 || exit 3".join(["sh -c '", "'"])))
    assert (ran.failed, ran.outcome) == (True, "rolled_back")
    assert moved(ran) == [(1, 1, "verified"), (2, 2, "failed")]
    assert ran.rollout["steps"][1]["checks"][0]["status"] == "failed"
    assert "step 2 of 3: check smoke" in ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 4}
    assert len(stage.cluster.running_ids(stage.name) & before) == 2


def test_a_failed_check_can_leave_it_for_a_human(stage: Steps):
    stage.prepared(replicas=3)
    ran = stage.roll(steps=[1], on_failed_check="pause", checks=command("false"))
    assert (ran.failed, ran.outcome) == (True, "paused")
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 1}
    # The cause is mended: the same task verifies the step again and goes on.
    ran = stage.roll(steps=[1], on_failed_check="pause", checks=command("true"))
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"web:2": 3}


def test_a_task_that_dies_in_the_pause_ends_it(stage: Steps):
    stage.prepared(replicas=3)
    ran = stage.roll("crash:1.0", steps=[1], step_pause="60s")
    assert (ran.failed, ran.outcome) == (True, "rolled_back")
    assert ran.seconds < 60
    assert stage.cluster.serving(stage.name) == {"web:1": 3}


def test_a_task_that_fits_nowhere_is_a_failed_step(stage: Steps):
    before = stage.prepared(replicas=3)
    ran = stage.roll(None, steps=[1], placement={"constraints": ["node.labels.no == such"]}, progress_deadline="3s")
    assert (ran.failed, ran.outcome) == (True, "rolled_back")
    assert "no progress" in ran.msg
    assert stage.cluster.running_ids(stage.name) == before


def test_others_who_write_meanwhile_are_not_overwritten(stage: Steps):
    stage.prepared(replicas=3)
    running = stage.rolling(steps=[1], step_pause="60s")
    stage.wait_for("web:2", 1)
    stage.cluster.write(stage.name, other_image("vote:indent"))
    ran = running.wait()
    assert (ran.failed, ran.outcome) == (True, "superseded")
    assert any("has the update_config of the steps" in text for text in ran.warnings), ran.warnings
    assert ran.result["swarm_service"]["image"] == image(stage.cluster.spec(stage.name)) == "vote:indent"
    found = stage.rollout()
    assert found is not None
    assert found["intact"] is False
    refused = stage.act("promoted")
    assert refused.failed
    assert "somebody else changed image" in refused.msg
    back = stage.act("aborted")
    assert (back.failed, back.outcome) == (False, "rolled_back")
    assert stage.cluster.serving(stage.name) == {"web:1": 3}


def test_a_created_service_that_fails_its_check_is_told(stage: Steps):
    ran = stage.roll("web:1", steps=[1], checks=command("false"), update_config=PACE, replicas=1)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "failed", True)
    assert "check smoke" in ran.msg
    assert [one["outcome"] for one in stage.info(history=True)[0]["history"]] == ["failed"]


def test_a_service_created_anew_that_fails_its_check_is_told(stage: Steps):
    stage.prepared(replicas=1)
    options = {"mode": "global", "allow_recreate": True, "steps": [1], "update_config": PACE}
    ran = stage.roll("web:2", checks=command("false"), **options)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "failed", True)
    assert "check smoke" in ran.msg
    assert "Global" in stage.cluster.spec(stage.name)["Mode"]
    history = stage.info(history=True)[0]["history"]
    assert [one["outcome"] for one in history] == ["failed", "completed"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": [0]}, "steps: 0 is not usable"),
        ({"steps": ["30%", "20%"]}, "steps: "),
        ({"steps": [1], "wait": False}, "wait: "),
        ({"steps": [1], "revision_history_limit": 0}, "revision_history_limit: "),
        ({"steps": [1], "step_pause": "soon"}, "step_pause: "),
        ({"steps": [1, 2], "step_pause": "10m", "wait_timeout": "15m"}, "step_pause: "),
        ({"checks": [{"tasks": {}}]}, "checks: "),
    ],
)
def test_nonsense_is_refused_before_anything_moves(stage: Steps, options: dict[str, Any], words: str):
    before = stage.prepared(replicas=1)
    version = stage.cluster.service(stage.name)["Version"]["Index"]
    ran = stage.service("web:2", **options)
    assert ran.failed
    assert ran.msg.startswith(words)
    assert stage.cluster.running_ids(stage.name) == before
    assert stage.cluster.service(stage.name)["Version"]["Index"] == version
