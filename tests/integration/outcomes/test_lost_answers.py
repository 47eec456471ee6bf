# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are lost or refused at the Engine's door: what happened is found out, not guessed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.integration.cluster import image
from tests.integration.stage import QUICK, Stage
from tests.lab.door import Action, Call, Door, Hangup, Intercept, Reply

OUT_OF_SEQUENCE = Reply(
    500, json.dumps({"message": "rpc error: code = Unknown desc = update out of sequence"}).encode()
)


def is_update(call: Call) -> bool:
    """The write of an update or rollback."""
    return call.method == "POST" and call.route.startswith("/services/") and call.route.endswith("/update")


def is_create(call: Call) -> bool:
    """The write of a create."""
    return call.method == "POST" and call.route == "/services/create"


def times(number: int, action: Action, which: Callable[[Call], bool]) -> Intercept:
    """Do this to the first so many of those calls."""
    left = [action] * number

    def intercept(call: Call) -> Action | None:
        return left.pop() if left and which(call) else None

    return intercept


def writes(door: Door, which: Callable[[Call], bool]) -> int:
    """How many of those calls came."""
    return sum(1 for call in door.calls if which(call))


def test_an_update_whose_answer_is_lost_was_applied(stage: Stage):
    stage.have("web:1", replicas=2)
    with Door(stage.host, intercept=times(1, Hangup(after=True), is_update)) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
        assert writes(door, is_update) == 1, "a second write of the same would lose the way back"
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:2": 2}
    assert image(stage.cluster.service(stage.name)["PreviousSpec"]) == "web:1"


def test_an_update_that_never_arrived_is_sent_again(stage: Stage):
    stage.have("web:1")
    with Door(stage.host, intercept=times(1, Hangup(), is_update)) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
        assert writes(door, is_update) == 2
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:2": 1}


def test_a_create_whose_answer_is_lost_was_made(stage: Stage):
    with Door(stage.host, intercept=times(1, Hangup(after=True), is_create)) as door:
        ran = stage.service("web:1", replicas=2, update_config=QUICK, docker_host=door.docker_host)
        assert writes(door, is_create) == 1
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:1": 2}


def test_a_create_that_never_arrived_is_sent_again(stage: Stage):
    with Door(stage.host, intercept=times(2, Hangup(), is_create)) as door:
        ran = stage.service("web:1", update_config=QUICK, docker_host=door.docker_host)
        assert writes(door, is_create) == 3
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_a_rollback_whose_answer_is_lost_is_not_made_twice(stage: Stage):
    stage.have("web:1")
    stage.service("web:2")
    with Door(stage.host, intercept=times(1, Hangup(after=True), is_update)) as door:
        ran = stage.rollback(docker_host=door.docker_host)
        assert writes(door, is_update) == 1, "the second would go forward again"
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_a_removal_whose_answer_is_lost_was_done(stage: Stage):
    stage.have("web:1")
    remove = times(1, Hangup(after=True), lambda call: call.method == "DELETE" and "/services/" in call.route)
    with Door(stage.host, intercept=remove) as door:
        ran = stage.service(state="absent", docker_host=door.docker_host)
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.find(stage.name) is None


def test_out_of_sequence_a_few_times_is_normal(stage: Stage):
    stage.have("web:1")
    with Door(stage.host, intercept=times(4, OUT_OF_SEQUENCE, is_update)) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
        assert writes(door, is_update) == 5
    assert (ran.failed, ran.outcome, ran.changed) == (False, "completed", True)
    assert stage.cluster.serving(stage.name) == {"web:2": 1}


def test_out_of_sequence_for_ever_ends(stage: Stage):
    stage.have("web:1")
    with Door(stage.host, intercept=times(1000, OUT_OF_SEQUENCE, is_update)) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
        assert writes(door, is_update) < 50
    assert (ran.failed, ran.outcome, ran.changed) == (True, "superseded", False)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_out_of_sequence_because_somebody_else_wrote(stage: Stage):
    stage.have("web:1")

    def intercept(call: Call) -> Action | None:
        if not is_update(call):
            return None
        # Between this task's look and its write.
        stage.cluster.write(stage.name, lambda spec: spec["Labels"].update(theirs="yes"))
        return None

    with Door(stage.host, intercept=intercept) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
    assert (ran.failed, ran.outcome, ran.changed) == (True, "superseded", False)
    assert "labels" in ran.msg
    spec = stage.cluster.spec(stage.name)
    assert (image(spec), spec["Labels"]["theirs"]) == ("web:1", "yes")


def test_somebody_else_wrote_just_the_same(stage: Stage):
    stage.have("web:1")
    once = times(1, Hangup(), is_update)

    def intercept(call: Call) -> Action | None:
        action = once(call)
        if action is not None:
            spec = stage.cluster.write(
                stage.name, lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(Image="web:2")
            )
            assert image(spec) == "web:2"
        return action

    with Door(stage.host, intercept=intercept) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:2": 1}
    assert image(stage.cluster.service(stage.name)["PreviousSpec"]) == "web:1"


@pytest.mark.parametrize("status", [500, 503])
def test_an_engine_that_cannot_write_is_quoted(stage: Stage, status: int):
    stage.have("web:1")
    refusal = Reply(status, json.dumps({"message": "the raft log is on fire"}).encode())
    with Door(stage.host, intercept=times(1000, refusal, is_update)) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
    assert (ran.failed, ran.changed) == (True, False)
    assert "the raft log is on fire" in ran.msg
    assert "Traceback" not in ran.output
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_connections_that_break_while_waiting(stage: Stage):
    stage.have("web:1")
    with Door(stage.host) as door:
        running = stage.begin("slow:1.0", docker_host=door.docker_host)
        for state in ("starting", "running"):
            stage.cluster.wait(
                f"the new task is {state}",
                lambda state=state: any(  # type: ignore[misc]
                    task["Status"]["State"] == state and image(task["Spec"]) == "slow:1.0"
                    for task in stage.cluster.tasks(stage.name)
                ),
            )
            door.break_connections()
        ran = running.wait()
        streams = [call for call in door.calls if call.route == "/events"]
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"slow:1.0": 1}
    assert len(streams) >= 2, "the stream of events is opened again"
    assert ran.rollout["duration"] < 35, "what was missed meanwhile is looked for"


def test_no_events_at_all(stage: Stage):
    stage.have("web:1")
    none = Reply(500, b'{"message": "no events today"}')
    with Door(stage.host, intercept=lambda call: none if call.route == "/events" else None) as door:
        ran = stage.service("web:2", docker_host=door.docker_host)
    assert (ran.failed, ran.outcome, ran.states[-1]) == (False, "completed", "completed")
    assert stage.cluster.serving(stage.name) == {"web:2": 1}
