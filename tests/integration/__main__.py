# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the integration tests on the lab that SWARM_LAB names; `make integration`, or one phase of it.

    python3 -m tests.integration [--phase beside|alone] [ARGUMENTS OF PYTEST]

Without a phase it runs the tests that may run beside others, then those that need the Swarm alone. A single test
(`-k`, or `FILE::TEST`) is run by itself, without the workers.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integration.phases import AT_A_TIME, PHASES, Phase
from tests.lab.lab import lab_of_environment

FOLDER = str(Path(__file__).resolve().parent.relative_to(Path.cwd()))


def is_narrow(arguments: Sequence[str]) -> bool:
    """Whether so little is chosen that starting workers would take longer than they save."""
    return any(word.startswith("-k") or "::" in word for word in arguments)


def names_paths(arguments: Sequence[str]) -> bool:
    """Whether the arguments say which files to run."""
    return any(word.startswith(FOLDER) for word in arguments)


def command(phase: Phase, arguments: Sequence[str]) -> list[str]:
    """The command line of one phase."""
    paths = [] if names_paths(arguments) else [FOLDER]
    workers = 1 if is_narrow(arguments) else AT_A_TIME
    return [sys.executable, "-m", "pytest", *paths, *phase.arguments(workers), *arguments]


def status_of(statuses: Sequence[int]) -> int:
    """One exit status for all phases: that of the first failure; a phase without tests counts only if all are."""
    bad = [one for one in statuses if one not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)]
    if bad:
        return bad[0]
    return pytest.ExitCode.OK if pytest.ExitCode.OK in statuses else pytest.ExitCode.NO_TESTS_COLLECTED


def main(given: Sequence[str]) -> int:
    """Run the phases that are asked for; an exit status of pytest."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.integration", allow_abbrev=False)
    parser.add_argument("--phase", choices=[phase.name for phase in PHASES], help="only one of the two")
    options, arguments = parser.parse_known_args(given)
    phases = [phase for phase in PHASES if options.phase in (None, phase.name)]
    lab = lab_of_environment("run `make integration`, or tests/tools/with-lab NAME python3 -m tests.integration")
    lab.clean()
    try:
        return status_of([subprocess.run(command(phase, arguments), check=False).returncode for phase in phases])
    finally:
        lab.clean()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
