# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes at fixed places in time, whatever the server does. Time is made by the test."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, Callable

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import Settings, parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.certificate import certificate
from ansible_collections.swarm.rollout.plugins.module_utils._core.http import Answer
from ansible_collections.swarm.rollout.plugins.module_utils._engine import prober as module
from ansible_collections.swarm.rollout.plugins.module_utils._engine.prober import Prober

WALL = 1700000000.0
# Longer than any of these tests takes; nothing waits for it.
LONG = 30.0
GOOD = Answer(200, "version=1 ok", 0.01)
BAD = Answer(500, "version=2", 0.01)


def settings(**more: Any) -> Settings:
    found = parse({"url": "http://vote.example.org/", "interval": "100ms", **more})
    assert found is not None
    return found


class Time:
    """Runs only while somebody waits for it, and stands still at `end`."""

    def __init__(self, end: float) -> None:
        self.now = 1000.0
        self.end = 1000.0 + end
        self.ended = threading.Event()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return WALL + self.now - 1000.0

    def wait(self, stop: threading.Event, seconds: float) -> None:
        assert seconds > 0
        if self.now + seconds > self.end:
            self.now = self.end
            self.ended.set()
            stop.wait(LONG)
            return
        self.now += seconds


def ran(fetch: Callable[..., Answer], end: float = 2.05, **more: Any) -> Prober:
    """A prober that has run until the end of time."""
    clock = Time(end)
    with Prober(settings(**more), fetch, clock) as prober:
        prober.start()
        assert clock.ended.wait(LONG)
    return prober


def moments(prober: Prober) -> list[float]:
    return [round(probe.at - WALL, 3) for probe in prober.probes()]


def test_one_probe_at_each_place() -> None:
    prober = ran(lambda url, timeout, **more: GOOD)
    assert moments(prober) == [round(number / 10, 3) for number in range(21)]
    assert all(probe.ok and not probe.fault and probe.seconds == 0.01 for probe in prober.probes())


def test_what_is_asked() -> None:
    asked = []

    def fetch(url: str, timeout: float, **more: Any) -> Answer:
        asked.append((url, timeout, more))
        return GOOD

    ran(fetch, end=0.05, timeout="3s", validate_certs=False)
    assert asked == [("http://vote.example.org/", 3.0, {"validate_certs": False})]


def test_faults_and_versions_are_noted() -> None:
    answers = iter([GOOD, BAD, Answer(0, "", 2.0, "timed out"), *[GOOD] * 100])
    prober = ran(lambda url, timeout, **more: next(answers), end=0.35, version=r"version=(\d)")
    noted = sorted((probe.ok, probe.fault, probe.version) for probe in prober.probes())
    assert noted == [(False, "HTTP 500", "2"), (False, "timed out", ""), (True, "", "1"), (True, "", "1")]


def test_long_versions_are_cut() -> None:
    prober = ran(lambda url, timeout, **more: Answer(200, "a  b" * 99, 0.1), end=0.05, version="(?s).*")
    assert prober.probes()[0].version == " ".join(("a  b" * 99).split())[:60]


def test_an_answer_that_does_not_come_holds_nobody_up() -> None:
    over, first = threading.Event(), iter([True])

    def fetch(url: str, timeout: float, **more: Any) -> Answer:
        if next(first, False):
            over.wait(LONG)
            return BAD
        return GOOD

    clock = Time(2.05)
    with Prober(settings(), fetch, clock) as prober:
        prober.start()
        assert clock.ended.wait(LONG)
        # All but the one that waits.
        prober.first(20)
        assert len(prober.probes()) == 20
        over.set()
    assert moments(prober) == [round(number / 10, 3) for number in range(21)]
    assert sum(not probe.ok for probe in prober.probes()) == 1


def test_what_could_not_be_asked_in_time_is_counted() -> None:
    """All threads wait for answers; time goes on by itself then."""
    clock, over, most = Time(1000.0), threading.Event(), 4
    under_way = threading.Semaphore(0)

    def fetch(url: str, timeout: float, **more: Any) -> Answer:
        if not over.is_set():
            under_way.release()
            over.wait(LONG)
        return GOOD

    # Two answers' worth of time-out and one more, at one place each: four threads.
    with Prober(settings(timeout="300ms"), fetch, clock) as prober:
        prober.start()
        for number in range(most):
            assert under_way.acquire(timeout=LONG), number
        assert prober._most == most
        clock.end = clock.now + 5.05
        clock.now += 5.0
        over.set()
        assert clock.ended.wait(LONG)
    cert = certificate(settings(), prober.probes(), [], WALL)
    # Four in time; of the fifty places since, those of the last second late, and none twice.
    assert cert["missed"] == 39
    assert cert["probes"] == 54 - 39
    assert len(set(moments(prober))) == cert["probes"]
    assert cert["late"]["probes"] > 0
    assert 0.9 <= cert["late"]["longest"] <= 1.0


def test_few_threads_where_answers_are_quick() -> None:
    names = set()

    def fetch(url: str, timeout: float, **more: Any) -> Answer:
        names.add(threading.get_ident())
        return GOOD

    clock = Time(100.0)
    with Prober(settings(interval="10ms"), fetch, clock) as prober:
        prober.start()
        assert clock.ended.wait(LONG)
        assert len(prober._threads) <= module.MOST_THREADS
    assert len(prober.probes()) >= 10000
    assert not any(thread.is_alive() for thread in prober._threads)


def test_over_budget_as_soon_as_it_is() -> None:
    clock, answers = Time(0.05), iter([GOOD, BAD, BAD])
    with Prober(settings(budget="1"), lambda url, timeout, **more: next(answers), clock) as prober:
        assert prober.over_budget() == ""
        prober.start()
        prober.first(1)
        assert prober.over_budget() == ""
    prober = ran(lambda url, timeout, **more: BAD, end=0.15, budget="1")
    assert prober.over_budget() == "2 of 2 probes failed (100.00%), over the budget of 1"
    assert ran(lambda url, timeout, **more: BAD).over_budget() == ""


def test_the_first_probes_can_be_waited_for() -> None:
    clock = Time(0.25)
    with Prober(settings(), lambda url, timeout, **more: GOOD, clock) as prober:
        prober.start()
        prober.first(3)
        assert len(prober.probes()) == 3
        # There will never be so many, and the wait ends all the same.
        prober._settings = replace(prober._settings, interval=0.001, timeout=0.001)
        prober.first(5)


def test_it_begins_once_and_ends_once() -> None:
    clock = Time(0.05)
    prober = Prober(settings(), lambda url, timeout, **more: GOOD, clock)
    prober.stop()
    prober = Prober(settings(), lambda url, timeout, **more: GOOD, clock)
    prober.start()
    prober.start()
    prober.first(1)
    prober.stop()
    prober.stop()
    assert moments(prober) == [0.0]
    assert not [thread for thread in threading.enumerate() if thread.name == "probe"]


def test_without_a_start_nothing_is_asked() -> None:
    with Prober(settings(), lambda url, timeout, **more: GOOD, Time(1.0)) as prober:
        assert prober.probes() == ()
    assert prober.over_budget() == ""


def test_a_probe_that_breaks_off_is_a_failed_one_and_the_others_go_on() -> None:
    broken = iter([True, True])

    def fetch(url: str, timeout: float, **more: Any) -> Answer:
        if next(broken, False):
            raise MemoryError
        return GOOD

    prober = ran(fetch, end=1.05)
    assert len(prober.probes()) == 11
    assert sorted(probe.fault for probe in prober.probes())[-2:] == ["probe broke off (MemoryError)"] * 2


def test_where_no_more_threads_can_be_had_it_goes_on_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def scarce(thread: threading.Thread) -> None:
        if thread.name == "probe" and started:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", scarce)
    assert len(ran(lambda url, timeout, **more: GOOD, end=1.05).probes()) == 11
