# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One target under atheris, which ends the process: `python3 -m tests.fuzz.one TARGET FOLDER [libFuzzer's options]`.

The folder holds the texts to begin with, and keeps those that reached lines no other had reached.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ansible_collections.swarm.rollout.plugins"]):
    from tests.fuzz.targets import TARGETS, attempt


def main() -> None:
    """Never returns."""
    name, folder, *options = sys.argv[1:]
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds):
        (Path(folder) / f"seed{number}").write_text(seed, encoding="utf-8")

    def one(data: bytes) -> None:
        # Ansible hands bytes that are no UTF-8 on like this.
        attempt(target, data.decode("utf-8", "surrogateescape"))

    atheris.Setup([sys.argv[0], folder, *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
