# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One step of a progressive rollout: Swarm's updater sleeps all the while, only the tasks tell."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service, Task, UpdateStatus
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import (
    Goal,
    Observation,
    Patience,
    State,
    Verdict,
    step_goal,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence.step import step
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written

WALL = 1_800_000_000.0
START = 100.0
YEAR = 365 * 86_400 * 10**9
DECLARED: dict[str, Any] = {
    "Name": "vote",
    "Mode": {"Replicated": {"Replicas": 6}},
    "TaskTemplate": {"ContainerSpec": {"Image": "vote:2"}},
    "UpdateConfig": {"Parallelism": 2, "Delay": 0, "Monitor": 3 * 10**9},
}
HELD = {**DECLARED, "UpdateConfig": {"Parallelism": 2, "Delay": YEAR, "Monitor": YEAR, "FailureAction": "pause"}}


def stamp(at: float) -> str:
    return written(WALL + at - START)


def aim(places: int = 2, since: float | None = None, **patience: Any) -> Goal:
    return step_goal(HELD, DECLARED, places, Patience(**patience), started=START, wall=WALL, since=since)


def service(state: str = "updating") -> Service:
    status = UpdateStatus(state, "what Swarm says")
    return Service("service1", "vote", 7, HELD, update_status=status, updated_at=stamp(START))


def task(slot: int, state: str = "running", at: float = START + 1) -> Task:
    alive = state in ("running", "pending", "starting", "preparing")
    return Task(
        id="task%d-%g" % (slot, at),
        service_id="service1",
        slot=slot,
        node_id="node1",
        desired_state="running" if alive else "shutdown",
        state=state,
        timestamp=stamp(at),
        created_at=stamp(at),
        message="",
        error="",
        exit_code=None,
        container_id="c",
        spec={},
    )


def judge(goal: Goal, *looks: tuple[float, Service, tuple[Task, ...]]) -> tuple[State, Verdict | None]:
    state, verdict = State.initial(goal), None
    for at, seen, tasks in looks:
        state, verdict = step(goal, state, Observation(at, seen, "wanted", tasks))
        if verdict:
            break
    return state, verdict


def test_it_is_verified_when_its_tasks_served_for_the_declared_monitor():
    tasks = (task(1), task(2, at=START + 2))
    state, verdict = judge(aim(), (START + 3, service(), tasks))
    assert verdict is None
    assert state.look_at == pytest.approx(START + 5)
    assert (state.updated, state.desired) == (2, 2)
    assert judge(aim(), (START + 3, service(), tasks), (START + 5, service(), tasks))[1] == Verdict(
        "completed", "every wanted task serves the wanted specification"
    )


def test_too_few_places_are_not_enough():
    assert judge(aim(3), (START + 60, service(), (task(1), task(2))))[1] is None


def test_more_places_than_meant_have_to_serve_as_well():
    tasks = (task(1), task(2), task(3, "starting"))
    assert judge(aim(), (START + 60, service(), tasks))[1] is None
    verdict = judge(aim(), (START + 60, service(), (task(1), task(2), task(3))))[1]
    assert verdict is not None
    assert verdict.outcome == "completed"


@pytest.mark.parametrize("status", ["updating", "paused", ""])
@pytest.mark.parametrize("end", ["failed", "rejected", "complete", "orphaned"])
def test_one_failure_is_too_many_whatever_swarm_says(status: str, end: str):
    tasks = (task(1), task(2, end, at=START + 2), task(2, at=START + 4))
    state, verdict = judge(aim(), (START + 5, service(status), tasks))
    assert verdict == Verdict("failed", "a task of the new specification failed")
    assert [one.slot for one in state.failures] == [2]


def test_a_pause_by_swarm_without_a_failure_is_none():
    # A drained node ends tasks as well, and Swarm pauses the update for it.
    tasks = (task(1), task(2, "shutdown", at=START + 2), task(2, at=START + 4))
    verdict = judge(aim(), (START + 8, service("paused"), tasks))[1]
    assert verdict is not None
    assert verdict.outcome == "completed"


def test_who_goes_on_counts_the_failures_since_the_step_was_written():
    tasks = (task(1, "failed", at=START - 50), task(1, at=START - 40), task(2, at=START - 40))
    before = judge(aim(since=WALL - 30), (START, service(), tasks), (START + 4, service(), tasks))[1]
    assert before is not None
    assert before.outcome == "completed"
    later = judge(aim(since=WALL - 60), (START, service(), tasks))[1]
    assert later is not None
    assert later.outcome == "failed"


def test_the_long_sleep_is_no_reason_for_patience():
    state, verdict = judge(aim(progress_deadline=20.0), (START + 21, service(), (task(1, "pending"),)))
    assert verdict is None, "a first look is progress"
    state, verdict = judge(
        aim(progress_deadline=20.0),
        (START + 1, service(), (task(1, "pending"),)),
        (START + 22, service(), (task(1, "pending"),)),
    )
    assert verdict is not None
    assert verdict.outcome == "stalled"
    assert state.updated == 0
