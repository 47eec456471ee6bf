# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which process this is, and whether another one of the same machine still lives (Linux only)."""

from __future__ import annotations

import os

from .._core.lock import Process

# Fields of /proc/PID/stat behind the name in parentheses (man 5 proc): the state, and the start time in ticks.
_STATE = 0
_STARTED = 19
_ENDED = ("Z", "X", "x")


def this_process() -> Process | None:
    """The process that asks; None where there is no /proc, or one of another namespace."""
    try:
        pid = os.getpid()
        if os.readlink("/proc/self") != str(pid):
            return None
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
        namespace = os.readlink("/proc/self/ns/pid")
        started = int(_stat(pid)[_STARTED])
        return Process(os.uname().nodename, boot, namespace, pid, started)
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def is_dead(other: Process, this: Process | None) -> bool:
    """Whether that process is certainly dead: only one of this machine and namespace can be."""
    if this is None or not this.neighbour(other):
        return False
    try:
        # Not from /proc alone: it may hide the processes of other users.
        os.kill(other.pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    try:
        stat = _stat(other.pid)
        return stat[_STATE] in _ENDED or int(stat[_STARTED]) != other.started
    except (OSError, ValueError, IndexError):
        return False


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold anything."""
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()
