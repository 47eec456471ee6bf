# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Showing on the controller what a module tells while it waits."""

from __future__ import annotations

import os
import select
import threading
import time
from contextlib import suppress
from typing import Any, Callable

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import END, STATE, Line

# Seconds without anything new after which the last line is shown again.
HEARTBEAT = 15.0
# Seconds between looks at whether the module still runs.
_LOOK = 1.0
_CHUNK = 65536


def beginning(host: str) -> str:
    """What stands before a line about that host; nothing for this machine itself."""
    return "[%s] " % host if host and host != "localhost" else ""


class Speaker:
    """Shows lines, and the last one again when nothing comes. `show` prints one, `host` stands before each.

    Nothing that goes wrong here reaches the task. Once it is silenced it prints nothing, from whatever thread.
    """

    def __init__(self, show: Callable[[str], None], host: str = "", clock: Callable[[], float] = time.monotonic):
        self._show = show
        self._beginning = beginning(host)
        self._clock = clock
        self._turn = threading.Lock()
        self._states: dict[str, tuple[Line, float]] = {}
        self._seen = 0
        self._shown_at = clock()
        self._silent = False

    @property
    def spoke(self) -> bool:
        """Whether anything was shown."""
        return self._seen > 0

    def hear(self, raw: str) -> None:
        """One line of the module's; what was heard before, and what is none, is passed over."""
        found = Line.unpacked(raw)
        if found is None or found[0] <= self._seen:
            return
        self._seen, line = found
        now = self._clock()
        if line.kind == STATE:
            self._states.pop(line.subject, None)
            self._states[line.subject] = (line, now)
        elif line.kind == END:
            self._states.pop(line.subject, None)
        self._print(line.shown())

    def due(self) -> float:
        """Seconds until it is time for the last line once more."""
        return max(self._shown_at + HEARTBEAT - self._clock(), 0.0) if self._states else HEARTBEAT

    def beat(self) -> None:
        """Show the state that was told last once more where it is time."""
        if self._states and self.due() == 0.0:
            line, told = list(self._states.values())[-1]
            self._print(line.shown(self._clock() - told))

    def conclude(self, result: dict[str, Any]) -> None:
        """Say how it ended where something was said before; what fails is shown by Ansible itself."""
        if self.spoke and not result.get("failed") and isinstance(result.get("msg"), str):
            self._print(result["msg"], last=True)
        self.silence()

    def silence(self) -> None:
        """Nothing more is shown but the end. Whoever shows something at this moment is waited for."""
        with self._turn:
            self._silent = True

    def _print(self, text: str, *, last: bool = False) -> None:
        self._shown_at = self._clock()
        # What comes from another host must not steer this terminal.
        plain = "".join(letter if letter.isprintable() else " " for letter in text)
        with self._turn, suppress(Exception):
            if last or not self._silent:
                self._show(self._beginning + plain)


class Ear:
    """The reading end of a pipe from a module that runs here."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._read, self.write = os.pipe()
        self._rest = b""

    def listen(self, pid: int) -> int:
        """Show what the process writes until it ends; its status."""
        os.close(self.write)
        self.write = -1
        while True:
            ready, _write, _odd = select.select([self._read], [], [], min(self._speaker.due(), _LOOK))
            if ready:
                data = os.read(self._read, _CHUNK)
                self._take(data)
                if not data:
                    return os.waitpid(pid, 0)[1]
            else:
                # Whatever the module started may hold the pipe open longer than it lives.
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    return status
            self._speaker.beat()

    def close(self) -> None:
        """Give both ends back."""
        for end in (self._read, self.write):
            if end >= 0:
                os.close(end)

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._speaker.hear(line.decode("ascii", "replace"))
