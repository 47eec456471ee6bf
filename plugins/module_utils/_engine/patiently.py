# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking again while managers come back: after a lost answer the next one may need an election's time."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from .._core.errors import EngineError, RolloutError

SECONDS = 30.0
# The task is over, and only its account is to be completed.
AT_THE_END = 5.0
_PAUSE = 0.5

Found = TypeVar("Found")


def patiently(clock: Any, ask: Callable[[], Found], seconds: float = SECONDS) -> Found:
    """What `ask` answers, repeated for so many seconds while it fails; what the Engine refuses is not asked again."""
    until = clock.monotonic() + seconds
    while True:
        try:
            return ask()
        except RolloutError as exc:
            refused = isinstance(exc, EngineError) and 400 <= exc.status < 500
            if refused or clock.monotonic() >= until:
                raise
            clock.sleep(_PAUSE)
