# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a target under atheris in a process of its own, and says what came of it."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Of one text, in seconds: what takes longer is a finding too.
SLOWEST = 20
_DONE = re.compile(r"^Done (\d+) runs in", re.MULTILINE)


@dataclass(frozen=True)
class Fuzzed:
    """What came of one target; `found` is empty where nothing was, else what was raised and for which text."""

    target: str
    runs: int
    found: str


def possible() -> bool:
    """Whether atheris is installed; it is not made for every machine."""
    return importlib.util.find_spec("atheris") is not None


def fuzz(target: str, seconds: int) -> Fuzzed:
    """Try one target for so long, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, finding = Path(folder, "corpus"), Path(folder, "finding")
        corpus.mkdir()
        limits = (f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-exact_artifact_path={finding}")
        done = subprocess.run(
            (sys.executable, "-m", "tests.fuzz.one", target, str(corpus), *limits),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        over = _DONE.search(done.stdout)
        if done.returncode == 0 and over and not finding.exists():
            return Fuzzed(target, int(over.group(1)), "")
        text = finding.read_bytes() if finding.exists() else b""
    return Fuzzed(target, 0, f"{text!r}\n{_told(done.stdout)}")


def _told(output: str) -> str:
    """Of what atheris prints, what is about the exception; all of it where there was none."""
    _before, uncaught, after = output.partition("=== Uncaught Python exception: ===")
    return (after.partition("==")[0] if uncaught else output[-3000:]).strip()
