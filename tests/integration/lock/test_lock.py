# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock in a real Swarm: processes that contend for it, die with it, and leave requests for each other."""

from __future__ import annotations

import itertools
import json
import time

import pytest

from tests.integration.cluster import REVISION
from tests.integration.lock.conftest import Arena
from tests.integration.lock.contender import Contender


def renewals(arena: Arena) -> int:
    return int(arena.labels()["swarm.rollout.lock.beat"])


def test_one_has_it_and_the_other_gets_it_afterwards(arena: Arena):
    first = arena.contender("anna@deploy1")
    assert first.hear() == "held"
    told = arena.contender("ben@laptop").hear()
    assert told.startswith(f"locked: {arena.name}: another rollout")
    assert "held by anna@deploy1 since 20" in told
    assert 'for "release 1.2"' in told
    second = arena.contender("ben@laptop", wait=50)
    arena.cluster.wait("the waiting one has asked", lambda: renewals(arena) > 1)
    assert second.silent
    assert first.ask("leave") == "left"
    assert second.hear() == "held"
    assert second.ask("check") == "fine"
    assert arena.labels()["swarm.rollout.lock.owner"] == "ben@laptop"
    assert second.ask("leave") == "left"
    assert arena.labels() == {"swarm.rollout.lock": arena.name}
    assert arena.configs() == [arena.lock_name]


def test_never_two_of_many(arena: Arena):
    many = [arena.contender(f"runner{number}@ci", wait=50, hold=0.2, every=0.05) for number in range(5)]
    times = sorted(json.loads(one.hear()) for one in many)
    assert len(times) == len(many)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(times))
    arena.cluster.wait("the last one has left", lambda: arena.labels() == {"swarm.rollout.lock": arena.name})


def test_a_killed_holder_of_the_same_machine_is_followed_at_once(arena: Arena):
    first = arena.contender("anna@deploy1")
    assert first.hear() == "held"
    first.kill()
    assert arena.labels()["swarm.rollout.lock.owner"] == "anna@deploy1"
    # It does not wait at all, and the lease lasts another minute.
    second = arena.contender("ben@laptop", wait=0)
    assert second.hear() == "held"


def test_a_killed_holder_elsewhere_is_followed_after_its_lease(arena: Arena):
    first = arena.contender("anna@deploy1", lease=4, every=0.5, hidden=True)
    assert first.hear() == "held"
    arena.cluster.wait("it was renewed", lambda: renewals(arena) > 2)
    first.kill()
    ended = time.time()
    second = arena.contender("ben@laptop", wait=50)
    assert second.hear() == "held"
    # Not judged by how fast this machine is: it is never too early, and nothing else would have ended the wait.
    assert time.time() - ended >= 4
    assert second.ask("check") == "fine"


def test_one_that_stood_still_notices(arena: Arena):
    first = arena.contender("anna@deploy1", lease=3, every=0.5)
    assert first.hear() == "held"
    first.stop()
    second = arena.contender("ben@laptop", wait=50)
    assert second.hear() == "held"
    first.go_on()
    assert first.ask("check").startswith(f"lock_lost: {arena.name}: the lock of this rollout ")
    assert "held by ben@laptop" in first.ask("asked")
    assert first.ask("leave") == "left"
    assert second.ask("check") == "fine"
    assert arena.labels()["swarm.rollout.lock.owner"] == "ben@laptop"


@pytest.mark.parametrize(("every", "order"), [(0.2, "told"), (600.0, "asked")], ids=["by itself", "when it asks"])
def test_a_request_reaches_the_holder(arena: Arena, every: float, order: str):
    first = arena.contender("anna@deploy1", every=every)
    assert first.hear() == "held"
    assert first.ask("asked") == ""
    second: Contender = arena.contender("ben@laptop", wait=50, ask="ben@laptop: abort")
    arena.cluster.wait("it is left", lambda: "swarm.rollout.lock.asked" in arena.labels())
    arena.cluster.wait("it arrives", lambda: first.ask(order) == "ben@laptop: abort")
    assert first.ask("check") == "fine"
    assert first.ask("leave") == "left"
    assert second.hear() == "held"
    assert second.ask("asked") == ""


def test_it_goes_with_the_service(arena: Arena):
    arena.have("web:1")
    first = arena.contender("anna@deploy1")
    assert first.hear() == "held"
    # Neither part of the service nor of its history.
    assert [one["revision"] for one in arena.info(history=True)[0]["history"]] == [1]
    assert first.ask("leave") == "left"
    assert arena.lock_name in arena.configs()
    assert arena.service(state="absent", check=True).changed
    assert arena.lock_name in arena.configs()
    gone = arena.service(state="absent")
    assert (gone.failed, gone.changed, gone.warnings) == (False, True, [])
    assert arena.configs() == []
    assert not arena.service(state="absent").changed


def test_one_that_is_held_stays_until_its_holder_is_gone(arena: Arena):
    arena.have("web:1")
    assert REVISION in arena.cluster.service(arena.name)["Spec"]["Labels"]
    first = arena.contender("anna@deploy1")
    assert first.hear() == "held"
    assert arena.service(state="absent").changed
    assert arena.configs() == [arena.lock_name]
    assert first.ask("asked") == ""
    first.kill()
    assert not arena.service(state="absent").changed
    assert arena.configs() == []
