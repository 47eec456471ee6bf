# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock that keeps two progressive rollouts of one service apart.

It lasts for a lease that the holder renews. What makes it safe whatever the machines' clocks show:

- The holder counts its lease from before it sent a renewal, on its own clocks, and stops a margin before the end.
- Somebody else takes the lock only after it has itself seen no renewal for a whole lease, on its own monotonic
  clock; or at once when the holder was a process of the same machine that is certainly dead.
- The expiry in the object is a time by the holder's clock. It decides nothing: it is shown to people, and a lock
  beyond its expiry is worth watching for one lease even by somebody who would not wait.

A write that is already on its way when the lease ends is stopped by the version of the service itself: it carries
the one that the holder read, and the new holder's first write makes it a conflict.
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import Any

from .._core.errors import RolloutError
from .._core.lock import LEASE, Held, Sight, describe, seen
from .._core.times import spoken, written
from . import locks
from .api import Api
from .process import is_dead, this_process

# The part of a lease before whose end the holder writes nothing any more: for requests on their way and for
# clocks that do not run equally fast.
_MARGIN = 1 / 6
_FIRST_PAUSE = 0.5
_LAST_PAUSE = 2.0
# Conflicts in a row before something else must be wrong: every one is a write by somebody else.
_ATTEMPTS = 20


class Locked(RolloutError):
    """Somebody else rolls the service out; nothing was changed."""

    kind = "locked"


class LockLost(RolloutError):
    """The lock went to somebody else, or could not be renewed: write nothing any more."""

    kind = "lock_lost"


def holder(api: Api, service: str) -> Held | None:
    """Who holds the service's lock; None if nobody does. It may be dead: see `describe`. One call."""
    found = locks.read(api, service)
    return None if found is None or found.free else found


def forget(api: Api, service: str, clock: Any) -> None:
    """Delete the lock of a service that is gone, unless somebody holds it and lives, as far as its expiry tells.

    The clocks may decide here: what a holder writes to a service that is gone does not reach a later one of that
    name. It is taken first, so that nobody else has it when it is deleted. One call where there is no lock.
    """
    found = locks.read(api, service)
    if found is None:
        return
    alive = not found.free and not _dead(found) and clock.time() <= found.expires
    taken = Held(token=_new_token(), object_id=found.object_id, version=found.version)
    if not alive and locks.swap(api, service, taken):
        locks.drop(api, taken)


class Lock:
    """The lock of one service for as long as the context lasts; renewed by a thread of its own.

    Entering waits up to `wait` seconds and raises `Locked`. A lock beyond its expiry is watched for a lease even
    when `wait` is shorter, until its holder shows that it lives. `ask` is a request (such as `abort`) that is left
    once for the one who holds it. Leaving gives the lock back and never raises: what cannot be given back expires.

    Not for use by two threads. Entering and `refresh` raise the errors of `Api` as well.
    """

    def __init__(
        self,
        api: Api,
        service: str,
        *,
        owner: str,
        reason: str,
        wait: float,
        clock: Any,
        lease: float = LEASE,
        every: float = 5.0,
        ask: str = "",
    ) -> None:
        self._api = api
        self._service = service
        self._owner = owner
        self._reason = reason
        self._wait = wait
        self._clock = clock
        self._lease = lease
        self._every = every
        self._ask = ask
        self._token = ""
        self._process = this_process()
        # What both threads know of the lock; `_renewed` is the moment before the renewal, on both clocks.
        self._mutex = threading.Lock()
        self._renewed = (0.0, 0.0)
        self._beat = 0
        self._asked = ""
        self._lost = ""
        self._sight: Sight | None = None
        # Whether a request went out that may have taken the lock.
        self._reached = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Lock:
        self._token = _new_token()
        self._beat, self._asked, self._lost, self._sight, self._reached = 0, "", "", None, False
        self._stop.clear()
        try:
            self._acquire()
            thread = threading.Thread(target=self._keep, name="swarm-rollout-lock", daemon=True)
            thread.start()
            self._thread = thread
        except BaseException:
            # An interrupted wait may have left the lock behind, taken.
            if self._reached:
                self._release()
            self._token = ""
            raise
        return self

    def __exit__(self, *unused: Any) -> None:
        self._stop.set()
        if self._thread is not None:
            # Its requests have a short limit, so this does not hang.
            self._thread.join()
            self._thread = None
        self._release()

    @property
    def asked(self) -> str:
        """The request that somebody left for this holder, as of the last renewal; empty if there is none."""
        return self._asked

    def check(self) -> None:
        """Raise `LockLost` unless the lock is certainly held now; before each write. No call."""
        with self._mutex:
            lost, renewed, token = self._lost, self._renewed, self._token
        if lost:
            raise LockLost(lost)
        if not token:
            raise LockLost("%s: the lock of this rollout is not held any more" % self._service)
        # A machine that slept has a monotonic clock that did not count it, and a wall clock that did.
        age = max(self._clock.monotonic() - renewed[0], self._clock.time() - renewed[1])
        if age >= self._lease * (1 - _MARGIN):
            raise LockLost(
                "%s: the lock of this rollout could not be renewed for %s, so somebody else may take it: nothing more "
                "is written; run the task again when the managers can be reached" % (self._service, spoken(age))
            )

    def refresh(self) -> None:
        """Renew now, so that `asked` is current; before each step. Two calls. Raises `LockLost`."""
        if self._token:
            self._renew(self._api)
        self.check()

    def _renew(self, api: Api) -> None:
        """Renew once. A conflict is somebody's request: read it and renew again."""
        for _attempt in range(_ATTEMPTS):
            if self._stop.is_set():
                return
            found = locks.read(api, self._service)
            if found is None or found.token != self._token:
                self._lose(found)
            else:
                begun = self._clock.monotonic(), self._clock.time()
                fresh = replace(found, expires=begun[1] + self._lease, beat=found.beat + 1)
                if locks.swap(api, self._service, fresh):
                    self._hold(fresh, begun)
                    return
        raise RolloutError("%s: %d others write to its lock at the same time" % (self._service, _ATTEMPTS))

    def _hold(self, held: Held, begun: tuple[float, float]) -> None:
        """Remember a renewal, unless the other thread has made a later one."""
        with self._mutex:
            if held.beat > self._beat:
                self._beat, self._asked, self._renewed = held.beat, held.asked, begun

    def _lose(self, found: Held | None) -> None:
        with self._mutex:
            if found is None:
                how = "was deleted"
            else:
                how = "was taken away: it is %s now" % describe(found, self._clock.time())
            self._lost = "%s: the lock of this rollout %s; nothing more is written, look at the service first" % (
                self._service,
                how,
            )
        raise LockLost(self._lost)

    def _keep(self) -> None:
        """Renew until told to stop; what goes wrong shows in `check`."""
        with self._api.clone() as api:
            # Several tries fit in one lease, and leaving the context does not hang.
            api.options = replace(api.options, timeout=min(api.options.timeout, self._lease * _MARGIN))
            while not self._stop.wait(self._every):
                try:
                    self._renew(api)
                except LockLost:
                    return
                except RolloutError:
                    continue

    def _acquire(self) -> None:
        begun = self._clock.monotonic()
        pause = _FIRST_PAUSE
        while True:
            held = self._try()
            if held is None:
                return
            now = self._clock.monotonic()
            left = begun + self._wait - now
            if self._sight is not None and not self._sight.renewed and self._clock.time() > held.expires:
                left = max(left, self._sight.since + held.lease - now)
            if left <= 0:
                raise self._locked(held)
            self._clock.sleep(min(pause, left))
            pause = min(pause * 1.5, _LAST_PAUSE)

    def _try(self) -> Held | None:
        """One look, and the lock if it is to be had: None when it is ours, else who holds it."""
        for _attempt in range(_ATTEMPTS):
            found = locks.read(self._api, self._service)
            now = self._clock.monotonic()
            if found is not None and found.token == self._token:
                # Taken by a write whose answer was lost. Since when is not known any more: renew.
                self._renew(self._api)
                return None
            if found is not None and not found.free:
                self._sight = seen(self._sight, found, now)
                if not self._sight.silent(found, now) and not _dead(found, self._process):
                    if self._leave_request(found):
                        return found
                    continue
            if self._take(found):
                return None
        raise RolloutError("%s: %d others take its lock at the same time" % (self._service, _ATTEMPTS))

    def _take(self, found: Held | None) -> bool:
        """Write ourselves into it; False if somebody else was first, or where that is not known."""
        self._reached = True
        begun = self._clock.monotonic(), self._clock.time()
        mine = Held(
            owner=self._owner,
            reason=self._reason,
            since=written(begun[1]),
            expires=begun[1] + self._lease,
            token=self._token,
            process=self._process,
            lease=self._lease,
            beat=1,
        )
        if found is None:
            done = locks.create(self._api, self._service, mine)
        else:
            mine = replace(mine, object_id=found.object_id, version=found.version)
            done = locks.swap(self._api, self._service, mine)
        if done:
            self._hold(mine, begun)
        return done

    def _leave_request(self, found: Held) -> bool:
        """Write it beside the holder's state, once; False where the holder wrote meanwhile.

        It is no sign of life: the holder's own count stays as it is.
        """
        if self._ask and locks.swap(self._api, self._service, replace(found, asked=self._ask)):
            self._ask = ""
        return not self._ask

    def _release(self) -> None:
        token, self._token = self._token, ""
        if not token:
            return
        try:
            for _attempt in range(_ATTEMPTS):
                found = locks.read(self._api, self._service)
                if found is None or found.token != token:
                    return
                if locks.swap(self._api, self._service, Held(object_id=found.object_id, version=found.version)):
                    return
        except RolloutError:
            return

    def _locked(self, held: Held) -> Locked:
        return Locked(
            "%s: another rollout of this service is under way: its lock is %s, and lasts until %s UTC unless it is "
            "renewed; set lock_wait to wait for its end, or make it yield with swarm_rollout and state=paused"
            % (self._service, describe(held, self._clock.time()), written(held.expires)[:19].replace("T", " "))
        )


def _dead(held: Held, this: Any = None) -> bool:
    """Whether its holder was a process of this machine that is dead."""
    return held.process is not None and is_dead(held.process, this or this_process())


def _new_token() -> str:
    return os.urandom(16).hex()
