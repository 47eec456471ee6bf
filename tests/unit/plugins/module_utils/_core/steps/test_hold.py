# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written for a step."""

from __future__ import annotations

import copy

from ansible_collections.swarm.rollout.plugins.module_utils._core import history, spec, steps

STABLE = {
    "Name": "vote",
    "Labels": {"team": "polls"},
    "TaskTemplate": {"ContainerSpec": {"Image": "vote:indent"}},
    "Mode": {"Replicated": {"Replicas": 6}},
}
FINAL = {
    **STABLE,
    "TaskTemplate": {"ContainerSpec": {"Image": "vote:movies"}},
    "Mode": {"Replicated": {"Replicas": 9}},
    "UpdateConfig": {
        "Parallelism": 3,
        "Delay": 5,
        "FailureAction": "rollback",
        "Monitor": 7,
        "MaxFailureRatio": 0.5,
        "Order": "start-first",
    },
}
PROGRESS = steps.Progress(7, 2, steps.Schedule.parse([1, "50%"]))


def test_swarm_moves_so_many_and_sleeps():
    before = copy.deepcopy(FINAL)
    held = steps.held(FINAL, STABLE, STABLE, 2, 8, PROGRESS)
    assert held["UpdateConfig"] == {
        "Parallelism": 2,
        "Delay": 31_536_000_000_000_000,
        "FailureAction": "pause",
        "Monitor": 31_536_000_000_000_000,
        "MaxFailureRatio": 0,
        "Order": "start-first",
    }
    assert before == FINAL, "what is declared stays as it is"


def test_an_absent_configuration_has_the_engines_order():
    held = steps.held(STABLE, STABLE, STABLE, 1, 8, PROGRESS)
    assert held["UpdateConfig"]["Order"] == "stop-first"


def test_new_places_wait_for_the_end():
    held = steps.held(FINAL, STABLE, STABLE, 2, 8, PROGRESS)
    assert held["Mode"] == STABLE["Mode"]


def test_it_says_where_it_stands():
    held = steps.held(FINAL, STABLE, STABLE, 2, 8, PROGRESS)
    marker = history.read(held)
    assert marker is not None
    assert (marker.number, marker.intact, marker.stepping, marker.returning) == (8, True, True, False)
    assert steps.stepping(held)
    assert steps.read(held) == PROGRESS
    held["TaskTemplate"]["ContainerSpec"]["Image"] = "vote:other"
    touched = history.read(held)
    assert touched is not None
    assert (touched.stepping, touched.intact) == (True, False)


def test_the_end_of_it_leaves_no_trace():
    held = steps.held(FINAL, STABLE, STABLE, 2, 8, PROGRESS)
    done = history.marked({**held, "UpdateConfig": FINAL["UpdateConfig"], "Mode": FINAL["Mode"]}, 8)
    assert steps.PROGRESS_LABEL not in done["Labels"]
    assert not steps.stepping(done)
    assert spec.differences(done, FINAL) == ()
    assert done["Labels"]["team"] == "polls"


def test_no_two_writes_are_the_same():
    first = steps.held(FINAL, STABLE, STABLE, 2, 8, PROGRESS)
    second = steps.held(FINAL, first, STABLE, 2, 8, PROGRESS)
    assert second["UpdateConfig"]["Delay"] == first["UpdateConfig"]["Delay"] + 1
