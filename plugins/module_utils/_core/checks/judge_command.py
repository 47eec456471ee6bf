# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a program ended, and the verdict on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..masking import MASK, is_secret, mask_printed, mask_words, secrets_in
from ..units import SECOND, format_duration
from .result import FAILED, PASSED, CheckResult, inconclusive, verdict
from .settings import Check, CommandSettings

_LINES = 20
_COLUMNS = 500
# Hiding shorter values would hide half of the output.
_SHORTEST = 4


@dataclass(frozen=True)
class Ended:
    """The end of a program. `rc` is negative for a signal, None where it never ended by itself.

    `problem` is why it could not be started; `stopped` is `timeout` or `interrupted`.
    """

    rc: int | None = None
    output: str = field(default="", repr=False)
    problem: str = ""
    stopped: str = ""


def judge_command(check: Check, settings: CommandSettings, ended: Ended) -> CheckResult:
    """The verdict; the last lines of the output go along with what looks secret in them hidden."""
    lines = _lines(settings, ended.output)
    details: dict[str, Any] = {"command": mask_words(settings.argv), "rc": ended.rc, "output": lines}
    expected = settings.expect_rc
    if ended.stopped == "interrupted":
        return inconclusive(check, "the command was interrupted", **details)
    if ended.stopped:
        span = format_duration(int(settings.timeout * SECOND))
        return _failed(check, expected, None, "not finished after %s: stopped" % span, details)
    if ended.problem:
        text = "%s cannot be started: %s" % (details["command"][0], ended.problem)
        return _failed(check, expected, None, text, details)
    if ended.rc == expected:
        text = "exit status %d as expected" % expected
        return verdict(check, PASSED, text, ended.rc, expected, details=details)
    rc = ended.rc if ended.rc is not None else -1
    how = "ended by signal %d" % -rc if rc < 0 else "exit status %d" % rc
    text = "%s, not exit status %d%s" % (how, expected, ": " + lines[-1] if lines else "")
    return _failed(check, expected, rc, text, details)


def _failed(check: Check, expected: int, rc: int | None, text: str, details: dict[str, Any]) -> CheckResult:
    return verdict(check, FAILED, text, rc, expected, details=details)


def _lines(settings: CommandSettings, output: str) -> list[str]:
    for secret in sorted(_secrets(settings), key=len, reverse=True):
        output = output.replace(secret, MASK)
    lines = [mask_printed(line).rstrip()[:_COLUMNS] for line in output.splitlines()]
    return [line for line in lines if line][-_LINES:]


def _secrets(settings: CommandSettings) -> set[str]:
    """What the check itself gave to the program and nobody should read."""
    found = {value for name, value in settings.env.items() if is_secret(name, value)}
    found |= secrets_in(list(settings.argv))
    return {text for text in found if len(text) >= _SHORTEST}
