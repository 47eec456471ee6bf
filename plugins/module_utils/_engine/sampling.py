# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many requests at a steady rate: a slow answer does not hold up the next request.

Requests that begin only when the one before has ended ask a slow server less often than a quick one and
make it look better than it is.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Sequence

from .._core.checks.answers import Sample
from .._core.checks.targets import Target
from .._core.http import Answer

# So many answers are waited for at the same time; a rate that needs more falls.
MOST_WORKERS = 16
# Whoever interrupts waits no longer than this.
_SLICE = 0.2

Fetch = Callable[..., Answer]
Decided = Callable[[Sequence[Sample]], bool]


def _undecided(samples: Sequence[Sample]) -> bool:
    return False


def sample(
    targets: Iterable[Target],
    *,
    interval: float,
    timeout: float,
    validate_certs: bool,
    fetch: Fetch,
    clock: Any,
    interrupted: Callable[[], bool],
    decided: Decided = _undecided,
) -> list[Sample]:
    """Ask the targets one after the other, `interval` seconds apart, and return the answers in that order.

    Ends early when `interrupted()` or `decided(samples so far)` says so; what is under way then is still
    waited for, at most `timeout` seconds.
    """
    from concurrent.futures import Future, ThreadPoolExecutor

    pending: list[tuple[Target, Future[Answer]]] = []
    judge_at = 1
    workers = max(1, min(MOST_WORKERS, int(timeout / interval) + 1))
    begun = clock.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        for place, target in enumerate(targets):
            if not _until(begun + place * interval, clock, interrupted):
                break
            done = _done(pending)
            if len(done) >= judge_at:
                if decided(done):
                    break
                # Not after each of thousands: every look goes over all of them.
                judge_at = len(done) + 1 + len(done) // 10
            _make_room(pending, workers, interrupted)
            ask = pool.submit(fetch, target.url, timeout, headers=dict(target.headers), validate_certs=validate_certs)
            pending.append((target, ask))
        return [Sample(target, ask.result()) for target, ask in pending]


def _until(moment: float, clock: Any, interrupted: Callable[[], bool]) -> bool:
    """Wait for the moment; False when interrupted."""
    while not interrupted():
        left = moment - clock.monotonic()
        if left <= 0:
            return True
        clock.sleep(min(left, _SLICE))
    return False


def _make_room(pending: Sequence[tuple[Target, Any]], workers: int, interrupted: Callable[[], bool]) -> None:
    """Wait until a worker is free; requests never pile up behind slow answers."""
    from concurrent.futures import FIRST_COMPLETED, wait

    while not interrupted():
        running = [ask for ask in (ask for target, ask in pending[-2 * workers :]) if not ask.done()]
        if len(running) < workers:
            return
        wait(running, timeout=_SLICE, return_when=FIRST_COMPLETED)


def _done(pending: Sequence[tuple[Target, Any]]) -> list[Sample]:
    return [Sample(target, ask.result()) for target, ask in pending if ask.done()]


def source_address(address: str) -> str:
    """The address that this host would speak to that one with; empty where no route leads there.

    Nothing is sent: a datagram socket that is connected only has its route looked up.
    """
    import socket

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((address, 9))
            return str(sock.getsockname()[0])
    except OSError:
        return ""
