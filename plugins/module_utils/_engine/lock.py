# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock that keeps two progressive rollouts of one service, or two runs of one release, apart.

Waiting for it, keeping it, giving it back.

It lasts for a lease that a thread renews; `claim` says why no two hold it at once.
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import Any, Callable

from .._core.errors import RolloutError
from .._core.lock import LEASE, Held, describe, is_release, named
from .._core.times import written
from . import locks
from .api import Api
from .claim import MARGIN, Claim, LockLost, dead

_FIRST_PAUSE = 0.5
_LAST_PAUSE = 2.0

__all__ = ["Lock", "LockLost", "Locked", "forget", "holder"]


class Locked(RolloutError):
    """Somebody else rolls it out; nothing was changed."""

    kind = "locked"


def holder(api: Api, key: str) -> Held | None:
    """Who holds the lock of that key; None if nobody does. It may be dead: see `describe`. One call."""
    found = locks.read(api, key)
    return None if found is None or found.free else found


def forget(api: Api, key: str, clock: Any) -> None:
    """Delete the lock of a service that is gone, unless somebody holds it and lives, as far as its expiry tells.

    The clocks may decide here: what a holder writes to a service that is gone does not reach a later one of that
    name. It is taken first, so that nobody else has it when it is deleted. One call where there is no lock.
    """
    found = locks.read(api, key)
    if found is None or not (found.free or dead(found) or clock.time() > found.expires):
        return
    taken = Held(token=os.urandom(16).hex(), object_id=found.object_id, version=found.version)
    if locks.swap(api, key, taken):
        locks.drop(api, taken)


class Lock:
    """The lock of one service or release for as long as the context lasts; renewed by a thread of its own.

    Entering waits up to `wait` seconds and raises `Locked`. A lock beyond its expiry is watched for a lease even
    when `wait` is shorter, until its holder shows that it lives. `ask` is a request (such as `ben@laptop: abort`)
    that is left once for the one who holds it; a later one replaces an earlier one. Leaving gives the lock back and
    never raises: what cannot be given back expires. `lease` and `every`, the time between renewals, in seconds. `told`
    hears of a wait.

    For one use, by one thread. Entering and `refresh` raise the errors of `Api` as well.
    """

    def __init__(
        self,
        api: Api,
        key: str,
        *,
        owner: str,
        reason: str,
        wait: float,
        clock: Any,
        lease: float = LEASE,
        every: float = 5.0,
        ask: str = "",
        told: Callable[[str], None] | None = None,
    ) -> None:
        self._api = api
        self._key = key
        self._wait = wait
        self._clock = clock
        self._lease = lease
        self._every = every
        self._ask = ask
        self._told = told
        self._claim = Claim(api, key, owner, reason, clock, lease)
        self._left = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Lock:
        thread = threading.Thread(target=self._keep, name="swarm-rollout-lock", daemon=True)
        try:
            self._acquire()
            thread.start()
        except BaseException:
            # An interrupted wait may have left the lock behind, taken.
            self._claim.release()
            raise
        self._thread = thread
        return self

    def __exit__(self, *unused: Any) -> None:
        self._left.set()
        if self._thread is not None:
            # Its requests have a short limit, so this does not hang.
            self._thread.join()
        self._claim.release()

    @property
    def asked(self) -> str:
        """The request that somebody left for this holder, as of the last renewal; empty if there is none."""
        return self._claim.asked

    def check(self) -> None:
        """Raise `LockLost` unless the lock is certainly held now; before each write. No call."""
        self._claim.check()

    def refresh(self) -> None:
        """Renew now, so that `asked` is current; before each step. Two calls. Raises `LockLost`."""
        self._claim.renew(self._api)
        self._claim.check()

    def _keep(self) -> None:
        """Renew until the context is left; what goes wrong shows in `check`."""
        with self._api.clone() as api:
            # Several tries fit in one lease.
            api.options = replace(api.options, timeout=min(api.options.timeout, self._lease * MARGIN))
            while not self._left.wait(self._every):
                try:
                    self._claim.renew(api, self._left.is_set)
                except LockLost:
                    return
                except RolloutError:
                    continue

    def _acquire(self) -> None:
        begun = self._clock.monotonic()
        pause = _FIRST_PAUSE
        while True:
            held = self._claim.attempt(self._ask)
            if held is None:
                return
            self._ask = ""
            left = max(begun + self._wait, self._worth_watching(held)) - self._clock.monotonic()
            if left <= 0:
                raise self._locked(held)
            if self._told is not None:
                self._told("waits for its lock, which %s has" % (held.owner or "somebody else"))
            self._clock.sleep(min(pause, left))
            pause = min(pause * 1.5, _LAST_PAUSE)

    def _worth_watching(self, held: Held) -> float:
        """Until when (monotonic) to watch a holder that looks gone; 0 where it lives."""
        sight = self._claim.sight
        if sight is None or sight.renewed or self._clock.time() <= held.expires:
            return 0.0
        return sight.since + held.lease

    def _locked(self, held: Held) -> Locked:
        now = self._clock.time()
        until = ""
        if now <= held.expires:
            until = ", until %s UTC unless it renews it" % written(held.expires)[:19].replace("T", " ")
        kind, advice = "service", ", or make it yield with swarm_rollout and state=paused"
        if is_release(self._key):
            kind, advice = "release", ""
        return Locked(
            "%s: another rollout of this %s is under way: its lock is %s%s; set lock_wait to wait for its end%s"
            % (named(self._key), kind, describe(held, now), until, advice)
        )
