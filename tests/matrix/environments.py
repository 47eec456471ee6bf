# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtualenvs of the rows, made with pip where they are missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.matrix.rows import CONTROLLER, Row

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".ansible" / "matrix"
_TESTING = ("pytest", "pytest-mock", "pytest-xdist", "hypothesis", "PyYAML", "ansible-runner")
_ASKED = ("ansible-core", "docker", "requests", "urllib3")
_TELL = """
import json, platform
from importlib import metadata
found = {"python": platform.python_version()}
for name in %r:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


class Missing(Exception):
    """The row cannot be run on this machine; says why."""


class NoPython(Missing):
    """It has not the Python that the row asks for."""


@dataclass(frozen=True)
class Environment:
    """A Python with what a row needs."""

    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    def variables(self) -> dict[str, str]:
        """What commands are run with, as tests/tools/run does it."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DOCKER_", "ANSIBLE_"))}
        link = ROOT / ".ansible" / "link"
        return {
            **kept,
            "LC_ALL": "C.UTF-8",
            "VIRTUAL_ENV": str(self.folder),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}:{link}",
            "ANSIBLE_COLLECTIONS_PATH": str(link),
        }

    def versions(self) -> dict[str, str]:
        """Of Python and the packages that matter."""
        done = subprocess.run([self.python, "-c", _TELL % (_ASKED,)], capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout))


def own() -> Environment:
    """The virtualenv of this checkout."""
    return Environment(ROOT / ".venv")


def packages(row: Row) -> list[str]:
    """What pip is asked for."""
    sdk = "docker[ssh]==7.0.*" if row.sdk == "7.0" else "docker[ssh]>=7.0"
    return [f"ansible-core=={row.core}.*", sdk, *_TESTING] if row.kind == CONTROLLER else [sdk]


def made(row: Row) -> Environment:
    """The row's own virtualenv. Raises `Missing`."""
    folder = HOME / row.name
    ready = folder / ".ready"
    wanted = "\n".join(packages(row))
    found = Environment(folder)
    if ready.exists() and ready.read_text() == wanted and _works(found.python):
        return found
    base = shutil.which(f"python{row.python}")
    if base is None or not _works(base):
        raise NoPython(f"there is no Python {row.python} on this machine")
    shutil.rmtree(folder, ignore_errors=True)
    _run([base, "-m", "venv", str(folder)])
    _run([found.python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *packages(row)])
    ready.write_text(wanted)
    return found


def _works(python: str) -> bool:
    """Whether it starts; one of a version manager may only say that it is not there."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise Missing(f"its virtualenv could not be made ({' '.join(command[1:4])})")
