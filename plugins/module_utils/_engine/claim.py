# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One contender for the lock of a service or release: takes it when it is to be had, renews it, knows when it is lost.

What makes the lock safe whatever the machines' clocks show:

- The holder counts its lease from before it sent a renewal, on its own clocks, and stops a margin before the end.
- Somebody else takes the lock only after it has itself seen no renewal for a whole lease, on its own monotonic
  clock; or at once when the holder was a process of the same machine that is certainly dead.
- The expiry in the object is a time by the holder's clock. It never lets anybody take the lock: it is shown to
  people, and says that watching for a lease is worth while even to somebody who would not wait.

A write that is already on its way when the lease ends is stopped by the version of the service itself: it carries
the one that the holder read, and the new holder's first write makes it a conflict.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any, Callable

from .._core.errors import RolloutError
from .._core.lock import Held, Sight, describe, named, seen
from .._core.times import spoken, written
from . import locks
from .api import Api
from .patiently import AT_THE_END, patiently
from .process import is_dead, this_process

# The part of a lease before whose end the holder writes nothing any more: for requests on their way and for
# clocks that do not run equally fast.
MARGIN = 1 / 6
# Conflicts in a row before something else must be wrong: every one is a write by somebody else.
_ATTEMPTS = 20


class LockLost(RolloutError):
    """The lock went to somebody else, or could not be renewed: write nothing any more."""

    kind = "lock_lost"


class Claim:
    """`asked` is the request that somebody left for this holder, as of the last renewal.

    `renew` and `check` may be used by two threads at once, everything else by one. The calls raise the errors of
    `Api`; a write whose answer is lost is looked after by reading the object again.
    """

    def __init__(self, api: Api, key: str, owner: str, reason: str, clock: Any, lease: float) -> None:
        self.token = os.urandom(16).hex()
        self.asked = ""
        self.sight: Sight | None = None
        self._api = api
        self._key = key
        self._owner = owner
        self._reason = reason
        self._clock = clock
        self._lease = lease
        self._process = this_process()
        self._reached = False
        # What both threads know; `_renewed` is the moment before the last renewal was sent, on both clocks.
        self._mutex = threading.Lock()
        self._renewed: tuple[float, float] | None = None
        self._beat = 0
        self._lost = ""

    def attempt(self, ask: str = "") -> Held | None:
        """One look, and the lock if it is to be had: None when it is ours, else who holds it.

        `ask` is left for whoever holds it. Two calls for a lock that is free, one for one that is held.
        """
        for _attempt in range(_ATTEMPTS):
            found = locks.read(self._api, self._key)
            if found is not None and found.token == self.token:
                # Taken by a write whose answer was lost; nobody knows when it arrived.
                self.renew(self._api)
                return None
            if found is not None and not self._open(found):
                # A request is no sign of life: the holder's own count stays as it is.
                if not ask or locks.swap(self._api, self._key, replace(found, asked=ask)):
                    return found
            elif self._take(found):
                return None
        raise RolloutError("%s: %d others write to its lock at the same time" % (named(self._key), _ATTEMPTS))

    def renew(self, api: Api, stopped: Callable[[], bool] = lambda: False) -> None:
        """Renew once, in two calls. A conflict is somebody's request: read it and renew again.

        Raises `LockLost` when somebody else has it; so does every later `check`.
        """
        for _attempt in range(_ATTEMPTS):
            if stopped():
                return
            found = locks.read(api, self._key)
            if found is None or found.token != self.token:
                self._lose(found)
            else:
                begun = self._clock.monotonic(), self._clock.time()
                fresh = replace(found, expires=begun[1] + self._lease, beat=found.beat + 1)
                if locks.swap(api, self._key, fresh):
                    self._hold(fresh, begun)
                    return
        raise RolloutError("%s: %d others write to its lock at the same time" % (named(self._key), _ATTEMPTS))

    def check(self) -> None:
        """Raise `LockLost` unless the lock is certainly held now. No call."""
        with self._mutex:
            lost, renewed = self._lost, self._renewed
        if lost:
            raise LockLost(lost)
        if renewed is None:
            raise LockLost("%s: the lock of this rollout is not held" % named(self._key))
        # While a machine sleeps its monotonic clock may stand still; its wall clock does not.
        age = max(self._clock.monotonic() - renewed[0], self._clock.time() - renewed[1])
        if age >= self._lease * (1 - MARGIN):
            raise LockLost(
                "%s: the lock of this rollout could not be renewed for %s, so somebody else may take it: nothing more "
                "is written; run the task again when the managers can be reached" % (named(self._key), spoken(age))
            )

    def release(self) -> None:
        """Give it back if it is ours, or may be by a write whose answer was lost; never raises: else it expires."""
        with self._mutex:
            self._renewed = None
        if not self._reached:
            return
        with suppress(RolloutError):
            patiently(self._clock, self._give_back, AT_THE_END)

    def _give_back(self) -> None:
        found = locks.read(self._api, self._key)
        if found is None or found.token != self.token:
            return
        if not locks.swap(self._api, self._key, Held(object_id=found.object_id, version=found.version)):
            raise RolloutError("%s: another one wrote to its lock, or nobody knows" % named(self._key))

    def _open(self, found: Held) -> bool:
        """Whether it may be taken: it is free, or its holder has been silent for a lease, or is dead."""
        if found.free:
            return True
        now = self._clock.monotonic()
        self.sight = seen(self.sight, found, now)
        return self.sight.silent(found, now) or dead(found, self._process)

    def _take(self, found: Held | None) -> bool:
        """Write ourselves into it; False if somebody else was first, or where that is not known."""
        self._reached = True
        begun = self._clock.monotonic(), self._clock.time()
        mine = Held(
            owner=self._owner,
            reason=self._reason,
            since=written(begun[1]),
            expires=begun[1] + self._lease,
            token=self.token,
            process=self._process,
            lease=self._lease,
            beat=1,
        )
        if found is None:
            done = locks.create(self._api, self._key, mine)
        else:
            mine = replace(mine, object_id=found.object_id, version=found.version)
            done = locks.swap(self._api, self._key, mine)
        if done:
            self._hold(mine, begun)
        return done

    def _hold(self, held: Held, begun: tuple[float, float]) -> None:
        """Remember a renewal, unless the other thread has made a later one."""
        with self._mutex:
            if held.beat > self._beat:
                self._beat, self.asked, self._renewed = held.beat, held.asked, begun

    def _lose(self, found: Held | None) -> None:
        lost = "was taken away: it is %s now" % describe(found, self._clock.time()) if found else "was deleted"
        with self._mutex:
            self._lost = "%s: the lock of this rollout %s; nothing more is written, look at the service first" % (
                named(self._key),
                lost,
            )
        raise LockLost(self._lost)


def dead(held: Held, this: Any = None) -> bool:
    """Whether its holder was a process of this machine that is certainly dead."""
    return held.process is not None and is_dead(held.process, this or this_process())
