# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs as checks: what they are given, what comes back, and that nothing of them is left."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.judge_command import Ended
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.parse import parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.settings import CommandSettings
from ansible_collections.swarm.rollout.plugins.module_utils._engine.command import run_command

# Waiting for a process is done by the standard library, which sleeps.
pytestmark = pytest.mark.sleeps


class Clock:
    """Time stands still until the file is there; then an hour is over. However fast the file comes, it begins at 0."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.slept = 0.0
        self.begun = False

    def monotonic(self) -> float:
        late = self.begun and self.file is not None and self.file.exists()
        self.begun = True
        return self.slept + (3600.0 if late else 0.0)

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def run(
    *argv: str, interrupted: Any = lambda: False, environment: Any = None, file: Path | None = None, **options: Any
) -> Ended:
    settings = parse([{"command": {"argv": list(argv), **options}}])[0].settings
    assert isinstance(settings, CommandSettings)
    return run_command(settings, environment or {}, Clock(file), interrupted)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path("/proc/%d/stat" % pid).read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_exit_status_and_output_of_both_streams() -> None:
    found = run("sh", "-c", "echo one; echo two >&2; exit 3")
    assert (found.rc, found.output, found.stopped) == (3, "one\ntwo\n", "")


def test_the_environment_is_the_callers_with_the_checks_own_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "a")
    found = run(
        "sh",
        "-c",
        "echo $INHERITED $SWARM_SERVICE $SWARM_STEP $OWN",
        env={"OWN": "d", "SWARM_STEP": "c"},
        environment={"SWARM_SERVICE": "b", "SWARM_STEP": "1"},
    )
    assert found.output == "a b c d\n"


def test_there_is_no_shell() -> None:
    assert run("echo", "$HOME;", "*").output == "$HOME; *\n"


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (("/no/such/program",), "No such file or directory"),
        (("/",), "Permission denied"),
    ],
)
def test_what_cannot_be_started(argv: Any, problem: str) -> None:
    assert run(*argv) == Ended(problem=problem)


def test_a_signal_is_told() -> None:
    assert run("sh", "-c", "kill -9 $$").rc == -9


def test_nothing_of_a_group_is_left_after_the_timeout(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = 'trap "" TERM; sleep 600 & echo $! $$; touch %s; wait; sleep 600' % ready
    found = run("sh", "-c", script, file=ready)
    assert (found.rc, found.stopped) == (None, "timeout")
    pids = [int(pid) for pid in found.output.split()]
    assert len(pids) == 2
    # A process that was killed may take a moment to be gone.
    deadline = time.monotonic() + 60
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_interruption_ends_it() -> None:
    found = run("sleep", "600", interrupted=lambda: True)
    assert (found.rc, found.stopped) == (None, "interrupted")


def test_a_child_that_keeps_the_output_open_holds_nobody_up() -> None:
    found = run("sh", "-c", "sleep 600 & echo $!")
    assert found.rc == 0
    pid = int(found.output)
    assert alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_only_the_end_of_much_output_is_kept() -> None:
    found = run("sh", "-c", "yes line | head -n 100000; echo last")
    assert found.output.endswith("\nlast\n")
    assert len(found.output) == 65536
