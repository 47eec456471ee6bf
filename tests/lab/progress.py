# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab says while it works: one line per step, with the time that has passed."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Prints ``[lab 3.2s] message`` lines; silent where nobody wants to read them."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stderr
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def say(self, message: str) -> None:
        """Print one line with the time since the start of the command."""
        if self._quiet:
            return
        with self._lock:
            print(f"[lab {time.monotonic() - self._started:5.1f}s] {message}", file=self._stream, flush=True)

    @contextmanager
    def long(self, message: str, *, every: float = 15.0) -> Iterator[None]:
        """Announce a step, repeat every few seconds that it still runs, and say how long it took."""
        self.say(f"{message} ...")
        begun = time.monotonic()
        done = threading.Event()

        def tick() -> None:
            while not done.wait(every):
                self.say(f"{message}: still at it after {time.monotonic() - begun:.0f} s")

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            yield
        finally:
            done.set()
            ticker.join()
        self.say(f"{message}: done in {time.monotonic() - begun:.1f} s")
