# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the looks of watches reach the manager: each by itself, or those of many services in one listing."""

from __future__ import annotations

import math
import threading
from typing import Callable, Protocol

from .._core.cluster import Service
from .._core.errors import RolloutError
from .api import Api
from .tasks import Listing, look_at_tasks

# Seconds that a look waits for others.
GATHER = 0.05
# Looks that nobody hurries fall on multiples of so many seconds, so that they meet.
BEAT = 0.5


class Looks(Protocol):
    """What a watch needs of it."""

    def tasks(self, api: Api, service: Service) -> Listing:
        """The tasks of one service as they are now or later."""

    def beat(self, moment: float) -> float:
        """The moment of a look that is due then."""


class Alone:
    """Each look by itself, when it is due."""

    def tasks(self, api: Api, service: Service) -> Listing:
        """One call."""
        return look_at_tasks(api, [service])

    def beat(self, moment: float) -> float:
        """That very moment."""
        return moment


class _Batch:
    """Services that are looked at together; `listing` is there once `done` is set, unless the call failed."""

    def __init__(self) -> None:
        self.services: dict[str, Service] = {}
        self.done = threading.Event()
        self.listing: Listing | None = None


class Together:
    """Looks of several threads that fall into the same moment share one listing."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._turn = threading.Lock()
        self._open: _Batch | None = None

    def tasks(self, api: Api, service: Service) -> Listing:
        """The first waits for others and asks for all. Where its call fails, each of the others asks by itself."""
        with self._turn:
            leads = self._open is None
            if self._open is None:
                self._open = _Batch()
            batch = self._open
            batch.services[service.id] = service
        if leads:
            self._ask(api, batch)
        batch.done.wait()
        if batch.listing is None:
            return look_at_tasks(api, [service])
        return batch.listing.of(service.id)

    def _ask(self, api: Api, batch: _Batch) -> None:
        try:
            try:
                self._sleep(GATHER)
            finally:
                with self._turn:
                    self._open = None
            batch.listing = look_at_tasks(api, list(batch.services.values()))
        except RolloutError:
            # It is raised to everybody by their own call, since what failed for one may not fail for another.
            return
        finally:
            batch.done.set()

    def beat(self, moment: float) -> float:
        """The next multiple of `BEAT`."""
        return math.ceil(moment / BEAT) * BEAT
