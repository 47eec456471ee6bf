# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the first failed task to full stable capacity, beside Swarm's own rollback: `python3 -m tests.bench.rollback`.

A release that exits at once, six replicas, two at a time, both orders. Asked is the cluster: from the stamp of the
first task that failed to the one by which the last of six tasks of the stable release runs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.http import quantile
from tests.bench.machine import Idle, lab_versions
from tests.bench.record import keep
from tests.integration.cluster import Json, image
from tests.integration.progressive.steps import Steps
from tests.integration.stamps import reached
from tests.lab.lab import lab_of_environment

REPLICAS, AT_ONCE = 6, 2
GOOD, BAD = "web:1", "exit:1.0"
ORDERS = ("start-first", "stop-first")
LIMIT = 120.0


def config(order: str, action: str) -> dict[str, Any]:
    """How the release is rolled out; the same in all ways but for what follows a failure."""
    return {"parallelism": AT_ONCE, "monitor": "2s", "order": order, "failure_action": action}


def by_swarm(stage: Steps, order: str) -> None:
    """Swarm's own: somebody writes the service, and nobody of ours looks."""

    def change(spec: Json) -> None:
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = BAD
        spec["UpdateConfig"] = {
            "Parallelism": AT_ONCE,
            "Monitor": 2_000_000_000,
            "Order": order,
            "FailureAction": "rollback",
        }

    stage.cluster.write(stage.name, change)


def by_failure_action(stage: Steps, order: str) -> None:
    """Our module with Swarm's rollback."""
    ran = stage.service(BAD, update_config=config(order, "rollback"))
    assert ran.outcome == "rolled_back", ran.msg


def by_steps(stage: Steps, order: str) -> None:
    """Our module, progressively: the first step fails and is taken back."""
    ran = stage.roll(BAD, steps=[AT_ONCE], update_config=config(order, "pause"))
    assert ran.outcome == "rolled_back", ran.msg


WAYS: dict[str, Callable[[Steps, str], None]] = {
    "Swarm's failure_action: rollback, by itself": by_swarm,
    "swarm_service with failure_action: rollback": by_failure_action,
    "swarm_service with steps": by_steps,
}


def restored(stage: Steps, way: Callable[[Steps, str], None], order: str) -> float:
    """Fail once; the seconds between both stamps, below 0 where capacity was never short."""
    known = {task["ID"] for task in stage.cluster.tasks(stage.name)}
    way(stage, order)
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        tasks = stage.cluster.tasks(stage.name)
        failed = [reached(task) for task in tasks if task["ID"] not in known and task["Status"]["State"] == "failed"]
        serving = [task for task in stage.cluster.running(stage.name) if image(task["Spec"]) == GOOD]
        busy = stage.cluster.state(stage.name) in ("updating", "rollback_started")
        if failed and len(serving) == REPLICAS and not busy:
            return max(reached(task) for task in serving) - min(failed)
        time.sleep(0.2)
    raise AssertionError(f"{stage.name} is not back to {REPLICAS} tasks of {GOOD} after {LIMIT:g} s")


def main() -> int:
    """Each way in turns, so that whatever else the machine does meets all alike."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.bench.rollback", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="how often each (default: 30)")
    given = parser.parse_args()
    lab = lab_of_environment("tests/tools/with-lab dev python3 -m tests.bench.rollback")
    hosts = list(lab.settings()["docker_hosts"])
    cases = [(way, order) for order in ORDERS for way in WAYS]
    found: dict[tuple[str, str], list[float]] = {case: [] for case in cases}
    idle = Idle().share(3.0)
    stage = Steps("time-to-rollback", hosts)
    try:
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
            turn = number % len(cases)
            for way, order in cases[turn:] + cases[:turn]:
                # Each starts from a service without a past, whose failed tasks are nobody else's.
                stage.have(GOOD, REPLICAS, update_config=config(order, "pause"), stop_grace_period="2s")
                found[way, order].append(round(restored(stage, WAYS[way], order), 3))
                stage.cluster.remove(stage.name)
        versions = lab_versions(stage.cluster.engine)
    finally:
        stage.close()
    rows = []
    for (way, order), seconds in found.items():
        ordered = sorted(seconds)
        row = {"way": way, "order": order, "rounds": len(seconds), "least": ordered[0], "most": ordered[-1]}
        rows.append({**row, "p50": quantile(ordered, 0.5), "p95": quantile(ordered, 0.95)})
        print(f"{order:12} {way:45} p50 {rows[-1]['p50']:.2f} s, p95 {rows[-1]['p95']:.2f} s")
    keep("rollback", {"rows": rows, "idle_before": idle, "replicas": REPLICAS, "at_once": AT_ONCE}, versions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
