# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A program run as a check: without a shell, in a process group of its own, never longer than allowed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from typing import Any, Callable, Mapping

from .._core.checks.judge_command import Ended
from .._core.checks.settings import CommandSettings

_LOOK = 0.1
# From the request to end until the order.
_GRACE = 2.0
_TAIL = 64 * 1024


def run_command(
    settings: CommandSettings, environment: Mapping[str, str], clock: Any, interrupted: Callable[[], bool]
) -> Ended:
    """Run the program with `environment` and the check's own added to this process's; never raises.

    Its output goes to a file: a child that it leaves behind with an open output holds nobody up.
    """
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                settings.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment, **settings.env},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return Ended(problem=getattr(error, "strerror", None) or str(error))
        stopped = _watch(process, clock.monotonic() + settings.timeout, clock, interrupted)
        return Ended(None if stopped else process.returncode, _tail(output), stopped=stopped)


def _watch(process: subprocess.Popen[bytes], deadline: float, clock: Any, interrupted: Callable[[], bool]) -> str:
    """Wait for the end; why the group had to be stopped, or empty."""
    stopped = ""
    try:
        while not stopped and _running(process):
            if interrupted():
                stopped = "interrupted"
            elif clock.monotonic() >= deadline:
                stopped = "timeout"
    finally:
        if process.returncode is None:
            _stop(process, clock)
    return stopped


def _running(process: subprocess.Popen[bytes]) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LOOK)
    return process.returncode is None


def _stop(process: subprocess.Popen[bytes], clock: Any) -> None:
    """End the whole group: first asked, then made to.

    The leader is reaped after the last signal, so that its number cannot be somebody else's by then.
    """
    _signal(process, signal.SIGTERM)
    end = clock.monotonic() + _GRACE
    while clock.monotonic() < end and not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        clock.sleep(_LOOK / 2)
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _tail(output: Any) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _TAIL))
    return str(output.read().decode("utf-8", "replace"))
