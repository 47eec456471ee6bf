# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The known alternative, community.docker: fetched once, for this benchmark only.

`python3 -m tests.bench.known` does it alone. Only the collection and the one that it needs are taken out of the
package `ansible`; nothing is installed.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from tests.integration.running import ROOT
from tests.published import ANSIBLE, CACHE, collections


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
    path = collections("community.docker", "community.library_inventory_filtering_v1", cache=cache)
    told = (path / "ansible_collections" / "community" / "docker" / "MANIFEST.json").read_text(encoding="utf-8")
    return Known(path, ANSIBLE, json.loads(told)["collection_info"]["version"])


if __name__ == "__main__":
    print(known())
