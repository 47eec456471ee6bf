# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The truth behind a result: services and tasks as the cluster itself tells them, and writes by somebody else."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from tests.lab.api import Engine
from tests.lab.errors import EngineError

Json = dict[str, Any]
Written = TypeVar("Written")
REVISION = "swarm.rollout.revision"


def image(data: Json) -> str:
    """The image of a service's or task's specification, without a digest."""
    template = data.get("TaskTemplate", data)
    return str(template["ContainerSpec"]["Image"]).split("@")[0]


def in_sequence(write: Callable[[], Written]) -> Written:
    """Repeat a write, with the read it begins with, while Swarm itself writes the object in between."""
    for _attempt in range(20):
        try:
            return write()
        except Exception as error:
            if "out of sequence" not in str(error):
                raise
    raise AssertionError("always somebody wrote in between")


class Cluster:
    """Looks at the Swarm through one manager with a client of its own; nothing of the collection is used."""

    def __init__(self, address: str) -> None:
        self.engine = Engine(address)

    def find(self, name: str) -> Json | None:
        """The service of that name, or None."""
        try:
            found: Json = self.engine.get(f"/services/{name}")
        except EngineError as error:
            if error.status == 404:
                return None
            raise
        return found

    def service(self, name: str) -> Json:
        """The service of that name, which is there."""
        found = self.find(name)
        assert found is not None, f"there is no service {name}"
        return found

    def spec(self, name: str) -> Json:
        """Its specification, without the label that only numbers the revision."""
        spec = dict(self.service(name)["Spec"])
        spec["Labels"] = {key: value for key, value in spec["Labels"].items() if key != REVISION}
        return spec

    def state(self, name: str) -> str:
        """Its update state as Swarm tells it now."""
        return str((self.service(name).get("UpdateStatus") or {}).get("State", ""))

    def tasks(self, name: str) -> list[Json]:
        """All of its tasks that Swarm remembers."""
        return self.tasks_of(self.service(name)["ID"])

    def tasks_of(self, service_id: str) -> list[Json]:
        """All tasks of a service that may be gone."""
        try:
            return self.tasks_of_all([service_id])
        except EngineError as error:
            if error.status != 404:
                raise
            # The Engine filters by services that are there.
            return [task for task in self.engine.get("/tasks") if task.get("ServiceID") == service_id]

    def tasks_of_all(self, service_ids: Sequence[str]) -> list[Json]:
        """All tasks of services that are there. Those of others, which may be many, are left at the Engine."""
        if not service_ids:
            return []
        found: list[Json] = self.engine.get("/tasks", filters=json.dumps({"service": list(service_ids)}))
        return found

    def running(self, name: str) -> list[Json]:
        """The tasks that serve now."""
        return [
            task
            for task in self.tasks(name)
            if task["Status"]["State"] == "running" and task["DesiredState"] == "running"
        ]

    def running_ids(self, name: str) -> set[str]:
        """Their IDs: equal before and after means that no task was replaced."""
        return {task["ID"] for task in self.running(name)}

    def serving(self, name: str) -> dict[str, int]:
        """How many tasks of which image serve now."""
        return dict(Counter(image(task["Spec"]) for task in self.running(name)))

    def write(self, name: str, change: Callable[[Json], None]) -> Json:
        """Write the service as somebody else would; the specification written."""

        def written() -> Json:
            service = self.service(name)
            spec: Json = service["Spec"]
            change(spec)
            self.engine.post(f"/services/{service['ID']}/update", spec, version=service["Version"]["Index"])
            return spec

        return in_sequence(written)

    def go_back(self, name: str) -> None:
        """What `docker service rollback` does."""

        def written() -> None:
            service = self.service(name)
            path = f"/services/{service['ID']}/update"
            self.engine.post(path, service["Spec"], version=service["Version"]["Index"], rollback="previous")

        in_sequence(written)

    def remove(self, name: str) -> None:
        """Remove the service as somebody else would."""
        assert self.engine.delete(f"/services/{name}")

    def released(self, network: str) -> bool:
        """Remove a network; False while a task still holds it."""
        try:
            self.engine.delete(f"/networks/{network}")
        except EngineError as error:
            if "in use" not in str(error):
                raise
            return False
        return True

    def clear(self, name: str) -> None:
        """Remove services, configs, secrets and networks that carry a name, or a label with it.

        The history of a service is kept in configs. Tasks that stop hold a network for a while.
        """
        for kind in ("services", "configs", "secrets"):
            for item in self.engine.get(f"/{kind}"):
                if name in item["Spec"]["Name"] or name in str(item["Spec"].get("Labels")):
                    self.engine.delete(f"/{kind}/{item['ID']}")
        for network in self.engine.get("/networks"):
            if name in network["Name"]:
                self.wait("the network is let go", partial(self.released, network["Id"]))

    def forget(self, *names: str) -> None:
        """Remove the services of exactly those names, their histories and those of releases called like that."""
        for kind in ("services", "configs"):
            for item in self.engine.get(f"/{kind}"):
                if {item["Spec"]["Name"], *(item["Spec"].get("Labels") or {}).values()} & set(names):
                    self.engine.delete(f"/{kind}/{item['ID']}")

    def wait(self, what: str, condition: Callable[[], bool], limit: float = 60.0) -> None:
        """Wait until the cluster is where a test needs it to be."""
        deadline = time.monotonic() + limit
        while not condition():
            assert time.monotonic() < deadline, f"not within {limit:g} s: {what}"
            time.sleep(0.1)


def other_image(name: str) -> Callable[[Json], None]:
    """A change for `Cluster.write`."""

    def change(spec: Json) -> None:
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = name

    return change


def available(cluster: Cluster, node_id: str, how: str) -> None:
    """Give a node another availability."""

    def written() -> None:
        node = cluster.engine.get(f"/nodes/{node_id}")
        wanted = {**node["Spec"], "Availability": how}
        cluster.engine.post(f"/nodes/{node_id}/update", wanted, version=node["Version"]["Index"])

    in_sequence(written)
