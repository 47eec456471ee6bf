# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Swarm brings about: every way in which a place is filled, over, or none of the service's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Node, Service, Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence.wanted import wanted

NODES = tuple(Node("n%d" % number, "node%d" % number, "worker", "active", "ready") for number in (1, 2, 3))


def spec_of(mode: str = "replicated", replicas: int = 1, condition: str | None = None, attempts: int = 0) -> Any:
    modes: dict[str, Any] = {
        "replicated": {"Replicated": {"Replicas": replicas}},
        "global": {"Global": {}},
        "replicated-job": {"ReplicatedJob": {"MaxConcurrent": replicas, "TotalCompletions": replicas}},
        "global-job": {"GlobalJob": {}},
    }
    policy: dict[str, Any] = {"MaxAttempts": attempts}
    if condition:
        policy["Condition"] = condition
    return {"Name": "web", "Mode": modes[mode], "TaskTemplate": {"RestartPolicy": policy}}


def task(place: int, state: str = "running", at: int = 1, desired: str | None = None, node: str = "") -> Task:
    """The task number `at` of a slot, or of the node of that number where the service has no slots (`node`)."""
    alive = state in ("running", "starting", "pending", "new", "preparing")
    return Task(
        id="t%d-%d" % (place, at),
        service_id="web",
        slot=0 if node else place,
        node_id=node,
        desired_state=desired or ("running" if alive else "shutdown"),
        state=state,
        timestamp="2027-01-15T08:00:%02dZ" % at,
        created_at="2027-01-15T08:00:%02dZ" % at,
        message="",
        error="",
        exit_code=None,
        container_id="c",
        spec={},
    )


def on(number: int, state: str = "running", at: int = 1, desired: str | None = None) -> Task:
    """The same of a node."""
    return task(number, state, at, desired, node="n%d" % number)


def counts(spec: Any, *tasks: Task, nodes: Any = None, every: Any = None, **service: Any) -> tuple[int, ...]:
    """Places: wanted, serving, starting, ended, spent, and left alone since their node is paused."""
    found = wanted(Service("web", "web", 1, spec, **service), spec, tasks, nodes, every)
    return (
        found.desired,
        len(found.serving),
        len(found.starting),
        len(found.ended),
        len(found.spent),
        len(found.paused),
    )


def reached(spec: Any, *tasks: Task, nodes: Any = None, every: Any = None) -> bool:
    return wanted(Service("web", "web", 1, spec), spec, tasks, nodes, every).reached


@pytest.mark.parametrize(
    ("condition", "attempts", "state", "ended", "spent"),
    [
        (None, 0, "complete", 0, 0),
        ("any", 0, "complete", 0, 0),
        ("any", 0, "failed", 0, 0),
        ("any", 2, "complete", 0, 1),
        ("any", 2, "failed", 0, 1),
        ("on-failure", 0, "complete", 1, 0),
        ("on-failure", 0, "failed", 0, 0),
        ("on-failure", 2, "complete", 1, 0),
        ("on-failure", 2, "failed", 0, 1),
        ("none", 0, "complete", 1, 0),
        ("none", 0, "failed", 0, 1),
        ("none", 0, "rejected", 0, 1),
        ("none", 0, "shutdown", 0, 0),
        ("none", 0, "orphaned", 0, 0),
    ],
)
def test_what_the_restart_policy_makes_of_the_last_task(
    condition: str | None, attempts: int, state: str, ended: int, spent: int
) -> None:
    spec = spec_of(condition=condition, attempts=attempts)
    assert counts(spec, task(1, state)) == (1, 0, 0, ended, spent, 0)
    assert reached(spec, task(1, state)) == bool(ended)
    assert counts(spec_of("global", condition=condition, attempts=attempts), on(1, state), nodes=NODES[:1]) == (
        1,
        0,
        0,
        ended,
        spent,
        0,
    )


@pytest.mark.parametrize("successor", ["new", "pending", "starting", "running"])
def test_a_place_with_a_successor_is_not_over(successor: str) -> None:
    spec = spec_of(condition="on-failure", attempts=2)
    assert counts(spec, task(1, "failed"), task(1, successor, at=2))[4] == 0


def test_what_swarm_has_not_come_to_yet_is_not_over() -> None:
    assert counts(spec_of(condition="none"), task(1, "failed", desired="running")) == (1, 0, 0, 0, 0, 0)


def test_the_last_task_of_a_place_may_be_of_another_specification() -> None:
    spec, old, theirs = spec_of(condition="none"), task(1, "failed"), task(1, "running", at=2)
    assert counts(spec, old, every=(old, theirs)) == (1, 0, 0, 0, 0, 0)
    assert counts(spec, old, every=(old,)) == (1, 0, 0, 0, 1, 0)


def test_without_all_tasks_only_those_of_the_change_can_be_the_last() -> None:
    spec, old = spec_of(condition="none"), task(1, "failed", at=5)
    since = 1_800_000_000.0 + 6
    found = wanted(Service("web", "web", 1, spec), spec, [old], None, None, since)
    assert found.spent == ()
    assert wanted(Service("web", "web", 1, spec), spec, [old], None, None, since - 2).spent == (old,)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (3, 3, 0, 0, 0, 0)),
        ({"availability": "drain"}, (2, 2, 0, 0, 0, 0)),
        ({"state": "down"}, (2, 2, 0, 0, 0, 0)),
        ({"state": "unknown"}, (3, 3, 0, 0, 0, 0)),
        ({"availability": "pause"}, (3, 3, 0, 0, 0, 0)),
    ],
)
def test_which_nodes_want_a_task_of_a_global_service(changes: Any, expected: tuple[int, ...]) -> None:
    nodes = (*NODES[:2], replace(NODES[2], **changes))
    assert counts(spec_of("global"), on(1), on(2), on(3), nodes=nodes) == expected


def test_a_paused_node_keeps_what_it_runs() -> None:
    nodes = (*NODES[:2], replace(NODES[2], availability="pause"))
    # Its task is of the specification of before, which is not among those given.
    assert counts(spec_of("global"), on(1), on(2), nodes=nodes, desired_tasks=3, running_tasks=3) == (2, 2, 0, 0, 0, 1)


def test_constraints_choose_the_nodes() -> None:
    spec = spec_of("global")
    spec["TaskTemplate"]["Placement"] = {"Constraints": ["node.hostname != node3"]}
    assert counts(spec, on(1), on(2), nodes=NODES)[:2] == (2, 2)
    # A task on a node that it is to leave fills no place.
    assert counts(spec, on(1), on(2), on(3), nodes=NODES)[:2] == (2, 2)


def test_a_global_service_that_runs_nowhere_any_more_is_not_as_declared() -> None:
    spec = spec_of("global", condition="on-failure", attempts=1)
    tasks = [on(number, "failed") for number in (1, 2, 3)]
    assert counts(spec, *tasks, nodes=NODES, desired_tasks=0, running_tasks=0) == (3, 0, 0, 0, 3, 0)
    assert not reached(spec, *tasks, nodes=NODES)
    assert not reached(spec, nodes=NODES)


def test_without_nodes_the_count_of_swarm_and_what_is_over_are_added() -> None:
    spec = spec_of("global", condition="none")
    assert counts(spec, on(1), on(2, "failed"), desired_tasks=1) == (2, 1, 0, 0, 1, 0)


def test_a_job_counts_its_present_run() -> None:
    spec = spec_of("replicated-job", 2, "none")
    now = replace(task(1, "complete"), job_iteration=4)
    before = replace(task(2, "complete"), job_iteration=3)
    assert counts(spec, now, before, job_iteration=4) == (2, 0, 0, 1, 0, 0)
    failed = replace(task(2, "failed"), job_iteration=4)
    assert counts(spec, now, failed, job_iteration=4) == (2, 0, 0, 1, 1, 0)


def test_a_global_job_wants_every_node_from_the_start() -> None:
    spec = spec_of("global-job")
    assert not reached(spec, nodes=NODES)
    done = [on(number, "complete", desired="complete") for number in (1, 2, 3)]
    assert reached(spec, *done, nodes=NODES)
    assert not reached(spec, *done[:2], nodes=NODES)
    paused = (*NODES[:2], replace(NODES[2], availability="pause"))
    assert reached(spec, *done[:2], nodes=paused)


def test_a_job_with_attempts_left_is_not_over() -> None:
    spec = spec_of("replicated-job", 1, "on-failure", 2)
    failures = [task(1, "failed", at=at) for at in (1, 2, 3)]
    assert counts(spec, *failures[:2])[4] == 0
    assert counts(spec, *failures)[4] == 1


STATES = st.sampled_from(["pending", "starting", "running", "failed", "complete", "shutdown", "rejected"])
POLICIES = st.tuples(st.sampled_from([None, "any", "on-failure", "none"]), st.integers(0, 2))


@given(st.lists(st.tuples(st.integers(1, 3), STATES), max_size=8), POLICIES, st.integers(0, 3))
def test_a_place_is_one_thing_only(tasks: list[tuple[int, str]], policy: tuple[str | None, int], replicas: int) -> None:
    spec = spec_of("replicated", replicas, *policy)
    found = wanted(
        Service("web", "web", 1, spec), spec, [task(slot, state, at) for at, (slot, state) in enumerate(tasks, 1)]
    )
    places = [one.place for one in (*found.serving, *found.starting, *found.ended, *found.spent)]
    assert len(set(places)) == len(places)
    assert found.reached == (not found.starting and not found.spent and found.filled == replicas)
