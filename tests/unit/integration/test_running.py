# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules are run in a fork, unless it is their process that counts; what they cost is noted either way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.running import Running
from tests.integration.usage import MODULE_RUNS

pytestmark = pytest.mark.sleeps  # subprocess.Popen does, where it waits with a time limit
OPTIONS = {"url": "http://hooks.example.org/", "body": {}, "_ansible_check_mode": True}


@pytest.fixture(autouse=True)
def nothing_noted() -> None:
    MODULE_RUNS.clear()


def test_a_module_is_run_in_a_fork() -> None:
    running = Running("webhook", OPTIONS, {"DOCKER_HOST": "tcp://manager1:2376"})
    ran = running.wait()
    assert (running.cold, ran.status, ran.msg) == (False, 0, "hooks.example.org: nothing is sent in check mode")
    (noted,) = MODULE_RUNS
    # Its processor time is not among that of our children, which the test's account has already.
    assert noted.cpu > 0
    assert noted.seconds == ran.seconds


def test_a_module_whose_memory_is_measured_is_not(tmp_path: Path) -> None:
    peak = tmp_path / "peak"
    running = Running("webhook", OPTIONS, {"MODULE_PEAK": str(peak)})
    ran = running.wait()
    assert (running.cold, ran.status) == (True, 0)
    assert int(peak.read_text()) > 1000
    assert [noted.cpu for noted in MODULE_RUNS] == [0.0]


def test_a_module_can_be_run_cold() -> None:
    running = Running("webhook", OPTIONS, cold=True)
    assert running.cold
    running.kill()
    assert not running.under_way
