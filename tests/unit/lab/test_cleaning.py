# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cleaning waits for."""

from __future__ import annotations

import pytest

from tests.lab import cleaning

JOB = {"JobIteration": {}, "Status": {"State": "complete"}}


@pytest.mark.parametrize(
    ("engine", "task", "answer"),
    [
        ("20.10", JOB, True),
        ("20.10", {**JOB, "Status": {"State": "failed"}}, True),
        ("20.10", {**JOB, "NodeID": "n", "Status": {"State": "running"}}, False),
        ("20.10", {**JOB, "Status": {"State": "pending"}}, True),
        ("20.10", {"Status": {"State": "complete"}}, False),
        ("20.10", {"Status": {"State": "pending"}}, False),
        ("26", JOB, False),
    ],
)
def test_only_the_oldest_engine_keeps_tasks_of_jobs_that_are_gone(engine: str, task: dict, answer: bool):
    assert cleaning.is_forgotten(task, engine) is answer
