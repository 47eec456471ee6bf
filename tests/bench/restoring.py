# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a failed check to all tasks of the stable specification: `SWARM_LAB=... python3 -m tests.bench.restoring`."""

from __future__ import annotations

import argparse
import sys
from statistics import median
from typing import Any

from tests.bench.machine import Idle, lab_versions
from tests.bench.record import keep
from tests.bench.report import table
from tests.integration.progressive.steps import Steps
from tests.lab.lab import lab_of_environment

REPLICAS = 6
MOVED = (1, 3, 6)
# Before, after, and what tells that a task serves.
IMAGES = {
    "vote": ("vote:indent", "vote:movies", "its health check passes (`vote`)"),
    "web": ("web:1", "web:2", "its process has started (`web`)"),
}
CONFIG: dict[str, Any] = {"monitor": "1s", "order": "start-first"}
FAILING = [{"name": "never", "command": {"argv": ["false"]}}]


def prepared(stage: Steps, before: str) -> None:
    """Six tasks at rest. No `rollback_config`: the way back is the one that the collection chooses."""
    ran = stage.service(before, replicas=REPLICAS, update_config=CONFIG, stop_grace_period="2s")
    assert ran.outcome == "completed", ran.msg


def restored(stage: Steps, before: str, after: str, moved: int) -> float:
    """Move so many tasks, fail the check, and return what the module tells of the way back, in seconds."""
    ran = stage.roll(after, steps=[moved], checks=FAILING)
    assert ran.outcome == "rolled_back", ran.msg
    assert ran.rollout["steps"][-1]["moved"] == moved, ran.rollout["steps"]
    assert stage.cluster.serving(stage.name) == {before: REPLICAS}
    return float(ran.rollout["restored_after"])


def main() -> int:
    """Measure in turns, so that whatever else the machine does meets all alike, and keep the table."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.bench.restoring", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each (default: 5)")
    given = parser.parse_args()
    lab = lab_of_environment("tests/tools/with-lab dev python3 -m tests.bench.restoring")
    hosts = list(lab.settings()["docker_hosts"])
    found: dict[tuple[str, int], list[float]] = {(kind, moved): [] for kind in IMAGES for moved in MOVED}
    idle = Idle().share(3.0)
    stages = {kind: Steps(f"restoring-{kind}", hosts) for kind in IMAGES}
    try:
        for kind, stage in stages.items():
            prepared(stage, IMAGES[kind][0])
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
            for (kind, moved), seconds in found.items():
                before, after, _told = IMAGES[kind]
                seconds.append(restored(stages[kind], before, after, moved))
        told = lab_versions(stages["web"].cluster.engine)
    finally:
        for stage in stages.values():
            stage.close()
    head = ("a task serves when", "moved", "median, s", "least", "most")
    rows = []
    for (kind, moved), seconds in found.items():
        figures = [f"{value:.2f}" for value in (median(seconds), min(seconds), max(seconds))]
        rows.append([IMAGES[kind][2], f"{moved} of {REPLICAS}", *figures])
    print(table(head, rows, left=2))
    keep("restoring", {"head": head, "rows": rows, "rounds": given.rounds, "idle_before": idle}, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
