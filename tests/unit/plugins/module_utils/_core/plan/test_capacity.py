# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The capacity check: held against placing tasks by brute force, and its sentences."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Node, Task

from .paper import node, plan, service_spec, task


def reserving(cpus: float, **placement: Any) -> dict[str, Any]:
    return {"Resources": {"Reservations": {"NanoCPUs": int(cpus * 1e9)}}, "Placement": placement}


def start_first(parallelism: int) -> dict[str, Any]:
    return {"Parallelism": parallelism, "Order": "start-first"}


@st.composite
def _clusters(draw: Any, roomy: bool = False) -> dict[str, Any]:
    """Nodes with little room; roomy ones have enough of it for about half of the changes."""
    nodes = draw(st.integers(1, 3))
    replicas = draw(st.integers(1, 5))
    return {
        "cpus": [draw(st.integers(6, 12) if roomy else st.integers(0, 6)) for _number in range(nodes)],
        "usable": [draw(st.booleans()) or draw(st.booleans()) for _number in range(nodes)],
        "places": [draw(st.integers(1, nodes)) for _slot in range(replicas)],
        "old": draw(st.integers(0, 3)),
        "new": draw(st.integers(0, 3)),
        "most": draw(st.sampled_from([0, 0, 3, 5]) if roomy else st.integers(0, 3)),
        "port": draw(st.booleans()) and (not roomy or draw(st.booleans())),
        "old_port": draw(st.booleans()),
        "parallelism": draw(st.integers(0, 4)),
        "order": draw(st.sampled_from(["start-first", "stop-first"])),
        "added": draw(st.integers(0, 2)),
    }


def _ports(there: bool) -> dict[str, Any]:
    return (
        {"Ports": [{"PublishedPort": 80, "TargetPort": 80, "PublishMode": "host", "Protocol": "tcp"}]} if there else {}
    )


def _planned(case: dict[str, Any]) -> Any:
    places = case["places"]
    before = service_spec("web:1", len(places), task=reserving(case["old"]), EndpointSpec=_ports(case["old_port"]))
    after = service_spec(
        "web:2",
        len(places) + case["added"],
        task=reserving(case["new"], MaxReplicas=case["most"]),
        EndpointSpec=_ports(case["port"]),
        update={"Parallelism": case["parallelism"], "Order": case["order"]},
    )
    nodes = [
        node(number + 1, cpus=cpus, availability="active" if usable else "drain")
        for number, (cpus, usable) in enumerate(zip(case["cpus"], case["usable"]))
    ]
    tasks = [task(slot + 1, on, before) for slot, on in enumerate(places)]
    return plan(before, after, nodes, tasks)


def _place(case: dict[str, Any], old: list[int], count: int) -> bool:
    """Whether so many new tasks can be put beside those old ones; every assignment is tried."""
    nodes = len(case["cpus"])

    def fits(on: int, new: int) -> bool:
        there = sum(1 for place in old if place == on + 1)
        if new == 0:
            return True
        room = case["cpus"][on] - there * case["old"] - new * case["new"] >= 0 if case["new"] else True
        most = not case["most"] or there + new <= case["most"]
        port = not case["port"] or (new <= 1 and not (case["old_port"] and there))
        return bool(case["usable"][on] and room and most and port)

    def attempt(on: int, left: int) -> bool:
        if on == nodes:
            return left == 0
        return any(fits(on, new) and attempt(on + 1, left - new) for new in range(left + 1))

    return attempt(0, count)


@settings(max_examples=300, deadline=None)
@given(_clusters(roomy=True))
def test_it_never_says_fits_when_placing_by_brute_force_fails(case: dict[str, Any]) -> None:
    found = _planned(case)
    assume(found.capacity.fits)
    places = case["places"]
    moved = len(places)
    size = min(case["parallelism"] or moved, moved)
    tried = 0
    for done in range(moved + 1):
        flying = min(size, moved - done)
        gone = done + (flying if case["order"] == "stop-first" else 0)
        for choice in combinations(range(moved), gone):
            old = [place for slot, place in enumerate(places) if slot not in choice]
            assert _place(case, old, done + flying + case["added"]), (done, choice)
            tried += 1
    assert tried > moved


@settings(max_examples=150, deadline=None)
@given(_clusters())
def test_the_largest_parallelism_fits_and_the_next_does_not(case: dict[str, Any]) -> None:
    found = _planned({**case, "order": "start-first"})
    largest = found.capacity.largest_parallelism
    assert largest is not None
    if largest:
        assert _planned({**case, "order": "start-first", "parallelism": largest}).capacity.fits
    if largest < len(case["places"]):
        again = _planned({**case, "order": "start-first", "parallelism": largest + 1}).capacity
        assert not again.fits
        assert again.problems
        assert again.proposal


def three(cpus: float, of: dict[str, Any]) -> tuple[list[Node], list[Task]]:
    return [node(number, cpus=cpus) for number in (1, 2, 3)], [task(number, number, of) for number in (1, 2, 3)]


def test_reservations_that_leave_no_room_beside_the_old_task_are_named() -> None:
    before = service_spec(task=reserving(1.5))
    nodes, tasks = three(2, before)
    found = plan(before, service_spec("web:2", task=reserving(1.5), update=start_first(1)), nodes, tasks)
    assert (found.capacity.fits, found.capacity.largest_parallelism) == (False, 0)
    assert found.capacity.problems[0] == (
        "slot 1 (now on node1): its new task finds no node beside the old one and stays pending for ever"
    )
    assert "node1 has room for none: 0.5 CPUs are free to reserve, a task reserves 1.5" in found.capacity.problems
    assert found.capacity.proposal == "update_config.order: stop-first"
    assert found.estimated_seconds is None


def test_a_smaller_parallelism_is_proposed() -> None:
    before = service_spec(task=reserving(1))
    nodes, tasks = three(1, before)
    nodes.append(node(4, cpus=2))
    found = plan(before, service_spec("web:2", task=reserving(1), update=start_first(3)), nodes, tasks)
    assert (found.capacity.fits, found.capacity.largest_parallelism) == (False, 2)
    assert found.capacity.proposal == "update_config.parallelism: 2"
    assert "until others have moved" in found.capacity.problems[0]


@pytest.mark.parametrize(
    ("placement", "why"),
    [
        ({"MaxReplicas": 1}, "replicas_max_per_node 1 is reached"),
        ({"Constraints": ["node.labels.disk == ssd"]}, "it does not satisfy the constraint node.labels.disk == ssd"),
        ({"Platforms": [{"OS": "linux", "Architecture": "arm64"}]}, "the image is not for its platform (linux/amd64)"),
    ],
)
def test_other_reasons_are_named(placement: dict[str, Any], why: str) -> None:
    before = service_spec()
    nodes, tasks = three(2, before)
    after = service_spec("web:2", task={"Placement": placement}, update=start_first(1))
    found = plan(before, after, nodes, tasks)
    assert "node2 has room for none: " + why in found.capacity.problems


def test_a_host_port_of_another_service_is_seen() -> None:
    ports = [{"PublishedPort": 80, "TargetPort": 80, "PublishMode": "host", "Protocol": "tcp"}]
    other = service_spec("other:1")
    nodes = [node(1)]
    tasks = [task(1, 1, other, service="s2", ports=ports)]
    found = plan(None, service_spec(replicas=1, EndpointSpec={"Ports": ports}), nodes, tasks)
    assert "node1 has room for none: host port 80/tcp is taken" in found.capacity.problems


def test_own_kinds_of_resources_are_counted() -> None:
    generic = [{"NamedResourceSpec": {"Kind": "GPU", "Value": name}} for name in ("a", "b")]
    wanted = {
        "Resources": {"Reservations": {"GenericResources": [{"DiscreteResourceSpec": {"Kind": "GPU", "Value": 1}}]}}
    }
    assert plan(None, service_spec(replicas=2, task=wanted), [node(1, generic=generic)], []).capacity.fits
    found = plan(None, service_spec(replicas=3, task=wanted), [node(1, generic=generic)], [])
    assert found.capacity.problems[0] == "1 of 3 new tasks find no node"


def test_a_global_service_has_one_node_for_each_task() -> None:
    ports = {"Ports": [{"PublishedPort": 80, "TargetPort": 80, "PublishMode": "host", "Protocol": "tcp"}]}
    before = service_spec(replicas=None, EndpointSpec=ports)
    nodes = [node(number) for number in (1, 2, 3)]
    tasks = [task(0, number, before) for number in (1, 2)]
    tasks.append(task(0, 3, before))
    found = plan(before, service_spec("web:2", None, EndpointSpec=ports, update=start_first(1)), nodes, tasks)
    assert not found.capacity.fits
    assert found.capacity.problems[1].startswith("the new task on node2 finds no room beside the old one: host port 80")
    assert found.capacity.proposal == "update_config.order: stop-first"
    assert plan(before, service_spec("web:2", None, EndpointSpec=ports), nodes, tasks).capacity.fits
