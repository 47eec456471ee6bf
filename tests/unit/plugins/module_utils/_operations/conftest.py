# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Engine in memory: services with versions and one previous specification, and faults on demand."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError, NotFound, OutOfSequence
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import NO_SECRETS
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context


class Fault(Exception):
    """An error that the Engine answers once. `effect` happens before it; with `acted` the call is carried out all the
    same.
    """

    def __init__(self, error: Exception, effect: Callable[[], Any] | None = None, *, acted: bool = False) -> None:
        super().__init__(str(error))
        self.error, self.effect, self.acted = error, effect, acted


class Clock:
    """Time that only passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1_800_000_000.0 + self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class MemoryEngine:
    """Answers like the Engine's door, for the calls that the operations make.

    `faults` maps (method, path prefix) to a list of exceptions: each is raised once. One that has the
    attribute `acted` is raised after the Engine did what it was asked. `digests` is what a registry says of images,
    `networks` has the names of the Swarm's by ID; `auth` are the logins that came with writes of services.
    """

    api_version = (1, 45)
    host = "memory"
    secrets = NO_SECRETS
    answered_at = None

    def __init__(self) -> None:
        self.services: dict[str, dict[str, Any]] = {}
        self.configs: dict[str, dict[str, Any]] = {}
        self.tasks: list[dict[str, Any]] = []
        self.faults: dict[tuple[str, str], list[Exception]] = {}
        self.calls: list[tuple[str, str]] = []
        self.queries: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self.auth: list[str | None] = []
        self.after_write: Any = None
        self.digests: dict[str, str] = {}
        self.networks: dict[str, str] = {}
        self.index = 10

    def add(self, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A service that somebody else made."""
        self.index += 1
        raw = {"ID": "id-%s" % spec["Name"], "Version": {"Index": self.index}, "Spec": copy.deepcopy(spec), **more}
        self.services[raw["ID"]] = raw
        return raw

    def touch(self, service_id: str, spec: dict[str, Any] | None = None) -> None:
        """Another writer: only the version (the orchestrator's status) or the specification too."""
        self.index += 1
        raw = self.services[service_id]
        raw["Version"]["Index"] = self.index
        if spec is not None:
            raw["PreviousSpec"], raw["Spec"] = raw["Spec"], copy.deepcopy(spec)

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        self._call("GET", path)
        filters = (query or {}).get("filters") or {}
        if path == "/services":
            found = list(self.services.values())
            for key, value in (("id", "ID"), ("name", "Name")):
                if key in filters:
                    found = [raw for raw in found if (raw if key == "id" else raw["Spec"])[value] in filters[key]]
            return copy.deepcopy(found)
        if path == "/configs" and "label" in filters:
            wanted = filters["label"][0].partition("=")
            return [
                copy.deepcopy(raw)
                for raw in self.configs.values()
                if wanted[2] in ("", raw["Spec"]["Labels"].get(wanted[0]))
            ]
        if path == "/networks":
            return [{"Id": found, "Name": name} for found, name in self.networks.items()]
        return copy.deepcopy(self.tasks) if path == "/tasks" else []

    def each(self) -> list[MemoryEngine]:
        return [self]

    def get(self, path: str, query: Any = None, **more: Any) -> Any:
        self._call("GET", path)
        if path.startswith("/distribution/"):
            image = path[len("/distribution/") : -len("/json")]
            if image in self.digests:
                return {"Descriptor": {"digest": self.digests[image]}}
        raise NotFound("no such object", 404, path)

    def post(self, path: str, body: Any = None, query: Any = None, headers: Any = None) -> Any:
        if path.startswith("/services"):
            self.queries.append(dict(query or {}))
            self.auth.append((headers or {}).get("X-Registry-Auth"))
        return self._call("POST", path, lambda: self._post(path, body, query or {}))

    def delete(self, path: str, query: Any = None) -> None:
        store = self.configs if path.startswith("/configs") else self.services
        self._call("DELETE", path, lambda: store.pop(path.split("/")[2]))

    def _post(self, path: str, body: Any, query: dict[str, Any]) -> Any:
        if path == "/services/create":
            return {"ID": self.add(body)["ID"], "Warnings": None}
        if path.startswith("/configs"):
            return self._post_config(path, body, query)
        service_id = path.split("/")[2]
        raw = self.services[service_id]
        wanted = raw["PreviousSpec"] if query.get("rollback") else body
        self.sent.append(copy.deepcopy(wanted))
        self.touch(service_id, wanted)
        if self.after_write is not None:
            self.after_write()
        return {"Warnings": None}

    def _post_config(self, path: str, body: Any, query: dict[str, Any]) -> Any:
        self.index += 1
        if path == "/configs/create":
            if any(raw["Spec"]["Name"] == body["Name"] for raw in self.configs.values()):
                raise EngineError("name in use", 409, "rpc error: config already exists")
            self.configs["c%d" % self.index] = {
                "ID": "c%d" % self.index,
                "Version": {"Index": self.index},
                "Spec": copy.deepcopy(body),
            }
            return {"ID": "c%d" % self.index}
        raw = self.configs[path.split("/")[2]]
        if query["version"] != raw["Version"]["Index"]:
            raise OutOfSequence("out of sequence", 500, "update out of sequence")
        raw["Version"]["Index"] = self.index
        raw["Spec"]["Labels"] = copy.deepcopy(body["Labels"])
        return None

    def _call(self, method: str, path: str, act: Any = lambda: None) -> Any:
        self.calls.append((method, path))
        for (verb, prefix), faults in self.faults.items():
            if verb == method and path.startswith(prefix) and faults:
                fault = faults.pop(0)
                if not isinstance(fault, Fault):
                    raise fault
                if fault.effect is not None:
                    fault.effect()
                if fault.acted:
                    act()
                raise fault.error
        return act()


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def ctx(engine: MemoryEngine) -> Context:
    """A context that does not wait, over the Engine in memory."""
    return Context(engine, wait=False, clock=Clock())  # type: ignore[arg-type]
