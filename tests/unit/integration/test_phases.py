# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How integration tests are chosen, ordered and spread."""

from __future__ import annotations

import pytest

from tests.integration import __main__ as runner
from tests.integration import phases
from tests.listed import ROOT

LOCK = "tests/integration/lock/test_lock.py"


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        (f"{LOCK}::test_a[b]", "lock/test_lock.py::test_a[b]"),
        ("tests/integration/spec/test_cli.py::test_a[x/y::z]", "spec/"),
        ("tests/integration/report/test_browser.py::test_a", "report/test_browser.py"),
        ("tests/integration/report/test_reports.py::test_a", "report/test_reports.py::test_a"),
    ],
)
def test_what_stays_together(nodeid: str, scope: str) -> None:
    assert phases.scope(nodeid) == scope


@pytest.mark.parametrize("name", phases.ON_ONE_WORKER)
def test_what_is_kept_together_is_there(name: str) -> None:
    assert (ROOT / "tests" / "integration" / name).exists()


def test_a_scope_weighs_what_all_of_its_tests_do() -> None:
    known = {"spec/test_cli.py::a": 3.0, "lock/test_lock.py::test_a": 9.0}
    ids = ["tests/integration/spec/test_cli.py::a", "tests/integration/spec/test_tasks.py::b", f"{LOCK}::test_a"]
    assert phases.together(ids, known) == {"spec/": 4.0, "lock/test_lock.py::test_a": 9.0}


def test_the_longest_come_first_and_playbooks_alternate_with_what_waits() -> None:
    seconds = {"lock/a": 2.0, "lock/b": 6.0, "awx/a": 8.0, "runbooks/b": 8.0, "lock/c": 8.0}
    assert phases.order(seconds) == ["awx/a", "lock/c", "runbooks/b", "lock/b", "lock/a"]
    assert phases.order({}) == []


@pytest.mark.parametrize("name", phases.PLAYBOOKS)
def test_what_runs_playbooks_is_there(name: str) -> None:
    assert (ROOT / "tests" / "integration" / name).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "tests/integration -m not alone -n 8 --dist loadscope --no-loadscope-reorder"),
        (["-x"], "tests/integration -m not alone -n 8 --dist loadscope --no-loadscope-reorder -x"),
        ([LOCK], f"-m not alone -n 8 --dist loadscope --no-loadscope-reorder {LOCK}"),
        ([f"{LOCK}::test_a"], f"-m not alone {LOCK}::test_a"),
        (["-k", "lock"], "tests/integration -m not alone -k lock"),
    ],
)
def test_the_command_of_a_phase(arguments: list[str], words: str) -> None:
    assert " ".join(runner.command(phases.PHASES[0], arguments)).endswith(f"-m pytest {words}")


def test_the_other_phase_has_no_workers() -> None:
    assert runner.command(phases.PHASES[1], [])[-3:] == ["tests/integration", "-m", "alone"]


@pytest.mark.parametrize(
    ("statuses", "status"), [([0, 0], 0), ([0, 5], 0), ([5, 0], 0), ([5, 5], 5), ([1, 0], 1), ([0, 2], 2), ([1, 5], 1)]
)
def test_one_status_for_both(statuses: list[int], status: int) -> None:
    assert runner.status_of(statuses) == status
