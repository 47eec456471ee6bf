# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts on tasks: running long enough, and not falling over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CheckResult
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.judge_tasks import (
    Health,
    Wanted,
    judge_tasks,
    look,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.checks.paper import NOW, SPEC, check, task

NEW = (task(1), task(2))
OLD = (task(3, at=NOW - 900, spec={"ContainerSpec": {"Image": "vote:1"}}),)
WANTED = Wanted.of(SPEC, NEW, OLD, NOW)


def judged(
    *looks: tuple[float, tuple[Task, ...]], given_up: bool = False, wanted: Wanted = WANTED, **options: Any
) -> CheckResult | None:
    found, settings = check("tasks", **options)
    health, verdict = Health(), None
    for at, tasks in looks:
        health = look(wanted, health, tasks, at)
        verdict = judge_tasks(found, settings, wanted, health, given_up)
        if verdict is not None:
            break
    return verdict


def failed(slot: int, **more: Any) -> Task:
    fields: dict[str, Any] = {"id": "failed%d" % slot, "exit_code": 3, "error": "task: non-zero exit (3)", **more}
    return task(slot, "failed", NOW + 2, **fields)


def test_tasks_that_run_long_enough_pass() -> None:
    result = judged((NOW + 10, (*NEW, *OLD)))
    assert result is not None
    assert (result.status, result.text) == ("passed", "2 new tasks running for 10s >= 10s, 0 failures <= 0")


def test_tasks_that_do_not_yet_run_long_enough_are_looked_at_again() -> None:
    assert judged((NOW + 9, (*NEW, *OLD))) is None
    late = task(2, at=NOW + 5)
    assert judged((NOW + 14, (NEW[0], late))) is None
    assert judged((NOW + 9, (NEW[0],)), (NOW + 30, (NEW[0],))) is None


def test_who_is_given_up_on_fails() -> None:
    result = judged((NOW + 90, (NEW[0],)), given_up=True)
    assert result is not None
    assert (result.status, result.text) == ("failed", "1 of 2 new tasks running for 10s")


def test_a_failure_counts_and_its_reason_is_told() -> None:
    result = judged((NOW + 5, (*NEW, failed(1))))
    assert result is not None
    assert result.failed
    assert result.text.startswith("1 failure of new tasks > 0: task failed1 (slot 1) failed: task: non-zero exit (3)")
    assert judged((NOW + 20, (*NEW, failed(1))), max_restarts=1).passed  # type: ignore[union-attr]


def test_an_exit_with_0_is_a_failure_of_what_runs_for_ever() -> None:
    assert judged((NOW + 20, (*NEW, task(1, "complete", NOW + 2, id="x", exit_code=0)))).failed  # type: ignore[union-attr]


def test_failures_that_are_evicted_are_remembered() -> None:
    result = judged((NOW + 1, (*NEW, failed(1))), (NOW + 2, (*NEW, failed(2))), max_restarts=1)
    assert result is not None
    assert result.failed
    assert len(result.details["failures"]) == 2


def test_what_failed_before_the_step_or_is_old_does_not_count() -> None:
    before = task(1, "failed", NOW - 60, id="before")
    old = task(3, "failed", NOW + 3, id=OLD[0].id, spec=OLD[0].spec)
    elsewhere = task(9, "failed", NOW + 3, id="elsewhere")
    assert judged((NOW + 20, (*NEW, before, old, elsewhere))).passed  # type: ignore[union-attr]


def test_a_new_task_of_an_earlier_step_that_fails_now_counts() -> None:
    early = task(1, "failed", NOW + 3, created_at=NEW[0].created_at.replace("2027", "2026"))
    assert judged((NOW + 20, (early, NEW[1]))).failed  # type: ignore[union-attr]


def test_a_kill_fails_whatever_is_allowed_but_only_where_asked() -> None:
    killed = failed(1, exit_code=137, error="task: non-zero exit (137)")
    result = judged((NOW + 20, (*NEW, killed)), max_restarts=5)
    assert result is not None
    assert result.failed
    assert "memory limit" in result.text
    assert judged((NOW + 20, (*NEW, killed)), max_restarts=5, oom=False).passed  # type: ignore[union-attr]
    unhealthy = failed(1, exit_code=137, error="task: non-zero exit (137): dockerexec: unhealthy container")
    assert judged((NOW + 20, (*NEW, unhealthy)), max_restarts=5).passed  # type: ignore[union-attr]


def test_a_restarted_task_has_to_run_as_long_again() -> None:
    again = task(1, at=NOW + 12, id="again")
    looks = ((NOW + 5, NEW), (NOW + 13, (failed(1), again, NEW[1])))
    assert judged(*looks, max_restarts=1) is None
    assert judged(*looks, (NOW + 22, (failed(1), again, NEW[1])), max_restarts=1).passed  # type: ignore[union-attr]


def test_a_node_whose_clock_is_off_is_not_believed() -> None:
    behind = task(1, at=NOW - 3600, created_at=task(1).created_at)
    assert judged((NOW + 5, (behind, NEW[1]))) is None
    ahead = task(1, at=NOW + 3600)
    assert judged((NOW + 5, (ahead, NEW[1])), (NOW + 15, (ahead, NEW[1]))).passed  # type: ignore[union-attr]


def test_without_new_tasks_nothing_can_be_said() -> None:
    result = judged((NOW, OLD), wanted=Wanted.of(SPEC, (), OLD, NOW))
    assert result is not None
    assert result.text == "inconclusive: there are no new tasks"


def test_secrets_in_an_error_are_hidden() -> None:
    result = judged((NOW + 5, (*NEW, failed(1, error="pull from https://bob:s3cret@registry/ failed"))))
    assert result is not None
    assert "s3cret" not in str(result.as_dict())


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 40)), max_size=4), st.integers(0, 3), st.integers(0, 30))
@pytest.mark.parametrize("given_up", [True, False])
def test_never_passed_over_a_limit(given_up: bool, ends: list[tuple[int, int]], most: int, healthy_for: int) -> None:
    ended = tuple(
        task(slot, "failed", NOW + at, id="e%d" % place, exit_code=1) for place, (slot, at) in enumerate(ends)
    )
    found, settings = check("tasks", healthy_for=healthy_for, max_restarts=most)
    health = look(WANTED, Health(), (*NEW, *ended), NOW + 20)
    result = judge_tasks(found, settings, WANTED, health, given_up)
    if len(ends) > most:
        wanted: str | None = "failed"
    elif healthy_for <= 20:
        wanted = "passed"
    else:
        wanted = "failed" if given_up else None
    assert (result.status if result else None) == wanted
