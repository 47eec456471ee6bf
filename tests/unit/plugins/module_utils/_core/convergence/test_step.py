# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state machine's corner cases, each one a way in which Swarm's own status misleads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import (
    Service,
    Task,
    UpdateStatus,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import (
    FAILURES_PER_SLOT,
    OUTLIVE,
    OVERDUE,
    Goal,
    Observation,
    Patience,
    State,
    Verdict,
    goal,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence.step import step
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant, written

WALL = 1_800_000_000.0
START = 100.0
SERVICE_ID = "service1"


def stamp(at: float) -> str:
    """The Engine's text for the monotonic moment `at`."""
    return written(WALL + at - START)


def spec_of(image: str = "vote:2", replicas: int = 2, **more: Any) -> dict[str, Any]:
    return {
        "Name": "vote",
        "Mode": {"Replicated": {"Replicas": replicas}},
        "TaskTemplate": {"ContainerSpec": {"Image": image}},
        **more,
    }


def aim(wanted: dict[str, Any] | None = None, former: dict[str, Any] | None = None, **patience: Any) -> Goal:
    return goal(
        "update",
        wanted or spec_of(),
        former or spec_of("vote:1"),
        Patience(**patience),
        started=START,
        wall=WALL,
    )


def service(spec: dict[str, Any] | None = None, state: str = "", message: str = "", **more: Any) -> Service:
    return Service(
        id=SERVICE_ID,
        name="vote",
        version=7,
        spec=spec or spec_of(),
        update_status=UpdateStatus(state, message),
        updated_at=stamp(START),
        **more,
    )


def task(slot: int, state: str = "running", at: float = START + 1, **more: Any) -> Task:
    fields: dict[str, Any] = {
        "id": f"task{slot}-{at}",
        "service_id": SERVICE_ID,
        "slot": slot,
        "node_id": "node1",
        "desired_state": "running" if state in ("running", "pending", "starting", "preparing") else "shutdown",
        "state": state,
        "timestamp": stamp(at),
        "created_at": stamp(at),
        "message": "",
        "error": "",
        "exit_code": None,
        "container_id": "c",
        "spec": {},
    }
    fields.update(more)
    return Task(**fields)


def look(at: float, held: Service | None, *tasks: Task, holds: str = "wanted", **more: Any) -> Observation:
    return Observation(at, held, holds if held else "gone", tasks, **more)


def judge(ambition: Goal, *looks: Observation) -> tuple[State, Verdict | None]:
    state, verdict = State.initial(ambition), None
    for seen in looks:
        state, verdict = step(ambition, state, seen)
        if verdict:
            break
    return state, verdict


def outcome(verdict: Verdict | None) -> str:
    return verdict.outcome if verdict else "none"


def test_completed_needs_every_wanted_slot_not_the_status_alone() -> None:
    done = service(state="completed")
    state, verdict = judge(aim(), look(START + 5, done, task(1)))
    assert verdict is None
    assert (state.updated, state.desired) == (1, 2)
    assert outcome(judge(aim(), look(START + 5, done, task(1), task(2)))[1]) == "completed"


def test_slots_served_while_swarm_is_still_updating_is_not_the_end() -> None:
    assert judge(aim(), look(START + 5, service(state="updating"), task(1), task(2)))[1] is None


def test_a_restarting_task_is_not_served() -> None:
    waiting = task(2, "new", desired_state="ready")
    assert judge(aim(), look(START + 60, service(state="completed"), task(1), waiting))[1] is None


def test_a_change_that_moved_no_task_ends_at_once() -> None:
    old = [task(1, at=START - 500), task(2, at=START - 500)]
    assert outcome(judge(aim(), look(START + 0.1, service(), *old))[1]) == "completed"


def test_new_tasks_that_nobody_watched_must_serve_for_the_monitor_time() -> None:
    state, verdict = judge(aim(), look(START + 2, service(), task(1), task(2, at=START + 1.5)))
    assert verdict is None
    assert state.look_at == pytest.approx(START + 1.5 + 5)
    held = [task(1), task(2, at=START + 1.5)]
    early, late = look(START + 2, service(), *held), look(START + 6.6, service(), *held)
    assert outcome(judge(aim(), early, late)[1]) == "completed"


def test_tasks_without_a_stamp_serve_since_they_were_all_seen_to() -> None:
    held = [task(1, timestamp=""), task(2, timestamp="")]
    looks = [look(START + at, service(), *held) for at in (3.0, 6.0, 7.9, 8.1)]
    assert judge(aim(), *looks[:3])[1] is None
    state, verdict = judge(aim(), *looks)
    assert (outcome(verdict), state.settled_at) == ("completed", START + 3.0)


def test_failure_action_continue_is_not_believed() -> None:
    wanted = spec_of(UpdateConfig={"FailureAction": "continue", "Monitor": 3_000_000_000})
    tasks = [task(1, at=START + 9), task(2, at=START + 9)]
    done = service(wanted, "completed")
    state, verdict = judge(aim(wanted), look(START + 9.5, done, *tasks))
    assert verdict is None
    # Nobody looked before, so the node's stamp decides: three seconds after START + 9.
    assert state.look_at == pytest.approx(START + 12)


def test_min_healthy_time_asks_for_more_than_swarm_watched() -> None:
    tasks = [task(1, at=START + 2), task(2, at=START + 2)]
    patient = aim(min_healthy=30.0)
    state, verdict = judge(patient, look(START + 8, service(state="completed"), *tasks))
    assert verdict is None
    assert state.look_at == pytest.approx(START + 32)


def test_who_takes_the_place_of_a_crashed_task_has_to_outlive_it() -> None:
    done = service(state="completed")
    died = task(1, "failed", at=START + 4, created_at=stamp(START + 1))
    held = [died, task(1, at=START + 5), task(2, at=START + 1.5)]
    early, late = look(START + 6, done, *held), look(START + 8.1, done, *held)
    state, verdict = judge(aim(), early)
    assert verdict is None
    assert state.look_at == pytest.approx(START + 5 + 3)
    assert outcome(judge(aim(), early, late)[1]) == "completed"


def test_nobody_has_to_outlive_an_hour() -> None:
    died = task(1, "failed", at=START + 3600, created_at=stamp(START + 1))
    seen = look(START + 3602, service(state="completed"), died, task(1, at=START + 3601), task(2))
    state, verdict = judge(aim(), replace(seen, at=START + 3600.5, tasks=(died, task(2))), seen)
    assert verdict is None
    assert state.look_at == pytest.approx(START + 3601 + OUTLIVE)


def test_what_never_ran_is_outlived_at_once() -> None:
    refused = task(1, "rejected", at=START + 40, created_at=stamp(START + 1))
    seen = look(START + 42, service(state="completed"), refused, task(1, at=START + 41), task(2))
    assert outcome(judge(aim(), seen)[1]) == "completed"


def test_the_former_tasks_need_not_outlive_those_that_failed() -> None:
    died = task(1, "failed", at=START + 9, created_at=stamp(START + 1))
    first = look(START + 9, service(state="updating"), died, task(2))
    back = service(spec_of("vote:1"), "rollback_completed")
    tasks = [task(1, at=START + 10), task(2, at=START + 10)]
    assert outcome(judge(aim(), first, look(START + 10.1, back, *tasks, holds="former"))[1]) == "rolled_back"


def test_slots_serve_since_they_do_not_since_swarm_stopped_watching() -> None:
    tasks = [task(1, at=START + 1), task(2, at=START + 1.5)]
    looks = [look(START + at, service(state="updating"), *tasks) for at in (2, 4)]
    begun = look(START + 0.5, service(state="updating"), task(1, "starting"), task(2, "starting"))
    state, verdict = judge(aim(), begun, *looks, look(START + 6.5, service(state="completed"), *tasks))
    assert outcome(verdict) == "completed"
    assert state.settled_at == pytest.approx(START + 1.5)


@pytest.mark.parametrize("skew", [-3600.0, 3600.0])
def test_a_node_whose_clock_is_off_neither_shortens_nor_lengthens_the_wait(skew: float) -> None:
    moved = task(1, at=START + 3 + skew, created_at=stamp(START + 1))
    alone = spec_of(replicas=1)
    before = look(START + 2, service(alone), replace(moved, state="starting"))
    after = look(START + 4, service(alone), moved)
    state, verdict = judge(aim(alone), before, after)
    assert verdict is None
    assert state.look_at is not None
    assert START + 2 + 5 <= state.look_at <= START + 4 + 5


def test_a_rollback_that_the_status_calls_completed_is_a_rollback() -> None:
    former = spec_of("vote:1")
    back = [task(1, at=START - 50), task(2, at=START + 4)]
    template = spec_of()["TaskTemplate"]
    crashed = task(1, "failed", START + 2, error="task: non-zero exit (1)", exit_code=1, spec=template)
    # An old task that fell over at the same time is not the new release's fault.
    other = task(2, "failed", START + 2, spec=former["TaskTemplate"])
    looks = [
        look(START + 1, service(state="updating"), task(1, "starting")),
        look(START + 6, service(former, "completed"), *back, holds="former", history=(crashed, other, *back)),
    ]
    state, verdict = judge(aim(former=former), *looks)
    assert outcome(verdict) == "rolled_back"
    assert [failed.id for failed in state.failures] == [crashed.id]


def test_every_update_state_is_latched() -> None:
    former = spec_of("vote:1")
    looks = [
        look(START + 1, service(state="updating", message="update in progress")),
        look(START + 2, service(former, "rollback_started", "due to task x"), holds="former"),
        look(START + 3, service(former, "rollback_completed", "done"), task(1), task(2), holds="former"),
    ]
    state, verdict = judge(aim(former=former), *looks)
    assert [seen.state for seen in state.states] == ["updating", "rollback_started", "rollback_completed"]
    assert outcome(verdict) == "rolled_back"


def test_a_state_that_was_overwritten_before_a_look_is_known_from_its_event() -> None:
    former = spec_of("vote:1")
    told = ("updating", "rollback_started", "completed")
    seen = look(START + 3, service(former, "completed", "done"), task(1), task(2), holds="former", told=told)
    state, verdict = judge(aim(former=former), seen)
    assert [(one.state, one.message) for one in state.states] == [
        ("updating", ""),
        ("rollback_started", ""),
        ("completed", "done"),
    ]
    assert outcome(verdict) == "rolled_back"


def test_paused_says_why() -> None:
    verdict = judge(aim(), look(START + 3, service(state="paused", message="due to task t1")))[1]
    assert outcome(verdict) == "paused"
    assert "due to task t1" in (verdict.reason if verdict else "")


def test_a_rollback_that_is_called_completed_but_cannot_run_is_a_failed_rollback() -> None:
    former = spec_of("gone:1", replicas=1)
    error = "No such image: gone:1"
    rejected = task(1, "rejected", at=START + 4, error=error)
    waiting = task(1, "ready", at=START + 5, desired_state="ready")
    looks = [
        look(START + 2, service(former, "rollback_started", "due to task x"), rejected, waiting, holds="former"),
        look(START + 6, service(former, "rollback_completed", "done"), rejected, waiting, holds="former"),
    ]
    ambition = aim(spec_of(replicas=1), former)
    assert judge(ambition, looks[0])[1] is None, "Swarm is still at it"
    state, verdict = judge(ambition, *looks)
    assert verdict is not None
    assert verdict.outcome == "rollback_failed"
    assert error in verdict.reason
    assert state.failures == (), "blamed is the new specification only"


def test_a_former_specification_that_crashes_is_given_up() -> None:
    former = spec_of("vote:1", replicas=1)
    crashes = [task(1, "failed", at=START + 3 + turn, exit_code=1) for turn in range(FAILURES_PER_SLOT)]
    status = service(former, "rollback_completed", "done")
    looks = [
        look(START + 9 + turn, status, *crashes[: turn + 1], task(1, "starting", at=START + 9), holds="former")
        for turn in range(FAILURES_PER_SLOT)
    ]
    ambition = aim(spec_of(replicas=1), former)
    assert judge(ambition, *looks[:-1])[1] is None
    assert outcome(judge(ambition, *looks)[1]) == "rollback_failed"


def test_the_way_back_has_a_minute_whatever_the_deadline() -> None:
    former = spec_of("vote:1")
    back = service(former, "rollback_started", "stalled")
    ambition = aim(None, former, progress_deadline=5.0)
    looks = [look(START + 2, back, task(1), holds="former"), look(START + 70, back, task(1), holds="former")]
    assert judge(ambition, *looks)[1] is None
    late = look(START + 95, back, task(1), holds="former")
    assert outcome(judge(ambition, *looks, late)[1]) == "stalled"
    ambition = goal("rollback", former, None, Patience(progress_deadline=5.0), started=START, wall=WALL)
    assert judge(ambition, look(START + 70, service(former, "rollback_started"), task(1)))[1] is None


def test_a_paused_rollback_is_a_failed_rollback() -> None:
    stuck = service(spec_of("vote:1"), "rollback_paused", "due to task t2")
    assert outcome(judge(aim(), look(START + 3, stuck, holds="former"))[1]) == "rollback_failed"


def test_another_specification_is_superseded() -> None:
    other = service(spec_of("vote:9"), "updating")
    assert outcome(judge(aim(), look(START + 3, other, holds="other"))[1]) == "superseded"


def test_a_service_that_vanished_is_superseded() -> None:
    assert outcome(judge(aim(), look(START + 3, None))[1]) == "superseded"


def test_no_progress_is_a_stall_with_the_schedulers_reason() -> None:
    pending = task(1, "pending", error="no suitable node (insufficient resources on 3 nodes)")
    moving = service(state="updating")
    looks = [look(START + 1, moving, pending), look(START + 700, moving, pending)]
    state, verdict = judge(aim(), *looks)
    assert outcome(verdict) == "stalled"
    assert verdict is not None
    assert "insufficient resources" in verdict.reason
    assert state.waiting is not None
    assert state.waiting.unplaced


def test_progress_resets_the_deadline() -> None:
    moving = service(state="updating")
    looks = [
        look(START + 1, moving, task(1, "starting")),
        look(START + 590, moving, task(1)),
        look(START + 1100, moving, task(1)),
    ]
    assert judge(aim(), *looks)[1] is None
    assert outcome(judge(aim(), *looks, look(START + 1191, moving, task(1)))[1]) == "stalled"


def test_the_watch_after_the_last_task_is_no_stall() -> None:
    second = 1_000_000_000
    wanted = spec_of(UpdateConfig={"Parallelism": 1, "Delay": 7 * second, "Monitor": 2 * second})
    ambition = aim(wanted, progress_deadline=3.0)
    moving = service(wanted, "updating")
    served = look(START + 9, moving, task(1), task(2))
    # Seven seconds of delay, then eight of watching: swarmkit's updater ends no sooner.
    assert judge(ambition, served, look(START + 9 + 8, moving, task(1), task(2)))[1] is None
    halfway = look(START + 2, moving, task(1))
    assert outcome(judge(ambition, halfway, look(START + 13, moving, task(1)))[1]) == "stalled"


def test_an_end_that_swarm_never_notices_is_a_good_end_when_its_watch_is_long_over() -> None:
    second = 1_000_000_000
    wanted = spec_of(UpdateConfig={"Parallelism": 1, "Delay": 7 * second, "Monitor": 2 * second})
    moving = service(wanted, "updating")
    lost = task(2, "assigned", START + 3, id="lost", desired_state="shutdown")
    tasks = [task(1, at=START + 9), task(2, at=START + 20), lost]
    state, verdict = judge(aim(wanted), look(START + 21, moving, *tasks))
    assert verdict is None
    due = START + 20 + 7 + 8 + OVERDUE
    assert state.look_at == pytest.approx(due, abs=0.01)
    assert judge(aim(wanted), look(START + 21, moving, *tasks), look(due - 1, moving, *tasks))[1] is None
    verdict = judge(aim(wanted), look(START + 21, moving, *tasks), look(due + 1, moving, *tasks))[1]
    assert outcome(verdict) == "completed"
    assert verdict is not None
    assert "still calls it updating" in verdict.reason


def test_an_old_task_that_serves_beside_the_new_ones_is_no_good_end() -> None:
    moving = service(state="updating", running_tasks=3)
    both = [task(1), task(2)]
    verdict = judge(aim(), look(START + 2, moving, *both), look(START + 300, moving, *both))[1]
    assert verdict is None


def test_a_slot_that_does_not_serve_is_never_overdue() -> None:
    moving = service(state="updating")
    for missing in ([task(1)], [task(1), task(2, "starting")], [task(1), task(2, "failed", START + 50)]):
        verdict = judge(aim(), look(START + 60, moving, *missing), look(START + 500, moving, *missing))[1]
        assert verdict is None or verdict.outcome != "completed"


def test_a_crash_loop_is_no_progress() -> None:
    moving = service(state="updating")
    looks = [
        look(START + 10.0 * n, moving, *(task(1, "failed", START + 10.0 * k) for k in range(n))) for n in range(1, 62)
    ]
    assert outcome(judge(aim(), *looks)[1]) == "stalled"


def test_a_long_delay_between_batches_is_no_stall() -> None:
    wanted = spec_of(UpdateConfig={"Delay": 1800 * 10**9})
    looks = [look(START + 1, service(wanted, "updating"), task(1))]
    looks.append(look(START + 1500, service(wanted, "updating"), task(1)))
    assert judge(aim(wanted), *looks)[1] is None


def test_wait_timeout_ends_the_wait_not_the_rollout() -> None:
    verdict = judge(aim(wait_timeout=30.0), look(START + 31, service(state="updating"), task(1)))[1]
    assert outcome(verdict) == "timed_out"


def test_create_gives_up_on_a_slot_that_never_serves() -> None:
    failed = [task(1, "failed", START + n) for n in range(1, FAILURES_PER_SLOT + 1)]
    assert judge(aim(), look(START + 30, service(), *failed[:-1], task(2)))[1] is None
    assert outcome(judge(aim(), look(START + 30, service(), *failed, task(2)))[1]) == "failed"


def test_failures_from_before_the_write_do_not_count() -> None:
    failed = [task(1, "failed", START - 10 * n) for n in range(1, 9)]
    state, verdict = judge(aim(), look(START + 1, service(), *failed, task(1), task(2)))
    assert (state.failures, verdict) == ((), None)


def test_an_image_that_no_node_has_is_said_at_once() -> None:
    def rejected(slot: int) -> list[Task]:
        gone = task(slot, "rejected", error="No such image: nowhere:1")
        return [gone, task(slot, "new", START + 2, desired_state="ready")]

    verdict = judge(aim(), look(START + 2, service(), *rejected(1), *rejected(2)))[1]
    assert outcome(verdict) == "failed"
    # The restart is delayed, and the next tasks are not there yet.
    assert outcome(judge(aim(), look(START + 2, service(), rejected(1)[0], rejected(2)[0]))[1]) == "failed"
    assert judge(aim(), look(START + 2, service(), rejected(1)[0]))[1] is None
    assert judge(aim(), look(START + 2, service(), *rejected(1), task(2)))[1] is None


def test_restart_condition_none_gives_no_second_try() -> None:
    wanted = spec_of(replicas=1)
    wanted["TaskTemplate"]["RestartPolicy"] = {"Condition": "none"}
    ended = task(1, "failed", exit_code=7)
    assert outcome(judge(aim(wanted), look(START + 2, service(wanted), ended))[1]) == "failed"


def test_scaling_down_waits_for_the_surplus_to_leave() -> None:
    down = spec_of(replicas=1)
    old = [task(slot, at=START - 99) for slot in (1, 2)]
    assert judge(aim(down), look(START + 1, service(down), *old))[1] is None
    assert outcome(judge(aim(down), look(START + 2, service(down), old[0]))[1]) == "completed"


def test_scaling_to_nothing_completes_when_nothing_runs() -> None:
    none = spec_of(replicas=0)
    assert outcome(judge(aim(none), look(START + 1, service(none)))[1]) == "completed"


def global_spec() -> dict[str, Any]:
    return {"Name": "vote", "Mode": {"Global": {}}, "TaskTemplate": {"ContainerSpec": {"Image": "vote:2"}}}


def test_a_global_service_waits_for_the_nodes_that_still_run_the_old_one() -> None:
    held = service(global_spec(), desired_tasks=3, running_tasks=3)
    one = task(0, at=START - 9, node_id="node1")
    assert judge(aim(global_spec()), look(START + 1, held, one))[1] is None
    every = [replace(one, id=f"t{n}", node_id=f"node{n}") for n in (1, 2, 3)]
    assert outcome(judge(aim(global_spec()), look(START + 1, held, *every))[1]) == "completed"


def test_a_global_service_that_no_node_qualifies_for_is_settled_after_the_monitor_time() -> None:
    held = service(global_spec(), desired_tasks=0, running_tasks=0)
    looks = [look(START + 0.1, held), look(START + 5.2, held)]
    assert judge(aim(global_spec()), looks[0])[1] is None
    assert outcome(judge(aim(global_spec()), *looks)[1]) == "completed"


def job(state: str, slot: int = 1, **more: Any) -> Task:
    desired = "complete" if state in ("running", "starting") else "shutdown"
    return task(slot, state, desired_state=desired, job_iteration=4, **more)


def job_goal(condition: str = "on-failure") -> tuple[Goal, Service]:
    wanted = {
        "Name": "migrate",
        "Mode": {"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}},
        "TaskTemplate": {"RestartPolicy": {"Condition": condition}},
    }
    return aim(wanted, wait_timeout=7200.0), service(wanted, job_iteration=4)


def test_a_job_is_done_when_its_tasks_completed_in_this_run() -> None:
    ambition, held = job_goal()
    assert judge(ambition, look(START + 2, held, replace(job("complete"), job_iteration=3)))[1] is None
    assert outcome(judge(ambition, look(START + 2, held, job("complete")))[1]) == "completed"


def test_a_long_running_job_is_no_stall() -> None:
    ambition, held = job_goal()
    assert judge(ambition, look(START + 1, held, job("running")), look(START + 3000, held, job("running")))[1] is None


def test_a_job_that_may_not_be_retried_fails_with_its_task() -> None:
    ambition, held = job_goal("none")
    state, verdict = judge(ambition, look(START + 2, held, job("failed", exit_code=7)))
    assert outcome(verdict) == "failed"
    assert [failed.exit_code for failed in state.failures] == [7]


STATES = st.sampled_from(["", "updating", "completed", "rollback_started", "rollback_completed"])
TASK_STATES = st.sampled_from(["pending", "preparing", "starting", "running", "failed", "complete"])
LOOKS = st.lists(
    st.tuples(STATES, st.lists(st.tuples(st.integers(1, 4), TASK_STATES), max_size=6)),
    min_size=1,
    max_size=12,
)


def ending(script: list[Any]) -> tuple[str, str, int]:
    """The verdict that such looks lead to, the service's state then, and how many slots are served; empty for none."""
    ambition = aim(spec_of(replicas=3))
    state = State.initial(ambition)
    for number, (status, tasks) in enumerate(script):
        held = service(spec_of(replicas=3), status)
        own = [task(slot, how, START + number) for slot, how in dict(tasks).items()]
        state, verdict = step(ambition, state, look(START + 3.0 * number, held, *own))
        if verdict:
            return verdict.outcome, status, sum(one.running for one in own)
    return "", "", 0


SERVED = [(1, "running"), (2, "running"), (3, "running")]


def test_such_looks_can_lead_to_completed() -> None:
    assert ending([("updating", SERVED), ("completed", SERVED), ("completed", SERVED)]) == ("completed", "completed", 3)


@given(LOOKS)
def test_completed_is_never_said_while_a_wanted_slot_is_not_served(script: list[Any]) -> None:
    outcome, status, served = ending(script)
    assert outcome != "completed" or (served == 3 and status not in ("updating", "rollback_started"))


@given(LOOKS)
def test_what_was_latched_is_never_forgotten(script: list[Any]) -> None:
    ambition = aim(spec_of(replicas=3))
    states = [State.initial(ambition)]
    for number, (status, tasks) in enumerate(script):
        own = [task(slot, how, START + number) for slot, how in tasks]
        state, verdict = step(ambition, states[-1], look(START + 3.0 * number, service(state=status), *own))
        states.append(state)
        if verdict:
            break
    assert len(states) > 1
    for before, after in zip(states, states[1:]):
        assert after.states[: len(before.states)] == before.states
        assert {one.id for one in before.failures} <= {one.id for one in after.failures}


@pytest.mark.parametrize("text", ["", "soon", "0001-01-01T00:00:00Z", "2026-13-40T00:00:00Z"])
def test_no_instant_in_nonsense(text: str) -> None:
    assert instant(text) is None


@given(st.floats(min_value=1e8, max_value=4e9))
def test_instants_come_back_to_the_millisecond(seconds: float) -> None:
    again = instant(written(seconds))
    assert again is not None
    assert abs(again - seconds) <= 0.001


@pytest.mark.parametrize(
    ("before", "missing", "state", "blameless"),
    [
        (2, 2, "pending", True),
        (2, 1, "new", True),
        (1, 2, "pending", False),
        (0, 1, "pending", False),
        (2, 1, "starting", False),
    ],
)
def test_a_change_is_not_to_blame_for_what_found_no_node_before_it(
    before: int, missing: int, state: str, blameless: bool
) -> None:
    wanted_spec = spec_of(replicas=5)
    ambition = replace(aim(wanted_spec), unplaced=before)
    served = [task(slot) for slot in range(1, 6 - missing)]
    waiting = [task(slot, state, desired_state="running") for slot in range(6 - missing, 6)]
    moving = service(wanted_spec, "updating")
    looks = [look(START + at, moving, *served, *waiting) for at in (2, 700)]
    verdict = judge(ambition, *looks)[1]
    assert verdict is not None
    assert (verdict.outcome, verdict.blameless) == ("stalled", blameless)
    assert ("before this change" in verdict.reason) == blameless


@pytest.mark.parametrize(
    ("check", "patience"),
    [
        ({}, 0.0),
        ({"StartPeriod": 60 * 10**9}, 60.0),
        ({"Interval": 45 * 10**9, "StartPeriod": 60 * 10**9}, 195.0),
        ({"Interval": 10 * 10**9, "Retries": 5}, 50.0),
        ({"Retries": 5}, 0.0),
    ],
)
def test_patience_follows_the_health_check_that_is_declared(check: dict[str, int], patience: float) -> None:
    wanted_spec = spec_of()
    wanted_spec["TaskTemplate"]["ContainerSpec"]["Healthcheck"] = check
    ambition = aim(wanted_spec, progress_deadline=20.0)
    moving = service(wanted_spec, "updating")
    early, late = (look(START + 1 + 20 + patience + more, moving, task(1, "starting")) for more in (-2, 2))
    begun = look(START + 1, moving, task(1, "starting"))
    assert judge(ambition, begun, early)[1] is None
    assert outcome(judge(ambition, begun, late)[1]) == "stalled"


def test_the_end_of_a_former_task_is_waited_for() -> None:
    former = spec_of("vote:1")
    former["TaskTemplate"]["ContainerSpec"]["StopGracePeriod"] = 40 * 10**9
    assert aim(None, former, progress_deadline=20.0).stall_after(State(0.0, 0.0)) == 50.0
    former["TaskTemplate"]["ContainerSpec"]["StopGracePeriod"] = 300 * 10**9
    assert aim(None, former, progress_deadline=20.0).stall_after(State(0.0, 0.0)) == 70.0


@pytest.mark.parametrize(
    ("check", "named"),
    [
        ({"Test": ["CMD", "true"]}, "the health check of slot 2 has not passed for 699 s"),
        ({}, "or the health check of its image has not passed) for 699 s"),
        ({"Test": ["NONE"]}, "or the health check of its image has not passed) for 699 s"),
    ],
)
def test_the_health_check_that_is_waited_for_is_named_where_it_is_known(check: dict[str, Any], named: str) -> None:
    wanted_spec = spec_of()
    wanted_spec["TaskTemplate"]["ContainerSpec"]["Healthcheck"] = check
    moving = service(wanted_spec, "updating")
    looks = [look(START + at, moving, task(1), task(2, "starting")) for at in (2, 700)]
    verdict = judge(aim(wanted_spec, progress_deadline=10.0), *looks)[1]
    assert verdict is not None
    assert verdict.reason.endswith(named)
