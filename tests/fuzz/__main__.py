# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let coverage guide the search for texts that break a reader: `python3 -m tests.fuzz [--seconds N] [TARGET ...]`."""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import TARGETS

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


def main(arguments: Sequence[str]) -> int:
    """1 where something was found."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="one of: " + ", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.targets if name not in TARGETS]
    if unknown:
        parser.error(f"there is no target {unknown[0]!r}, choose from: {', '.join(TARGETS)}")
    if not possible():
        print("[fuzz] not possible here: there is no atheris for this machine")
        return 0
    failed = False
    for name in options.targets or TARGETS:
        fuzzed = fuzz(name, options.seconds)
        print(f"[fuzz] {name}: {f'{fuzzed.runs:,} texts' if not fuzzed.found else 'FOUND ' + fuzzed.found}", flush=True)
        failed = failed or bool(fuzzed.found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
