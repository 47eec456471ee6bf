# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several things at a time: so many and no more, and what they raise comes out."""

from __future__ import annotations

import threading
from typing import Any, Callable

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.release.abreast import abreast

from .paper import Killed

TOGETHER = 10.0


class Door:
    """A door that counts its copies and says which are closed."""

    def __init__(self) -> None:
        self.clones: list[Door] = []
        self.closed = False

    def clone(self) -> Door:
        found = Door()
        self.clones.append(found)
        return found

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *unused: object) -> None:
        self.closed = True


def call(door: Door, work: list[Callable[[Any], None]], at_once: Any = None, go_on: Any = lambda: True) -> None:
    abreast(Context(door), work, at_once, go_on)  # type: ignore[arg-type]


def test_one_alone_has_the_door_and_the_thread_of_the_task() -> None:
    door = Door()
    seen: list[Any] = []
    call(door, [lambda api: seen.append((api, threading.current_thread()))])
    assert seen == [(door, threading.current_thread())]
    assert door.clones == []


def test_nothing_to_do_is_done() -> None:
    door = Door()
    call(door, [])
    assert door.clones == []


def test_all_are_under_way_at_the_same_time_each_with_its_own_door() -> None:
    door, meeting, doors = Door(), threading.Barrier(4), []

    def meet(api: Any) -> None:
        doors.append(api)
        meeting.wait(TOGETHER)

    call(door, [meet] * 4)
    assert len({id(api) for api in doors}) == 4
    assert door not in doors
    assert all(one.closed for one in door.clones)


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_no_more_than_so_many_at_a_time(at_once: int) -> None:
    turn = threading.Lock()
    now, most, done = [0], [0], []

    def work(api: Any) -> None:
        with turn:
            now[0] += 1
            most[0] = max(most[0], now[0])
        done.append(api)
        with turn:
            now[0] -= 1

    door = Door()
    call(door, [work] * 9, at_once)
    assert len(done) == 9
    assert most[0] <= at_once
    assert len(door.clones) == at_once


def test_one_at_a_time_they_keep_their_order() -> None:
    done: list[int] = []
    call(Door(), [lambda api, number=number: done.append(number) for number in range(9)], 1)  # type: ignore[misc]
    assert done == list(range(9))


def test_nothing_begins_after_somebody_says_so() -> None:
    done: list[int] = []
    work = [lambda api, number=number: done.append(number) for number in range(9)]
    call(Door(), work, 1, lambda: len(done) < 3)  # type: ignore[arg-type]
    assert done == [0, 1, 2]
    call(Door(), work[:1], None, lambda: False)  # type: ignore[arg-type]
    assert done == [0, 1, 2]


@pytest.mark.parametrize("error", [RolloutError("broken"), Killed()])
def test_what_one_raises_comes_out_when_those_under_way_have_ended(error: BaseException) -> None:
    meeting, done = threading.Barrier(2), []

    def fails(api: Any) -> None:
        meeting.wait(TOGETHER)
        raise error

    def goes_on(api: Any) -> None:
        meeting.wait(TOGETHER)
        done.append("under way")

    door = Door()
    with pytest.raises(type(error)) as raised:
        call(door, [fails, goes_on])
    assert raised.value is error
    assert done == ["under way"]
    assert all(one.closed for one in door.clones)


def test_after_an_error_nothing_more_begins() -> None:
    done: list[int] = []

    def fails(api: Any) -> None:
        raise RolloutError("broken")

    with pytest.raises(RolloutError):
        call(Door(), [fails, lambda api: done.append(1)], 1)
    assert done == []
