# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run costs, measured in pairs on a real Swarm: `make bench`, or `make bench ARGS='--rounds 9'`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.bench.cases import GROUPS, Bench
from tests.bench.known import known
from tests.bench.machine import Idle, versions
from tests.bench.record import keep
from tests.bench.report import above_floor, judged, report_text, summary
from tests.bench.stand import Stand
from tests.lab.lab import lab_of_environment


def main() -> int:
    """Measure, write the JSON file, print the tables."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each pair is measured (default: 7)")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"), help="where the figures go")
    parser.add_argument(
        "--only", choices=GROUPS, nargs="+", default=list(GROUPS), help="groups of cases (default: all)"
    )
    given = parser.parse_args()
    lab = lab_of_environment("run `make bench`")
    alternative = known()
    lab.clean()
    idle = Idle()
    with Stand(lab, alternative) as stand:
        bench = Bench(stand, given.only)
        bench.prepare()
        before = idle.share(3.0)
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
            bench.round(number)
        after = idle.share(3.0)
        measured = stand.measured
        found = versions(stand.cluster.engine, alternative)
    figures = {
        "rounds": given.rounds,
        "idle_before": before,
        "idle_after": after,
        "figures": summary(measured),
        "above_floor": above_floor(measured),
        "judged": judged(measured),
    }
    report = {**found, **figures, "raw": measured}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(report, indent=1) + "\n")
    print(report_text(report))
    if set(given.only) == set(GROUPS):
        keep("bench", figures, found)
    print(f"\nwritten to {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
