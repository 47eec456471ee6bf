# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configs and secrets that are there when the task looks, and gone when it writes."""

from __future__ import annotations

import base64
import threading
from typing import ClassVar

from tests.faults.fault import ANY, Doored, is_service_write
from tests.faults.strategies import STRATEGIES, Strategy, Versions
from tests.integration.cluster import Json
from tests.lab.door import Action, Call, Intercept


class Removed(Doored):
    """The object that the new specification names is deleted between the look and the write."""

    family = "objects"
    kind: ClassVar[str] = ""
    option: ClassVar[str] = ""
    ends = {ANY: ("error",), "release": ("error", "failed", "rolled_back")}

    def prepare(self) -> None:
        """Make it."""
        self.object = f"{self.scene.name}-{self.kind}"
        self.gone = False
        self.lock = threading.Lock()
        self._make()
        # Healing makes it again where it was removed.
        self.undo.callback(self._back)

    def declares(self) -> Json:
        """Only the new specification names it."""
        return {f"{self.kind}s": [{f"{self.kind}_name": self.object, "filename": "/data/it"}]}

    def intercept(self) -> Intercept:
        """Removed when the write of the service that names it is sent."""

        def intercept(call: Call) -> Action | None:
            with self.lock:
                if is_service_write(call) and not self.gone and self.object.encode() in call.request_body:
                    self.gone = self.scene.cluster.engine.delete(f"/{self.kind}s/{self.object}")
            return None

        return intercept

    def after(self, declared: Versions) -> list[str]:
        """It was removed."""
        del declared
        return [] if self.gone else [f"the {self.kind} was never removed"]

    def way_out(self) -> Strategy | None:
        """A revision names objects by their IDs: what it ran is declared anew, with the new object."""
        return STRATEGIES["update-stop-first"] if self.strategy.name == "rollback" else None

    def _make(self) -> None:
        data = base64.b64encode(b"what it holds").decode()
        self.scene.cluster.engine.post(f"/{self.kind}s/create", {"Name": self.object, "Data": data})

    def _back(self) -> None:
        if self.gone:
            self._make()


class Config(Removed):
    """A config."""

    name = "config"
    title = "a config that the new specification needs is removed when it is written"
    kind = "config"


class Secret(Removed):
    """A secret."""

    name = "secret"
    title = "a secret that the new specification needs is removed when it is written"
    kind = "secret"


FAULTS = (Config, Secret)
