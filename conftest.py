# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes this checkout importable as ``ansible_collections.swarm.rollout`` for every pytest run."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LINK_TREE = ROOT / ".ansible" / "link"


def _link_collection() -> None:
    """Create ``.ansible/link/ansible_collections/swarm/rollout``, a link to the checkout, once."""
    link = LINK_TREE / "ansible_collections" / "swarm" / "rollout"
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(ROOT)


# Under ansible-test the collection is already in place, and the checkout is not the repository.
if (ROOT / "galaxy.yml").exists() and ROOT.parent.parent.name != "ansible_collections":
    _link_collection()
    for path in (str(ROOT), str(LINK_TREE)):
        if path not in sys.path:
            sys.path.insert(0, path)
    importlib.invalidate_caches()
