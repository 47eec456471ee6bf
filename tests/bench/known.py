# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The known alternative, community.docker: fetched once with pip into a folder of its own, for this benchmark only.

`python3 -m tests.bench.known` does it alone. Only the collection and the one that it needs are taken out of the
package `ansible`; nothing is installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.integration.running import ROOT

# The last one for ansible-core 2.19, which this collection is developed with.
ANSIBLE = "12.3.0"
CACHE = ROOT / ".cache" / "bench"
WANTED = (
    "ansible_collections/community/docker/",
    "ansible_collections/community/library_inventory_filtering_v1/",
)


@dataclass(frozen=True)
class Known:
    """Where the collections are, and which they are."""

    path: Path
    ansible: str
    community_docker: str

    def collections_path(self) -> str:
        """Our own checkout, as `tests/tools/run` offers it, and the known alternative beside it."""
        ours = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".ansible" / "link"))
        return f"{ours}:{self.path}"


def known(cache: Path = CACHE) -> Known:
    """The known alternative, fetched where it is not there yet."""
    path = cache / f"ansible-{ANSIBLE}"
    if not path.is_dir():
        extract(_download(cache), path)
    manifest = json.loads((path / WANTED[0] / "MANIFEST.json").read_text(encoding="utf-8"))
    return Known(path, ANSIBLE, manifest["collection_info"]["version"])


def extract(wheel: Path, path: Path) -> None:
    """Take the wanted collections out of the package; all of them or nothing is there afterwards."""
    part = path.with_name(path.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(part, [name for name in archive.namelist() if name.startswith(WANTED)])
    part.rename(path)


def _download(cache: Path) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    print(f"fetching community.docker from the package ansible {ANSIBLE} (50 MB, once)", file=sys.stderr)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--only-binary=:all:", f"--dest={cache}", f"ansible=={ANSIBLE}"], check=True)
    return next(cache.glob(f"ansible-{ANSIBLE}-*.whl"))


if __name__ == "__main__":
    print(known())
