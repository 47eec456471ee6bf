# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cases with one service: beside the known alternative, beside the Docker CLI, and the module alone."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant
from tests.bench import names
from tests.bench.prober import cost
from tests.bench.stand import Stand
from tests.bench.tasks import UPDATE_CONFIG, service
from tests.integration.cluster import image
from tests.integration.running import run

SMALL, LARGE = "bench-small", "bench-large"
REPLICAS, PARALLELISM = 12, 4
# Followed, as ours is; no registry is asked.
CLI_UPDATE = ("docker", "service", "update", "--detach=false", "--quiet", "--no-resolve-image")


class Single:
    """Two services: one that stays as it is, one that is updated all the time."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self.cases = (self.unchanged, self.update, self.alone, self.prober)

    def prepare(self) -> None:
        """Create both."""
        for declared in (service(SMALL), self._large("web:1")):
            self._stand.playbook(self._stand.tasks.ours(declared), changes=True)

    def unchanged(self, number: int) -> None:
        """Nothing to do, four ways, at one and the same service."""
        ways = [self._unchanged_ours, self._unchanged_theirs, self._unchanged_packed, self._unchanged_cli]
        turn = number % len(ways)
        for way in ways[turn:] + ways[:turn]:
            way()

    def _unchanged_ours(self) -> None:
        task = self._stand.tasks.ours(service(SMALL))
        self._stand.note(names.ONE_OURS, self._stand.playbook(task, changes=False))
        self._stand.note(names.ONE_OURS_CALLS, len(self._stand.door.calls))

    def _unchanged_packed(self) -> None:
        task = self._stand.tasks.ours(service(SMALL))
        self._stand.note(names.ONE_PACKED, self._stand.playbook(task, changes=False, packed=True))

    def _unchanged_theirs(self) -> None:
        task = self._stand.tasks.theirs(service(SMALL))
        self._stand.note(names.ONE_THEIRS, self._stand.playbook(task, changes=False))
        self._stand.note(names.ONE_THEIRS_CALLS, len(self._stand.door.calls))

    def _unchanged_cli(self) -> None:
        self._stand.note(names.ONE_CLI, self._stand.command(*CLI_UPDATE, "--image", "web:1", SMALL))
        self._stand.note(names.ONE_CLI_CALLS, len(self._stand.door.calls))

    def update(self, number: int) -> None:
        """Twelve replicas to another image and back, once with this module and once with the CLI."""
        ways = [self._update_ours, self._update_cli]
        for way in ways if number % 2 == 0 else ways[::-1]:
            target = self._next()
            way(target)
            assert self._stand.cluster.serving(LARGE) == {target: REPLICAS}

    def _update_ours(self, target: str) -> None:
        task = self._stand.tasks.ours(self._large(target))
        self._stand.note(names.UPDATE_OURS, self._stand.playbook(task, changes=True))
        self._stand.note(names.UPDATE_OURS_CALLS, len(self._stand.door.calls))
        self._stand.note(names.UPDATE_OURS_SWARM, self._stand.completed(LARGE)[1])

    def _update_cli(self, target: str) -> None:
        self._stand.note(names.UPDATE_CLI, self._stand.command(*CLI_UPDATE, "--image", target, LARGE))
        self._stand.note(names.UPDATE_CLI_CALLS, len(self._stand.door.calls))
        completed, took = self._stand.completed(LARGE)
        self._stand.note(names.UPDATE_CLI_SWARM, took)
        self._stand.note(names.VERDICT_CLI, self._stand.ended - completed)

    def alone(self, number: int) -> None:
        """The module without a playbook around it: memory, and how soon it knows after Swarm."""
        peak = self._stand.folder / "peak"
        options = {"docker_host": self._stand.door.docker_host, "resolve_image": "false"}
        declared = {"name": LARGE, "image": self._next()}
        ran = run("swarm_service", {**declared, **options}, {"MODULE_PEAK": str(peak)}, cold=True)
        assert ran.outcome == "completed", ran.output
        self._stand.note(names.MEMORY_CHANGING, int(peak.read_text()) / 1024)
        completed = self._stand.completed(LARGE)[0]
        finished = instant(ran.rollout["finished_at"])
        assert finished is not None
        self._stand.note(names.VERDICT, finished - completed)
        self._stand.note(names.VERDICT_PROCESS, ran.ended - completed)
        ran = run("swarm_service", {**service(SMALL), **options}, {"MODULE_PEAK": str(peak)}, cold=True)
        assert ran.outcome == "unchanged", json.dumps(ran.result)
        self._stand.note(names.MEMORY_UNCHANGED, int(peak.read_text()) / 1024)
        self._stand.note(names.ALONE, ran.seconds)

    def prober(self, number: int) -> None:
        """What measuring the availability costs while it goes on."""
        self._stand.note(names.PROBER, 100 * cost()["share"])

    def _next(self) -> str:
        return "web:2" if image(self._stand.cluster.spec(LARGE)) == "web:1" else "web:1"

    @staticmethod
    def _large(target: str) -> dict[str, Any]:
        return {**service(LARGE, target, REPLICAS), "update_config": {**UPDATE_CONFIG, "parallelism": PARALLELISM}}
