# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pairs that are measured: this collection beside the Docker CLI doing the same, and beside doing nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant
from tests.bench.prober import cost
from tests.integration.cluster import Cluster, image
from tests.integration.running import ROOT, run
from tests.lab.door import Door
from tests.lab.lab import Lab

SMALL, LARGE = "bench-small", "bench-large"
REPLICAS, PARALLELISM, MONITOR = 12, 4, "1s"
PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  tasks:
    - {task}
"""
PING = "ansible.builtin.ping:"
DECLARE = (
    "swarm.rollout.swarm_service: {{name: {name}, image: '{image}', resolve_image: 'false', docker_host: '{host}'}}"
)


class Bench:
    """One lab, two services, one list of figures per quantity."""

    def __init__(self, lab: Lab) -> None:
        host = lab.settings()["docker_hosts"][0]
        self.lab = lab
        self.cluster = Cluster(host)
        self.door = Door(host)
        self.measured: dict[str, list[float]] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="swarm-rollout-bench-"))

    def __enter__(self) -> Bench:
        self.door.__enter__()
        quick = {"parallelism": PARALLELISM, "monitor": MONITOR}
        for name, replicas in ((SMALL, 1), (LARGE, REPLICAS)):
            options: dict[str, Any] = {"replicas": replicas, "update_config": quick, "stop_grace_period": "2s"}
            ran = run(
                "swarm_service", {"name": name, "image": "web:1", "docker_host": self.door.docker_host, **options}
            )
            assert ran.outcome == "completed", ran.output
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.door.close()
        self.lab.clean()

    def round(self, number: int) -> None:
        """Each quantity once, in an order that turns from round to round."""
        cases = [self._unchanged, self._update, self._module, self._prober]
        turn = number % len(cases)
        for case in cases[turn:] + cases[:turn]:
            case(number)

    def _note(self, quantity: str, value: float) -> None:
        self.measured.setdefault(quantity, []).append(round(value, 4))

    def _playbook(self, task: str) -> float:
        path = self._folder / "play.yml"
        path.write_text(PLAYBOOK.format(task=task))
        return self._timed(["ansible-playbook", "-i", "localhost,", "-c", "local", str(path)])

    def _timed(self, command: list[str]) -> float:
        environment = {**os.environ, "DOCKER_HOST": self.door.docker_host, "ANSIBLE_LOCALHOST_WARNING": "false"}
        # The modules run with the Python of this bench.
        environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
        self.door.clear()
        begun = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begun
        assert done.returncode == 0, done.stdout + done.stderr
        return seconds

    def _unchanged(self, number: int) -> None:
        """Nothing to do: a playbook with this module, beside one that only pings."""
        self._note("playbook with ping, s", self._playbook(PING))
        declare = DECLARE.format(name=SMALL, image="web:1", host=self.door.docker_host)
        self._note("playbook with an unchanged service, s", self._playbook(declare))
        self._note("unchanged, calls", len(self.door.calls))
        command = ["docker", "service", "update", "--detach=false", "--quiet", "--no-resolve-image"]
        self._note("CLI, unchanged service, s", self._timed([*command, "--image", "web:1", SMALL]))
        self._note("CLI, unchanged, calls", len(self.door.calls))

    def _update(self, number: int) -> None:
        """Twelve replicas to another image and back, once with this module and once with the CLI."""
        ways = [self._update_by_playbook, self._update_by_cli]
        for way in ways if number % 2 == 0 else ways[::-1]:
            target = "web:2" if image(self.cluster.spec(LARGE)) == "web:1" else "web:1"
            way(target)
            assert self.cluster.serving(LARGE) == {target: REPLICAS}

    def _update_by_playbook(self, target: str) -> None:
        declare = DECLARE.format(name=LARGE, image=target, host=self.door.docker_host)
        self._note("playbook that updates 12 replicas, s", self._playbook(declare))
        self._note("update, calls", len(self.door.calls))
        self._note("update, Swarm's own time, s", self._orchestrator()[1])

    def _update_by_cli(self, target: str) -> None:
        command = ["docker", "service", "update", "--detach=false", "--quiet", "--no-resolve-image"]
        self._note("CLI that updates 12 replicas, s", self._timed([*command, "--image", target, LARGE]))
        ended = time.time()
        completed, took = self._orchestrator()
        self._note("CLI update, calls", len(self.door.calls))
        self._note("CLI update, Swarm's own time, s", took)
        self._note("CLI, from Swarm's end to the command's, s", ended - completed)

    def _orchestrator(self) -> tuple[float, float]:
        """When Swarm called the last update completed, and how long that took by its own stamps."""
        status = self.cluster.service(LARGE)["UpdateStatus"]
        started, completed = instant(status["StartedAt"]), instant(status["CompletedAt"])
        assert started is not None
        assert completed is not None
        return completed, completed - started

    def _module(self, number: int) -> None:
        """The module alone, without a playbook around it: memory, and how soon it ends after Swarm."""
        peak = self._folder / "peak"
        target = "web:2" if image(self.cluster.spec(LARGE)) == "web:1" else "web:1"
        options = {"docker_host": self.door.docker_host, "resolve_image": "false"}
        ran = run("swarm_service", {"name": LARGE, "image": target, **options}, {"MODULE_PEAK": str(peak)})
        assert ran.outcome == "completed", ran.output
        self._note("module, updating, most memory, MiB", int(peak.read_text()) / 1024)
        completed = self._orchestrator()[0]
        finished = instant(ran.rollout["finished_at"])
        assert finished is not None
        self._note("module, from Swarm's end to the verdict, s", finished - completed)
        self._note("module, from Swarm's end to the process's, s", ran.ended - completed)
        ran = run("swarm_service", {"name": SMALL, "image": "web:1", **options}, {"MODULE_PEAK": str(peak)})
        assert ran.outcome == "unchanged", json.dumps(ran.result)
        self._note("module, unchanged, most memory, MiB", int(peak.read_text()) / 1024)
        self._note("module, unchanged, without a playbook, s", ran.seconds)

    def _prober(self, number: int) -> None:
        """What measuring the availability costs while it goes on."""
        self._note("prober, 20 probes a second, % of a processor", 100 * cost()["share"])


def quantities() -> dict[str, Any]:
    """Which quantities are shown as ratios: name, the quantity, what it is divided by."""
    return {
        "unchanged service / ping": ("playbook with an unchanged service, s", "playbook with ping, s"),
        "unchanged service / CLI": ("playbook with an unchanged service, s", "CLI, unchanged service, s"),
        "update of 12 / CLI": ("playbook that updates 12 replicas, s", "CLI that updates 12 replicas, s"),
        "calls of an update / CLI": ("update, calls", "CLI update, calls"),
        "calls of an unchanged run / CLI": ("unchanged, calls", "CLI, unchanged, calls"),
    }
