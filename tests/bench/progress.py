# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What live progress costs: `SWARM_LAB=... python3 -m tests.bench.progress`.

An update of twelve replicas by a playbook, with and without lines in turns, where the module runs on the controller and
where it goes the way of every other host. Swarm's own time differs from update to update, so it is taken off.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

from tests.bench.known import Known
from tests.bench.machine import Idle, lab_versions
from tests.bench.record import keep
from tests.bench.report import table
from tests.bench.stand import Stand
from tests.bench.tasks import UPDATE_CONFIG, service
from tests.lab.lab import lab_of_environment

NAME = "bench-progress"
REPLICAS = 12
# The module's way, and whether it tells what it does.
CASES = [(packed, progress) for packed in (False, True) for progress in (True, False)]
# Nothing is compared with it here.
NO_OTHER = Known(Path("/nonexistent"), "", "")


class Updates:
    """One service that gets the other image again and again."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._image = "web:1"
        self._update(packed=False, progress=False)

    def measure(self, *, packed: bool, progress: bool) -> tuple[float, int]:
        """The seconds beside those that Swarm itself took, and the calls."""
        self._image = "web:2" if self._image == "web:1" else "web:1"
        seconds = self._update(packed=packed, progress=progress)
        calls = len(self._stand.door.calls)
        return seconds - self._stand.completed(NAME)[1], calls

    def _update(self, *, packed: bool, progress: bool) -> float:
        config = {**UPDATE_CONFIG, "parallelism": 4}
        declared = {**service(NAME, self._image, REPLICAS), "update_config": config, "progress": progress}
        return self._stand.playbook(self._stand.tasks.ours(declared), changes=True, packed=packed)


def main() -> int:
    """Measure in turns, so that whatever else the machine does meets all alike, and keep the table."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.bench.progress", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each (default: 5)")
    given = parser.parse_args()
    lab = lab_of_environment("tests/tools/with-lab dev python3 -m tests.bench.progress")
    lab.clean()
    idle = Idle().share(3.0)
    found: dict[tuple[bool, bool], list[tuple[float, int]]] = {case: [] for case in CASES}
    with Stand(lab, NO_OTHER) as stand:
        updates = Updates(stand)
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
            turn = number % len(CASES)
            for packed, progress in CASES[turn:] + CASES[:turn]:
                found[packed, progress].append(updates.measure(packed=packed, progress=progress))
        told = lab_versions(stand.cluster.engine)
    head = ("the module runs", "lines", "beside Swarm's own time, median, s", "least", "most", "calls")
    rows = []
    for (packed, progress), measured in found.items():
        seconds = [one for one, _calls in measured]
        figures = [f"{value:.2f}" for value in (median(seconds), min(seconds), max(seconds))]
        way = "as on another host" if packed else "on the controller"
        calls = median(calls for _seconds, calls in measured)
        rows.append([way, "yes" if progress else "no", *figures, f"{calls:g}"])
    print(table(head, rows, left=2))
    keep("progress", {"head": head, "rows": rows, "rounds": given.rounds, "idle_before": idle}, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
