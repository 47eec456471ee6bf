# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running one row: pytest in its environment, counted from the report that pytest writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.phases import PHASES
from tests.matrix.environments import HOME, ROOT, Environment, made, own
from tests.matrix.rows import CONTROLLER, ENGINE, UNITS, Row
from tests.suite import junit

# More than so many failures are no bad luck of a busy machine (docs/decisions/0015).
MOST_AGAIN = 6
_SUMMARY = re.compile(r"(\d+) (passed|failed|error|errors|skipped)\b")


@dataclass
class Counts:
    """How a run of pytest ended."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        skipped = Counter(self.skipped) + Counter(other.skipped)
        return Counts(
            self.passed + other.passed,
            self.failures + other.failures,
            self.again + other.again,
            dict(sorted(skipped.items())),
        )

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {"passed": self.passed, "failures": self.failures, "again": self.again, "skipped": self.skipped}


def counted(xml: str) -> Counts:
    """From a JUnit report."""
    cases = junit.parsed(xml)
    passed = sum(case.status == "passed" for case in cases)
    return Counts(passed, junit.failed(cases), skipped=junit.skipped(cases))


def told(output: str) -> Counts:
    """From the last line that pytest prints, where its report is out of reach."""
    lines = [line for line in output.splitlines() if _SUMMARY.search(line) and " in " in line]
    numbers = {word: int(number) for number, word in _SUMMARY.findall(lines[-1])} if lines else {}
    failed = sum(numbers.get(word, 0) for word in ("failed", "error", "errors"))
    if not numbers:
        return Counts(failures=["it did not run"])
    skipped = {"said by the tests themselves": numbers["skipped"]} if "skipped" in numbers else {}
    return Counts(numbers.get("passed", 0), [f"{failed} tests"] if failed else [], skipped=skipped)


def run(row: Row, lab: str) -> dict[str, Any]:
    """Everything of a row; its entry in the record, without date and Engine. Raises `Missing`."""
    environment = own() if row.kind == ENGINE else made(row)
    begun = time.monotonic()
    units: Counts | None = None
    variables = {**environment.variables(), "SWARM_LAB": lab}
    if row.kind == CONTROLLER:
        units = _pytest(environment, row.name + "-units", UNITS, variables)
    elif row.kind != ENGINE:
        units = _old_units(row)
        # The controller is this checkout's; its modules run on the row's Python.
        variables = {**own().variables(), "SWARM_LAB": lab, "SWARM_MODULE_PYTHON": environment.python}
    runner = environment if row.kind == CONTROLLER else own()
    tests = Counts()
    for phase in PHASES:
        tests += _pytest(runner, f"{row.name}-{phase.name}", (*row.tests, *phase.arguments()), variables)
    found = [counts for counts in (units, tests) if counts is not None]
    return {
        "passed": all(not counts.failures for counts in found),
        "seconds": round(time.monotonic() - begun),
        "versions": {**own().versions(), **environment.versions()},
        "units": units.shown() if units else None,
        "tests": tests.shown(),
    }


def _pytest(environment: Environment, name: str, arguments: tuple[str, ...], variables: Mapping[str, str]) -> Counts:
    """Run, and what failed once more by itself; that is told beside the result."""
    cache = HOME / f"{name}.cache"
    shutil.rmtree(cache, ignore_errors=True)
    first = _once(environment, name, [*arguments], cache, variables)
    if not first.failures or len(first.failures) > MOST_AGAIN or not (cache / "v/cache/lastfailed").exists():
        return first
    second = _once(environment, f"{name}-again", [*arguments, "--last-failed"], cache, variables)
    again = [one for one in first.failures if one not in second.failures]
    return Counts(first.passed + len(again), second.failures, again, first.skipped)


def _once(
    environment: Environment, name: str, arguments: list[str], cache: Path, variables: Mapping[str, str]
) -> Counts:
    report, log = HOME / f"{name}.xml", HOME / f"{name}.log"
    report.unlink(missing_ok=True)
    HOME.mkdir(parents=True, exist_ok=True)
    command = [environment.python, "-m", "pytest", "-q", *arguments]
    with log.open("w") as output:
        subprocess.run(
            [*command, "-o", f"cache_dir={cache}", f"--junit-xml={report}"],
            cwd=ROOT,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if not report.exists():
        return Counts(failures=[f"pytest did not come to its end, see {log.relative_to(ROOT)}"])
    return counted(report.read_text())


def _old_units(row: Row) -> Counts:
    done = subprocess.run(
        [str(ROOT / "tests/tools/units-oldest"), row.python],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (HOME / f"{row.name}-units.log").write_text(done.stdout)
    found = told(done.stdout)
    if done.returncode != 0 and not found.failures:
        found.failures.append(f"exit status {done.returncode}")
    return found
