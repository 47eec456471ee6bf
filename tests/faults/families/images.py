# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images that cannot be had: the registry is down, or one node lacks the image."""

from __future__ import annotations

from contextlib import suppress

from tests.faults.fault import ANY, Fault
from tests.faults.strategies import Version
from tests.integration.cluster import Json
from tests.lab.api import Engine
from tests.lab.errors import EngineError

KEPT = "kept"


class RegistryDown(Fault):
    """The registry dies before the task looks for the image: no node can get the new one."""

    family = "images"
    name = "registry-down"
    title = "the registry is down, and the nodes lack the new image"
    alone = True
    # A create that was given up comes up by itself once the registry is back.
    recovers = True
    deadline = 180.0
    without = {"rollback": "the nodes have the image of the revision that they ran"}
    ends = {ANY: ("rolled_back", "error"), "create": ("failed", "stalled", "error")}

    def prepare(self) -> None:
        """Images come from the registry of the lab; names are looked up there."""
        self.scene.registry = f"{self.scene.lab.registry()['open']['name']}/"
        self.scene.always = {"resolve_image": "true"}
        self._forget("web:2")

    def arm(self) -> None:
        """Kill it, once the former image is on the nodes."""
        self.undo.callback(self.scene.lab.registry)
        self.scene.lab.stop_registry()

    def patience(self) -> Json:
        """What does not come is given up soon."""
        return {"progress_deadline": "20s"}

    def _forget(self, image: str) -> None:
        for address in self.scene.addresses.values():
            with suppress(EngineError):
                Engine(address).delete(f"/images/{self.scene.image(image)}", force=True, noprune=True)


class MissingOnOne(Fault):
    """One node lacks the image, and no registry can help it."""

    family = "images"
    name = "missing-on-one"
    title = "one node lacks the image"
    alone = True
    # Swarm may start the task on another node before anybody notices, or go back. Once it has the image again, the
    # service that was given up comes up by itself.
    recovers = True
    ends = {
        ANY: ("rolled_back", "completed"),
        "create": ("failed", "completed"),
        "rollback": ("rollback_failed", "paused", "completed"),
    }

    def arm(self) -> None:
        """Take the name away from the image on a node, and keep the image under another."""
        target = self._aim().image
        repository, _colon, tag = target.partition(":")
        node = self.scene.chance.choice(sorted(self.scene.addresses))
        engine = Engine(self.scene.addresses[node])
        engine.post(f"/images/{target}/tag", repo=f"{KEPT}/{repository}", tag=tag)
        self.undo.callback(engine.post, f"/images/{KEPT}/{target}/tag", repo=repository, tag=tag)
        # A stopped container may hold it: only the name goes.
        engine.delete(f"/images/{target}", force=True, noprune=True)

    def patience(self) -> Json:
        """What does not come is given up soon."""
        return {"progress_deadline": "20s"}

    def _aim(self) -> Version:
        *_others, target = self.strategy.services(self.scene)
        return self.strategy.declared(self.scene)[target]


FAULTS = (RegistryDown, MissingOnOne)
