# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Engine's API is slow, loses calls and answers, refuses, and falls silent."""

from __future__ import annotations

from tests.faults.fault import ANY, Doored, first_of_each_kind, is_service_write, is_write, refused, times
from tests.faults.strategies import Versions
from tests.integration.cluster import Json
from tests.lab.door import Action, Call, Delay, Hangup, Intercept, Reply, Silence

SLOW = 2.0
# Of all calls.
SHARE = 0.15
OUT_OF_SEQUENCE = "rpc error: code = Unknown desc = update out of sequence"


class Slow(Doored):
    """Every call takes 2 s longer; it takes its time and ends well."""

    family = "api"
    name = "slow"
    title = "every call takes 2 s"
    slow = SLOW

    def intercept(self) -> Intercept:
        """Hold each call back."""
        return lambda _call: Delay(SLOW)

    def patience(self) -> Json:
        """A wait is not shortened by slow answers."""
        return {"wait_timeout": "140s"}


class LostBefore(Doored):
    """The first write of each kind is lost on the way there: it is sent again."""

    family = "api"
    name = "lost-before"
    title = "connection dropped before the Engine acts, at the first write of each kind"

    def intercept(self) -> Intercept:
        """The Engine never hears of it."""
        return first_of_each_kind(Hangup(), is_write)


class LostAfter(Doored):
    """The answer to the first write of each kind is lost: what was applied is recognised as applied."""

    family = "api"
    name = "lost-after"
    title = "connection dropped after the Engine acted, at the first write of each kind"

    def intercept(self) -> Intercept:
        """The Engine does it, and nobody hears of that."""
        return first_of_each_kind(Hangup(after=True), is_write)

    def after(self, declared: Versions) -> list[str]:
        """No second write of the same service for the same change, which would lose the way back."""
        lost = [call for call in self.door.calls if call.intercepted and is_service_write(call)]
        twice = [
            call.route
            for call in self.door.calls
            if is_service_write(call) and not call.intercepted
            if any((call.route, call.request_body) == (one.route, one.request_body) for one in lost)
        ]
        return [*super().after(declared), *(f"{route} was written twice" for route in twice)]


class LostAtRandom(Doored):
    """Any call may be lost, before or after. It ends well or says what it does not know."""

    family = "api"
    name = "lost-at-random"
    title = "15 % of all calls lost at random, before or after the Engine acts"
    ends = {ANY: ("completed", "error", "applied", "superseded", "rolled_back", "timed_out", "failed")}

    def intercept(self) -> Intercept:
        """By chance."""

        def intercept(_call: Call) -> Action | None:
            return Hangup(after=self.scene.chance.random() < 0.5) if self.scene.chance.random() < SHARE else None

        return intercept

    def after(self, declared: Versions) -> list[str]:
        """Chance may spare all of a few calls."""
        del declared
        return []


class Refuses(Doored):
    """Every write of a service is answered with 500: nothing is changed, and the Engine is quoted."""

    family = "api"
    name = "refuses"
    title = "answers 500 to every write of a service"
    ends = {ANY: ("error",), "release": ("error", "failed", "rolled_back")}

    def intercept(self) -> Intercept:
        """For as long as the run lasts."""
        return lambda call: refused("the raft log is on fire") if is_service_write(call) else None


class Stumbles(Doored):
    """One read in seven is answered with 500. It ends well or says so."""

    family = "api"
    name = "stumbles"
    title = "answers 500 to 15 % of all reads at random"
    ends = LostAtRandom.ends

    def intercept(self) -> Intercept:
        """By chance."""
        return lambda call: (
            refused("something is wrong inside")
            if call.method == "GET" and self.scene.chance.random() < SHARE
            else None
        )

    def after(self, declared: Versions) -> list[str]:
        """Chance may spare all of a few calls."""
        del declared
        return []


class OutOfSequence(Doored):
    """Swarm's own writes win ten times in a row: the eleventh is ours."""

    family = "api"
    name = "out-of-sequence"
    title = "answers `update out of sequence` ten times"
    without = {"create": "a create has no version to be out of sequence"}

    def intercept(self) -> Intercept:
        """Ten times the first writes of a service."""
        return times(10, refused(OUT_OF_SEQUENCE), is_service_write)


class EventsEnd(Doored):
    """The stream of events ends at once, again and again."""

    family = "api"
    name = "events-end"
    title = "the event stream ends at once, each time"

    def intercept(self) -> Intercept:
        """An answer without a body."""
        return lambda call: Reply(200) if call.route == "/events" else None


class EventsSilent(Doored):
    """The stream of events stays open and tells nothing more."""

    family = "api"
    name = "events-silent"
    title = "the event stream stays open and tells nothing"

    def intercept(self) -> Intercept:
        """Only the head arrives."""
        return lambda call: Silence() if call.route == "/events" else None


FAULTS = (Slow, LostBefore, LostAfter, LostAtRandom, Refuses, Stumbles, OutOfSequence, EventsEnd, EventsSilent)
