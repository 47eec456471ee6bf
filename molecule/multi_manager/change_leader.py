# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts a lost manager again when a service runs a first task of a new image, and then loses the leader.

Prints when the leader was lost, in UTC.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable

from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written
from tests.integration.cluster import Cluster
from tests.lab.errors import LabError
from tests.lab.lab import Lab


def wait(what: str, condition: Callable[[], bool], limit: float = 90.0) -> None:
    """Wait for something; its name is the error."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"in {limit:.0f} s it did not happen that {what}")
        time.sleep(0.2)


def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--new", required=True, help="the image")
    parser.add_argument("first", help="the manager that is down")
    parser.add_argument("leader", help="the manager that leads")
    given = parser.parse_args()
    lab = Lab(os.environ["SWARM_LAB"])
    addresses = {str(one["name"]): str(one["docker_host"]) for one in lab.settings()["managers"]}
    cluster = Cluster(addresses[given.leader])

    def reachable() -> bool:
        try:
            roles = {str(member["name"]): str(member["manager"]) for member in lab.members()}
        except LabError:
            return False
        return roles[given.first] == "reachable"

    wait(f"a task runs {given.new}", lambda: given.new in cluster.serving("vote"))
    lab.start(given.first)
    wait(f"{given.first} takes part again", reachable)
    lab.stop(given.leader)
    sys.stdout.write(written(time.time()))


if __name__ == "__main__":
    main()
