# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes that run tasks die, freeze and are cut off. The module talks to another one."""

from __future__ import annotations

from tests.faults.fault import ANY, Fault
from tests.integration.cluster import Json
from tests.integration.running import Running


class Workers(Fault):
    """Something happens to a node that neither leads nor is talked to."""

    family = "workers"
    # A way back that waits for the lost tasks to stop takes all of its patience, and then a further run.
    deadline = 400.0
    alone = True
    # A rollback that was given up goes on once the node is back.
    recovers = True
    # Swarm starts the lost tasks elsewhere, once it knows; whether it takes that for a failure is its own affair.
    # Its rollback waits for the lost tasks to stop, and where there is nothing further to go back to, that is told.
    ends = {ANY: ("completed", "rolled_back"), "rollback": ("completed", "rollback_failed")}
    what = ""
    back = ""

    def connection(self) -> Json:
        """To the leader, so that the lost one is any other."""
        self.leader, self.others = self.scene.roles()
        return {"docker_host": self.scene.addresses[self.leader]}

    def patience(self) -> Json:
        """Swarm needs 15 s to know that a node is lost."""
        return {"progress_deadline": "60s"}

    def strike(self, running: Running) -> None:
        """At any moment, a node that has one of the tasks."""
        self.scene.moment(running, self.strategy.least)
        node = self.scene.chance.choice(self.others)
        lab = self.scene.lab
        self.undo.callback(getattr(lab, self.back), node)
        getattr(lab, self.what)(node)


class Killed(Workers):
    """The power fails."""

    name = "killed"
    title = "a node killed at a random moment"
    what, back = "stop", "start"


class Paused(Workers):
    """It freezes: connections stay open and nothing answers."""

    name = "paused"
    title = "a node frozen at a random moment"
    what, back = "pause", "resume"


class CutOff(Workers):
    """The cable is pulled, and put back after the run."""

    name = "cut-off"
    title = "a node cut off from the others at a random moment"
    what, back = "cutoff", "rejoin"


FAULTS = (Killed, Paused, CutOff)
