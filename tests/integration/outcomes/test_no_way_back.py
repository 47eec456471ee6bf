# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A way back that cannot be written: the result shows what the cluster has, not what was meant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.integration.cluster import image, other_image
from tests.integration.running import Ran
from tests.integration.stage import QUICK, Stage
from tests.lab.door import Action, Call, Door, Reply

BACK: dict[str, Any] = {**QUICK, "failure_action": "rollback", "parallelism": 1}
NOWHERE: dict[str, Any] = {"constraints": ["node.labels.nowhere == true"]}


def refuses_after(first: int) -> Callable[[Call], Action | None]:
    """The Engine answers 500 to every update but the first so many."""
    left = [None] * first
    refused = Reply(500, json.dumps({"message": "rpc error: code = Internal desc = out of order"}).encode())

    def intercept(call: Call) -> Action | None:
        if call.method != "POST" or not call.route.startswith("/services/"):
            return None
        return left.pop() if left else refused

    return intercept


def holds(stage: Stage, ran: Ran) -> None:
    """Image and counts of the result are those of the cluster."""
    there = stage.cluster.spec(stage.name)
    assert ran.result["swarm_service"]["image"] == image(there)
    serving = stage.cluster.serving(stage.name)
    told = re.search(r"(\d+) of (\d+) tasks run (\S+) now((?:, \d+ runs? \S+)*)", ran.msg)
    assert told, ran.msg
    counts = {told[3]: int(told[1])}
    counts.update({name.rstrip(";"): int(count) for count, name in re.findall(r", (\d+) runs? (\S+)", told[4])})
    assert {name: count for name, count in counts.items() if count} == serving, ran.msg
    assert ran.rollout["tasks"]["running"] == sum(serving.values())


def test_a_stall_whose_rollback_is_refused(stage: Stage):
    stage.have("web:1", replicas=2)
    with Door(stage.host, intercept=refuses_after(2)) as door:
        ran = stage.service(
            "web:2", placement=NOWHERE, update_config=BACK, progress_deadline="5s", docker_host=door.docker_host
        )
    assert (ran.failed, ran.outcome, ran.changed) == (True, "rollback_failed", True), ran.output
    assert image(stage.cluster.spec(stage.name)) == "web:2"
    assert "no suitable node" in ran.msg
    assert "out of order" in ran.msg, "the refusal is named"
    holds(stage, ran)


def test_a_stall_during_which_somebody_else_deploys(stage: Stage):
    stage.have("web:1", replicas=2)
    with Door(stage.host, intercept=deploys_before(stage)) as door:
        ran = stage.service(
            "web:2", placement=NOWHERE, update_config=BACK, progress_deadline="5s", docker_host=door.docker_host
        )
    assert (ran.failed, ran.outcome) == (True, "superseded"), ran.output
    assert image(stage.cluster.spec(stage.name)) == "whoami:1.0"
    assert ran.result["swarm_service"]["image"] == "whoami:1.0"


def deploys_before(stage: Stage) -> Callable[[Call], Action | None]:
    """Somebody writes the service just before the rollback arrives."""

    def intercept(call: Call) -> Action | None:
        if call.method == "POST" and "rollback" in call.query:
            stage.cluster.write(stage.name, other_image("whoami:1.0"))
        return None

    return intercept


def test_an_abort_that_is_refused(stage: Stage):
    stage.have("web:1", replicas=3)
    first = stage.service("web:2", steps=[1], step_pause="manual")
    assert first.outcome == "paused", first.output
    with Door(stage.host, intercept=refuses_after(0)) as door:
        ran = stage.start("swarm_rollout", state="aborted", docker_host=door.docker_host).wait()
    assert (ran.failed, ran.outcome) == (True, "rollback_failed"), ran.output
    assert stage.cluster.serving(stage.name) == {"web:1": 2, "web:2": 1}
    holds(stage, ran)


def test_check_mode_says_planned_and_a_sentence(stage: Stage):
    stage.have("web:1")
    planned = stage.begin("web:2", check=True).wait()
    assert (planned.outcome, planned.changed) == ("planned", True)
    assert "would be changed: image" in planned.msg
    assert stage.service("web:2").outcome == "completed"
    back = stage.start("swarm_service_rollback", check=True).wait()
    assert (back.outcome, back.changed) == ("planned", True)
    assert stage.cluster.serving(stage.name) == {"web:2": 1}
