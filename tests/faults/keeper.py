# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs cells in processes of their own, kills what outlives its deadline, and mends the lab after that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.faults.cell import Result
from tests.faults.matrix import Place
from tests.integration.health import wait_until_well
from tests.lab.errors import LabError
from tests.lab.lab import Lab

ROOT = Path(__file__).resolve().parents[2]


def run(place: Place, seed: int, lab: Lab, command: tuple[str, ...] = ("-m", "tests.faults.alone")) -> Result:
    """One cell, once; a failed result where it hung or ended without one."""
    begun = time.monotonic()
    said = apart([*command, place.name, str(seed)], place.fault.deadline, lab)
    return failed(place, seed, begun, said) if isinstance(said, str) else Result(**said)


def apart(command: Sequence[str], deadline: float, lab: Lab) -> dict[str, Any] | str:
    """What a Python prints as JSON, in a process of its own with all that it starts; else why there is nothing."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "SWARM_LAB": lab.name},
        cwd=ROOT,
        text=True,
        # With all that it starts, so that all of it can be ended.
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=deadline)
    except subprocess.TimeoutExpired:
        end(process)
        return f"it hung: killed after its {deadline:g} s"
    except BaseException:
        end(process)
        raise
    try:
        found: dict[str, Any] = json.loads(out)
    except ValueError:
        words = [line for line in err.strip().splitlines() if line.strip()]
        return words[-1] if words else f"it ended with {process.returncode}"
    return found


def failed(place: Place, seed: int, begun: float, why: str) -> Result:
    """The result of a cell that gave none."""
    return Result(place.name, seed, round(time.monotonic() - begun, 1), "none", [why])


def end(process: subprocess.Popen[str]) -> None:
    """End a process with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.communicate()


def mend(lab: Lab) -> None:
    """Make the lab well and empty again, whatever a cell left of it."""
    lab.up()
    wait_until_well(lab)
    try:
        lab.clean()
    except LabError:
        lab.up()
        lab.clean()
