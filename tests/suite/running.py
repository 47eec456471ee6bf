# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the lanes of the suite side by side, tells how it goes, and tries a second time what may be bad luck."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.suite import junit
from tests.suite.steps import MOST_AGAIN, ROOT, Lane, Step
from tests.suite.summary import Ended, Run, took

# The niceness of polite steps.
POLITE = 5
# Seconds between two lines about what is under way.
EVERY = 30.0
# What is shown of the log of a step that failed.
MOST_LINES = 200
_PERCENT = re.compile(rb"\[ *(\d+)%\]")


class Suite:
    """One run. `folder`: where logs and reports go; `lab`: what the names of the labs begin with."""

    def __init__(self, lanes: Sequence[Lane], folder: Path, lab: str) -> None:
        self._lanes = lanes
        self._folder = folder
        self._lab = lab
        self._begun = time.monotonic()
        self._guard = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: list[Ended] = []
        self._stopped = threading.Event()

    @property
    def labs(self) -> list[str]:
        """The names of the labs it brings up."""
        return [self._lab + lane.lab for lane in self._lanes if lane.lab is not None]

    def run(self) -> Run:
        """Run all steps, then those that may be tried again."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        threads = [threading.Thread(target=self._run_lane, args=(lane,), name=lane.name) for lane in self._lanes]
        for thread in threads:
            thread.start()
        told = time.monotonic()
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.2)
            if time.monotonic() - told >= EVERY:
                told = time.monotonic()
                self._tell_progress()
        self._ended = [self._second_attempt(one) for one in self._ended]
        planned = tuple(step for lane in self._lanes for step in lane.steps)
        return Run(tuple(self._ended), time.monotonic() - self._begun, planned)

    def stop(self) -> None:
        """End everything that runs."""
        self._stopped.set()
        with self._guard:
            for process in self._running.values():
                _end(process)

    def _run_lane(self, lane: Lane) -> None:
        lab = None if lane.lab is None else self._lab + lane.lab
        if lab is not None:
            up = Step(f"lab-{lab}", f"the Swarm {lab}", _lab("up", lab), 300, polite=False)
            if not self._run_step(up, None).passed:
                return
        for step in lane.steps:
            if not self._stopped.is_set():
                self._run_step(step, lab)

    def _run_step(self, step: Step, lab: str | None) -> Ended:
        report = self._folder / f"{step.name}.xml"
        status, seconds = self._execute(step.name, step.with_report(str(report)), lab, polite=step.polite)
        ended = Ended(step, status, seconds, tuple(junit.cases(report)), lab=lab)
        with self._guard:
            self._ended.append(ended)
        self._say(f"{'ok' if ended.passed else 'FAILED'}: {step.title}, {took(seconds)}")
        if not ended.passed and not self._stopped.is_set():
            self._show(step.name)
        return ended

    def _second_attempt(self, ended: Ended) -> Ended:
        """The same, or how it ended when what had failed ran once more by itself."""
        step, names = ended.step, junit.failed(ended.cases)
        if ended.passed or self._stopped.is_set():
            return ended
        if step.chosen and 0 < len(names) <= MOST_AGAIN:
            command = (*step.chosen, *names)
        elif step.again:
            names, command = [step.name], step.command
        else:
            return ended
        self._say(f"once more, by itself: {', '.join(names)}")
        status, seconds = self._execute(f"{step.name}-again", command, ended.lab, polite=False)
        if status:
            self._show(f"{step.name}-again")
            return ended
        self._say(f"passed at the second attempt only, {took(seconds)}: {', '.join(names)}")
        return Ended(step, 0, ended.seconds + seconds, ended.cases, tuple(names), ended.lab)

    def _execute(self, name: str, command: Sequence[str], lab: str | None, *, polite: bool) -> tuple[int, float]:
        begun = time.monotonic()
        environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL")}
        if lab is not None:
            environment["SWARM_LAB"] = lab
        with self._log(name).open("wb") as log:
            process = subprocess.Popen(
                list(command),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            if polite:
                _lower_priority(process.pid)
            with self._guard:
                self._running[name] = process
                if self._stopped.is_set():
                    # Whoever stopped the suite did not know of this one yet.
                    _end(process)
            status = process.wait()
        with self._guard:
            del self._running[name]
        return status, time.monotonic() - begun

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def _tell_progress(self) -> None:
        with self._guard:
            names = list(self._running)
        parts = []
        for name in names:
            found = _PERCENT.findall(self._log(name).read_bytes())
            parts.append(name + (f" {found[-1].decode()} %" if found else ""))
        self._say("under way: " + ", ".join(parts))

    def _show(self, name: str) -> None:
        path = self._log(name)
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        with self._guard:
            if len(lines) > MOST_LINES:
                print(f"... the last {MOST_LINES} of {len(lines)} lines of {path.relative_to(ROOT)}:")
            print("\n".join(lines[-MOST_LINES:]), flush=True)

    def _say(self, text: str) -> None:
        with self._guard:
            print(f"[test {took(time.monotonic() - self._begun)}] {text}", flush=True)


def lab_down(name: str) -> None:
    """Take a lab down; what it says is shown where that fails."""
    done = subprocess.run(
        _lab("down", name), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)


def _lab(verb: str, name: str) -> tuple[str, ...]:
    size = ("--nodes", "3", "--managers", "3") if verb == "up" else ()
    return ("tests/tools/run", "python3", "-m", "tests.lab", verb, "--name", name, *size)


def _lower_priority(pid: int) -> None:
    """Let a process and all that it will start have the processor only while others do not want it.

    Where the kernel groups processes by session (`sched_autogroup_enabled`), a niceness counts within the session only,
    and the group has one of its own.
    """
    os.setpriority(os.PRIO_PROCESS, pid, max(POLITE, os.getpriority(os.PRIO_PROCESS, pid)))
    # Not every kernel has groups, and a container may not be allowed to write there.
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(f"{POLITE}\n", encoding="ascii")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
