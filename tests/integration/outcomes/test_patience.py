# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Swarm would wait for ever the module does not: stalled, timed out, joined by the next run."""

from __future__ import annotations

import pytest

from tests.integration.cluster import image
from tests.integration.stage import QUICK, Stage

NOWHERE = {"constraints": ["node.labels.rack==none"]}


def test_an_update_that_no_node_can_take_is_stalled(stage: Stage):
    stage.have("web:1", replicas=2)
    ran = stage.service("web:2", placement=NOWHERE, progress_deadline="4s")
    assert (ran.failed, ran.outcome, ran.changed) == (True, "stalled", True)
    assert stage.cluster.state(stage.name) == "updating", "this is what Swarm says, for ever"
    assert image(stage.cluster.spec(stage.name)) == "web:2"
    pending = [task for task in stage.cluster.tasks(stage.name) if task["Status"]["State"] == "pending"]
    assert pending
    assert pending[0]["Status"]["Err"] in ran.msg
    assert "no suitable node" in ran.msg


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
def test_a_stall_is_rolled_back_where_the_failure_action_says_so(stage: Stage, order: str):
    stage.have("web:1", replicas=2, rollback_config={**QUICK, "order": order})
    config = {**QUICK, "failure_action": "rollback", "order": order}
    # A stop-first rollback needs a minute: Swarm waits for a task to stop that never started.
    ran = stage.service("web:2", placement=NOWHERE, update_config=config, progress_deadline="5s", wait_timeout="150s")
    assert (ran.failed, ran.outcome, ran.changed) == (True, "rolled_back", True)
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    assert image(stage.cluster.spec(stage.name)) == "web:1"
    assert "stalled" in ran.rollout["reason"]
    assert "2 of 2 tasks run web:1 now" in ran.msg


def test_a_create_that_no_node_can_take_is_stalled(stage: Stage):
    ran = stage.service("web:1", placement=NOWHERE, progress_deadline="3s")
    assert (ran.failed, ran.outcome) == (True, "stalled")
    assert "no suitable node" in ran.msg
    again = stage.service("web:1", placement=NOWHERE, progress_deadline="3s")
    assert (again.failed, again.outcome, again.changed) == (True, "stalled", False)
    mended = stage.service("web:1", placement={"constraints": []}, progress_deadline="90s")
    assert (mended.failed, mended.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_more_memory_than_any_node_has(stage: Stage):
    stage.have("web:1")
    ran = stage.service(reservations={"memory": "9000G"}, progress_deadline="3s")
    assert (ran.failed, ran.outcome) == (True, "stalled")
    assert "insufficient resources" in ran.msg


def test_a_wait_that_is_over_and_the_next_run_that_joins(stage: Stage):
    stage.have("web:1")
    ran = stage.service("slow:1.0", wait_timeout="3s")
    assert (ran.failed, ran.outcome, ran.changed) == (True, "timed_out", True)
    assert ran.rollout["duration"] >= 3.0
    assert stage.cluster.state(stage.name) == "updating"
    version = stage.cluster.service(stage.name)["Version"]

    joined = stage.service("slow:1.0")

    assert (joined.failed, joined.outcome, joined.changed) == (False, "completed", False)
    assert stage.cluster.serving(stage.name) == {"slow:1.0": 1}
    assert stage.cluster.state(stage.name) == "completed"
    assert version["Index"] < stage.cluster.service(stage.name)["Version"]["Index"], "Swarm's own status writes"
    assert stage.service("slow:1.0").outcome == "unchanged"


def test_a_create_that_is_waited_for_by_the_next_run(stage: Stage):
    assert stage.service("slow:1.0", update_config=QUICK, wait=False).outcome == "applied"
    ran = stage.service("slow:1.0", update_config=QUICK)
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", False)
    assert stage.cluster.serving(stage.name) == {"slow:1.0": 1}


def test_a_removal_joined_by_nothing(stage: Stage):
    ran = stage.service(state="absent")
    assert (ran.failed, ran.outcome, ran.changed) == (False, "unchanged", False)


def test_a_long_delay_between_batches_is_no_stall(stage: Stage):
    stage.have("web:1", replicas=2)
    config = {**QUICK, "parallelism": 1, "delay": "13s"}
    ran = stage.service("web:2", update_config=config, progress_deadline="10s")
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"web:2": 2}
    assert ran.rollout["duration"] >= 13.0
