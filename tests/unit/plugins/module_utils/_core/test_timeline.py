# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tasks went through: known orders as they are told, and what holds whatever was seen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.account import Span
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.timeline import (
    MOST_ENTRIES,
    Sightings,
    Timeline,
    timeline,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written

WALL = 1_790_000_000.0
STATES = ("new", "pending", "preparing", "ready", "starting", "running", "complete", "shutdown", "failed", "rejected")


def task(name: str, slot: int, created: float, state: str, at: float, desired: str = "running", **more: Any) -> Task:
    """A task of `web:NAME`; times in seconds of the rollout."""
    return Task.of(
        {
            "ID": name,
            "Slot": slot,
            "NodeID": more.get("node", "n1"),
            "CreatedAt": written(WALL + created),
            "DesiredState": desired,
            "Spec": {"ContainerSpec": {"Image": more.get("image", "web:1")}},
            "Status": {"State": state, "Timestamp": written(WALL + at), "Err": more.get("error", "")},
        }
    )


def told(*tasks: Task, looks: tuple[Sightings, ...] = (), duration: float = 10.0, mine: str = "new") -> Timeline:
    """The timeline; tasks whose ID begins with `mine` are of the specification in force."""
    span = Span(WALL, 100.0, 100.0 + duration)
    return timeline(tasks, looks, span, WALL, lambda one: one.id.startswith(mine), {"n1": "node1"})


def spans(found: Timeline) -> dict[str, list[tuple[str, float, float | None]]]:
    """The spans by task, short."""
    return {
        entry["task"]: [(span["state"], span["from"], span["to"]) for span in entry["spans"]] for entry in found.entries
    }


def test_with_stop_first_an_old_task_is_asked_to_stop_when_its_successor_is_created():
    found = told(task("old", 1, -60, "shutdown", 2.5, "shutdown"), task("new", 1, 1.0, "running", 3.0))
    assert spans(found) == {
        "old": [("running", 0.0, 1.0), ("draining", 1.0, 2.5)],
        "new": [("starting", 1.0, 3.0), ("running", 3.0, None)],
    }
    assert [(entry["old"], entry["node"], entry["slot"]) for entry in found.entries] == [
        (True, "node1", 1),
        (False, "node1", 1),
    ]


def test_with_start_first_it_is_asked_when_its_successor_runs():
    found = told(task("old", 1, -60, "shutdown", 4.5, "shutdown"), task("new", 1, 1.0, "running", 3.0))
    assert spans(found)["old"] == [("running", 0.0, 3.0), ("draining", 3.0, 4.5)]


def test_one_that_still_drains_has_no_end():
    found = told(task("old", 1, -60, "running", -58, "shutdown"), task("new", 1, 1.0, "running", 3.0))
    assert spans(found)["old"] == [("running", 0.0, 3.0), ("draining", 3.0, None)]


def test_what_looks_met_is_told_by_its_own_stamps():
    look = Sightings()
    look.note([task("new", 1, 1.0, "preparing", 1.1)], WALL + 1.5)
    look.note([task("new", 1, 1.0, "starting", 2.0)], WALL + 2.5)
    found = told(task("new", 1, 1.0, "running", 3.0), looks=(look,))
    assert spans(found)["new"] == [
        ("pending", 1.0, 1.1),
        ("preparing", 1.1, 2.0),
        ("starting", 2.0, 3.0),
        ("running", 3.0, None),
    ]


def test_a_failed_task_ends_by_itself_and_its_successor_begins():
    found = told(
        task("new1", 1, 1.0, "failed", 2.0, "shutdown", error="task: non-zero exit (3), password=hunter2"),
        task("new2", 1, 2.1, "running", 3.0),
    )
    assert spans(found)["new1"] == [("starting", 1.0, 2.0), ("failed", 2.0, None)]
    assert found.entries[0]["error"] == "task: non-zero exit (3), password=********"


def test_an_old_task_that_goes_on_is_part_only_while_it_waits_for_its_turn():
    waits = told(task("old", 1, -60, "running", -58), task("new", 2, 1.0, "running", 2.0))
    assert spans(waits)["old"] == [("running", 0.0, None)]
    stays = told(task("new1", 1, -60, "running", -58), task("new2", 2, 1.0, "running", 2.0))
    assert list(spans(stays)) == ["new2"]


def test_what_ended_before_has_no_part():
    assert told(task("old", 1, -60, "shutdown", -30, "shutdown")).entries == []


def test_a_task_that_swarm_forgot_ends_when_it_was_first_missed():
    look = Sightings()
    look.note([task("new", 3, -60, "running", -58)], WALL + 0.5)
    look.note([task("new", 3, -60, "running", -58, "remove")], WALL + 1.0)
    look.note([], WALL + 2.0)
    found = told(looks=(look,))
    assert spans(found)["new"] == [("running", 0.0, 0.5), ("draining", 0.5, 2.0)]


def test_without_a_listing_what_was_seen_is_told():
    look = Sightings()
    look.note([task("new", 1, 1.0, "running", 2.0)], WALL + 3.0)
    found = timeline(None, (look,), Span(WALL, 0.0, 5.0), WALL, lambda one: True, {})
    assert spans(found)["new"] == [("starting", 1.0, 2.0), ("running", 2.0, None)]


def test_a_clock_that_is_ahead_is_set_right():
    look = Sightings()
    look.note([task("new", 1, 31.0, "running", 32.0)], WALL + 2.0)
    found = told(task("new", 1, 31.0, "running", 32.0), looks=(look,))
    assert spans(found)["new"] == [("starting", 1.0, 2.0), ("running", 2.0, None)]


def test_a_clock_that_is_behind_as_well():
    look = Sightings()
    look.note([], WALL + 1.0)
    look.note([task("new", 1, -29.0, "running", -28.0)], WALL + 2.5)
    found = timeline(
        [task("new", 1, -29.0, "running", -28.0)],
        (look,),
        Span(WALL, 0.0, 5.0),
        WALL - 30.0,
        lambda one: True,
        {},
    )
    assert spans(found)["new"] == [("starting", 1.0, 2.0), ("running", 2.0, None)]


def test_history_says_nothing_of_clocks():
    look = Sightings()
    look.note([], WALL + 5.0)
    look.note([], WALL + 6.0, [task("new", 1, 1.0, "failed", 2.0)])
    assert look.lag(WALL) == 0.0


def test_a_global_service_names_nodes_and_goes_by_them():
    found = told(
        task("old", 0, -60, "shutdown", 2.5, "shutdown", node="n2"), task("new", 0, 1.0, "running", 3.0, node="n2")
    )
    assert [entry["slot"] for entry in found.entries] == ["n2", "n2"]
    assert spans(found)["old"][-1] == ("draining", 1.0, 2.5)


def test_a_large_service_leaves_out_what_did_not_fail():
    many = [task("new%d" % slot, slot, 1.0, "running", 2.0) for slot in range(1, MOST_ENTRIES + 41)]
    many.append(task("new-bad", 900, 1.0, "failed", 2.0, error="exit"))
    found = told(*many)
    assert (len(found.entries), found.omitted) == (MOST_ENTRIES, 41)
    assert found.entries[-1]["task"] == "new-bad"
    assert len(json.dumps(found.entries)) < 150_000


times = st.floats(-100, 100, allow_nan=False)
tasks = st.builds(
    task,
    st.sampled_from(["new1", "new2", "old1", "old2", "x"]),
    st.integers(0, 3),
    times,
    st.sampled_from(STATES),
    times,
    st.sampled_from(["running", "shutdown", "remove", "complete"]),
)


@given(
    st.lists(tasks, max_size=6),
    st.lists(st.tuples(st.lists(tasks, max_size=3), times), max_size=4),
    st.floats(0, 50),
    st.booleans(),
)
def test_spans_are_in_order_and_within_the_change(
    listed: list[Task], seen: list[tuple[list[Task], float]], duration: float, answered: bool
):
    look = Sightings()
    for noted, at in seen:
        look.note(noted, WALL + at)
    unique = list({one.id: one for one in listed}.values())
    span = Span(WALL, 0.0, duration)
    found = timeline(unique if answered else None, (look,), span, None, lambda one: one.id[0] == "n", {})
    assert len({entry["task"] for entry in found.entries}) == len(found.entries)
    for entry in found.entries:
        told_spans = entry["spans"]
        assert told_spans
        for one, after in zip(told_spans, told_spans[1:]):
            assert one["to"] is not None
            assert one["from"] < one["to"] <= after["from"]
        last = told_spans[-1]
        assert told_spans[0]["from"] >= 0
        assert last["from"] <= (duration if last["to"] is None else last["to"]) + 0.006
        assert (last["to"] or 0.0) <= duration + 0.006


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_place(state: str):
    found = told(task("new", 1, 1.0, state, 2.0, "shutdown" if state == "shutdown" else "running"))
    assert found.entries[0]["spans"][-1]["state"] in {
        "pending",
        "preparing",
        "ready",
        "starting",
        "running",
        "complete",
        "failed",
        "rejected",
    }
