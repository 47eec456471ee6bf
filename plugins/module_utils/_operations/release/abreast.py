# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several things at the same time, each on a thread of its own."""

from __future__ import annotations

import threading
from typing import Any, Callable, Iterable, Sequence

from ..context import Context


def abreast(
    ctx: Context, work: Sequence[Callable[[Any], None]], at_once: int | None, go_on: Callable[[], bool]
) -> None:
    """Call each with a door to the Engine; so many at a time (None: all), as long as `go_on` says so.

    Returns when all that were begun have ended. What they raise is raised here, the first of it. One alone is
    called on this thread.
    """
    if len(work) == 1:
        if go_on():
            work[0](ctx.api)
        return
    todo = iter(work)
    turn = threading.Lock()
    raised: list[BaseException] = []
    size = min(at_once or len(work), len(work))
    # Daemons: an interrupted task ends at once, and the same task run again goes on from there.
    threads = [
        threading.Thread(target=_serve, args=(ctx, todo, turn, go_on, raised), name="swarm-release", daemon=True)
        for _number in range(size)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def _serve(
    ctx: Context,
    todo: Iterable[Callable[[Any], None]],
    turn: threading.Lock,
    go_on: Callable[[], bool],
    raised: list[BaseException],
) -> None:
    with ctx.api.clone() as api:
        while True:
            with turn:
                one = next(iter(todo), None) if go_on() and not raised else None
            if one is None:
                return
            try:
                one(api)
            except BaseException as exc:  # noqa: BLE001 - it is raised again on the thread that waits
                raised.append(exc)
                return
