# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps of an update that sleeps: how many tasks each write moves, and what moves none."""

from __future__ import annotations

import pytest

from tests.integration.cluster import Json
from tests.integration.facts.frozen import DAY, SECOND, Frozen, config, moving


def label(spec: Json) -> None:
    """The smallest difference."""
    spec["Labels"]["step"] = "2"


@pytest.mark.parametrize("order", ["start-first", "stop-first"])
def test_each_write_moves_as_many_as_the_parallelism_and_back_only_these(stage: Frozen, order: str):
    stable = stage.create(order=order)
    first = stage.cluster.running_ids(stage.name)
    stage.write(moving("web:2", 1, order=order))
    one = stage.serving({"web:1": 3, "web:2": 1})
    assert len(first & one) == 3
    stage.write(lambda spec: spec.update(UpdateConfig=config(2, order=order)))
    three = stage.serving({"web:1": 1, "web:2": 3})
    assert len(one & three) == 2
    assert stage.state() == "updating"
    stage.put_back(stable)
    assert len(first & stage.serving({"web:1": 4})) == 1, "the one that never moved was left alone"


def test_an_identical_write_moves_nothing_and_only_wipes_the_status(stage: Frozen):
    stage.create(replicas=3)
    stage.write(moving("web:2", 1))
    moved = stage.serving({"web:1": 2, "web:2": 1})
    stage.write(lambda _spec: None)
    assert stage.serving({"web:1": 2, "web:2": 1}) == moved
    assert stage.state() == ""


def test_a_label_moves_as_many_again(stage: Frozen):
    stage.create(replicas=3)
    stage.write(moving("web:2", 1))
    one = stage.serving({"web:1": 2, "web:2": 1})
    stage.write(label)
    assert len(one & stage.serving({"web:1": 1, "web:2": 2})) == 2, "one more moved, the others were left alone"


def test_new_places_run_the_new_specification_and_a_step_more_is_moved(stage: Frozen):
    stage.create(replicas=3)
    stage.write(moving("web:2", 1))
    one = stage.serving({"web:1": 2, "web:2": 1})
    stage.write(lambda spec: spec["Mode"]["Replicated"].update(Replicas=5))
    assert len(one & stage.serving({"web:1": 1, "web:2": 4})) == 2, "one of the old places moved"


def test_after_the_last_step_the_ordinary_configuration_replaces_nothing(stage: Frozen):
    stage.create(replicas=2)
    stage.write(moving("web:2", 2))
    moved = stage.serving({"web:2": 2})
    stage.write(lambda spec: spec.update(UpdateConfig=config(1, delay=0)))
    assert stage.serving({"web:2": 2}) == moved
    assert stage.state() == ""


def test_an_old_task_that_dies_comes_back_new(stage: Frozen):
    stage.create(replicas=3)
    stage.write(moving("web:2", 1))
    stage.serving({"web:1": 2, "web:2": 1})
    stage.kill(stage.one("web:1"))
    stage.serving({"web:1": 1, "web:2": 2})
    assert stage.state() == "updating"


@pytest.mark.parametrize(("monitor", "state"), [(DAY, "paused"), (SECOND, "updating")])
def test_a_task_that_dies_later_pauses_only_while_the_monitor_lasts(stage: Frozen, monitor: int, state: str):
    stage.create(replicas=3)
    stage.write(moving("web:2", 1, monitor=monitor))
    stage.serving({"web:1": 2, "web:2": 1})  # and quiet for longer than the second
    dead = stage.one("web:2")
    stage.kill(dead)
    stage.cluster.wait("another in its place", lambda: dead["ID"] not in stage.cluster.running_ids(stage.name))
    stage.serving({"web:1": 2, "web:2": 1})
    assert stage.state() == state


def test_a_failed_step_pauses_and_an_unhealthy_one_leaves_the_old_task_serving(stage: Frozen):
    stage.create("whoami:1.0", replicas=3)
    old = stage.cluster.running_ids(stage.name)
    stage.write(moving("whoami:2.0", 1))
    stage.cluster.wait("paused", lambda: stage.state() == "paused")
    assert stage.cluster.running_ids(stage.name) == old


def test_a_placement_that_all_nodes_satisfy_moves_nothing(stage: Frozen):
    stage.create(replicas=2)
    old = stage.cluster.running_ids(stage.name)

    def placed(spec: Json) -> None:
        spec["TaskTemplate"]["Placement"] = {"Constraints": ["node.role==manager"]}
        spec["UpdateConfig"] = config(1)

    stage.write(placed)
    assert stage.serving({"web:1": 2}) == old
    assert stage.state() == ""
