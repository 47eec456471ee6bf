# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a run grows with services and with replicas: `python3 -m tests.bench.scaling`.

Services: one release of 1 to 1,000 of them that changes nothing, few of which have a task. Replicas: one service of 1
to 200 tasks that changes nothing and that is updated, all at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.bench.machine import Idle, lab_versions
from tests.bench.plot import Curve, Plot, svg
from tests.bench.progress import NO_OTHER
from tests.bench.record import DOCS, keep
from tests.bench.stand import Stand
from tests.bench.tasks import UPDATE_CONFIG, service
from tests.integration.cluster import image
from tests.lab.lab import lab_of_environment

SERVICES = (1, 10, 100, 300, 1000)
REPLICAS = (1, 10, 50, 100, 200)
# One in so many services has a task.
SERVING = 50
NAME = "bench-replicas"
IMAGE = DOCS / "images" / "scaling.svg"


def services_grow(stand: Stand, sizes: Sequence[int], rounds: int) -> list[dict[str, Any]]:
    """A release that changes nothing, of more and more services."""
    rows = []
    for size in sizes:
        listed = [service(f"bench-grow-{number}", replicas=int(number % SERVING == 0)) for number in range(size)]
        task = stand.tasks.release("bench-grow", listed)
        stand.playbook(task, changes=True)
        seconds, floors = [], []
        for _round in range(rounds):
            seconds.append(stand.playbook(task, changes=False))
            calls = len(stand.door.calls)
            floors.append(stand.floor())
        rows.append({"size": size, "seconds": median(seconds), "floor": median(floors), "calls": calls})
        print(f"{size} services: {rows[-1]}", file=sys.stderr)
    return rows


def replicas_grow(stand: Stand, sizes: Sequence[int], rounds: int) -> list[dict[str, Any]]:
    """One service of more and more replicas, unchanged and updated."""
    rows = []
    for size in sizes:
        declared = {**service(NAME, "web:1", size), "update_config": {**UPDATE_CONFIG, "parallelism": 0}}
        stand.playbook(stand.tasks.ours(declared), changes=True)
        seconds, beside, updates, calls = [], [], [], []
        for _round in range(rounds):
            seconds.append(stand.playbook(stand.tasks.ours(declared), changes=False))
            quiet_calls = len(stand.door.calls)
            now = image(stand.cluster.spec(NAME))
            declared["image"] = "web:2" if now == "web:1" else "web:1"
            whole = stand.playbook(stand.tasks.ours(declared), changes=True)
            calls.append(len(stand.door.calls))
            own = stand.completed(NAME)[1]
            updates.append(own)
            beside.append(whole - own)
            assert stand.cluster.serving(NAME) == {declared["image"]: size}
        rows.append(
            {
                "size": size,
                "seconds": median(seconds),
                "calls": quiet_calls,
                "update": median(updates),
                "beside": median(beside),
                "update_calls": median(calls),
            }
        )
        print(f"{size} replicas: {rows[-1]}", file=sys.stderr)
    return rows


def drawn(services: Sequence[dict[str, Any]], replicas: Sequence[dict[str, Any]]) -> str:
    """The picture of both."""
    return svg(
        [
            Plot(
                "One release that changes nothing",
                "services",
                (
                    Curve("whole playbook", [(row["size"], row["seconds"]) for row in services]),
                    Curve("a playbook that only pings", [(row["size"], row["floor"]) for row in services]),
                ),
            ),
            Plot(
                "One service",
                "replicas",
                (
                    Curve("update, Swarm's own time", [(row["size"], row["update"]) for row in replicas]),
                    Curve("update, the playbook beside it", [(row["size"], row["beside"]) for row in replicas]),
                    Curve("nothing to change, whole playbook", [(row["size"], row["seconds"]) for row in replicas]),
                ),
            ),
        ]
    )


def main() -> int:
    """Measure, draw and write."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.bench.scaling", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each size (default: 5)")
    parser.add_argument("--most", type=int, default=1000, help="leave sizes above this out (default: 1000)")
    given = parser.parse_args()
    lab = lab_of_environment("tests/tools/with-lab dev python3 -m tests.bench.scaling")
    lab.clean()
    idle = Idle().share(3.0)
    with Stand(lab, NO_OTHER) as stand:
        replicas = replicas_grow(stand, [size for size in REPLICAS if size <= given.most], given.rounds)
        lab.clean()
        services = services_grow(stand, [size for size in SERVICES if size <= given.most], given.rounds)
        versions = lab_versions(stand.cluster.engine)
    IMAGE.write_text(drawn(services, replicas), encoding="utf-8")
    figures = {"services": services, "replicas": replicas, "rounds": given.rounds, "idle_before": idle}
    keep("scaling", figures, versions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
