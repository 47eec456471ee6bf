# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs from Debian packages that are unpacked, not installed: for tests that need a real one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from . import places
from .debian import is_debian, is_root
from .errors import LabError
from .progress import Progress


def unpacked(package: str, progress: Progress) -> Path:
    """The folder that holds the package's files as they would stand below `/`; downloaded once."""
    target = places.home() / "packages" / package
    with places.locked(f"package-{package}", progress):
        if not target.exists():
            if not (is_root() and is_debian()):
                raise LabError(f"The package {package} cannot be downloaded: run this as root on Debian or Ubuntu.")
            _download(package, target, progress)
    return target


def _download(package: str, target: Path, progress: Progress) -> None:
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    tree = partial / "tree"
    tree.mkdir(parents=True)
    command = ["apt-get", "download", "-o", "APT::Sandbox::User=root", package]
    with progress.long(f"downloading {package} from Debian"):
        if not _run(command, partial):
            # Lists that are missing or old are the usual reason, and the only one that mends itself.
            _run(["apt-get", "update"], partial)
            if not _run(command, partial):
                raise LabError(f"apt-get could not download {package}: look at `apt-get download {package}`.")
    for archive in partial.glob("*.deb"):
        if not _run(["dpkg-deb", "--extract", archive.name, "tree"], partial):
            raise LabError(f"The package {archive.name} could not be unpacked.")
    tree.replace(target)
    shutil.rmtree(partial)


def _run(command: list[str], folder: Path) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode == 0
