# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No node has room for the next task."""

from __future__ import annotations

from tests.faults.fault import ANY, Fault
from tests.integration.cluster import Json

RESERVED = 128 << 20


class NoRoom(Fault):
    """What is declared reserves memory that others have taken: its tasks stay pending, and it goes back."""

    family = "room"
    name = "none"
    title = "no room for the next task: what it reserves is taken by others"
    alone = True
    # As soon as there is room, Swarm goes on by itself.
    recovers = True
    deadline = 240.0
    ends = {
        ANY: ("rolled_back",),
        "create": ("stalled", "failed"),
        "rollback": ("rollback_failed", "stalled", "failed"),
    }

    def declares(self) -> Json:
        """Little beside an idle node, and too much beside the others."""
        return {"reservations": {"memory": RESERVED}}

    def arm(self) -> None:
        """Somebody else takes nearly all of every node."""
        nodes = self.scene.cluster.engine.get("/nodes")
        # The nodes are alike: containers of one machine.
        taken = min(int(node["Description"]["Resources"]["MemoryBytes"]) for node in nodes) - RESERVED // 2
        name = f"{self.scene.name}-ballast"
        spec = {
            "Name": name,
            "Mode": {"Global": {}},
            "TaskTemplate": {
                "ContainerSpec": {"Image": "web:1"},
                "Resources": {"Reservations": {"MemoryBytes": taken}},
            },
        }
        engine = self.scene.cluster.engine
        self.undo.callback(engine.delete, f"/services/{name}")
        engine.post("/services/create", spec)
        self.scene.cluster.wait(
            "the ballast is everywhere", lambda: len(self.scene.cluster.running(name)) == len(nodes)
        )

    def patience(self) -> Json:
        """What does not come is given up soon."""
        return {"progress_deadline": "10s"}


FAULTS = (NoRoom,)
