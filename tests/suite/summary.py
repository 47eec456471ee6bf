# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary of a run of the suite as lines of text: steps against their budgets, the dearest tests, what failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.suite.junit import Case, Folder
from tests.suite.steps import MOST_SECONDS, OVER, Step


@dataclass(frozen=True)
class Ended:
    """How a step ended, on which lab. `again`: the tests that passed at their second attempt only."""

    step: Step
    status: int
    seconds: float
    cases: tuple[Case, ...] = ()
    again: tuple[str, ...] = ()
    lab: str | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong with it, be it at the second attempt."""
        return self.status == 0

    @property
    def over(self) -> bool:
        """Whether it took longer than its budget by half."""
        return self.seconds > self.step.budget * OVER


@dataclass(frozen=True)
class Run:
    """A whole run. `ended`: the steps in the order in which they ended; `planned`: all that were to run."""

    ended: tuple[Ended, ...]
    seconds: float
    planned: tuple[Step, ...] = ()

    @property
    def complaints(self) -> list[str]:
        """Why it failed; nothing where it passed."""
        found = [f"{one.step.title}: exit status {one.status}" for one in self.ended if not one.passed]
        ran = {one.step.name for one in self.ended}
        found += [f"{step.title}: not run" for step in self.planned if step.name not in ran]
        if self.seconds > MOST_SECONDS:
            found.append(f"it took {took(self.seconds)}, and {took(MOST_SECONDS)} is the limit")
        return found


def took(seconds: float) -> str:
    """A time for people: `7 s`, `12 min 03 s`."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Columns: the last one to the left, numbers before it to the right."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(row[:-1], widths, strict=False)) + f"  {row[-1]}"
        for row in cells
    ]


def steps_table(run: Run) -> list[str]:
    """Each step, what it took against its budget, and how it ended."""
    rows = []
    for one in run.ended:
        word = "ok" if one.passed else f"FAILED ({one.status})"
        over = f", OVER BUDGET by {one.seconds / one.step.budget - 1:.0%}" if one.over else ""
        again = f", {len(one.again)} at the second attempt" if one.again else ""
        rows.append((f"{one.seconds:.0f}", one.step.budget, f"{one.step.title}: {word}{again}{over}"))
    return table(("SECONDS", "BUDGET", "STEP"), rows)


def dearest_table(cases: Iterable[Case]) -> list[str]:
    """The dearest tests."""
    rows = [(f"{one.seconds:.1f}", f"{one.cpu:.1f}", one.modules, one.nodeid.removeprefix("tests/")) for one in cases]
    return table(("SECONDS", "CPU", "MODULES", "TEST"), rows)


def folders_table(found: Iterable[Folder]) -> list[str]:
    """What each folder costs."""
    rows = [(one.tests, f"{one.seconds:.0f}", f"{one.cpu:.0f}", one.modules, one.name) for one in found]
    return table(("TESTS", "SECONDS", "CPU", "MODULES", "FOLDER"), rows)
