# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Change a service that is asked all the time and count what got lost: `SWARM_LAB=... python3 -m tests.soak`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.machine import lab_versions
from tests.bench.record import keep
from tests.lab.lab import lab_of_environment
from tests.soak.place import Place, Soaked
from tests.soak.scenarios import SCENARIOS

PROGRESSIVE = {
    "through": "a good version",
    "aborted": "a version that answers late: the check of the first step takes it back",
    "killed": "the module killed (SIGKILL) at 20 random moments and run again",
}
QUANTILES = ("p50", "p95", "p99")


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows for a terminal, which is also valid Markdown; the percentiles are milliseconds."""
    names = list(rows[0])
    texts = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in texts) for column in range(len(names))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in texts
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def requests(soaked: Sequence[Soaked]) -> dict[str, Any]:
    """What of it the page on performance shows: the progressive rollouts, the last run of each."""
    rows = []
    for name, words in PROGRESSIVE.items():
        load = [one.load for one in soaked if one.scenario == name][-1]
        rows.append([words, str(load["total"]), str(load["failed"]), *(f"{load[key]} ms" for key in QUANTILES)])
    return {"head": ("rollout in steps of 1, 50% and 100%", "requests", "failed", *QUANTILES), "rows": rows}


def main() -> int:
    """Run the scenarios, write the JSON file, print the table."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.soak", description=__doc__)
    parser.add_argument("scenario", nargs="*", help=f"which, of {', '.join(SCENARIOS)} (default: all)")
    parser.add_argument("--rate", type=float, default=150.0, help="requests a second (default: 150)")
    parser.add_argument("--rounds", type=int, default=1, help="how often each (default: 1)")
    parser.add_argument("--out", type=Path, default=Path("build/soak.json"), help="where the reports go")
    given = parser.parse_args()
    unknown = set(given.scenario) - set(SCENARIOS)
    if unknown:
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}: choose of {', '.join(SCENARIOS)}")
    lab = lab_of_environment("run tests/tools/with-lab NAME python3 -m tests.soak")
    lab.clean()
    place = Place(lab, given.rate)
    soaked: list[Soaked] = []
    try:
        for number in range(given.rounds):
            for chosen in given.scenario or SCENARIOS:
                print(f"round {number + 1} of {given.rounds}: {chosen}", file=sys.stderr)
                soaked.append(SCENARIOS[chosen](place))
    finally:
        place.close()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps([{**one.row, "load": one.load} for one in soaked], indent=1) + "\n")
    print(table([one.row for one in soaked]))
    if set(PROGRESSIVE) <= {one.scenario for one in soaked}:
        keep("requests", requests(soaked), lab_versions(place.cluster.engine))
    print(f"written to {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
