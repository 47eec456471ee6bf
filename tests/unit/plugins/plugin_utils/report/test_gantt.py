# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The geometry of the picture: everything is on the axis, nothing lies over anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.gantt import Gantt, gantt
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.scale import scale_for
from tests.report.runs import NAMES, NOW, many, recorded


def drawn(run: dict[str, Any]) -> Gantt:
    """The picture of the first service that has one."""
    found = next(filter(None, map(gantt, report_data(run, NOW)["services"])), None)
    assert found
    return found


def is_sound(chart: Gantt) -> None:
    """Whether every bar is on the axis and inside its row, and no bar lies over another."""
    for row in chart.rows:
        assert chart.top <= row.y
        assert row.y + row.height <= chart.bottom + 0.01
        taken: list[tuple[float, float, float]] = []
        for lane in row.lanes:
            assert row.y <= lane.y
            assert lane.y + chart.lane <= row.y + row.height
            for one in lane.bars:
                assert 0 <= one.left <= 100
                assert one.left + one.width <= 100.002
                for y, left, right in taken:
                    assert y != lane.y or right <= one.left + 0.002 or one.left + one.width <= left + 0.002
                taken.append((lane.y, one.left, one.left + one.width))
    for above, below in zip(chart.rows, chart.rows[1:]):
        assert above.y + above.height == pytest.approx(below.y)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_runs_are_drawn_soundly(name: str):
    sections = report_data(recorded(name), NOW)["services"]
    assert sections
    for section in sections:
        chart = gantt(section)
        assert (chart is None) == (not section["timeline"])
        if chart is not None:
            is_sound(chart)
            assert {row.full for row in chart.rows} == {str(one["slot"]) for one in section["timeline"]}
            assert sum(len(row.lanes) for row in chart.rows) == len(section["timeline"])


def test_bars_stand_where_the_seconds_say():
    run = many(1)
    rollout = run["result"]["rollout"]
    rollout["duration"] = 10.0
    chart = drawn(run)
    old, new = chart.rows[0].lanes
    assert [(one.kind, one.left, one.width) for one in old.bars] == [("old", 0.0, 12.0), ("draining", 12.0, 22.0)]
    assert [(one.kind, one.left, one.width) for one in new.bars] == [
        ("pending", 0.2, 0.8),
        ("preparing", 1.0, 7.0),
        ("starting", 8.0, 4.0),
        ("new", 12.0, 88.0),
    ]
    assert chart.end == 100.0
    assert "slot 1" in new.title
    assert "running from 1.20 s" in new.title


def test_tasks_that_follow_each_other_share_a_lane_and_others_do_not():
    run = many(1)
    old, new = run["result"]["rollout"]["timeline"]
    run["result"]["rollout"]["duration"] = 10.0
    new["spans"] = [{"state": "running", "from": 3.4, "to": None}]
    assert len({lane.y for lane in drawn(run).rows[0].lanes}) == 1
    old["spans"][-1]["to"] = None
    assert len({lane.y for lane in drawn(run).rows[0].lanes}) == 2


def test_a_failed_task_has_a_mark_and_a_restored_one_is_told_from_a_new_one():
    chart = drawn(recorded("failed"))
    lanes = [lane for row in chart.rows for lane in row.lanes]
    failed = [lane for lane in lanes if lane.mark == "failed"]
    assert len(failed) == report_data(recorded("failed"), NOW)["services"][0]["failed_tasks"] > 2
    assert all("failed from" in lane.title and "non-zero exit (3)" in lane.title for lane in failed)
    assert {"old", "draining", "restored"} <= set(chart.kinds)


def test_steps_and_their_checks_stand_on_the_axis():
    run = recorded("steps")
    chart = drawn(run)
    steps = run["result"]["rollout"]["steps"]
    assert [band.label for band in chart.steps] == ["1", "2", "3"]
    assert len(chart.checks) == sum(len(step["checks"]) for step in steps) == 6
    assert all(mark.good for mark in chart.checks)
    for band, after in zip(chart.steps, chart.steps[1:]):
        assert band.left + band.width <= after.left + 0.1
    assert chart.steps[0].left < 1


def test_the_batches_of_the_plan_stand_beside():
    run = recorded("failed")
    chart = drawn(run)
    assert [band.label for band in chart.plan] == [str(len(batch["slots"])) for batch in run["plan"]["batches"]]
    assert drawn(many(4)).plan == []


def test_a_plan_that_takes_much_longer_does_not_press_what_happened_into_a_corner():
    run = recorded("failed")
    run["plan"]["estimated_seconds"] = 100_000.0
    chart = drawn(run)
    assert chart.end >= 100 / 1.51
    assert all(band.left + band.width <= 100.002 for band in chart.plan)


def test_two_hundred_slots_are_drawn_densely():
    chart = drawn(many(200))
    is_sound(chart)
    assert len(chart.rows) == 200
    assert chart.height < 200 * 18 + 100
    assert chart.rows[0].height >= 13, "labels need the height of a letter"


def test_a_global_service_goes_by_nodes_with_short_labels():
    run = many(1)
    for entry in run["result"]["rollout"]["timeline"]:
        entry.update(slot="x1z222abx1z222abx1z222ab", node="a-node-with-a-long-name.example.org")
    (row,) = drawn(run).rows
    assert (row.label, row.full) == ("a-node-with-a…", "a-node-with-a-long-name.example.org")


@given(st.floats(0, 1e6))
def test_ticks_are_few_and_on_the_axis(total: float):
    ticks = scale_for([total]).ticks()
    assert 1 <= len(ticks) <= 7
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)
    assert (ticks[0].at, ticks[0].anchor) == (0.0, "start")
    assert all(0 <= tick.at <= 100 for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)


spans = st.lists(st.floats(0, 60).map(lambda one: round(one, 2)), min_size=2, max_size=5, unique=True).map(
    lambda times: [
        {"state": state, "from": begin, "to": end}
        for state, begin, end in zip(
            ["pending", "starting", "running", "draining"], sorted(times), [*sorted(times)[1:], None]
        )
    ]
)


@given(st.lists(st.tuples(st.integers(1, 4), spans), min_size=1, max_size=12))
def test_whatever_tasks_there_were_they_are_drawn_soundly(tasks: list[tuple[int, list[dict[str, Any]]]]):
    run = many(1)
    run["result"]["rollout"]["timeline"] = [
        {"slot": slot, "task": f"t{place}", "node": None, "image": "web:1", "old": False, "error": None, "spans": found}
        for place, (slot, found) in enumerate(tasks)
    ]
    is_sound(drawn(run))
