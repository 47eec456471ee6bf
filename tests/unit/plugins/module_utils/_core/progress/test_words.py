# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words for each state of a rollout."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import (
    Goal,
    Patience,
    Seen,
    State,
    Waiting,
    goal,
    step_goal,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Where
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress.words import failure_text, state_line

NOW = 110.0
MONITOR = {"UpdateConfig": {"Monitor": 10 * 10**9}, "RollbackConfig": {"Monitor": 10 * 10**9}}
SPEC: dict[str, Any] = {"Name": "vote", "Mode": {"Replicated": {"Replicas": 5}}, **MONITOR}
FORMER = {**SPEC, "RollbackConfig": {"Monitor": 20 * 10**9}}


def aim(action: str = "update", spec: Any = None) -> Goal:
    return goal(action, spec or SPEC, FORMER, Patience(), started=100.0, wall=1e9)


def state(updated: int, desired: int = 5, **more: Any) -> State:
    return State(progress_at=104.0, unsettled_at=100.0, updated=updated, desired=desired, **more)


STEP = step_goal(SPEC, SPEC, 1, Patience(), started=100.0, wall=1e9)
UPDATING = (Seen(100.0, "updating", ""),)
SETTLED: dict[str, Any] = {"settled_at": 104.0, "look_at": 114.0}
FAILED = Task.of(
    {
        "ID": "8p2m0k1c0abcdef",
        "Slot": 2,
        "NodeID": "n3",
        "Status": {
            "State": "failed",
            "Err": "cannot reach postgres://u:hunter22@db",
            "ContainerStatus": {"ExitCode": 3},
        },
    }
)


@pytest.mark.parametrize(
    ("where", "ambition", "found", "told"),
    [
        ({}, aim(), state(1), "vote: 1 of 5 updated"),
        ({}, aim("create"), state(2), "vote: 2 of 5 running"),
        ({}, aim("join"), state(4), "vote: 4 of 5 running"),
        ({}, aim("create", {"Name": "vote", "Mode": {"Global": {}}}), state(0, 0), "vote: no task is wanted yet"),
        ({}, aim(), state(0, 0), "vote: no task is wanted"),
        ({}, aim(), state(5, 2), "vote: 5 tasks run, 2 are wanted"),
        (
            {},
            aim("create", {"Name": "vote", "Mode": {"ReplicatedJob": {"TotalCompletions": 3}}}),
            state(2, 3),
            "vote: 2 of 3 completed",
        ),
        ({}, aim(), state(1, failures=(FAILED,)), "vote: 1 of 5 updated, 1 failed"),
        (
            {},
            aim(),
            state(1, waiting=Waiting('a task cannot be placed: "no suitable node"', None, unplaced=True)),
            'vote: 1 of 5 updated, a task cannot be placed: "no suitable node"',
        ),
        (
            {},
            aim(),
            state(1, waiting=Waiting("the health check of slot 2 has not passed", 1e9 - 20.0, checked="c")),
            "vote: 1 of 5 updated, the health check of slot 2 has not passed",
        ),
        (
            {},
            aim(),
            state(1, waiting=Waiting("the health check of slot 2 has not passed", 1e9 + 5.0)),
            "vote: 1 of 5 updated",
        ),
        ({}, aim(), state(2, 3, rolling_back=True), "vote: rolling back: 2 of 3 tasks"),
        ({}, aim("rollback"), state(2, 3), "vote: rolling back: 2 of 3 tasks"),
        ({"back": True}, aim(), state(2, 3), "vote: rolling back: 2 of 3 tasks"),
        ({"back": True, "step": (2, 3)}, aim(), state(2, 3), "vote: rolling back: 2 of 3 tasks"),
        ({"step": (1, 3), "total": 5}, STEP, state(0, 1), "vote: step 1/3: 0 of 5 updated"),
        ({"total": 7}, aim(), state(1), "vote: 1 of 5 updated"),
        (
            {"step": (1, 3), "total": 5},
            STEP,
            state(1, 1, **SETTLED),
            "vote: step 1/3: 1 of 5 updated, verifying 6 s of 10 s",
        ),
        (
            {"step": (1, 3), "total": 5, "pause": 4.0},
            STEP,
            state(1, 1, **SETTLED),
            "vote: step 1/3: 1 of 5 updated, pausing 0 s of 4 s",
        ),
        (
            {"step": (1, 3), "total": 5, "pause": 6.0},
            STEP,
            state(1, 1, **SETTLED),
            "vote: step 1/3: 1 of 5 updated, pausing 2 s of 6 s",
        ),
        ({}, aim(), state(5, states=UPDATING), "vote: 5 of 5 updated, verifying 6 s of 10 s"),
        (
            {},
            aim("update", {**SPEC, "RollbackConfig": {"Monitor": 90 * 10**9}}),
            state(5, states=UPDATING),
            "vote: 5 of 5 updated, verifying 6 s of 10 s",
        ),
        (
            {},
            aim(),
            state(5, states=(Seen(103.0, "rollback_started", ""),), rolling_back=True),
            "vote: rolling back: 5 of 5 tasks, verifying 6 s of 20 s",
        ),
        ({}, aim(), state(4, states=UPDATING), "vote: 4 of 5 updated"),
        ({}, aim(), state(4, **SETTLED), "vote: 4 of 5 updated"),
        ({}, aim(), state(5, settled_at=104.0, look_at=104.5), "vote: 5 of 5 updated"),
        ({"release": "shop", "wave": (2, 4)}, aim(), state(1, 3), "shop: wave 2/4: vote: 1 of 3 updated"),
        (
            {"release": "shop", "wave": (2, 4), "step": (1, 2), "total": 3},
            STEP,
            state(1, 1),
            "shop: wave 2/4: vote: step 1/2: 1 of 3 updated",
        ),
        (
            {"release": "shop", "wave": (2, 4)},
            aim(),
            state(1, 3, rolling_back=True),
            "shop: wave 2/4: vote: rolling back: 1 of 3 tasks",
        ),
        (
            {"release": "shop", "wave": (2, 4), "undone": True},
            aim(),
            state(1, 3),
            "shop: rolling back: vote: 1 of 3 tasks",
        ),
    ],
)
def test_each_state_has_its_words(where: Any, ambition: Goal, found: State, told: str) -> None:
    assert state_line(Where(**where), ambition, found, NOW).shown() == told


def test_whose_state_it_is() -> None:
    assert state_line(Where(release="shop", wave=(1, 2)), aim(), state(1), NOW).subject == "vote"


@pytest.mark.parametrize(
    ("where", "back", "begins"),
    [
        ({}, False, "vote: task vote.2 (8p2m0k1c0abc) on node node3 failed"),
        ({}, True, "vote: rolling back: task vote.2 "),
        ({"step": (1, 3)}, False, "vote: step 1/3: task vote.2 "),
        ({"release": "shop", "wave": (2, 4)}, False, "shop: wave 2/4: vote: task vote.2 "),
    ],
)
def test_a_failure_names_task_and_node(where: Any, back: bool, begins: str) -> None:
    text = failure_text(Where(**where), "vote", FAILED, {"n3": "node3"}, back=back)
    assert text.startswith(begins)
    assert text.endswith('failed with exit code 3: "cannot reach postgres://u:********@db"')


def test_a_failure_on_a_node_without_a_name() -> None:
    assert "on node n3 failed" in failure_text(Where(), "vote", FAILED, {}, back=False)
    nowhere = replace(FAILED, node_id="")
    assert "on node none failed" in failure_text(Where(), "vote", nowhere, {}, back=False)
