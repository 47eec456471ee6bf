# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check `tasks` on real tasks: those that run, those that crash, those that want too much memory."""

from __future__ import annotations

import pytest

from .scenes import Cast


def test_new_tasks_that_run_on_pass(cast: Cast) -> None:
    name = cast.create(replicas=2, ports=())
    cast.step(name)

    result = cast.one(name, tasks={"healthy_for": "3s"})

    assert result.status == "passed"
    assert result.text.startswith("1 new task running for ")
    assert result.value is not None
    assert result.value >= 3


def test_a_new_task_that_crashes_fails_while_old_ones_run_well(cast: Cast) -> None:
    name = cast.create(replicas=2, ports=())
    cast.step(name, script="sleep 2; exit 3")

    result = cast.one(name, tasks={"healthy_for": "20s"})

    assert result.status == "failed"
    assert result.text.startswith("1 failure of new tasks > 0")
    assert "(3)" in result.text


def test_restarts_may_be_allowed_but_only_so_many(cast: Cast) -> None:
    name = cast.create(replicas=1, ports=())
    cast.step(name, script="sleep 1; exit 3", wait=False)

    result = cast.one(name, tasks={"healthy_for": "5s", "max_restarts": 2})

    assert result.status == "failed"
    assert len(result.details["failures"]) == 3


@pytest.mark.parametrize("oom", [True, False])
def test_a_task_beyond_its_memory_limit_is_killed(cast: Cast, oom: bool) -> None:
    name = cast.create(replicas=1, ports=())
    cast.step(name, script="sleep 1; tail /dev/zero", memory=16 * 1024 * 1024, wait=False)

    result = cast.one(name, tasks={"healthy_for": "5s", "max_restarts": 1, "oom": oom})

    assert result.status == "failed"
    assert {failure["exit_code"] for failure in result.details["failures"]} == {137}
    assert ("memory limit" in result.text) is oom
    # Without the watch for kills it is a failure like others, and the second is one too many.
    assert len(result.details["failures"]) == (1 if oom else 2)
