# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading histories in two ways: as the modules tell them, and as they stand in Swarm's config objects."""

from __future__ import annotations

import base64
import json
import threading
import zlib
from collections.abc import Callable
from typing import Any

from tests.integration.cluster import Json, image
from tests.integration.stage import QUICK, Stage
from tests.lab.calls import Action, Call, Hangup
from tests.lab.door import Door

LABEL = "swarm.rollout."


class Past(Stage):
    """A test's place in the Swarm, with the history of its service."""

    def told(self) -> list[Json]:
        """The history as `swarm_service_info` returns it, oldest first."""
        return list(reversed(self.now()["history"]))

    def now(self) -> Json:
        """The service as `swarm_service_info` returns it with its history."""
        found = self.info(history=True)
        assert len(found) == 1
        return found[0]

    def outcomes(self) -> dict[int, str]:
        """Number and outcome of each revision, as told."""
        return {one["revision"]: one["outcome"] for one in self.told()}

    def stored(self) -> dict[int, Json]:
        """Every record of the service by number, taken from the config objects themselves; none is there twice."""
        found: dict[int, Json] = {}
        for config in self.cluster.engine.get("/configs"):
            labels = config["Spec"].get("Labels") or {}
            if labels.get(f"{LABEL}service") != self.name:
                continue
            record = unpacked(config["Spec"]["Data"])
            assert record["number"] not in found
            assert labels[f"{LABEL}number"] == str(record["number"])
            found[record["number"]] = {**record, "labels": labels, "outcome": labels[f"{LABEL}outcome"]}
        return dict(sorted(found.items()))

    def carried(self) -> int:
        """The number that the service's own label says."""
        return int(self.cluster.service(self.name)["Spec"]["Labels"][f"{LABEL}revision"].split(".")[0])

    def killed(self, moment: Callable[[Call], bool], module: str = "swarm_service", **options: Any) -> None:
        """Run a module and end it with SIGKILL at a call, which the Engine never hears of."""
        blade = Blade(moment)
        with Door(self.host, intercept=blade) as door:
            running = self.start(module, docker_host=door.docker_host, **options)
            try:
                self.cluster.wait("the controller is there", lambda: blade.reached or not running.under_way)
                assert running.under_way, running.wait().output
                running.kill()
            finally:
                blade.fall()

    def at_rest(self, serving: dict[str, int]) -> None:
        """Wait until Swarm is through by itself."""
        through = ("completed", "rollback_completed", "")
        self.cluster.wait(
            f"{serving} serve and no update runs",
            lambda: self.cluster.serving(self.name) == serving and self.cluster.state(self.name) in through,
        )

    def releases(self, *images: str, **options: Any) -> None:
        """One good release after the other."""
        self.have(images[0], **options)
        for release in images[1:]:
            ran = self.service(release)
            assert ran.outcome == "completed", ran.output


class Blade:
    """Holds the first call of a kind until the caller is dead, then drops it."""

    def __init__(self, moment: Callable[[Call], bool]) -> None:
        self._moment = moment
        self._reached = threading.Event()
        self._fallen = threading.Event()

    @property
    def reached(self) -> bool:
        """Whether the call came."""
        return self._reached.is_set()

    def fall(self) -> None:
        """The caller is dead."""
        self._fallen.set()

    def __call__(self, call: Call) -> Action | None:
        """The door's question what to do with a call."""
        if self._reached.is_set() or not self._moment(call):
            return None
        self._reached.set()
        self._fallen.wait(60)
        return Hangup()


def nth(number: int, method: str, route: str) -> Callable[[Call], bool]:
    """The call of that number whose route begins and ends like `begin…end`."""
    begin, _dots, end = route.partition("…")
    seen: list[Call] = []

    def matches(call: Call) -> bool:
        if call.method == method and call.route.startswith(begin) and call.route.endswith(end):
            seen.append(call)
        return len(seen) == number

    return matches


def unpacked(data: str) -> Json:
    """A record's content."""
    content = base64.b64decode(data)
    found: Json = json.loads(content if content.startswith(b"{") else zlib.decompress(content))
    return found


def plain(spec: Json) -> Json:
    """A specification without the label that only numbers the revision, and without what the Engine fills in."""
    spec = json.loads(json.dumps(spec))
    spec["Labels"] = {key: value for key, value in (spec.get("Labels") or {}).items() if not key.startswith(LABEL)}
    spec["TaskTemplate"].setdefault("Runtime", "container")
    spec["TaskTemplate"].setdefault("ForceUpdate", 0)
    spec["TaskTemplate"]["ContainerSpec"].setdefault("Isolation", "default")
    return dict(spec)


__all__ = ["LABEL", "QUICK", "Blade", "Past", "image", "nth", "plain", "unpacked"]
