# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random cases: drawn again by their seed, written and read, made smaller; and the figures of their runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.page import text as page_of
from tests.faults.record import Under
from tests.truth import record
from tests.truth.__main__ import drawn, run_all, smallest, told
from tests.truth.case import Case, Strike, draw, sensible, simpler, sort_of
from tests.truth.record import Lie, Run
from tests.truth.trial import Result

SEEDS = range(200)
LOST = Strike("lost-after", "any", 0.3)
NOW = Under("abc", "26.1.5", "2.19.14", "7.2.0")


@pytest.mark.parametrize("nodes", [False, True])
def test_a_seed_always_gives_the_same_case(nodes: bool) -> None:
    first, second = ([draw(seed, nodes=nodes) for seed in SEEDS] for _turn in range(2))
    assert first == second
    assert {case.on_nodes for case in first} == {nodes}
    assert [Case.of(case.text()) for case in first] == first


def test_chance_comes_to_everything() -> None:
    cases = [draw(seed) for seed in SEEDS]
    assert {case.strategy for case in cases} == {"create", "update", "steps", "release", "rollback"}
    assert {case.mode for case in cases} == {"replicated", "global", "replicated-job", "global-job"}
    assert len({case.image for case in cases}) == 6
    assert len({strike.kind for case in cases for strike in case.strikes}) == 10


def test_what_cannot_be_run_is_not_drawn() -> None:
    cases = [draw(seed) for seed in SEEDS]
    assert all(case.strategy in ("create", "update") for case in cases if case.job)
    assert all(case.image == "good" for case in cases if case.strategy == "rollback")
    assert [sensible(case) for case in cases] == cases


def test_each_smaller_case_is_another_one_and_there_is_an_end() -> None:
    case = draw(11, nodes=True)
    steps = 0
    while following := list(simpler(case)):
        assert case not in following
        case, steps = following[0], steps + 1
        assert steps < 30
    assert case == Case(case.seed, replicas=1)


def test_it_is_made_as_small_as_it_still_lies() -> None:
    case = Case(7, "steps", "global", order="start-first", strikes=(LOST, Strike("kill-task", second=1.0)))

    def run(smaller: Case) -> Result:
        lied = smaller.mode == "global" and LOST in smaller.strikes
        return Result(smaller.text(), complaints=["it says '1 of 2 tasks run web:1 now', and not"] if lied else [])

    first = Result(case.text(), complaints=["it says '2 of 3 tasks run web:2 now', and not"])
    assert smallest(first, run, 40) == Case(7, mode="global", replicas=1, strikes=(LOST,))
    assert smallest(first, run, 1).strategy == "steps"
    ((lie),) = told([first, Result("x")], run, 0)
    assert (lie.smallest, lie.complaints) == (case.text(), tuple(first.complaints))


def test_lies_of_a_sort_are_alike_whatever_their_names() -> None:
    one = "task 1x2ku890kb5y8h6fiojxac1dl is said to have failed, and there never was one"
    assert sort_of(one) == sort_of(one.replace("1x2ku", "9x2ku"))
    assert sort_of(one) != sort_of("the timeline lacks task 1x2ku890kb5y8h6fiojxac1dl, made meanwhile")


def test_one_in_ten_has_a_fault_on_a_node_and_comes_last() -> None:
    cases = drawn(50, 20)
    assert [case.on_nodes for case in cases].count(True) == 2
    order = [Case.of(result.case) for result in run_all(cases, lambda case: Result(case.text()), 3)]
    assert sorted(case.seed for case in order) == list(range(50, 70))
    assert [case.on_nodes for case in order[-2:]] == [True, True]


def test_figures_are_remembered_and_told(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    lie = Lie('{"seed": 3}', '{"seed": 3}', ("it says 'a | b'",), "f: so")
    run = Run("2026-11-29", 1, 60, "26.1.5", "2.19", "7.2", "abc", {"completed": 60}, {"refused": 9}, 0, (lie,))
    assert record.runs(path) == []
    record.add(run, path)
    record.add(run, path)
    assert record.runs(path) == [run, run]
    told_of = page_of({}, NOW, record.runs(path))
    assert "| 2026-11-29 | 26.1.5 | `abc` | 60 | 1 | 9 | 0 | 1 |" in told_of
    assert "- `{\"seed\": 3}`: it says 'a \\| b'" in told_of
    assert "None were run yet." in page_of({}, NOW)
