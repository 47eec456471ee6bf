# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one case in a process of its own, and prints its result as JSON: `python3 -m tests.truth.alone CASE`."""

from __future__ import annotations

import json
import os
import sys

from tests.lab.lab import Lab
from tests.truth.case import Case
from tests.truth.trial import Trial


def main() -> None:
    """Run the case that the first argument describes."""
    print(json.dumps(Trial(Case.of(sys.argv[1]), Lab(os.environ["SWARM_LAB"])).run().data()))


if __name__ == "__main__":
    main()
