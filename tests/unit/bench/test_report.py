# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written and printed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench import names
from tests.bench.report import above_floor, judged, report_text, spread, summary
from tests.bench.targets import Row, Target, Term, above

MEASURED: Mapping[str, Sequence[float]] = {
    names.ONE_THEIRS: [2.0, 3.0, 4.0],
    names.ONE_OURS_CALLS: [2, 1, 1],
    names.ONE_OURS: [1.5, 1.5, 4.0],
    names.FLOOR: [1.0, 1.0, 1.0],
}
ROWS = (
    Row("ours / theirs", above(names.ONE_OURS), above(names.ONE_THEIRS), Target("<=", 0.3)),
    Row("calls", Term(names.ONE_OURS_CALLS), None, Target("<=", 2, judged="most")),
    Row("without a target", Term(names.FLOOR)),
    Row("not measured", Term(names.MANY_OURS)),
)


def test_the_spread_of_figures():
    assert spread([3.0, 1.0, 2.0, 8.0]) == {"median": 2.5, "least": 1.0, "most": 8.0}


def test_quantities_come_in_the_order_of_their_declaration():
    expected = [names.FLOOR, names.ONE_OURS, names.ONE_THEIRS, names.ONE_OURS_CALLS]
    assert list(summary(MEASURED)) == expected


def test_rows_are_judged_and_say_what_they_are_made_of():
    ratio, calls, plain = judged(MEASURED, ROWS)
    assert ratio == {
        "name": "ours / theirs",
        "median": 0.5,
        "least": 0.25,
        "most": 1.0,
        "rounds": 3,
        "numerator": f"{names.ONE_OURS}, above the floor",
        "denominator": f"{names.ONE_THEIRS}, above the floor",
        "target": "median <= 0.3",
        "met": False,
    }
    assert (calls["most"], calls["denominator"], calls["met"]) == (2, None, True)
    assert (plain["target"], plain["met"]) == (None, None)


def test_times_above_the_floor_are_told_too():
    assert above_floor(MEASURED, ROWS)[f"{names.ONE_OURS}, above the floor"] == {
        "median": 0.5,
        "least": 0.5,
        "most": 3.0,
    }


def test_the_text_holds_versions_figures_and_verdicts():
    known: dict[str, Any] = dict.fromkeys(
        ("date", "engine", "api", "nodes", "cli", "ansible_core", "docker_sdk", "python"), "x"
    )
    report: dict[str, Any] = {
        **known,
        "ansible": "12.3.0",
        "community_docker": "4.8.5",
        "kernel": "6.1",
        "processors": 2,
        "idle_before": 0.5,
        "idle_after": 0.25,
        "rounds": 3,
        "figures": summary(MEASURED),
        "above_floor": above_floor(MEASURED, ROWS),
        "judged": judged(MEASURED, ROWS),
    }
    json.dumps(report)
    text = report_text(report)
    assert "community.docker 4.8.5 (of ansible 12.3.0)" in text
    assert "50% idle before and 25% after, 3 rounds" in text
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    assert [names.FLOOR, "1.00", "1.00", "1.00"] in lines
    assert ["ours / theirs", "0.50", "0.25", "1.00", "3", "median <= 0.3", "missed"] in lines
    assert ["calls", "1.00", "1.00", "2.00", "3", "most <= 2", "met"] in lines
    assert ["without a target", "1.00", "1.00", "1.00", "3", "", ""] in lines
    # Every line of a table is as wide as its head.
    assert {len(line) for line in text.splitlines() if line[:1] == "|"} == {
        len(block.splitlines()[0]) for block in text.split("\n\n") if block[:1] == "|"
    }
