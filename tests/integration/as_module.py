# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one module in a process of its own, as Ansible does on a host, but without a playbook's start-up.

    python -m tests.integration.as_module swarm_service < options.json

The module prints its result on standard output. With the variable MODULE_PEAK, the path of a file, the
most memory that the process held at once (KiB) is written there.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import sys
from pathlib import Path

from tests.arguments import patch_module_args

MODULES = "ansible_collections.swarm.rollout.plugins.modules."


def _write_peak(path: str) -> None:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    Path(path).write_text(line.split()[1])


def main() -> None:
    """Run the module named by the first argument with the options on standard input."""
    options = json.load(sys.stdin)
    if "MODULE_PEAK" in os.environ:
        atexit.register(_write_peak, os.environ["MODULE_PEAK"])
    module = importlib.import_module(MODULES + sys.argv[1])
    with patch_module_args(options):
        module.main()


if __name__ == "__main__":
    main()
