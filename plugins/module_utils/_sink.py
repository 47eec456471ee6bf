# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a module writes what it tells while it waits: a pipe or a file that the controller reads."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import Callable, MutableMapping

from ._core.progress import VARIABLE, Line

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)


class Sink:
    """Takes lines as long as that works; nothing of it is ever a reason to fail.

    `hide` takes out of a text what must not be seen. A file is made with the first line, by this process and for
    this user only, and is gone when the sink is closed.
    """

    def __init__(self, target: str, hide: Callable[[str], str]) -> None:
        self._hide = hide
        self._path = ""
        self._number = 0
        self._descriptor: int | None = None
        self._turn = threading.Lock()
        kind, _colon, where = target.partition(":")
        if kind == "fd" and where.isdigit():
            self._descriptor = int(where)
            with suppress(OSError):
                # Who does not read gets less to read, and does not hold the rollout up.
                os.set_blocking(self._descriptor, False)
        elif kind == "file" and os.path.isabs(where):
            self._path = where

    @staticmethod
    def taken_from(environment: MutableMapping[str, str], hide: Callable[[str], str]) -> Sink | None:
        """The sink that the environment names. It is taken out of it: what the module starts does not write there."""
        target = environment.pop(VARIABLE, "")
        return Sink(target, hide) if target else None

    def write(self, line: Line) -> None:
        """Tell one line; from any thread."""
        with self._turn, suppress(Exception):
            if self._descriptor is None and not self._path:
                return
            if self._descriptor is None:
                self._descriptor = self._make()
            shown = Line(line.subject, self._hide(line.text), line.kind, line.doing, line.done, line.need)
            os.write(self._descriptor, (shown.packed(self._number + 1) + "\n").encode("ascii"))
            self._number += 1

    def close(self) -> None:
        """Nothing more is told."""
        with self._turn:
            path, descriptor = self._path, self._descriptor
            self._path, self._descriptor = "", None
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)
            if path:
                with suppress(OSError):
                    os.unlink(path)

    def _make(self) -> int:
        try:
            return os.open(self._path, _FLAGS, 0o600)
        except OSError:
            # There is no such folder, or somebody else's file is in it.
            self._path = ""
            raise
