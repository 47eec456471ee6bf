# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From names to IDs with few calls."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec import Needed
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.references import (
    Lookup,
    network_names,
)

from .conftest import Answer, FakeEngine

NETWORKS = [{"Id": "n1", "Name": "front", "Scope": "swarm"}, {"Id": "n2", "Name": "n1", "Scope": "swarm"}]
HOST = {"Id": "nh", "Name": "host", "Scope": "swarm"}
BRIDGE = {"Id": "nb", "Name": "bridge", "Scope": "swarm"}
GONE = Answer({"message": "not found"}, 404)


def test_nothing_needed_asks_nothing(engine: FakeEngine, api: Api) -> None:
    found = Lookup(api).resolve(Needed())
    assert (found.networks, found.configs, found.secrets) == ({}, {}, {})
    assert engine.seen == []


def test_networks_by_name_and_id_in_one_call(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer(NETWORKS[:1]))
    found = Lookup(api).resolve(Needed(networks=("front", "n1")))
    assert found.networks == {"front": "n1", "n1": "n1"}
    assert found.network_names == {"n1": "front"}
    assert engine.seen[0].filters == {"scope": ["swarm"]}
    assert len(engine.seen) == 1


def test_a_name_wins_over_an_id(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer(NETWORKS))
    assert Lookup(api).resolve(Needed(networks=("n1",))).networks == {"n1": "n2"}


def test_the_swarms_stand_in_for_host(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks/host", Answer(HOST))
    assert Lookup(api).resolve(Needed(networks=("host",))).networks == {"host": "nh"}
    assert engine.paths() == ["GET /networks/host"]
    assert engine.seen[0].query == {"scope": "swarm"}


def test_the_id_of_a_stand_in(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer([]))
    engine.on("GET", "/networks/host", Answer(HOST))
    engine.on("GET", "/networks/bridge", Answer(BRIDGE))
    found = Lookup(api).resolve(Needed(networks=("nb",)))
    assert found.networks == {"nb": "nb"}
    assert found.network_names == {"nb": "bridge"}


def test_a_network_that_is_not_there_is_left_out(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer(NETWORKS))
    for name in ("host", "bridge", "none"):
        engine.on("GET", "/networks/" + name, GONE)
    assert Lookup(api).resolve(Needed(networks=("none",))).networks == {}


def test_a_network_of_one_node_is_explained(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer([]))
    for name in ("host", "bridge"):
        engine.on("GET", "/networks/" + name, GONE)
    engine.on("GET", "/networks/mine", Answer({"Id": "x", "Name": "mine", "Driver": "macvlan"}))
    with pytest.raises(OptionError, match="driver macvlan") as caught:
        Lookup(api).resolve(Needed(networks=("mine",)))
    assert caught.value.option == "networks"


def test_the_beginning_of_an_id_is_no_name(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer([]))
    for name in ("host", "bridge"):
        engine.on("GET", "/networks/" + name, GONE)
    engine.on("GET", "/networks/ab", Answer({"Id": "abcdef", "Name": "other", "Driver": "bridge"}))
    assert Lookup(api).resolve(Needed(networks=("ab",))).networks == {}


def test_which_networks_there_are_is_no_question_of_one_node(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer(NETWORKS[:1]))
    engine.on("GET", "/networks/host", Answer(HOST))
    engine.on("GET", "/networks/bridge", GONE)
    lookup = Lookup(api)
    assert lookup.existing(["n1", "front", "nh", "mine"]) == {"n1": "n1", "front": "n1", "nh": "nh"}
    assert lookup.named(["n1", "nh", "n7"]) == {"n1": "front", "nh": "host"}
    assert engine.paths() == ["GET /networks", "GET /networks/host", "GET /networks/bridge"]
    assert lookup.existing(["n1", "front"]) == {"n1": "n1", "front": "n1"}
    assert len(engine.seen) == 3


def test_configs_and_secrets_are_asked_for_by_name(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/configs", Answer([{"ID": "c1", "Spec": {"Name": "a"}}, {"ID": "c2", "Spec": {"Name": "ab"}}]))
    engine.on("GET", "/secrets", Answer([]), Answer([{"ID": "s1", "Spec": {"Name": "key"}}]))
    found = Lookup(api).resolve(Needed(configs=("a",), secrets=("s1", "none")))
    assert found.configs == {"a": "c1"}
    assert found.secrets == {"s1": "s1"}
    assert [(seen.path, seen.filters) for seen in engine.seen] == [
        ("/configs", {"name": ["a"]}),
        ("/secrets", {"name": ["s1", "none"]}),
        ("/secrets", {"id": ["s1", "none"]}),
    ]


def test_one_lookup_serves_many_services(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer(NETWORKS))
    engine.on("GET", "/configs", Answer([{"ID": "c1", "Spec": {"Name": "a"}}]))
    lookup = Lookup(api)
    for _turn in range(3):
        lookup.resolve(Needed(networks=("front",), configs=("a",)))
    assert len(engine.seen) == 2


def test_names_of_all_networks(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/networks", Answer(NETWORKS))
    engine.on("GET", "/networks/host", Answer(HOST))
    engine.on("GET", "/networks/bridge", GONE)
    assert network_names(api) == {"n1": "front", "n2": "n1", "nh": "host"}
