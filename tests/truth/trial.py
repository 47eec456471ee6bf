# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one random rollout: sets the scene, strikes, and has every claim of the result judged."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.faults import judge
from tests.faults.claims import gathered
from tests.faults.fault import is_service_write, is_write, refused
from tests.faults.scene import Scene
from tests.faults.strategies import Strategy, Version, Versions
from tests.integration.cluster import Json, available, other_image
from tests.integration.running import Running
from tests.lab.api import Engine
from tests.lab.door import Action, Call, Delay, Door, Hangup
from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.truth.case import IMAGES, JOB_IMAGES, Case, Strike

DELAY = 0.7
THEIRS = "vote:indent"
# A case ends after so many seconds, whatever it waits for.
PATIENCE: Json = {"progress_deadline": "8s", "wait_timeout": "35s"}
PLAIN = Case(0)
MATCHES: dict[str, Callable[[Call], bool]] = {
    "services": is_service_write,
    "writes": is_write,
    "reads": lambda call: call.method == "GET" and call.route != "/events",
    "any": lambda _call: True,
}


@dataclass(frozen=True)
class Result:
    """How a case ended. `complaints` are claims that the cluster contradicts, `struck` the faults that came in time."""

    case: str
    outcome: str = ""
    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)
    said: str = ""
    struck: list[str] = field(default_factory=list)
    # Why there is no result to judge: the case itself went wrong.
    broken: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Drawn(Strategy):
    """The strategy of a case."""

    case: Case = PLAIN

    @staticmethod
    def of(case: Case) -> Drawn:
        """That of this case."""
        module = {"release": "swarm_release", "rollback": "swarm_service_rollback"}
        steps = (1, "100%") if case.strategy == "steps" else ()
        return Drawn(case.strategy, module.get(case.strategy, "swarm_service"), 1.0, case.order, steps, case)

    def _all(self, scene: Scene, release: str) -> Versions:
        found = super()._all(scene, release)
        images = JOB_IMAGES if self.case.job else IMAGES
        # The first release is a good one; so is that which a rollback leaves.
        image = images[self.case.image] if release == "2" and self.name != "rollback" else f"web:{release}"
        if self.case.job and release != "2":
            image = JOB_IMAGES["good"]
        return {
            name: Version(scene.image(image), version.release, self.case.replicas) for name, version in found.items()
        }

    def declared(self, scene: Scene, **options: Any) -> Versions:
        """What is declared: of a service that is created the second release as well."""
        return super().declared(scene, **options)

    def options(self, scene: Scene, version: Version) -> Json:
        """The options of a version."""
        case, found = self.case, super().options(scene, version)
        moves = {
            "parallelism": case.parallelism,
            "delay": "0s",
            "monitor": "1s",
            "failure_action": case.failure_action,
            "order": case.order,
        }
        found.update(update_config=moves, restart_config={"condition": case.restart, "delay": "500ms"}, mode=case.mode)
        found["stop_grace_period"] = "1s"
        if case.job:
            found["restart_config"]["max_attempts"] = 1
        if case.mode.startswith("global"):
            del found["replicas"]
        if case.job:
            del found["update_config"], found["rollback_config"]
        return found

    def _service(self, scene: Scene, name: str, version: Version, **more: Any) -> Any:
        kept = {} if self.case.job else more
        return super()._service(scene, name, version, **kept)


class Trial:
    """One case, once."""

    def __init__(self, case: Case, lab: Lab) -> None:
        self.case = case
        self.strategy = Drawn.of(case)
        self.scene = Scene(lab, case.seed)
        self.struck: list[str] = []
        self.others_at: float | None = None
        self.undo: list[Callable[[], None]] = []

    def run(self) -> Result:
        """All of it."""
        begun = time.monotonic()
        try:
            return self._run(begun)
        finally:
            for undo in self.undo:
                undo()
            self.scene.close()

    def _run(self, since: float) -> Result:
        case, scene, strategy = self.case, self.scene, self.strategy
        versions = strategy.declared(scene)
        strategy.set_up(scene, versions)
        names = strategy.services(scene)
        with Door(scene.hosts[0], intercept=self._intercept) as door:
            begun = time.time()
            with scene.film(names, nodes=case.mode.startswith("global")) as film:
                running = strategy.start(scene, versions, docker_host=door.docker_host, **PATIENCE)
                self._strike(running, names[-1], begun)
                ran = running.wait()
            if any(call.intercepted for call in door.calls):
                self.struck += sorted({one.kind for one in case.strikes if one.at_door})
        configs = scene.cluster.engine.get("/configs")
        slow = DELAY if any(one.kind == "delayed" for one in case.strikes) else 0.0
        evidence = gathered(ran, versions, film.frames, configs, begun, others_at=self.others_at, slow=slow)
        told = judge.Told.of(ran.result, ran.output)
        complaints = [*judge.said_well(told), *judge.contradicted(ran.result, evidence)]
        seconds = round(time.monotonic() - since, 1)
        return Result(case.text(), told.outcome, seconds, complaints, told.msg, self.struck)

    def _intercept(self, call: Call) -> Action | None:
        for one in self.case.strikes:
            if not one.at_door or not MATCHES[one.calls](call) or self.scene.chance.random() >= one.share:
                continue
            # What is done to every call alike would never end: the first one of each route is enough.
            if one.share == 1.0 and one.kind != "delayed" and not self._first(one, call):
                continue
            if one.kind == "delayed":
                return Delay(DELAY)
            if one.kind == "refused":
                return refused("something is wrong inside")
            return Hangup(after=one.kind == "lost-after")
        return None

    def _first(self, one: Strike, call: Call) -> bool:
        known: set[tuple[Strike, str]] = self.__dict__.setdefault("_known", set())
        key = (one, f"{call.method} {call.route}")
        if key in known:
            return False
        known.add(key)
        return True

    def _strike(self, running: Running, name: str, begun: float) -> None:
        """What does not happen at the door, each at its second; too late is not at all."""
        for one in sorted((one for one in self.case.strikes if not one.at_door), key=lambda one: one.second):
            while running.under_way and time.time() - begun < one.second:
                time.sleep(0.02)
            if not running.under_way:
                return
            try:
                done = self._do(one, name)
            except (LabError, AssertionError):
                # It is not there (yet), or cannot be had.
                done = False
            if done:
                self.struck.append(one.kind)

    def _do(self, one: Strike, name: str) -> bool:
        cluster = self.scene.cluster
        if one.kind == "kill-task":
            return self._kill(name)
        if one.kind in ("pause-node", "drain-node"):
            node = self.scene.chance.choice(cluster.engine.get("/nodes"))["ID"]
            self.undo.append(lambda: available(cluster, node, "active"))
            available(cluster, node, one.kind.partition("-")[0])
            return True
        if cluster.find(name) is None:
            return False
        self.others_at = self.others_at or time.time()
        if one.kind == "other-remove":
            cluster.remove(name)
        elif one.kind == "other-rollback":
            cluster.go_back(name)
        elif one.kind == "other-image":
            cluster.write(name, other_image(THEIRS))
        else:
            cluster.write(name, _scaled if one.kind == "other-scale" else _labelled)
        return True

    def _kill(self, name: str) -> bool:
        """End the process of one of its tasks, as the kernel would."""
        cluster = self.scene.cluster
        found = cluster.running(name)
        if not found:
            return False
        task = self.scene.chance.choice(found)
        node = cluster.engine.get(f"/nodes/{task['NodeID']}")["Description"]["Hostname"]
        container = task["Status"]["ContainerStatus"]["ContainerID"]
        Engine(self.scene.addresses[node]).post(f"/containers/{container}/kill")
        return True


def _labelled(spec: Json) -> None:
    spec["Labels"] = {**(spec.get("Labels") or {}), "theirs": "1"}


def _scaled(spec: Json) -> None:
    mode = spec["Mode"].get("Replicated")
    if mode is None:
        _labelled(spec)
    else:
        mode["Replicas"] = int(mode.get("Replicas") or 0) + 1
