# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one cell in a process of its own, and prints its result as JSON: `python3 -m tests.faults.alone CELL SEED`."""

from __future__ import annotations

import json
import os
import sys

from tests.faults.cell import Cell
from tests.faults.matrix import place_of
from tests.lab.lab import Lab


def main() -> None:
    """Run the cell named by the first argument; the second is the seed of its chance."""
    place = place_of(sys.argv[1])
    result = Cell(place.fault, place.strategy, Lab(os.environ["SWARM_LAB"]), int(sys.argv[2])).run()
    print(json.dumps(result.data()))


if __name__ == "__main__":
    main()
