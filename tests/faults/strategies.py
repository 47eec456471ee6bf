# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to change services that each fault strikes: how the scene is set, what is declared, how it is run.

A service of a scene is described by a `Version`: what a person would say it runs. The oracle compares the cluster
with nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.faults.scene import Scene
from tests.integration.cluster import Json
from tests.integration.running import Ran, Running

# One task after the other, each watched for a second: a run lasts long enough for a fault to strike in it.
PACE: Json = {"parallelism": 1, "delay": "1s", "monitor": "1s", "failure_action": "rollback"}
BACK: Json = {"parallelism": 0, "monitor": "1s"}
AT_ONCE: Json = {"parallelism": 0, "monitor": "1s"}
REPLICAS = 3
NEITHER: Json = {"configs": [], "secrets": [], "reservations": {}}


@dataclass(frozen=True)
class Version:
    """What one service is to run. `options` are further options of `swarm_service`, as a fault declares them."""

    image: str
    release: str
    replicas: int = REPLICAS
    options: tuple[tuple[str, Any], ...] = ()

    def also(self, **options: Any) -> Version:
        """The same with something else declared."""
        if "image" in options:
            return replace(self, image=options.pop("image")).also(**options)
        return replace(self, options=tuple({**dict(self.options), **options}.items()))


Versions = dict[str, Version]


@dataclass(frozen=True)
class Strategy:
    """One way to change services. `least` is how many seconds a good run of it lasts at least, by what it declares."""

    name: str
    module: str
    least: float
    order: str = "stop-first"
    steps: tuple[Any, ...] = ()

    @property
    def creates(self) -> bool:
        """Whether there is nothing before."""
        return self.name == "create"

    def services(self, scene: Scene) -> list[str]:
        """The names of its services; the last is the one that a fault aims at."""
        return [f"{scene.name}-{one}" for one in ("front", "rear")] if self.name == "release" else [scene.name]

    def former(self, scene: Scene) -> Versions:
        """What runs before; empty where there is nothing."""
        if self.creates:
            return {}
        if self.name == "rollback":
            # What is not mentioned stays: what the revision before had of its own is taken away.
            return {name: version.also(**NEITHER) for name, version in self._all(scene, "2").items()}
        return self._all(scene, "1")

    def declared(self, scene: Scene, **options: Any) -> Versions:
        """What is declared. `options` is what a fault declares besides, of the service that it aims at."""
        found = self._all(scene, "1" if self.name == "rollback" else "2")
        *_others, target = self.services(scene)
        return {**found, target: found[target].also(**options)}

    def _all(self, scene: Scene, release: str) -> Versions:
        names = self.services(scene)
        counts = [2, 1] if len(names) > 1 else [REPLICAS]
        version = Version(scene.image(f"web:{release}"), release)
        return {name: replace(version, replicas=count) for name, count in zip(names, counts, strict=True)}

    def options(self, scene: Scene, version: Version) -> Json:
        """The options of `swarm_service` for a version."""
        rollback = {**PACE, "order": self.order, "failure_action": "pause"} if self.name == "rollback" else BACK
        return {
            "image": version.image,
            "replicas": version.replicas,
            "env": {"RELEASE": version.release},
            "update_config": {**PACE, "order": self.order},
            "rollback_config": rollback,
            "restart_config": {"delay": "500ms"},
            "stop_grace_period": "2s",
            "resolve_image": "false",
            **scene.always,
            **dict(version.options),
        }

    def set_up(self, scene: Scene, declared: Versions) -> tuple[dict[str, Json], dict[str, Json]]:
        """Set the scene: stable services with a history.

        Gives the specifications that were seen: of the revision to go back to, and of what runs then.
        """
        former = self.former(scene)
        aim: dict[str, Json] = {}
        if self.name == "release":
            _well(self.start(scene, former).wait())
        elif self.name == "rollback":
            for name, version in declared.items():
                # The scene is set quickly, but the way back goes at the pace of the others.
                _well(self._service(scene, name, version, update_config=AT_ONCE))
                aim[name] = scene.cluster.service(name)["Spec"]
        if self.name != "release":
            for name, version in former.items():
                pace = {"update_config": AT_ONCE} if self.name == "rollback" else {}
                _well(self._service(scene, name, version, **pace))
        return aim, {name: scene.cluster.service(name)["Spec"] for name in former}

    def _service(self, scene: Scene, name: str, version: Version, **more: Any) -> Ran:
        return scene.start("swarm_service", {"name": name, **self.options(scene, version), **more}).wait()

    def start(self, scene: Scene, declared: Versions, **more: Any) -> Running:
        """Start the module on what is declared; `more` are options of the module, such as the connection."""
        patience = {"progress_deadline": "45s", "wait_timeout": "150s", **more}
        if self.name == "release":
            entries = []
            before: list[str] = []
            for name, version in declared.items():
                entries.append({"name": name, **self.options(scene, version), "depends_on": list(before)})
                before.append(name)
            return scene.start(self.module, {"name": scene.name, "services": entries, **patience})
        ((name, version),) = declared.items()
        if self.name == "rollback":
            back = {"name": name, "from_image": scene.image("web:2"), "to": "previous", "announce": False}
            return scene.start(self.module, {**back, **patience})
        stepping: Json = {"steps": list(self.steps), "checks": [{"tasks": {"healthy_for": "1s"}}]} if self.steps else {}
        return scene.start(self.module, {"name": name, **self.options(scene, version), **stepping, **patience})


def _well(ran: Ran) -> None:
    assert not ran.failed, f"the scene could not be set: {ran.msg}"


STRATEGIES = {
    one.name: one
    for one in (
        Strategy("create", "swarm_service", 1.0),
        Strategy("update-stop-first", "swarm_service", 3.0),
        Strategy("update-start-first", "swarm_service", 3.0, order="start-first"),
        Strategy("progressive", "swarm_service", 3.0, order="start-first", steps=(1, "100%")),
        Strategy("rollback", "swarm_service_rollback", 3.0),
        Strategy("release", "swarm_release", 4.0),
    )
}
