# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The place of a soak: one service of six behind the edge, asked all the time, and modules that change it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.integration.cluster import Cluster
from tests.integration.running import Ran, run
from tests.lab.lab import Lab
from tests.soak.load import Load

NETWORK = "soak"
SERVICE = "soak-vote"
REPLICAS = 6
# What the load sees before and after a change, in seconds: the edge asks for addresses twice a second.
AROUND = 2.0
# A well-behaved service: the next task serves before the last one stops, and a stop may take its time.
OPTIONS: dict[str, Any] = {
    "name": SERVICE,
    "replicas": REPLICAS,
    "networks": [NETWORK],
    "stop_grace_period": "10s",
    "update_config": {"parallelism": 1, "delay": "0s", "monitor": "2s", "order": "start-first"},
    "rollback_config": {"parallelism": 0, "monitor": "2s", "order": "start-first"},
}


@dataclass(frozen=True)
class Soaked:
    """One scenario: what the load amounts to (see `account`), and how the modules ended."""

    scenario: str
    load: dict[str, Any]
    runs: list[Ran] = field(default_factory=list)

    @property
    def row(self) -> dict[str, Any]:
        """What the table shows."""
        last = self.runs[-1] if self.runs else None
        return {
            "scenario": self.scenario,
            "outcome": (last.outcome if last else "") or "",
            "seconds": round(sum(one.seconds for one in self.runs), 1),
            **{key: self.load[key] for key in ("total", "failed", "p50", "p95", "p99")},
            "versions": " ".join(f"{name}:{count}" for name, count in sorted(self.load["versions"].items())),
        }


class Place:
    """The lab's service and its edge; `close` takes both away again."""

    def __init__(self, lab: Lab, rate: float = 150.0) -> None:
        self.lab = lab
        self.rate = rate
        self.host = str(lab.settings()["docker_hosts"][0])
        self.cluster = Cluster(self.host)
        if NETWORK not in {network["Name"] for network in self.cluster.engine.get("/networks")}:
            self.cluster.engine.post("/networks/create", {"Name": NETWORK, "Driver": "overlay"})

    def have(self, image: str, **options: Any) -> str:
        """The service at rest on that image, reached through the edge: its URL."""
        ran = self.service(image, **options)
        if ran.failed:
            raise RuntimeError(f"the service was not there to begin with: {ran.msg}")
        return self.lab.edge(SERVICE, NETWORK)

    def service(self, image: str, **options: Any) -> Ran:
        """Run `swarm_service`."""
        return self.module("swarm_service", **{**OPTIONS, "image": image, **options})

    def module(self, module: str, **options: Any) -> Ran:
        """Run a module on the service."""
        return run(module, {"docker_host": self.host, "name": SERVICE, **options})

    def load(self, url: str) -> Load:
        """The load, to be used in a `with` block."""
        return Load(url, self.rate)

    def reach(self, load: Load, requests: int) -> None:
        """Ask on until so many requests were sent since the load began, and a moment at least."""
        self.around()
        left = requests / self.rate - (time.monotonic() - load.begun)
        time.sleep(max(left, 0.0))

    @staticmethod
    def around() -> None:
        """Let the load see the service as it is."""
        time.sleep(AROUND)

    def close(self) -> None:
        """Leave nothing behind."""
        self.lab.clean()
