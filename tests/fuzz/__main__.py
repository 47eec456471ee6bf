# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let coverage guide the search for texts that break a reader: `python3 -m tests.fuzz [--seconds N] [TARGET ...]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.fuzz.running import fuzz, possible
from tests.fuzz.targets import TARGETS


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
