# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sentence that sums a rollout up, and the account behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.account import (
    FAILURES_SHOWN,
    Now,
    Span,
    account,
    next_step,
    sentence,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import Seen, State, Verdict, Waiting

DIGEST = "@sha256:" + "29f7152d5d69" + "b" * 52
SPAN = Span(wall=1_800_000_000.0, started=100.0, ended=110.4)
STATE = State(progress_at=100.0, unsettled_at=100.0, updated=3, desired=3, running=3)


def spec_of(image: str) -> dict[str, Any]:
    return {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": image}}}


NOW = Now(spec_of("web:2"), 3, 3, 3)


def failed(slot: int, at: str = "2027-01-15T08:00:01Z", **more: Any) -> Task:
    raw: dict[str, Any] = {
        "ID": "task%dtask%d" % (slot, slot),
        "Slot": slot,
        "NodeID": "n1",
        "Status": {"State": "failed", "Timestamp": at, "Err": "task: non-zero exit (3)", **more},
    }
    raw["Status"]["ContainerStatus"] = {"ContainerID": "c", "ExitCode": 3}
    return Task.of(raw)


def told(
    outcome: str,
    state: State = STATE,
    reason: str = "so it is",
    former: str | None = "web:1",
    now: Now | None = NOW,
    **more: Any,
) -> str:
    former_spec = spec_of(former) if former else None
    rollout = account(Verdict(outcome, reason), former_spec, spec_of("web:2"), SPAN, [state], {"n1": "node1"}, **more)
    return sentence("web", rollout, now)


def test_a_completed_update() -> None:
    assert told("completed") == "web: completed in 10.4 s (web:1 to web:2); 3 of 3 tasks run web:2 now"


def test_a_new_service_comes_from_nowhere() -> None:
    assert told("completed", former=None).startswith("web: completed in 10.4 s (web:2);")


def test_digests_are_named_by_their_first_digits() -> None:
    text = told("completed", former="web:1" + DIGEST)
    assert "(web:1@sha256:29f7152d5d69 to web:2)" in text


def test_what_went_back_names_the_culprit_and_what_runs_now() -> None:
    state = replace(STATE, failures=(failed(2),))
    now = Now(spec_of("web:1"), 3, 3, 3)
    text = told("rolled_back", state, now=now, logs={"task2task2": ["starting", "no database"]})
    assert text == (
        "web: rolled back after 10.4 s (web:1 to web:2), so it is; "
        'task web.2 (task2task2) on node node1 failed: "task: non-zero exit (3)", '
        "its last words: starting | no database; 3 of 3 tasks run web:1 now"
    )


def job_of(image: str) -> dict[str, Any]:
    return {**spec_of(image), "Mode": {"GlobalJob": {}}}


@pytest.mark.parametrize(
    ("now", "clause"),
    [
        (NOW, "3 of 3 tasks run web:2 now"),
        (Now(spec_of("web:2"), 4, 1, 4, others=(("web:1", 3),)), "1 of 4 tasks run web:2 now, 3 run web:1"),
        (Now(spec_of("web:2"), 2, 1, 2, others=(("web:1", 1),)), "1 of 2 tasks run web:2 now, 1 runs web:1"),
        (Now(spec_of("web:2"), 1, 1, 0, ended=1), "1 of 1 tasks of web:2 ended with status 0"),
        (Now(spec_of("web:2"), 3, 3, 2, ended=1), "1 of 3 tasks of web:2 ended with status 0 and 2 run now"),
        (Now(job_of("job:1"), 3, 3, 0, ended=3), "3 of 3 tasks of job:1 completed"),
        (Now(), "the service is not there now"),
        (Now(unknown="no manager answers since 12:03:04 UTC"), "what runs now is not known: no manager answers since"),
    ],
)
def test_what_runs_now_is_what_was_read(now: Now, clause: str) -> None:
    assert clause in told("rollback_failed", now=now)


@pytest.mark.parametrize(
    ("outcome", "created", "waiting", "advice", "never"),
    [
        ("stalled", True, None, "correct the cause and run the task again", "rollback"),
        ("stalled", False, None, "or go back with swarm_service_rollback", "room"),
        ("stalled", False, Waiting("", None, unplaced=True), "make room", "health"),
        ("stalled", False, Waiting("", None, checked="c"), "its health check", "room"),
        ("paused", True, None, "declare a specification that works", "rollback"),
        ("paused", False, None, "swarm_service_rollback", "room"),
    ],
)
def test_the_advice_fits_the_case(
    outcome: str, created: bool, waiting: Waiting | None, advice: str, never: str
) -> None:
    told_step = next_step(outcome, created=created, waiting=waiting)
    assert advice in told_step
    assert never not in told_step


def test_the_task_that_swarm_blames_comes_first() -> None:
    state = replace(
        STATE,
        failures=(failed(1), failed(2, "2027-01-15T08:00:09Z")),
        states=(Seen(105.0, "paused", "update paused due to failure or early termination of task task2task2"),),
    )
    rollout = account(Verdict("paused", ""), None, None, SPAN, [state])
    assert [one["slot"] for one in rollout["failures"]] == [2, 1]
    assert rollout["states"] == [{"state": "paused", "message": state.states[0].message, "at": 5.0}]


def test_a_crash_loop_does_not_drown_the_result() -> None:
    state = replace(STATE, failures=tuple(failed(slot) for slot in range(1, 200)))
    rollout = account(Verdict("failed", ""), None, spec_of("web:2"), SPAN, [state])
    assert (len(rollout["failures"]), rollout["tasks"]["failed"]) == (FAILURES_SHOWN, 199)


def test_a_rejected_task_has_no_exit_code() -> None:
    assert failed(1).exit_code == 3
    assert failed(1, State="rejected").exit_code is None


@pytest.mark.parametrize("where", ["reason", "error", "log"])
def test_passwords_in_what_others_wrote_are_hidden(where: str) -> None:
    leak = "postgres://shop:correct-horse@db/shop"
    texts = {"reason": "so it is", "error": "refused", "log": "nothing", where: leak}
    state = replace(STATE, failures=(failed(1, Err=texts["error"]),))
    rollout = account(
        Verdict("failed", texts["reason"]), None, spec_of("web:2"), SPAN, [state], logs={"task1task1": [texts["log"]]}
    )
    assert "correct-horse" not in repr(rollout)
    assert "correct-horse" not in sentence("web", rollout)
