# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine under the figures: how idle it is, and the versions of everything that takes part."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.known import Known
from tests.lab.api import Engine


class Idle:
    """The share of time in which the processors had nothing to do: others at work make figures worse."""

    def share(self, seconds: float) -> float:
        """Measure for so many seconds; 0 to 1."""
        idle, total = self._read()
        time.sleep(seconds)
        later_idle, later_total = self._read()
        return round((later_idle - idle) / max(later_total - total, 1), 2)

    @staticmethod
    def _read() -> tuple[int, int]:
        numbers = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return numbers[3] + numbers[4], sum(numbers)


def versions(engine: Engine, known: Known) -> dict[str, Any]:
    """Everything that a figure beside the known alternative depends on."""
    cli = subprocess.run(["docker", "--version"], capture_output=True, text=True, check=True)
    return {
        **lab_versions(engine),
        "cli": cli.stdout.split()[2].rstrip(","),
        "ansible": known.ansible,
        "community_docker": known.community_docker,
    }


def lab_versions(engine: Engine) -> dict[str, Any]:
    """Everything that a figure depends on which only we take part in."""
    told = engine.get("/version")
    return {
        **versions_here(),
        "engine": told["Version"],
        "api": told["ApiVersion"],
        "nodes": len(engine.get("/nodes")),
    }


def versions_here() -> dict[str, Any]:
    """What a figure depends on that needs no Swarm."""
    return {
        "date": date.today().isoformat(),
        "ansible_core": version("ansible-core"),
        "docker_sdk": version("docker"),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "processors": os.cpu_count(),
    }
