# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks, configs and secrets of a real Swarm."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec import Needed
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.references import Lookup, network_names

from .conftest import Making


@pytest.fixture
def things(client: docker.APIClient) -> Iterator[dict[str, str]]:
    """A network, a config and a secret with names of their own: name by kind, and `<kind>_id`."""
    base = "engine-" + uuid.uuid4().hex[:8]
    found: dict[str, Any] = {kind: "%s-%s" % (base, kind) for kind in ("network", "config", "secret", "local")}
    found["network_id"] = client.create_network(found["network"], driver="overlay")["Id"]
    found["config_id"] = client.create_config(found["config"], b"content")["ID"]
    client.create_config(found["config"] + "-2", b"content")
    found["secret_id"] = client.create_secret(found["secret"], b"content")["ID"]
    client.create_network(found["local"], driver="bridge")
    yield found
    client.remove_network(found["network"])
    client.remove_network(found["local"])
    for name in (found["config"], found["config"] + "-2"):
        client.remove_config(client.configs(filters={"name": [name]})[0]["ID"])
    client.remove_secret(found["secret_id"])


def test_names_and_ids_in_one_call_per_kind(api: Api, things: dict[str, str]) -> None:
    needed = Needed(
        networks=(things["network"], things["network_id"]),
        configs=(things["config"],),
        secrets=(things["secret"],),
    )
    found = Lookup(api).resolve(needed)
    assert found.networks == dict.fromkeys((things["network"], things["network_id"]), things["network_id"])
    assert found.network_names == {things["network_id"]: things["network"]}
    assert found.configs == {things["config"]: things["config_id"]}
    assert found.secrets == {things["secret"]: things["secret_id"]}
    assert [call.path for call in api.calls] == ["/networks", "/configs", "/secrets"]


def test_configs_and_secrets_by_id(api: Api, things: dict[str, str]) -> None:
    needed = Needed(configs=(things["config_id"],), secrets=(things["secret_id"],))
    found = Lookup(api).resolve(needed)
    assert found.configs == {things["config_id"]: things["config_id"]}
    assert found.secrets == {things["secret_id"]: things["secret_id"]}


def test_what_is_not_there_is_left_out(api: Api) -> None:
    found = Lookup(api).resolve(Needed(networks=("nosuch",), configs=("nosuch",), secrets=("nosuch",)))
    assert (found.networks, found.configs, found.secrets) == ({}, {}, {})


def test_a_network_of_one_node(api: Api, things: dict[str, str]) -> None:
    for name in (things["local"], "none"):
        with pytest.raises(OptionError, match="belongs to the manager alone"):
            Lookup(api).resolve(Needed(networks=(name,)))


@pytest.mark.parametrize("name", ["host", "bridge"])
def test_the_stand_ins_work_in_a_service(api: Api, making: Making, name: str) -> None:
    network_id = Lookup(api).resolve(Needed(networks=(name,))).networks[name]
    spec = making.spec()
    spec["TaskTemplate"]["Networks"] = [{"Target": network_id}]
    service_id = making.create(spec)
    making.wait_for_task(service_id, "running")
    used = making.read(service_id).spec["TaskTemplate"]["Networks"][0]["Target"]
    assert network_names(api)[used] == name
    assert Lookup(api).resolve(Needed(networks=(used,))).network_names == {used: name}


def test_the_ingress_network_has_a_name(api: Api) -> None:
    assert {"ingress", "host", "bridge"} <= set(network_names(api).values())
