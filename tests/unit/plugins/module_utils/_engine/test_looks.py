# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks of several watches that meet: one listing for all, each its own part of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import NO_SECRETS
from ansible_collections.swarm.rollout.plugins.module_utils._engine.looks import BEAT, Alone, Together

TEMPLATE = {"ContainerSpec": {"Image": "web:1"}}
NAMES = [f"s{number}" for number in range(8)]


def service(name: str, placed: bool = False) -> Service:
    template = {**TEMPLATE, "Placement": {"Constraints": ["node.role==worker"]}} if placed else TEMPLATE
    return Service.of({"ID": name, "Version": {"Index": 1}, "Spec": {"Name": name, "TaskTemplate": template}})


class Door:
    """Answers listings with one task for each service that was asked for; `broken` calls fail first."""

    secrets = NO_SECRETS

    def __init__(self, broken: int = 0) -> None:
        self.asked: list[list[str]] = []
        self.broken = broken
        self._turn = threading.Lock()

    def get_list(self, path: str, query: Any) -> list[Any]:
        assert path == "/tasks"
        names = query["filters"]["service"]
        with self._turn:
            self.asked.append(sorted(names))
            self.broken -= 1
            if self.broken >= 0:
                raise ConnectionFailed("gone")
        return [{"ID": f"t-{name}", "ServiceID": name, "Spec": TEMPLATE} for name in names]


class Gate:
    """A sleep that lasts until so many threads have asked, so that no test depends on how fast they are."""

    def __init__(self, together: Together | None, many: int) -> None:
        self.together = together
        self.many = many

    def __call__(self, _seconds: float) -> None:
        assert self.together is not None
        while True:
            batch = self.together._open
            if batch is not None and len(batch.services) >= self.many:
                return


def all_at_once(door: Door, placed: bool = False) -> list[Any]:
    gate = Gate(None, len(NAMES))
    together = gate.together = Together(gate)
    with ThreadPoolExecutor(len(NAMES)) as pool:
        return list(pool.map(lambda name: together.tasks(door, service(name, placed)), NAMES))  # type: ignore[arg-type]


@pytest.mark.parametrize("placed", [False, True])
def test_looks_that_meet_share_one_call(placed: bool) -> None:
    door = Door()
    found = all_at_once(door, placed)
    assert door.asked == [NAMES]
    assert [[task.id for task in listing.current] for listing in found] == [[f"t-{name}"] for name in NAMES]


def test_each_gets_the_whole_of_its_own_service_alone() -> None:
    found = all_at_once(Door())
    assert [listing.complete for listing in found] == [{name} for name in NAMES]
    assert [[task.id for task in listing.all_of(name) or ()] for name, listing in zip(NAMES, found)] == [
        [f"t-{name}"] for name in NAMES
    ]


def test_what_the_manager_was_asked_to_choose_is_not_the_whole() -> None:
    found = all_at_once(Door(), placed=True)
    assert [listing.all_of(name) for name, listing in zip(NAMES, found)] == [None] * len(NAMES)


def test_where_the_shared_call_fails_each_asks_by_itself() -> None:
    door = Door(broken=1)
    found = all_at_once(door)
    assert sorted(door.asked) == sorted([NAMES, *([name] for name in NAMES)])
    assert [[task.id for task in listing.current] for listing in found] == [[f"t-{name}"] for name in NAMES]


def test_a_failure_of_its_own_call_is_raised() -> None:
    together = Together(lambda _seconds: None)
    with pytest.raises(ConnectionFailed):
        together.tasks(Door(broken=2), service("s0"))  # type: ignore[arg-type]


def test_the_next_look_begins_a_listing_of_its_own() -> None:
    door = Door()
    together = Together(lambda _seconds: None)
    for _look in range(2):
        together.tasks(door, service("s0"))  # type: ignore[arg-type]
    assert door.asked == [["s0"], ["s0"]]


def test_an_interrupt_while_waiting_leaves_nobody_waiting() -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    together = Together(interrupted)
    with pytest.raises(KeyboardInterrupt):
        together.tasks(Door(), service("s0"))  # type: ignore[arg-type]
    together._sleep = lambda _seconds: None
    assert together.tasks(Door(), service("s0")).current  # type: ignore[arg-type]


def test_alone_is_one_call_at_its_own_moment() -> None:
    door = Door()
    assert [task.id for task in Alone().tasks(door, service("s3")).current] == ["t-s3"]  # type: ignore[arg-type]
    assert door.asked == [["s3"]]
    assert Alone().beat(1.23) == 1.23


def test_beats_meet_and_are_never_early() -> None:
    together = Together(lambda _seconds: None)
    assert together.beat(10.1) == together.beat(10.4) == 10.5
    assert 20.0 <= together.beat(20.0) < 20.0 + BEAT
