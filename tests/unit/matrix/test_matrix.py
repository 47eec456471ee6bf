# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the matrix, how their ends are counted, and the page that is made of them."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

from tests.matrix import page, record
from tests.matrix.rows import CONTROLLER, ENGINE, ENGINES, HOST, OLD_PYTHONS, PYTHONS, ROWS, SDKS, SMALL, WIDE, picked
from tests.matrix.running import counted, told

ROOT = Path(__file__).resolve().parents[3]
REPORT = """<testsuites><testsuite>
<testcase classname="tests.integration.lock.test_lock" name="test_a"/>
<testcase classname="tests.integration.lock.test_lock" name="test_b[1]"><failure message="no">x</failure></testcase>
<testcase classname="tests.integration.lock.test_lock" name="test_b[1]"><error message="at the end">x</error></testcase>
<testcase classname="tests.integration.lock.test_lock" name="test_c"><skipped message="no IP_VS">x</skipped></testcase>
</testsuite></testsuites>"""


def entry(**given: Any) -> record.Entry:
    part = {"passed": 3, "failures": [], "again": [], "skipped": {}}
    versions = {"python": "3.12.1", "ansible-core": "2.18.19", "docker": "7.0.0", "engine": "26.1.5", "api": "1.45"}
    found = {"date": "2026-11-27", "passed": True, "seconds": 9, "versions": versions, "units": part, "tests": part}
    return {**found, **given}


def test_names_are_unique_and_tests_are_there() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert all((ROOT / test).exists() for test in (*WIDE, *SMALL))


def test_every_pair_of_what_is_supported_is_in_a_row() -> None:
    assert {row.engine for row in ROWS if row.kind == ENGINE} == set(ENGINES)
    controllers = [row for row in ROWS if row.kind == CONTROLLER]
    assert {(row.core, row.python) for row in controllers} == {
        (core, python) for core, pythons in PYTHONS.items() for python in pythons
    }
    assert {(row.core, row.sdk) for row in controllers} == set(product(PYTHONS, SDKS))
    assert {(row.python, row.sdk) for row in controllers} == set(product(("3.11", "3.12", "3.13"), SDKS))
    hosts = [row for row in ROWS if row.kind == HOST]
    assert {row.python for row in hosts} == set(OLD_PYTHONS)
    assert {row.sdk for row in hosts} == set(SDKS)


def test_rows_are_picked_by_name_and_grouped_by_engine() -> None:
    engines = [row.engine for row in picked([])]
    assert len(engines) == len(ROWS)
    assert sum(one != other for one, other in pairwise(engines)) == len(ENGINES) - 1
    assert [row.name for row in picked(["engine-2?.*"])] == ["engine-28.5", "engine-20.10", "engine-26.1"]
    with pytest.raises(ValueError, match="nothing"):
        picked(["nothing"])


def test_a_report_is_counted_and_a_test_fails_once() -> None:
    found = counted(REPORT)
    assert found.passed == 1
    assert found.failures == ["tests/integration/lock/test_lock.py::test_b[1]"]
    assert found.skipped == {"no IP_VS": 1}


@pytest.mark.parametrize(
    ("output", "passed", "failures"),
    [
        ("....\n2549 passed, 11 skipped in 177.40s (0:02:57)\nbye\n", 2549, []),
        ("== 2 failed, 30 passed, 1 error in 3.1s ==\n", 30, ["3 tests"]),
        ("ERROR: nothing was installed\n", 0, ["it did not run"]),
    ],
)
def test_a_summary_is_read(output: str, passed: int, failures: list[str]) -> None:
    found = told(output)
    assert (found.passed, found.failures) == (passed, failures)


def test_an_entry_is_noted_in_the_order_of_the_rows(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    record.note(ROWS[2], entry(), file)
    record.note(ROWS[0], entry(), file)
    record.note(ROWS[0], entry(passed=False), file)
    known = record.load(file)
    assert list(known) == [ROWS[0].name, ROWS[2].name]
    assert record.verdict(known[ROWS[0].name]) == "FAILED"


def test_verdicts() -> None:
    again = {"passed": 3, "failures": [], "again": ["a", "b"], "skipped": {}}
    assert record.verdict(None) == "not run"
    assert record.verdict(entry(units=None)) == "passed"
    assert record.verdict(entry(left=["traps"])) == "passed in part"
    assert record.verdict(entry(left=["traps"], passed=False)) == "FAILED"
    assert record.verdict(entry(tests=again)) == "passed, 2 at the second attempt"


def test_the_page_tells_what_was_not_run_what_failed_and_what_was_left_out() -> None:
    row = next(row for row in ROWS if row.kind == CONTROLLER)
    bad = {"passed": 3, "failures": ["tests/a::test_b"], "again": [], "skipped": {"no a|b": 2}}
    text = page.page({row.name: entry(passed=False, tests=bad, left=["traps"], pieces=True)})
    assert f"| {row.name} | - | run in pieces" in text
    assert f"| {row.name} | - | not run: `traps` |" in text
    assert "| 2.18.19 | 3.12.1 | 7.0.0 | - | 26.1.5 | 3 | 3 | FAILED | 2026-11-27 |" in text
    assert f"| {row.name} | 2 | no a/b |" in text
    assert f"| {row.name} | 1 | FAILED: `tests/a::test_b` |" in text
    assert text.count("not run") >= len(ROWS) - 1
    assert "| `oom_score_adj` | 1.46 | 27.0 |" in text


def test_the_page_in_the_repository_is_made_of_the_record() -> None:
    assert page.FILE.read_text(encoding="utf-8") == page.page(record.load())
