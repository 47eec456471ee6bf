# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a door knows about an API call, and what can be done to one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Call:
    """One API call; ``status`` and ``finished`` are None while it runs (times are those of ``time.time``)."""

    method: str
    path: str
    query: dict[str, str]
    started: float
    finished: float | None = None
    status: int | None = None
    request_body: bytes = b""
    request_body_size: int = 0
    response_body_size: int = 0
    intercepted: bool = False

    @property
    def route(self) -> str:
        """The path without the API version, the same for every client."""
        return re.sub(r"^/v\d+\.\d+(?=/)", "", self.path)

    @property
    def duration(self) -> float | None:
        """Seconds from the request's head to the answer's last byte."""
        return None if self.finished is None else self.finished - self.started


@dataclass(frozen=True)
class Reply:
    """Answer in the Engine's place; the Engine never hears of the call."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Delay:
    """Forward the call only after some seconds."""

    seconds: float


@dataclass(frozen=True)
class Hangup:
    """Close the connection without an answer: before the Engine hears of the call, or after it did it."""

    after: bool = False


@dataclass(frozen=True)
class Silence:
    """Pass the head of the Engine's answer on and nothing of its body; the connection stays open."""


Action = Reply | Delay | Hangup | Silence
Intercept = Callable[[Call], Action | None]
