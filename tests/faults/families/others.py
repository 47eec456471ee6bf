# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody else is at work on the same services."""

from __future__ import annotations

import time

from tests.faults import judge
from tests.faults.fault import ANY, Fault
from tests.faults.oracle import Facts
from tests.faults.scene import Scene
from tests.faults.strategies import Strategy, Versions
from tests.integration.cluster import Json
from tests.integration.running import Running

THEIRS = "vote:indent"


class Competing(Fault):
    """A `docker service update` to another image in the middle: it is not overwritten, and not called ours."""

    family = "others"
    name = "update"
    title = "a competing `docker service update` of the image, at a random moment"
    ends = {ANY: ("superseded",), "release": ("superseded", "failed", "rolled_back", "frozen")}

    def __init__(self, scene: Scene, strategy: Strategy) -> None:
        super().__init__(scene, strategy)
        # Their write has the settings of the steps: Swarm may leave a slot with both of its tasks.
        self.restless = bool(strategy.steps)

    def strike(self, running: Running) -> None:
        """Somewhere in the middle of the change."""
        self.target = self.strategy.services(self.scene)[-1]
        cluster = self.scene.cluster
        begun = "the change is under way"
        if self.strategy.creates:
            self.scene.until(running, begun, lambda: cluster.find(self.target) is not None)
        else:
            before = cluster.service(self.target)["Version"]["Index"]
            self.scene.until(running, begun, lambda: cluster.service(self.target)["Version"]["Index"] != before)
            self.scene.pause(running, self.scene.chance.uniform(0.0, 1.0))
        self.others_at = time.time()
        cluster.write(self.target, _theirs)

    def third(self) -> tuple[Facts, ...]:
        """Their image with the environment of either."""
        return tuple(Facts(THEIRS, (f"RELEASE={release}",)) for release in ("1", "2"))

    def again(self) -> Json:
        """A rollback from an image that is not there any more has nothing to do: it is told where to instead."""
        return {"from_image": None, "to": "1"} if self.strategy.name == "rollback" else {}


def _theirs(spec: Json) -> None:
    spec["TaskTemplate"]["ContainerSpec"]["Image"] = THEIRS


class Second(Fault):
    """The same task at the same time: one of them writes, both are right."""

    family = "others"
    name = "second-run"
    title = "the same task run twice at the same time"
    ends = {ANY: ("completed", "unchanged")}

    def strike(self, running: Running) -> None:
        """A moment later, at the most."""
        self.scene.pause(running, self.scene.chance.uniform(0.0, 0.3))
        self.others_at = time.time()
        self.second = self.strategy.start(self.scene, self.strategy.declared(self.scene))

    def after(self, declared: Versions) -> list[str]:
        """The second ends well as well."""
        ran = self.second.wait()
        told = judge.Told.of(ran.result, ran.output)
        found = judge.said_well(told)
        if told.outcome not in judge.GREEN:
            found.append(f"the second run ended {told.outcome}: {told.msg}")
        return [*super().after(declared), *found]


FAULTS = (Competing, Second)
