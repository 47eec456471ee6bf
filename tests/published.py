# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Published collections to compare with and to check against, taken out of the package `ansible`, fetched once.

Nothing is installed. `make clean` removes them.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "published"
# The last one for ansible-core 2.19, which this collection is developed with.
ANSIBLE = "12.3.0"


def collections(*names: str, cache: Path = CACHE) -> Path:
    """A folder with `ansible_collections` in it, and there the named ones, such as `awx.awx`."""
    path = cache / f"ansible-{ANSIBLE}"
    folders = {f"ansible_collections/{name.replace('.', '/')}/" for name in names}
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = sorted(folder for folder in folders if not (path / folder).is_dir())
        if missing:
            wheel = _download(cache)
            for folder in missing:
                extract(wheel, path, folder)
    return path


def extract(wheel: Path, path: Path, folder: str) -> None:
    """Take one folder out of the package; all of it or nothing is there afterwards."""
    part = path.with_name(path.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(part, [name for name in archive.namelist() if name.startswith(folder)])
    (path / folder).parent.mkdir(parents=True, exist_ok=True)
    (part / folder).rename(path / folder)
    shutil.rmtree(part)


def _download(cache: Path) -> Path:
    """The package, which stays for further collections."""
    found = sorted(cache.glob(f"ansible-{ANSIBLE}-*.whl"))
    if not found:
        print(f"fetching the package ansible {ANSIBLE} (50 MB, once)", file=sys.stderr)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*command, "--only-binary=:all:", f"--dest={cache}", f"ansible=={ANSIBLE}"], check=True)
        found = sorted(cache.glob(f"ansible-{ANSIBLE}-*.whl"))
    return found[0]
