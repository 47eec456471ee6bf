# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where it is measured: one lab behind a door that counts, commands and playbooks with a clock beside them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from types import TracebackType

import yaml

from tests.bench import names
from tests.bench.known import Known
from tests.bench.tasks import PING, Task, Tasks
from tests.integration.cluster import Cluster, image
from tests.integration.running import ROOT
from tests.integration.stamps import seconds as seconds_of
from tests.lab.door import Door
from tests.lab.lab import Lab


class Stand:
    """The lab, and every figure that was taken there."""

    def __init__(self, lab: Lab, known: Known) -> None:
        host = lab.settings()["docker_hosts"][0]
        self.cluster = Cluster(host)
        self.door = Door(host)
        self.measured: dict[str, list[float]] = {}
        self._scratch = tempfile.TemporaryDirectory(prefix="swarm-rollout-bench-")
        self.folder = Path(self._scratch.name)
        # The Python of this bench, which has the Docker SDK that both need, under a name that tells nobody so.
        self._python = self.folder / "python"
        self._python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        self._python.chmod(0o755)
        self._lab = lab
        self._known = known
        self._floors: list[float] = []
        # When the last command ended, by the clock that Swarm's stamps are from.
        self.ended = 0.0

    def __enter__(self) -> Stand:
        self.door.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.door.close()
        self._scratch.cleanup()
        self._lab.clean()

    @property
    def tasks(self) -> Tasks:
        """Tasks that go through the door."""
        return Tasks(self.door.docker_host)

    def note(self, quantity: str, value: float) -> None:
        """One figure of this round."""
        self.measured.setdefault(quantity, []).append(round(value, 4))

    def floor(self) -> float:
        """Run a playbook that does nothing; once beside each case, since the machine is not the same all the time."""
        self._floors.append(self.playbook(PING, changes=False))
        return self._floors[-1]

    def end_round(self) -> None:
        """What was above the floor in a round was above the median of the round's floors."""
        self.note(names.FLOOR, median(self._floors))
        self._floors.clear()

    def playbook(self, task: Task, *, changes: bool, packed: bool = False) -> float:
        """The seconds that a playbook of one task takes; it must change something, or nothing, as was said.

        On this machine, with the Python of the controller, the collection runs its modules without packing them up.
        `packed` gives the host a Python of its own, so that they go the way that they go to every other host.
        """
        seconds, done = self._playbook(task, str(self._python) if packed else sys.executable)
        assert done.returncode == 0, done.stdout + done.stderr
        found = changed(done.stdout)
        assert bool(found) is changes, f"changed={found}, but {changes} was expected:\n{done.stdout}"
        return seconds

    def attempt(self, task: Task) -> tuple[float, bool]:
        """The seconds that a playbook takes which may fail, and whether it went well."""
        seconds, done = self._playbook(task, sys.executable)
        if done.returncode:
            print("\n".join(line for line in done.stdout.splitlines() if "failed:" in line)[:500], file=sys.stderr)
        return seconds, done.returncode == 0

    def command(self, *command: str) -> float:
        """The seconds that a command takes, its calls counted."""
        seconds, done = self._run(list(command), {})
        assert done.returncode == 0, done.stdout + done.stderr
        return seconds

    def completed(self, *services: str) -> tuple[float, float]:
        """When Swarm called the last of the services' updates completed, and how long all took by its own stamps."""
        statuses = [self.cluster.service(name)["UpdateStatus"] for name in services]
        started = min(seconds_of(status["StartedAt"]) for status in statuses)
        ended = max(seconds_of(status["CompletedAt"]) for status in statuses)
        return ended, ended - started

    def converge(self, services: Iterable[str], wanted: str) -> None:
        """Wait until each of the services has one task, of this image, and no update is under way."""
        expected = {name: [wanted] for name in services}

        def converged() -> bool:
            listed = {one["ID"]: one for one in self.cluster.engine.get("/services") if one["Spec"]["Name"] in expected}
            if any((one.get("UpdateStatus") or {}).get("State") == "updating" for one in listed.values()):
                return False
            serving = defaultdict(list)
            for task in self.cluster.engine.get("/tasks"):
                if task["ServiceID"] in listed and task["DesiredState"] == task["Status"]["State"] == "running":
                    serving[listed[task["ServiceID"]]["Spec"]["Name"]].append(image(task["Spec"]))
            return serving == expected

        self.cluster.wait(f"{len(expected)} services serve {wanted}", converged, limit=120)

    def _playbook(self, task: Task, python: str) -> tuple[float, subprocess.CompletedProcess[str]]:
        path = self.folder / "play.yml"
        # As people write it; JSON would spare Ansible the YAML.
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [task]}
        path.write_text(yaml.safe_dump([play], sort_keys=False))
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": self._known.collections_path(),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_PYTHON_INTERPRETER": python,
        }
        return self._run(["ansible-playbook", "-i", "localhost,", "-c", "local", str(path)], environment)

    def _run(self, command: list[str], more: dict[str, str]) -> tuple[float, subprocess.CompletedProcess[str]]:
        environment = {**os.environ, "DOCKER_HOST": self.door.docker_host, **more}
        self.door.clear()
        begun = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        seconds, self.ended = time.monotonic() - begun, time.time()
        return seconds, done


def changed(output: str) -> int:
    """How many tasks changed something, by a playbook's last lines."""
    found = re.findall(r"^localhost .*\bchanged=(\d+)", output, re.M)
    assert found, f"the playbook told nothing:\n{output}"
    return int(found[-1])
