# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the lab is as a test has to leave it for the next one."""

from __future__ import annotations

import time

from tests.integration.cluster import Cluster
from tests.lab.errors import LabError
from tests.lab.lab import Lab


def is_well(lab: Lab) -> bool:
    """Whether there is a leader, all other managers are reachable, and each of them answers as one.

    A node that was promoted a moment ago is reachable for the leader before it knows of it.
    """
    try:
        roles = sorted(str(member["manager"]) for member in lab.members())
        for host in lab.settings()["docker_hosts"]:
            Cluster(host).engine.get("/nodes")
    except LabError:
        return False
    return roles.count("leader") == 1 and roles.count("reachable") >= 2


def wait_until_well(lab: Lab, limit: float = 150.0) -> None:
    """A node that comes back, or was demoted a moment ago, may need a minute to be a manager again."""
    deadline = time.monotonic() + limit
    while not is_well(lab):
        assert time.monotonic() < deadline, "the lab does not get well"
        time.sleep(0.5)
