# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a JUnit report tells of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite import junit

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" tests="5">
<testcase classname="tests.integration.lock.test_lock" name="test_one" time="12.5">
<properties><property name="cpu" value="1.5"/><property name="modules" value="3"/>
<property name="module_seconds" value="9.25"/><property name="other" value="text"/></properties></testcase>
<testcase classname="tests.integration.spec.test_cli" name="test_flags[a@b]" time="0.5"/>
<testcase classname="tests.integration.lock.test_lock" name="test_two" time="3"><failure message="no">why</failure>
</testcase>
<testcase classname="tests.integration.lock.test_lock" name="test_two" time="1"><error message="tear-down"/></testcase>
<testcase classname="tests.unit.lab.test_api" name="test_it" time="1"><skipped message="no sshd"/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def cases(tmp_path: Path) -> list[junit.Case]:
    path = tmp_path / "report.xml"
    path.write_text(REPORT, encoding="utf-8")
    return junit.cases(path)


def test_a_test_is_named_as_pytest_takes_it(cases: list[junit.Case]) -> None:
    assert [case.nodeid for case in cases] == [
        "tests/integration/lock/test_lock.py::test_one",
        "tests/integration/spec/test_cli.py::test_flags[a@b]",
        "tests/integration/lock/test_lock.py::test_two",
        "tests/unit/lab/test_api.py::test_it",
    ]


def test_what_was_noted_of_a_test(cases: list[junit.Case]) -> None:
    assert cases[0] == junit.Case("tests/integration/lock/test_lock.py::test_one", "passed", 12.5, 1.5, 3, 9.25)
    assert (cases[1].cpu, cases[1].modules) == (0.0, 0)


def test_what_failed_and_why_others_were_skipped(cases: list[junit.Case]) -> None:
    assert junit.failed(cases) == ["tests/integration/lock/test_lock.py::test_two"]
    assert junit.skipped(cases) == {"no sshd": 1}


def test_a_run_without_a_report_has_no_tests(tmp_path: Path) -> None:
    assert junit.cases(tmp_path / "none.xml") == []


def test_the_dearest_come_first_and_folders_add_up(cases: list[junit.Case]) -> None:
    assert [case.seconds for case in junit.dearest(cases, 2)] == [12.5, 1.0]
    first = junit.folders(cases)[0]
    assert (first.name, first.tests, first.seconds, first.cpu, first.modules) == (
        "tests/integration/lock",
        2,
        13.5,
        1.5,
        3,
    )
