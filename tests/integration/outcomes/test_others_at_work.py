# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Others work at the same service: nothing of theirs is overwritten, and nothing is called done that is not."""

from __future__ import annotations

from tests.integration.cluster import Json, image, other_image
from tests.integration.running import Ran
from tests.integration.stage import QUICK, Stage


def label(spec: Json) -> None:
    """What somebody else writes in these tests."""
    spec["Labels"]["theirs"] = "yes"


def test_another_update_in_the_middle(stage: Stage):
    stage.have("web:1", replicas=2)
    running = stage.begin("slow:1.0")
    stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
    stage.cluster.write(stage.name, other_image("web:2"))
    ran = running.wait()
    assert (ran.failed, ran.outcome, ran.changed) == (True, "superseded", True)
    assert "image" in ran.msg
    assert ran.result["swarm_service"]["image"] == image(stage.cluster.spec(stage.name)) == "web:2"
    stage.cluster.wait("theirs is through", lambda: stage.cluster.serving(stage.name) == {"web:2": 2})


def test_a_label_of_somebody_else_in_the_middle(stage: Stage):
    stage.have("web:1")
    running = stage.begin("slow:1.0")
    stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
    stage.cluster.write(stage.name, label)
    ran = running.wait()
    assert (ran.failed, ran.outcome) == (True, "superseded")
    assert "labels" in ran.msg
    spec = stage.cluster.spec(stage.name)
    assert (spec["Labels"]["theirs"], image(spec)) == ("yes", "slow:1.0")
    again = stage.service("slow:1.0")
    assert (again.failed, again.outcome, again.changed) == (False, "completed", False)
    assert stage.cluster.serving(stage.name) == {"slow:1.0": 1}


def test_the_former_image_put_back_by_somebody_else(stage: Stage):
    stage.have("web:1")
    before = stage.cluster.spec(stage.name)
    running = stage.begin("slow:1.0")
    stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
    stage.cluster.write(stage.name, lambda spec: spec.update(before))
    ran = running.wait()
    assert ran.failed
    assert ran.outcome in ("superseded", "rolled_back")
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_a_removal_in_the_middle(stage: Stage):
    stage.have("web:1")
    running = stage.begin("slow:1.0")
    stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
    stage.cluster.remove(stage.name)
    ran = running.wait()
    assert (ran.failed, ran.outcome, ran.changed) == (True, "superseded", True)
    assert "removed" in ran.msg
    assert ran.result["swarm_service"] == {}
    assert stage.cluster.find(stage.name) is None


def both_well(runs: list[Ran]) -> None:
    """Two tasks that declare the same: one writes; the other joins it, or finds nothing left to do."""
    assert [run.failed for run in runs] == [False, False], [run.msg for run in runs]
    (writer,) = [run for run in runs if run.changed]
    (other,) = [run for run in runs if not run.changed]
    assert writer.outcome == "completed"
    assert other.outcome in ("completed", "unchanged")


def test_the_same_update_twice_at_once(stage: Stage):
    stage.have("web:1", replicas=2)
    runs = [run.wait() for run in [stage.begin("web:2"), stage.begin("web:2")]]
    both_well(runs)
    assert stage.cluster.serving(stage.name) == {"web:2": 2}
    previous = stage.cluster.service(stage.name)["PreviousSpec"]
    assert image(previous) == "web:1", "a second write of the same would lose the way back"


def test_two_different_updates_at_once(stage: Stage):
    stage.have("web:1")
    runs = [run.wait() for run in [stage.begin("web:2"), stage.begin("vote:movies")]]
    wanted = {"web:2": runs[0], "vote:movies": runs[1]}
    stage.cluster.wait("it is over", lambda: stage.cluster.state(stage.name) == "completed")
    truth = image(stage.cluster.spec(stage.name))
    assert stage.cluster.serving(stage.name) == {truth: 1}
    assert wanted.pop(truth).outcome == "completed"
    (loser,) = wanted.values()
    # The one that lost either saw the other's write, or was through before it came.
    assert loser.outcome in ("superseded", "completed")
    if loser.outcome == "completed":
        winner = runs[0] if loser is runs[1] else runs[1]
        assert winner.rollout["from_image"] == loser.rollout["to_image"]


def test_the_same_create_twice_at_once(stage: Stage):
    runs = [run.wait() for run in [stage.begin("web:1", replicas=2), stage.begin("web:1", replicas=2)]]
    both_well(runs)
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    assert stage.service("web:1", replicas=2).outcome == "unchanged"


def test_killed_in_the_middle_and_run_again(stage: Stage):
    stage.have("web:1", replicas=2)
    running = stage.begin("slow:1.0", update_config={**QUICK, "parallelism": 1})
    stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
    running.kill()
    assert stage.cluster.state(stage.name) == "updating", "Swarm goes on without the module"
    ran = stage.service("slow:1.0", update_config={**QUICK, "parallelism": 1})
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", False)
    assert stage.cluster.serving(stage.name) == {"slow:1.0": 2}
    assert image(stage.cluster.service(stage.name)["PreviousSpec"]) == "web:1"


def test_killed_over_an_image_that_swarm_then_rolls_back(stage: Stage):
    stage.have("web:1")
    config = {"monitor": "5s", "failure_action": "rollback", "parallelism": 1}
    running = stage.begin("crash:1.0", update_config=config)
    stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
    running.kill()
    ran = stage.service("crash:1.0", update_config=config)
    assert (ran.failed, ran.outcome) == (True, "rolled_back"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    assert "web:1" in ran.msg
