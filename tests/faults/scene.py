# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One cell's place in the Swarm: names of its own, modules to run, any manager that answers, cleaning up."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.faults.film import Film
from tests.faults.oracle import Seen
from tests.integration.cluster import Cluster, Json
from tests.integration.running import Running
from tests.lab.api import Engine
from tests.lab.errors import EngineError, EngineGone, LabError
from tests.lab.lab import Lab

NO_LEADER = 503


class Late(AssertionError):
    """The fault came when the module had ended: the cell proves nothing."""


class AnyManager(Engine):
    """The first manager that answers and knows a leader, so that a dead one does not end the cell itself."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__(addresses[0])
        self._engines = [Engine(address, timeout=8.0) for address in addresses]

    def call(self, method: str, path: str, **given: Any) -> bytes:
        """Ask one after the other."""
        last: LabError | None = None
        for number, engine in enumerate(self._engines):
            try:
                answer = engine.call(method, path, **given)
            except EngineGone as error:
                last = error
            except EngineError as error:
                if error.status != NO_LEADER:
                    raise
                last = error
            else:
                # The one that answered is asked first from now on.
                self._engines.insert(0, self._engines.pop(number))
                return answer
        raise last or EngineGone("there is no manager")


class Scene:
    """A cell's services and all that it starts; `close` leaves nothing behind."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.lab = lab
        self.chance = random.Random(seed)
        self.name = f"f{secrets.token_hex(3)}"
        settings = lab.settings()
        self.hosts: list[str] = list(settings["docker_hosts"])
        self.addresses: dict[str, str] = {
            str(one["name"]): str(one["docker_host"]) for one in [*settings["managers"], *settings["workers"]]
        }
        self.cluster = Cluster(self.hosts[0])
        self.cluster.engine = AnyManager(self.hosts)
        # What every service of the scene declares besides: filled in by the fault before the scene is set.
        self.always: Json = {}
        self.registry = ""
        self._running: list[Running] = []

    def image(self, name: str) -> str:
        """An image by the name that this scene's nodes know it by."""
        return f"{self.registry}{name}"

    def start(self, module: str, options: Json) -> Running:
        """Start a module and do not wait for it."""
        given = dict(options)
        if "docker_host" not in given and "docker_hosts" not in given:
            given["docker_host"] = self.hosts[0]
        running = Running(module, given)
        self._running.append(running)
        return running

    def film(self, names: Sequence[str], *, nodes: bool = False) -> Film:
        """Looks at these services all the time, and at the nodes where they matter, by connections of its own."""
        cluster = Cluster(self.hosts[0])
        cluster.engine = AnyManager(self.hosts)

        def look() -> tuple[Mapping[str, Seen], Sequence[Json]]:
            found = {}
            for name in names:
                service = cluster.find(name)
                found[name] = Seen(service, cluster.tasks_of(service["ID"]) if service else ())
            return found, cluster.engine.get("/nodes") if nodes else ()

        return Film(look)

    def moment(self, running: Running, least: float) -> None:
        """Wait for a random moment of a run that lasts so many seconds at least."""
        self.pause(running, self.chance.uniform(0.2, least))

    def pause(self, running: Running, seconds: float) -> None:
        """Wait; too late when the module has ended by itself."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not running.under_way:
                raise Late(f"the module ended within {seconds:.1f} s, before the fault came")
            time.sleep(0.01)

    def until(self, running: Running, what: str, condition: Callable[[], bool], limit: float = 60.0) -> None:
        """Wait for something to be so while the module runs."""
        deadline = time.monotonic() + limit
        while not condition():
            if not running.under_way:
                raise Late(f"the module ended before: {what}")
            if time.monotonic() > deadline:
                raise Late(f"not within {limit:g} s: {what}")
            time.sleep(0.02)

    def roles(self) -> tuple[str, list[str]]:
        """The name of the leader, and those of the other managers."""
        nodes = self.cluster.engine.get("/nodes")
        names = {
            node["Description"]["Hostname"]: bool(node["ManagerStatus"].get("Leader"))
            for node in nodes
            if node.get("ManagerStatus")
        }
        return next(name for name, leads in names.items() if leads), [
            name for name, leads in names.items() if not leads
        ]

    def mine(self, name: str) -> bool:
        """Whether an object's name is one of this scene's."""
        return self.name in name

    def close(self) -> None:
        """Leave nothing behind: no process, no service, config, secret."""
        for running in self._running:
            running.kill()
        engine = self.cluster.engine
        for kind in ("services", "configs", "secrets"):
            for item in engine.get(f"/{kind}"):
                if self.mine(item["Spec"]["Name"]) or self.mine(str(item["Spec"].get("Labels"))):
                    self._delete(f"/{kind}/{item['ID']}")

    def _delete(self, path: str) -> None:
        """Delete something; a service that goes holds its configs for a moment."""
        until = time.monotonic() + 15
        while True:
            try:
                self.cluster.engine.delete(path)
                return
            except EngineError as error:
                if time.monotonic() > until or "in use" not in error.message:
                    raise
            time.sleep(0.1)
