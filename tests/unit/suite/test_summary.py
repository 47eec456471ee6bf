# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the summary of a run says."""

from __future__ import annotations

import pytest

from tests.suite.steps import LANES, MOST_SECONDS, Step
from tests.suite.summary import Ended, Run, steps_table, took

UNITS = Step("units", "unit tests", ("make", "units"), 60, report=True)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (754, "12 min 34 s")]
)
def test_a_time_for_people(seconds: float, text: str) -> None:
    assert took(seconds) == text


@pytest.mark.parametrize(
    ("ended", "line"),
    [
        (Ended(UNITS, 0, 59.0), "     59      60  unit tests: ok"),
        (Ended(UNITS, 0, 90.0), "     90      60  unit tests: ok"),
        (Ended(UNITS, 0, 120.0), "    120      60  unit tests: ok, OVER BUDGET by 100%"),
        (Ended(UNITS, 2, 7.0), "      7      60  unit tests: FAILED (2)"),
        (Ended(UNITS, 0, 7.0, again=("one",)), "      7      60  unit tests: ok, 1 at the second attempt"),
    ],
)
def test_a_step_against_its_budget(ended: Ended, line: str) -> None:
    assert steps_table(Run((ended,), 1.0)) == ["SECONDS  BUDGET  STEP", line]


@pytest.mark.parametrize(
    ("run", "complaints"),
    [
        (Run((Ended(UNITS, 0, 1.0),), 1.0), []),
        (Run((Ended(UNITS, 0, 1000.0),), MOST_SECONDS), []),
        (Run((Ended(UNITS, 2, 1.0),), 1.0), ["unit tests: exit status 2"]),
        (Run((), 1.0, (UNITS,)), ["unit tests: not run"]),
        (Run((Ended(UNITS, 0, 1.0),), 1.0, (UNITS,)), []),
        (Run((), MOST_SECONDS + 1), ["it took 75 min 01 s, and 75 min 00 s is the limit"]),
    ],
)
def test_why_a_run_failed(run: Run, complaints: list[str]) -> None:
    assert run.complaints == complaints


def test_a_report_is_asked_for_beside_other_arguments() -> None:
    phase = Step("x", "x", ("make", "integration", "ARGS=--phase alone"), 1, report=True)
    assert phase.with_report("r.xml") == ("make", "integration", "ARGS=--phase alone --junit-xml=r.xml")
    assert UNITS.with_report("r.xml") == ("make", "units", "ARGS=--junit-xml=r.xml")
    assert Step("x", "x", ("make", "types"), 1).with_report("r.xml") == ("make", "types")


def test_every_step_has_a_name_of_its_own() -> None:
    names = [step.name for lane in LANES for step in lane.steps]
    assert len(set(names)) == len(names)
    assert len({lane.lab for lane in LANES}) == len(LANES), "no two lanes share a lab"
