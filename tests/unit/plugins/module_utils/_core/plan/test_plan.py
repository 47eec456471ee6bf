# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan says: action, batches, how many serve, how long it takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.plan import Image, Timings, learn, nothing

from .paper import SECOND, node, plan, service, service_spec, task

NODES = [node(1), node(2), node(3)]


def running(of: dict[str, Any], count: int = 3) -> list[Any]:
    return [task(slot, (slot - 1) % 3 + 1, of) for slot in range(1, count + 1)]


def slots(found: Any) -> list[list[int]]:
    return [[spot.slot for spot in batch.spots] for batch in found.batches]


def test_stop_first_loses_what_moves() -> None:
    before = service_spec(replicas=5)
    found = plan(before, service_spec("web:2", 5, update={"Parallelism": 2}), NODES, running(before, 5))
    assert (found.action, slots(found)) == ("replace", [[1, 2], [3, 4], [5]])
    assert [(batch.serving_min, batch.surge) for batch in found.batches] == [(3, 0), (3, 0), (4, 0)]
    assert (found.lowest_serving, found.highest_running) == (3, 5)
    assert [spot.node for spot in found.batches[0].spots] == ["node1", "node2"]


def test_start_first_runs_more_instead() -> None:
    before = service_spec(replicas=5)
    after = service_spec("web:2", 5, update={"Parallelism": 2, "Order": "start-first"})
    found = plan(before, after, NODES, running(before, 5))
    assert [(batch.serving_min, batch.surge) for batch in found.batches] == [(5, 2), (5, 2), (5, 1)]
    assert (found.lowest_serving, found.highest_running) == (5, 7)


def test_parallelism_0_is_one_batch() -> None:
    before = service_spec()
    found = plan(before, service_spec("web:2", update={"Parallelism": 0}), NODES, running(before))
    assert slots(found) == [[1, 2, 3]]
    assert found.lowest_serving == 0


def test_only_slots_that_differ_move() -> None:
    before, after = service_spec(), service_spec("web:2")
    tasks = [task(1, 1, after), task(2, 2, before), task(3, 3, after)]
    assert slots(plan(before, after, NODES, tasks)) == [[2]]


def test_labels_replicas_and_settings_are_in_place() -> None:
    before = service_spec()
    found = plan(before, service_spec(Labels={"a": "b"}, update={"Delay": 9}), NODES, running(before))
    assert (found.action, found.batches, found.lowest_serving, found.estimated_seconds) == ("in_place", (), 3, 0.0)


def test_growing_adds_and_shrinking_takes_away() -> None:
    before = service_spec()
    grown = plan(before, service_spec(replicas=5), NODES, running(before))
    assert (grown.action, grown.wanted, grown.lowest_serving, grown.highest_running) == ("in_place", 5, 3, 5)
    assert grown.estimated_seconds is not None
    assert grown.estimated_seconds > 0
    shrunk = plan(before, service_spec(replicas=1), NODES, running(before))
    assert (shrunk.wanted, shrunk.lowest_serving, shrunk.highest_running) == (1, 1, 3)
    assert any("Swarm's choice" in note for note in shrunk.notes)


def test_constraints_move_only_tasks_whose_node_does_not_satisfy_them() -> None:
    before = service_spec()
    after = service_spec(task={"Placement": {"Constraints": ["node.hostname != node2"]}})
    assert slots(plan(before, after, NODES, running(before))) == [[2]]


def test_published_ports_replace_all() -> None:
    before = service_spec()
    after = service_spec(EndpointSpec={"Ports": [{"TargetPort": 80, "PublishedPort": 80, "PublishMode": "ingress"}]})
    assert slots(plan(before, after, NODES, running(before))) == [[1], [2], [3]]


def test_a_slot_that_does_not_serve_loses_nothing() -> None:
    before = service_spec()
    tasks = [task(1, 1, before, state="starting"), *running(before)[1:]]
    found = plan(before, service_spec("web:2"), NODES, tasks)
    assert (found.serving, [batch.serving_min for batch in found.batches]) == (2, [2, 2, 2])


def test_a_new_service() -> None:
    found = plan(None, service_spec(), NODES, [])
    assert (found.action, found.wanted, found.lowest_serving, found.batches) == ("create", 3, 0, ())
    assert all(change.before is None for change in found.changes)


def test_another_mode_interrupts() -> None:
    before = service_spec()
    found = plan(before, service_spec(replicas=None), NODES, running(before))
    assert (found.action, found.wanted, found.lowest_serving) == ("recreate", 3, 0)


def test_a_global_service_moves_node_by_node() -> None:
    before = service_spec(replicas=None)
    nodes = [*NODES, node(4, availability="drain")]
    found = plan(before, service_spec("web:2", None), nodes, [task(0, number, before) for number in (3, 1, 2)])
    assert [str(batch.spots[0]) for batch in found.batches] == ["the task on node%d" % n for n in (1, 2, 3)]
    assert found.wanted == 3


def test_nothing_is_nothing() -> None:
    found = nothing(service(service_spec()))
    assert (found.action, found.id, found.batches, found.cautions, found.changes) == ("nothing", None, (), (), ())
    same = service_spec()
    assert plan(same, service_spec(), NODES, running(same)).action == "nothing"


def test_the_time_is_that_of_all_batches_and_the_last_watch() -> None:
    before = service_spec()
    known = Timings(pull=4, start=2, stop=1)
    stop_first = plan(before, service_spec("web:2"), NODES, running(before), timings=known)
    # Three times pull (longer than the stop) and start and delay; the delay is not below the monitor time.
    assert (stop_first.estimated_seconds, stop_first.estimate_from) == (3 * (4 + 2 + 1) + 2, "measured")
    assert [batch.starts_at for batch in stop_first.batches] == [0, 7, 14]
    after = service_spec(task={"ForceUpdate": 1}, update={"Parallelism": 0, "Delay": 0, "Monitor": 5 * SECOND})
    # The image is there already.
    assert plan(before, after, NODES, running(before), timings=known).estimated_seconds == 1 + 2 + 5


def test_assumptions_are_said() -> None:
    before = service_spec()
    found = plan(before, service_spec("web:2"), NODES, running(before))
    assert found.estimate_from == "defaults"
    # One second for the process, one until the first health check.
    assert "not measured yet, so assumed for each task: pull 3 s, start 2 s, stop 1 s" in found.notes


def test_running_tasks_tell_how_long_they_took() -> None:
    of = service_spec()
    tasks = [
        task(slot, slot, of, created="2026-01-01T00:00:00Z", served="2026-01-01T00:00:0%dZ" % took)
        for slot, took in ((1, 2), (2, 9), (3, 3))
    ]
    assert learn(tasks, "s1") == Timings(swap=3.0)
    assert learn(tasks, "other") == Timings()
    assert learn(tasks, "s1", [None]) == Timings(swap=3.0)
    assert learn(tasks, "s1", [99.0, 5.0, None, 6.0, 7.0, 8.0, 9.0]) == Timings(swap=7.0)
    found = plan(of, service_spec("web:2"), NODES, tasks, timings=learn(tasks, "s1"))
    assert (found.estimated_seconds, found.estimate_from) == (3 * (3 + 1) + 2, "measured")


def slow(image: str = "web:1", replicas: int = 1, grace: int = 90, **more: Any) -> dict[str, Any]:
    container = {"Image": image, "StopGracePeriod": grace * SECOND}
    return service_spec(replicas=replicas, task={"ContainerSpec": container}, **more)


def test_a_task_that_stops_longer_than_swarm_waits_runs_beside_the_new_one() -> None:
    before = slow()
    found = plan(before, slow("web:2"), NODES, running(before, 1), timings=Timings(swap=0.5))
    assert (found.lowest_serving, found.highest_running, found.batches[0].surge) == (0, 2, 1)
    assert (found.estimated_seconds, found.estimate_from) == (60 + 0.5 + 1 + 2, "defaults")
    assert any("stop 60 s, as long as Swarm waits" in note for note in found.notes)
    assert any("a task has 1m30s to stop, and with stop-first Swarm waits 1m for it" in note for note in found.notes)


@pytest.mark.parametrize(
    ("timings", "seconds", "source"),
    [
        (Timings(swap=0.5, stopped=2.0), 2.5, "measured"),
        (Timings(swap=61.0, stopped=90.0), 61.0, "measured"),
        (Timings(swap=0.5, stopped=90.0), 60.5, "measured"),
        (Timings(pull=1, start=2, stop=75), 62, "measured"),
        (Timings(), 62, "defaults"),
    ],
)
def test_what_was_seen_of_stopping_tells_how_long_it_takes(timings: Timings, seconds: float, source: str) -> None:
    before = slow()
    found = plan(before, slow("web:2"), NODES, running(before, 1), timings=timings)
    assert (found.estimated_seconds, found.estimate_from) == (round(seconds + 1 + 2, 1), source)
    assert found.highest_running == 2, "what was quick so far may be slow the next time"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (slow(grace=60), slow("web:2", grace=60)),
        (slow(grace=10), slow("web:2")),
        (slow(), slow("web:1", Labels={"a": "b"})),
    ],
)
def test_nothing_overlaps_where_nothing_stops_for_longer(before: Any, after: Any) -> None:
    assert plan(before, after, NODES, running(before, 1)).highest_running == 1


def test_several_batches_may_still_stop_at_the_same_time() -> None:
    before = slow(replicas=4, grace=200)
    found = plan(before, slow("web:2", 4, 200), NODES, running(before, 4), timings=Timings(swap=1.0))
    # One follows the other after 62 s, and each stops for 140 s beside what has taken its place.
    assert [batch.surge for batch in found.batches] == [1, 2, 3, 3]
    assert found.highest_running == 7
    start_first = slow("web:2", 4, 200, update={"Order": "start-first"})
    assert [batch.surge for batch in plan(before, start_first, NODES, running(before, 4)).batches] == [1] * 4


def test_replaced_tasks_tell_how_long_they_took_to_stop() -> None:
    of = service_spec()
    tasks = [
        task(1, 1, of, id="a", state="shutdown", desired="shutdown", served="2026-01-01T00:01:31Z"),
        task(1, 2, of, id="b", created="2026-01-01T00:00:01Z", served="2026-01-01T00:01:02Z"),
        task(2, 1, of, id="c", state="failed", desired="shutdown", served="2026-01-01T00:00:05Z"),
        task(2, 1, of, id="d", created="2026-01-01T00:00:01Z", state="starting"),
    ]
    assert learn(tasks, "s1") == Timings(swap=61.0, stopped=90.0)


def test_what_the_manager_cannot_know_is_said() -> None:
    found = plan(None, service_spec(), NODES, [], image=Image(asked="unix://here"))
    assert any("web:1" in note and "not known" in note and "unix://here" in note for note in found.notes)
    assert not any(caution.code == "no_healthcheck" for caution in found.cautions)


@pytest.mark.parametrize("mode", ["ReplicatedJob", "GlobalJob"])
def test_a_job_has_no_end_that_can_be_foreseen(mode: str) -> None:
    of = {"Name": "web", "Mode": {mode: {}}, "TaskTemplate": {"ContainerSpec": {"Image": "job:ok"}}}
    found = plan(of, {**of, "Labels": {"a": "b"}}, NODES, [])
    assert (found.action, found.estimated_seconds) == ("replace", None)


@settings(deadline=None)
@given(
    slots=st.lists(st.tuples(st.integers(1, 3), st.booleans(), st.booleans()), max_size=7),
    wanted=st.integers(0, 8),
    parallelism=st.integers(0, 9),
    order=st.sampled_from(["start-first", "stop-first"]),
)
def test_every_plan_adds_up(slots: list[Any], wanted: int, parallelism: int, order: str) -> None:
    before = service_spec(replicas=len(slots))
    after = service_spec("web:2", wanted, update={"Parallelism": parallelism, "Order": order})
    tasks = [
        task(number, on, after if moved else before, state="running" if serves else "starting")
        for number, (on, moved, serves) in enumerate(slots, start=1)
    ]
    found = plan(before, after, NODES, tasks)
    moving = [spot.slot for batch in found.batches for spot in batch.spots]
    assert len(moving) == len(set(moving))
    old = {number for number, (_on, moved, _serves) in enumerate(slots, start=1) if not moved}
    assert set(moving) <= old
    if wanted >= len(slots):
        assert set(moving) == old
    assert 0 <= found.lowest_serving <= max(found.serving, wanted)
    assert all(batch.serving_min >= 0 for batch in found.batches)
    assert found.highest_running >= found.serving
    size = parallelism or len(moving)
    assert all(len(batch.spots) == size for batch in found.batches[:-1])
    if order == "start-first" and wanted >= len(slots):
        assert found.lowest_serving == found.serving
    assert found.as_dict()["batches"] == [batch.as_dict() for batch in found.batches]
