# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A manager to which specifications are sent as they are, and read back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import docker
import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from tests.integration.cluster import in_sequence
from tests.integration.spec.versions import api_of

PREFIX = "spec-"
_FILES = {
    "config": (PREFIX + "site", PREFIX + "account"),
    "secret": (PREFIX + "db", PREFIX + "tls"),
}


class Manager:
    """One manager's API, with the networks, configs and secrets that the examples refer to."""

    def __init__(self, client: docker.APIClient) -> None:
        self.client = client
        self.api = api_of(client)
        self.refs = spec.References()

    def get(self, path: str, **filters: Any) -> Any:
        """GET, with the filters of a listing."""
        params = {"filters": json.dumps(filters)} if filters else {}
        return self.client._result(self.client._get(self.client._url(path), params=params), json=True)

    def post(self, path: str, body: Any, **params: Any) -> Any:
        """POST the body as it stands."""
        answer = self.client._post_json(self.client._url(path), data=body, params=params)
        return self.client._result(answer, json=True)

    def create(self, service: Mapping[str, Any]) -> str:
        """Create a service; its ID."""
        return str(self.post("/services/create", service)["ID"])

    def read(self, service: str) -> dict[str, Any]:
        """The specification as the Engine has it."""
        found: dict[str, Any] = self.get("/services/" + service)["Spec"]
        return found

    def update(self, service: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Write a specification; what the Engine made of it."""

        def written() -> None:
            version = self.get("/services/" + service)["Version"]["Index"]
            self.post("/services/%s/update" % service, wanted, version=version)

        in_sequence(written)
        return self.read(service)

    def lay(self, current: Mapping[str, Any] | None, params: Mapping[str, Any]) -> spec.Overlay:
        """The task laid over the service."""
        return spec.overlay(current, spec.parse(params), self.refs, name=PREFIX + "service")

    def prepare(self) -> None:
        """Make what the examples refer to."""
        data = base64.b64encode(b"x").decode()
        networks = {
            name: self.post("/networks/create", {"Name": name, "Driver": "overlay"})["Id"]
            for name in (PREFIX + "front", PREFIX + "back")
        }
        made = {
            kind: {name: self.post("/%ss/create" % kind, {"Name": name, "Data": data})["ID"] for name in names}
            for kind, names in _FILES.items()
        }
        self.refs = spec.References(
            networks, {found: name for name, found in networks.items()}, made["config"], made["secret"]
        )

    def clean(self) -> None:
        """Remove everything of ours."""
        for service in self.get("/services"):
            if service["Spec"]["Name"].startswith(PREFIX):
                self.client.remove_service(service["ID"])
        for secret in self.client.secrets():
            if secret["Spec"]["Name"].startswith(PREFIX):
                self.client.remove_secret(secret["ID"])
        for config in self.client.configs():
            if config["Spec"]["Name"].startswith(PREFIX):
                self.client.remove_config(config["ID"])
        for network in self.client.networks():
            if network["Name"].startswith(PREFIX):
                self.client.remove_network(network["Id"])


@pytest.fixture(scope="session")
def manager(docker_hosts: list[str]) -> Iterator[Manager]:
    """The first manager of the lab."""
    client = docker.APIClient(base_url=docker_hosts[0], version="auto", timeout=60)
    found = Manager(client)
    found.clean()
    found.prepare()
    yield found
    found.clean()
    client.close()


@pytest.fixture
def service(manager: Manager) -> Iterator[str]:
    """A service without tasks, to write to; removed afterwards."""
    made = manager.create(manager.lay(None, {"image": "web:1", "replicas": 0}).spec)
    yield made
    manager.client.remove_service(made)
