# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runbooks on the oldest ansible-core that is supported, as a part of every suite: `make runbooks-oldest`.

Before 2.19 a template by itself gives text for a number and for none, which no other version of a controller shows.
"""

from __future__ import annotations

import subprocess
import sys

from tests.integration.phases import BESIDE
from tests.matrix.environments import ROOT, Environment, Missing, NoPython, made
from tests.matrix.rows import CONTROLLER, PYTHONS, ROWS

OLDEST = next(iter(PYTHONS))
RUNBOOKS = tuple(
    f"tests/integration/runbooks/{test}"
    for test in (
        "test_rollout.py::test_a_good_rollout_with_all_that_belongs_to_it",
        "test_rollout.py::test_what_is_refused_before_anything_is_done",
        "test_rollback.py::test_a_service_goes_back_and_stays",
        "test_rollback.py::test_a_release_forth_and_back",
        "test_rollback.py::test_verify",
        "test_status.py",
    )
)

# Beside that of the newest, which may be at work at the same time.
NO_CACHE = ("-p", "no:cacheprovider")


def found() -> Environment | None:
    """A virtualenv with it and a Python of this machine; None where there is no Python for it. Raises `Missing`."""
    for row in ROWS:
        if row.kind == CONTROLLER and row.core == OLDEST:
            try:
                return made(row)
            except NoPython as reason:
                print(f"{row.name}: {reason}", file=sys.stderr)
    return None


def main() -> int:
    """Run them on the lab of the environment; the exit status is pytest's."""
    try:
        environment = found()
    except Missing as reason:
        print(reason)
        return 1
    if environment is None:
        print(f"ansible-core {OLDEST} does not run here: nothing to run")
        return 0
    print(f"ansible-core {environment.versions()['ansible-core']}", flush=True)
    return subprocess.run(
        [environment.python, "-m", "pytest", *RUNBOOKS, *BESIDE.arguments(len(RUNBOOKS)), *NO_CACHE, *sys.argv[1:]],
        cwd=ROOT,
        env=environment.variables(),
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
