# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CPU seconds of each test and of the modules that it starts, as properties in the JUnit report."""

from __future__ import annotations

import resource
from collections.abc import Generator
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class ModuleRun:
    """One run of a module: how long it took, and the CPU seconds of it that are not among those of our children."""

    seconds: float
    cpu: float


# Of the test under way; `running` adds to it.
MODULE_RUNS: list[ModuleRun] = []


def cpu_seconds() -> float:
    """Of this process and of all children that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Usage:
    """A plugin of pytest; each worker process runs one test at a time, so what it uses is that test's."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Forget what was started before."""
        MODULE_RUNS.clear()
        self._begun = cpu_seconds()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add what was used, at the end of the test's own phase."""
        report = yield
        if call.when == "teardown":
            beyond = sum(run.cpu for run in MODULE_RUNS)
            report.user_properties += [
                ("cpu", round(cpu_seconds() - self._begun + beyond, 2)),
                ("modules", len(MODULE_RUNS)),
                ("module_seconds", round(sum(run.seconds for run in MODULE_RUNS), 2)),
            ]
        return report
