# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a progressive rollout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ..errors import OptionError
from ..units import parse_duration
from .schedule import Schedule

MANUAL = "manual"

LOCK_WAIT: dict[str, Any] = {"type": "str", "default": "2m"}
# What a step is followed by; `swarm_rollout` has these as well.
WAY_ARGUMENTS: dict[str, dict[str, Any]] = {
    "step_pause": {"type": "str"},
    "on_failed_check": {"type": "str", "choices": ["abort", "pause"], "default": "abort"},
    "lock_wait": LOCK_WAIT,
}
STEPS_ARGUMENTS: dict[str, dict[str, Any]] = {
    "steps": {"type": "list", "elements": "raw"},
    **WAY_ARGUMENTS,
}


@dataclass(frozen=True)
class Way:
    """How a progressive rollout goes on. Times in seconds.

    `pause` is how long each verified step is watched further, `manual` that each waits for a human.
    """

    pause: float = 0.0
    manual: bool = False
    abort: bool = True
    lock_wait: float = 120.0


def parse(params: Mapping[str, Any]) -> tuple[Schedule | None, Way]:
    """The steps (None: no progressive rollout) and the way. Raises `OptionError`."""
    raw = params.get("steps")
    schedule = Schedule.parse(raw) if raw else None
    pause = str(params.get("step_pause") or "").strip()
    manual = pause == MANUAL
    way = Way(
        pause=0.0 if manual or not pause else _seconds("step_pause", pause, "a duration such as 5m, or manual"),
        manual=manual,
        abort=params.get("on_failed_check", "abort") == "abort",
        lock_wait=_seconds("lock_wait", params.get("lock_wait") or "0s", "a duration such as 2m"),
    )
    return schedule, way


def _seconds(option: str, value: Any, advice: str) -> float:
    try:
        return parse_duration(value) / 1e9
    except ValueError:
        raise OptionError(option, value, "give %s" % advice) from None
