# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taking, waiting for, keeping, losing and giving back the lock."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    ConnectionFailed,
    EngineError,
    OutOfSequence,
    UncertainWrite,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.lock import Held
from ansible_collections.swarm.rollout.plugins.module_utils._engine import claim, locks
from ansible_collections.swarm.rollout.plugins.module_utils._engine.lock import Lock, Locked, LockLost, forget, holder

from .lockstore import Clock, Store, StoreDoor, World

GET, CREATE = ("GET", "/configs/swarm-rollout.web.lock"), ("POST", "/configs/create")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock(world: World) -> Clock:
    return Clock(world)


def lock(door: Any, clock: Clock, owner: str = "anna@deploy1", wait: float = 0.0, **more: Any) -> Lock:
    # The thread never gets to renew unless a test wants it to.
    given: dict[str, Any] = {"reason": "release 1.2", "every": 1e6, **more}
    return Lock(door, "web", owner=owner, wait=wait, clock=clock, **given)


def alive(monkeypatch: pytest.MonkeyPatch, is_dead: bool = False) -> None:
    """What everybody finds out about a holder's process."""
    monkeypatch.setattr(claim, "is_dead", lambda process, this: is_dead)


def abandon(store: Store, clock: Clock, **more: Any) -> Lock:
    """A holder that never gives it back."""
    found = lock(store.door(), clock, **more)
    found._claim.attempt()
    return found


def lose(door: StoreDoor, when: str, error: Exception) -> None:
    """Break the connection once, at a moment such as `POST sent`."""

    def hook(moment: str) -> None:
        if moment == when:
            door.hook = lambda moment: None
            raise error

    door.hook = hook


def test_from_nothing_to_free_again(store: Store, clock: Clock) -> None:
    door: Any = store.door()
    assert holder(door, "web") is None
    door.calls.clear()
    with lock(door, clock) as mine:
        assert door.calls == [GET, CREATE]
        mine.check()
        found = holder(door, "web")
        assert found is not None
        assert (found.owner, found.reason, found.expires) == ("anna@deploy1", "release 1.2", clock.time() + 60)
        assert found.since == "2027-01-15T08:16:40.000Z"
    assert holder(door, "web") is None
    assert store.only()["Spec"]["Labels"] == {"swarm.rollout.lock": "web"}
    door.calls.clear()
    with lock(door, clock) as again:
        assert door.calls == [GET, ("POST", "/configs/%s/update" % store.only()["ID"])]
        again.check()
    with pytest.raises(LockLost, match="is not held"):
        again.check()


def test_it_is_given_back_after_an_error(store: Store, clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), lock(store.door(), clock):
        raise ZeroDivisionError
    assert holder(store.door(), "web") is None  # type: ignore[arg-type]


def test_who_has_it_is_told(store: Store, clock: Clock) -> None:
    with lock(store.door(), clock):
        clock.world.now += 3
        late = lock(store.door(), clock, "ben@laptop")
        with pytest.raises(Locked) as caught:
            late.__enter__()
        late.__exit__()
        assert str(caught.value) == (
            "web: another rollout of this service is under way: its lock is held by anna@deploy1 since 2027-01-15 "
            '08:16:40 UTC for "release 1.2", until 2027-01-15 08:17:40 UTC unless it renews it; set lock_wait to wait '
            "for its end, or make it yield with swarm_rollout and state=paused"
        )
        assert caught.value.kind == "locked"
        assert store.labels()["owner"] == "anna@deploy1"


def test_waiting_for_its_end(store: Store, clock: Clock) -> None:
    first = lock(store.door(), clock)
    first.__enter__()
    naps: list[float] = []

    def slept() -> None:
        naps.append(clock.world.now)
        if len(naps) == 6:
            first.__exit__()

    clock.on_sleep = slept
    told: list[str] = []
    with lock(store.door(), clock, "ben@laptop", wait=30.0, told=told.append) as second:
        second.check()
    assert set(told) == {"waits for its lock, which anna@deploy1 has"}
    pauses = [after - before for before, after in zip([1000.0, *naps], naps)]
    assert pauses == pytest.approx([0.5, 0.75, 1.125, 1.6875, 2.0, 2.0])


def test_waiting_in_vain(store: Store, clock: Clock) -> None:
    first = lock(store.door(), clock)
    first.__enter__()
    clock.on_sleep = first.refresh
    told: list[str] = []
    with pytest.raises(Locked):
        lock(store.door(), clock, "ben@laptop", wait=0.0, told=told.append).__enter__()
    assert told == [], "who does not wait does not say so"
    with pytest.raises(Locked):
        lock(store.door(), clock, "ben@laptop", wait=200.0).__enter__()
    assert clock.world.now == pytest.approx(1200.0)
    first.check()
    first.__exit__()


def test_a_dead_holder_of_this_machine_is_followed_at_once(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    abandon(store, clock)
    alive(monkeypatch, is_dead=True)
    with lock(store.door(), clock, "ben@laptop") as mine:
        mine.check()
        assert clock.world.now == 1000.0


def test_a_holder_elsewhere_is_followed_after_a_lease(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(monkeypatch)
    abandoned = abandon(store, clock)
    clock.world.now += 30
    with lock(store.door(), clock, "ben@laptop", wait=300.0) as mine:
        # Counted from when the waiting one first saw it.
        assert 1090.0 <= clock.world.now <= 1092.0
        mine.check()
    for act in (abandoned.refresh, abandoned.check):
        with pytest.raises(LockLost, match=r"was taken away|not hold"):
            act()


@pytest.mark.parametrize("skew", [0.0, 1e5])
def test_one_that_looks_dead_is_watched_although_nobody_waits(
    store: Store, clock: Clock, skew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(monkeypatch)
    abandon(store, clock)
    clock.world.now += 1000
    with lock(store.door(), Clock(clock.world, skew), "ben@laptop") as mine:
        assert clock.world.now == pytest.approx(2060.0)
        mine.check()


def test_a_clock_that_is_fast_does_not_take_it_from_one_that_lives(store: Store, clock: Clock) -> None:
    fast = Clock(clock.world, 3600.0)
    with lock(store.door(), clock) as first:
        fast.on_sleep = first.refresh
        with pytest.raises(Locked, match="not renewed since its lease ended 59 min"):
            lock(store.door(), fast, "ben@laptop").__enter__()
        assert clock.world.now == pytest.approx(1000.5)
        first.check()


def test_renewing_moves_the_end_and_reads_requests(store: Store, clock: Clock) -> None:
    with lock(store.door(), clock) as first:
        assert first.asked == ""
        clock.world.now += 40
        with pytest.raises(Locked):
            lock(store.door(), clock, "ben@laptop", ask="ben@laptop: abort").__enter__()
        assert first.asked == ""
        first.refresh()
        assert first.asked == "ben@laptop: abort"
        clock.world.now += 40
        first.check()
        assert float(store.labels()["expires"]) == clock.time() + 20
        first.refresh()
        assert first.asked == "ben@laptop: abort"
    with lock(store.door(), clock) as second:
        second.refresh()
        assert second.asked == ""


def test_a_request_is_left_once_and_for_the_holder_of_then(store: Store, clock: Clock) -> None:
    first = lock(store.door(), clock)
    first.__enter__()
    between = lock(store.door(), clock, "carl@ci")

    def change_hands() -> None:
        clock.on_sleep = lambda: None
        first.__exit__()
        between.__enter__()

    clock.on_sleep = change_hands
    with pytest.raises(Locked, match="carl@ci"):
        lock(store.door(), clock, "ben@laptop", wait=10.0, ask="ben@laptop: abort").__enter__()
    between.refresh()
    assert (first.asked, between.asked) == ("", "")
    between.__exit__()


def test_a_request_that_meets_a_renewal_is_left_all_the_same(store: Store, clock: Clock) -> None:
    with lock(store.door(), clock) as first:
        door = store.door()

        def hook(moment: str) -> None:
            if moment == "POST sent":
                door.hook = lambda moment: None
                first.refresh()

        door.hook = hook
        with pytest.raises(Locked):
            lock(door, clock, "ben@laptop", ask="ben@laptop: abort").__enter__()
        first.refresh()
        assert first.asked == "ben@laptop: abort"


def test_without_renewal_it_must_not_be_used(store: Store, clock: Clock) -> None:
    with lock(store.door(), clock) as mine:
        clock.world.now += 49.9
        mine.check()
        clock.world.now += 0.2
        with pytest.raises(LockLost, match="could not be renewed for 50 s") as caught:
            mine.check()
        assert caught.value.kind == "lock_lost"
        # Nobody has taken it, so it still is ours.
        mine.refresh()
        mine.check()


def test_one_that_was_deleted_is_lost(store: Store, clock: Clock) -> None:
    with lock(store.door(), clock) as mine:
        store.configs.clear()
        with pytest.raises(LockLost, match="was deleted"):
            mine.refresh()
        with pytest.raises(LockLost, match="was deleted"):
            mine.check()
    assert not store.configs


def test_somebody_elses_is_not_given_back(store: Store, clock: Clock) -> None:
    with lock(store.door(), clock):
        store.only()["Spec"]["Labels"]["swarm.rollout.lock.token"] = "other"
    assert store.labels()["token"] == "other"


@pytest.mark.parametrize("moment", ["POST sent", "POST answered"])
@pytest.mark.parametrize("there", [True, False])
def test_a_lost_answer_while_taking_it(store: Store, clock: Clock, moment: str, there: bool) -> None:
    if there:
        with lock(store.door(), clock):
            pass
    door = store.door()
    lose(door, moment, UncertainWrite("broke"))
    with lock(door, clock) as mine:
        mine.check()
    assert holder(store.door(), "web") is None  # type: ignore[arg-type]
    assert len(store.configs) == 1


def test_interrupted_while_taking_it(store: Store, clock: Clock) -> None:
    door = store.door()
    lose(door, "POST answered", KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        lock(door, clock).__enter__()
    assert holder(store.door(), "web") is None  # type: ignore[arg-type]


def test_leaving_without_a_connection(store: Store, clock: Clock) -> None:
    door = store.door()

    def gone(moment: str) -> None:
        raise ConnectionFailed("gone")

    with lock(door, clock):
        door.hook = gone
        begun = clock.monotonic()
    assert holder(store.door(), "web") is not None  # type: ignore[arg-type]
    assert clock.monotonic() - begun == 5.0


@pytest.mark.parametrize(
    ("moment", "error"),
    [
        ("GET sent", EngineError("it stumbled", 500, "stumbled")),
        ("POST sent", ConnectionFailed("gone")),
        ("POST answered", UncertainWrite("lost")),
        ("POST sent", OutOfSequence("somebody asks", 500, "update out of sequence")),
    ],
)
def test_a_manager_that_stumbles_is_asked_again_to_take_it_back(
    store: Store, clock: Clock, moment: str, error: Exception
) -> None:
    door: Any = store.door()
    with lock(door, clock):
        lose(door, moment, error)
    assert holder(door, "web") is None


def test_refusals_are_told(store: Store, clock: Clock) -> None:
    door = store.door()
    lose(door, "POST sent", EngineError("denied by a plugin", 403, "denied"))
    with pytest.raises(EngineError, match="denied by a plugin"):
        lock(door, clock).__enter__()


def test_endless_conflicts_end(store: Store, clock: Clock) -> None:
    door = store.door()

    def hook(moment: str) -> None:
        if moment == "POST sent":
            raise OutOfSequence("no", 500, "update out of sequence")

    with lock(store.door(), clock):
        pass
    door.hook = hook
    with pytest.raises(Exception, match="others write to its lock"):
        lock(door, clock).__enter__()


def test_the_thread_renews_and_ends_with_the_context(store: Store, clock: Clock) -> None:
    door = store.door()
    with lock(door, clock, every=0.001) as mine:
        thread = mine._thread
        assert thread is not None
        assert thread.daemon
        renewed = threading.Event()
        while not door.clones:
            threading.Event().wait(0.001)
        door.clones[0].hook = lambda moment: renewed.set() if moment == "POST answered" else None
        assert renewed.wait(30)
        assert door.clones[0].options.timeout == 10.0
    assert not thread.is_alive()
    assert door.clones[0].closed
    assert all(path != "/configs/create" for method, path in door.clones[0].calls)


def test_the_thread_survives_trouble_and_stops_when_it_is_lost(store: Store, clock: Clock) -> None:
    door = store.door()
    with lock(door, clock, every=0.001) as mine:
        thread = mine._thread
        assert thread is not None
        while not door.clones:
            threading.Event().wait(0.001)
        lose(door.clones[0], "POST sent", ConnectionFailed("gone"))
        before = int(store.labels()["beat"])
        while int(store.labels()["beat"]) < before + 3:
            threading.Event().wait(0.001)
        mine.check()
        store.configs.clear()
        thread.join(30)
        assert not thread.is_alive()
        with pytest.raises(LockLost):
            mine.check()


@pytest.mark.parametrize("state", ["none", "free", "dead", "expired"])
def test_forgetting_what_nobody_holds(store: Store, clock: Clock, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if state == "free":
        with lock(store.door(), clock):
            pass
    elif state != "none":
        abandon(store, clock)
        alive(monkeypatch, is_dead=state == "dead")
        clock.world.now += 61 if state == "expired" else 0
    door: Any = store.door()
    forget(door, "web", clock)
    assert not store.configs
    assert len(door.calls) == (1 if state == "none" else 3)


def test_a_lock_that_is_held_is_not_forgotten(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with lock(store.door(), clock) as mine:
        forget(store.door(), "web", clock)  # type: ignore[arg-type]
        assert len(store.configs) == 1
        mine.refresh()
    # Somebody takes it between the look and the deletion.
    door: Any = store.door()
    late = lock(store.door(), clock)
    lose_to = {"GET answered": late.__enter__}
    door.hook = lambda moment: lose_to.pop(moment, lambda: None)()
    forget(door, "web", clock)
    assert lose_to == {}, "it was taken in between"
    assert len(store.configs) == 1
    late.refresh()
    late.__exit__()


def test_an_object_without_labels_is_free(store: Store, clock: Clock) -> None:
    door: Any = store.door()
    locks.create(door, "web", Held())
    store.only()["Spec"]["Labels"] = {"team": "shop"}
    with lock(door, clock) as mine:
        mine.check()
        assert store.only()["Spec"]["Labels"]["swarm.rollout.lock"] == "web"
