# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stage whose service is asked from outside."""

from __future__ import annotations

import os
from typing import Any

import requests

from tests.integration.cluster import Json
from tests.integration.running import Ran
from tests.integration.stage import Stage
from tests.lab.lab import Lab

# Ports of the node are given out one after the other.
NODE = "node3"


class Measured(Stage):
    """A service in a network of its own, and an edge through which this machine reaches its tasks."""

    url = ""

    def prepared(
        self, image: str = "web:1", replicas: int = 1, order: str = "start-first", monitor: str = "1s", **options: Any
    ) -> None:
        """The service at rest, and answers at `url`."""
        self.cluster.engine.post("/networks/create", {"Name": self.name, "Driver": "overlay"})
        pace = {"monitor": monitor, "order": order}
        self.have(image, replicas, networks=[self.name], update_config=pace, rollback_config=pace, **options)
        self.url = self._lab.edge(self.name, self.name, node=NODE)

    def roll(self, image: str, options: Json | None = None, **availability: Any) -> Ran:
        """Run `swarm_service` and measure; further options of the module come in a dict."""
        return self.service(image, availability=self.asked(**availability), **(options or {}))

    def asked(self, **availability: Any) -> Json:
        """The option."""
        return {"url": self.url, "interval": "50ms", **availability}

    def answers_only(self, text: str) -> None:
        """Wait until nobody from before answers any more: the edge learns late which tasks have gone."""

        def all_of_them() -> bool:
            return all(text in requests.get(self.url, timeout=5).text for _request in range(20))

        self.cluster.wait(f"every answer has {text}", all_of_them)

    def close(self) -> None:
        """The edge goes as well."""
        self._lab.remove_edge(self.name)
        super().close()

    @property
    def _lab(self) -> Lab:
        return Lab(os.environ["SWARM_LAB"])


def certificate(ran: Ran) -> Json:
    """The certificate in a result."""
    found: Json = ran.rollout["availability"]
    return found
