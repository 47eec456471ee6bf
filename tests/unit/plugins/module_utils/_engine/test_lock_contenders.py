# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever contenders, clocks and connections do: no two of them may write at once."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError, UncertainWrite
from ansible_collections.swarm.rollout.plugins.module_utils._engine.claim import Claim, LockLost

from .lockstore import Clock, Store, World

MANY = 3
WHO = st.integers(0, MANY - 1)
ACTIONS = st.sampled_from(["contend", "ask", "renew", "release", "vanish"])
# Much or little time goes by while a request or its answer is under way.
EDGES = st.sampled_from([9.0, 9.8, 12.0, 49.0, 51.0, 59.0, 60.0, 61.0])
DELAY = st.one_of(st.just(0.0), st.floats(0, 2), EDGES)
# Seconds that go by, who else acts and how, whether the connection breaks.
EVENTS = st.lists(st.tuples(DELAY, st.none() | st.tuples(WHO, ACTIONS), st.booleans()), max_size=5)


class Contenders(RuleBasedStateMachine):
    """Three contenders for one lock. One of the machines goes to sleep at times, the others set their clocks."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.store = Store()
        self.clocks: list[Clock] = []
        self.doors = [self.store.door() for number in range(MANY)]
        self.claims: list[Claim] = []
        self.leases: list[float] = []

    @initialize(
        skews=st.lists(st.floats(-1e6, 1e6), min_size=MANY, max_size=MANY),
        leases=st.lists(st.sampled_from([60.0, 60.0, 12.0]), min_size=MANY, max_size=MANY),
    )
    def begin(self, skews: Any, leases: Any) -> None:
        self.leases = leases
        self.clocks = [Clock(self.world, skew) for skew in skews]
        self.claims = [self.claim(number) for number in range(MANY)]

    def claim(self, number: int) -> Claim:
        door: Any = self.doors[number]
        return Claim(door, "web", "owner%d" % number, "", self.clocks[number], self.leases[number])

    @rule(who=WHO, action=ACTIONS, events=EVENTS)
    def act(self, who: int, action: str, events: Any) -> None:
        """One acts; at every request and answer time may pass, another one act, the connection break."""
        left = list(events)

        def hook(moment: str) -> None:
            if not left:
                return
            delay, other, lost = left.pop(0)
            self.world.now += delay
            if other is not None:
                door = self.doors[other[0]]
                # The other one's requests go through at once.
                mine, door.hook = door.hook, lambda moment: None
                self.do(*other)
                door.hook = mine
            self.at_most_one()
            if lost and moment.startswith("POST"):
                raise UncertainWrite("the connection broke")

        self.doors[who].hook = hook
        self.do(who, action)
        self.doors[who].hook = lambda moment: None

    @rule(seconds=st.floats(0, 11) | EDGES)
    def time_passes(self, seconds: float) -> None:
        self.world.now += seconds

    @rule(holder=WHO, waiting=WHO, seconds=EDGES)
    def one_waits(self, holder: int, waiting: int, seconds: float) -> None:
        """Around the end of a lease everything is decided."""
        self.do(holder, "contend")
        self.do(waiting, "contend")
        self.world.now += seconds
        self.do(waiting, "contend")

    @rule(seconds=EDGES)
    def machine_sleeps(self, seconds: float) -> None:
        """The monotonic clock of the first one stands still meanwhile."""
        self.world.now += seconds
        self.clocks[0].stood += seconds

    @rule(who=st.integers(1, MANY - 1), seconds=st.floats(-1e5, 1e5))
    def clock_is_set(self, who: int, seconds: float) -> None:
        self.clocks[who].skew += seconds

    def do(self, who: int, action: str) -> None:
        claim, door = self.claims[who], self.doors[who]
        try:
            if action in ("contend", "ask"):
                claim.attempt("somebody: abort" if action == "ask" else "")
            elif action == "renew":
                claim.renew(door)  # type: ignore[arg-type]
            elif action == "release":
                claim.release()
                self.claims[who] = self.claim(who)
            else:
                # It dies without a word; its successor is another process.
                self.claims[who] = self.claim(who)
        except RolloutError:
            pass

    @invariant()
    def at_most_one(self) -> None:
        able = [number for number, claim in enumerate(self.claims) if holds(claim)]
        assert len(able) <= 1, able

    def teardown(self) -> None:
        """A lock that nobody renews is to be had after a lease, and one object is all there ever is."""
        if not self.claims:
            return
        self.claims = []
        last = self.claim(0)
        last.attempt()
        # Sums of fractions of seconds are not exact.
        self.world.now += 60.001
        assert last.attempt() is None
        assert holds(last)
        assert len(self.store.configs) == 1


def holds(claim: Claim) -> bool:
    try:
        claim.check()
    except LockLost:
        return False
    return True


TestContenders = Contenders.TestCase
TestContenders.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
