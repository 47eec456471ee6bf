# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks a URL all through a rollout, at fixed places in time, beside whatever else the process does.

Its threads take turns: one waits for the next place, lets the next one wait in its stead, and asks. So a
probe begins in the thread that woke up for it, and an answer that does not come holds nobody up.
"""

from __future__ import annotations

import math
import threading
import time
from types import TracebackType
from typing import Any, Callable

from .._core.availability import Settings
from .._core.availability.probe import Probe
from .._core.availability.schedule import Schedule
from .._core.http import Answer, version_of

# So many answers are waited for at the same time. A service that hangs may need more; places are left out
# then, and the certificate tells how many.
MOST_THREADS = 64

_LONGEST_VERSION = 60


class Clock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Let the time pass, or stop at once when that is wanted."""
        stop.wait(seconds)


class Prober:
    """One URL, asked until `stop()`. Begins with `start()`, not when it is made or entered."""

    def __init__(self, settings: Settings, fetch: Callable[..., Answer] | None = None, clock: Any = None) -> None:
        self._settings = settings
        self._fetch = fetch or _real_fetch()
        self._clock = clock or Clock()
        self._most = max(2, min(MOST_THREADS, math.ceil(settings.timeout / settings.interval) + 1))
        self._stop = threading.Event()
        # Held by the thread that waits for the next place.
        self._turn = threading.Lock()
        # Guards all that follows.
        self._news = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._schedule: Schedule | None = None
        self._offset = 0.0
        self._probes: list[Probe] = []
        self._failures = 0

    def __enter__(self) -> Prober:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin, with the first probe now. A second call does nothing."""
        if self._schedule is not None:
            return
        begun = self._clock.monotonic()
        # From the monotonic clock to the wall clock, once: a clock that is set meanwhile moves nothing.
        self._offset = self._clock.time() - begun
        self._schedule = Schedule(begun, self._settings.interval)
        self._add_thread(self._schedule)

    def first(self, count: int) -> None:
        """Wait until so many probes have been made, or should have been."""
        longest = count * self._settings.interval + self._settings.timeout
        with self._news:
            self._news.wait_for(lambda: len(self._probes) >= count or self._stop.is_set(), longest)

    def over_budget(self) -> str:
        """That more probes have failed than the budget allows, in a few words; else empty. Costs nothing."""
        budget = self._settings.budget
        if budget is None:
            return ""
        with self._news:
            return budget.exceeded(len(self._probes), self._failures)

    def probes(self) -> tuple[Probe, ...]:
        """All that have ended, in the order in which they were due."""
        with self._news:
            return tuple(sorted(self._probes, key=lambda probe: probe.at))

    def stop(self) -> None:
        """End; those under way are still waited for, which takes `timeout` at the longest."""
        self._stop.set()
        with self._news:
            self._news.notify_all()
            threads = list(self._threads)
        until = time.monotonic() + self._settings.timeout + 1.0
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _add_thread(self, schedule: Schedule) -> None:
        thread = threading.Thread(target=self._work, args=(schedule,), name="probe", daemon=True)
        with self._news:
            thread.start()
            self._threads.append(thread)

    def _work(self, schedule: Schedule) -> None:
        while True:
            self._count_idle(1)
            with self._turn:
                planned = self._next(schedule)
                self._count_idle(-1)
                if planned is None:
                    return
                self._replace(schedule)
            self._probe(planned)

    def _count_idle(self, change: int) -> None:
        with self._news:
            self._idle += change

    def _next(self, schedule: Schedule) -> float | None:
        """The next place, as soon as it is due; None when there will be none."""
        while not self._stop.is_set():
            now = self._clock.monotonic()
            planned = schedule.take(now)
            if planned is not None:
                return planned
            self._clock.wait(self._stop, schedule.due - now)
        return None

    def _replace(self, schedule: Schedule) -> None:
        """Somebody has to wait for the place after this one."""
        with self._news:
            needed = self._idle == 0 and len(self._threads) < self._most
        if needed:
            try:
                self._add_thread(schedule)
            except RuntimeError:
                # The system has no more threads: this one will be back, and late, which is told.
                self._most = len(self._threads)

    def _probe(self, planned: float) -> None:
        at = planned + self._offset
        late = max(0.0, self._clock.monotonic() - planned)
        try:
            probe = self._ask(at, late)
        except Exception as error:  # noqa: BLE001 - a thread has no caller, and no probe may get lost
            probe = Probe(at, late, 0.0, "probe broke off (%s)" % type(error).__name__)
        with self._news:
            self._probes.append(probe)
            self._failures += not probe.ok
            self._news.notify_all()

    def _ask(self, at: float, late: float) -> Probe:
        settings = self._settings
        answer = self._fetch(settings.url, settings.timeout, validate_certs=settings.validate_certs)
        return Probe(at, late, answer.seconds, settings.expect.fault(answer), self._version(answer))

    def _version(self, answer: Answer) -> str:
        if self._settings.version is None or answer.error:
            return ""
        return " ".join(version_of(answer, self._settings.version).split())[:_LONGEST_VERSION]


def _real_fetch() -> Callable[..., Answer]:
    from .http import fetch

    return fetch
