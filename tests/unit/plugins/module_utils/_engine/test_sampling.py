# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests at a rate: when they are made, in which order answers come back, when it ends early."""

from __future__ import annotations

import threading
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.answers import Sample
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.targets import Target
from ansible_collections.swarm.rollout.plugins.module_utils._core.http import Answer
from ansible_collections.swarm.rollout.plugins.module_utils._engine.sampling import MOST_WORKERS, sample, source_address

from .conftest import Passing

TARGETS = [
    Target(str(i), "task %d" % i, "h:%d" % i, "http://h:%d/" % i, "node", "new", {"N": str(i)}) for i in range(40)
]
FINE = Answer(200, "", 0.01, "", {})


class Server:
    """Answers requests and remembers when they came."""

    def __init__(self, clock: Passing) -> None:
        self.clock = clock
        self.asked: list[tuple[str, float, dict[str, Any]]] = []
        self.lock = threading.Lock()

    def fetch(self, url: str, timeout: float, **more: Any) -> Answer:
        with self.lock:
            self.asked.append((url, self.clock.now, {"timeout": timeout, **more}))
        return FINE


def run(server: Server, **more: Any) -> list[Sample]:
    given: dict[str, Any] = {
        "interval": 1.0,
        "timeout": 2.0,
        "validate_certs": False,
        "fetch": server.fetch,
        "clock": server.clock,
        "interrupted": lambda: False,
    }
    given.update(more)
    return sample(TARGETS, **given)


def test_answers_come_back_in_the_order_of_the_requests() -> None:
    server = Server(Passing())
    assert [one.target for one in run(server)] == TARGETS
    assert len(server.asked) == len(TARGETS)


def test_requests_begin_at_the_rate_that_was_asked_for() -> None:
    server = Server(Passing())
    run(server)
    assert round(server.clock.now - 100.0, 6) == len(TARGETS) - 1


def test_a_request_is_made_as_the_target_says() -> None:
    server = Server(Passing())
    run(server)
    url, _moment, more = sorted(server.asked)[0]
    assert url == "http://h:0/"
    assert more == {"timeout": 2.0, "headers": {"N": "0"}, "validate_certs": False}


def test_an_interruption_ends_it() -> None:
    server = Server(Passing())
    assert len(run(server, interrupted=lambda: server.clock.now >= 104.9)) == 5


def test_it_ends_when_the_samples_decide() -> None:
    server = Server(Passing())
    lengths: list[int] = []

    def decided(samples: Any) -> bool:
        lengths.append(len(samples))
        return len(samples) >= 3

    # With an answer at a time all earlier ones are there when the next is due.
    found = run(server, decided=decided, timeout=0.5)
    assert 3 <= len(found) < len(TARGETS)
    assert lengths[0] >= 1


def test_slow_answers_are_waited_for_beside_each_other_but_not_without_bound() -> None:
    server, gate, most = Server(Passing()), threading.Event(), [0]
    inside, lock = [0], threading.Lock()

    def slow(url: str, timeout: float, **more: Any) -> Answer:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            if inside[0] >= MOST_WORKERS:
                gate.set()
        gate.wait(10)
        with lock:
            inside[0] -= 1
        return FINE

    assert len(run(server, fetch=slow, interval=0.001)) == len(TARGETS)
    assert gate.is_set()
    assert most[0] == MOST_WORKERS


def test_the_address_that_this_host_speaks_with() -> None:
    assert source_address("127.0.0.1") == "127.0.0.1"
    assert source_address("no address") == ""
