# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services in the Engine's JSON."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError
from ansible_collections.swarm.rollout.plugins.module_utils._engine import services
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api

from .conftest import Answer, FakeEngine

WEB = {"ID": "idofweb", "Version": {"Index": 7}, "Spec": {"Name": "web", "Unknown": 1}}


def test_a_service_is_found_by_name_and_by_full_id(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/services/web", Answer(WEB))
    engine.on("GET", "/services/idofweb", Answer(WEB))
    for asked in ("web", "idofweb"):
        found = services.get(api, asked)
        assert found is not None
        assert (found.id, found.version, found.spec["Unknown"]) == ("idofweb", 7, 1)
    assert [seen.query for seen in engine.seen] == [{}, {}]


def test_no_service_is_none(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/services/web", Answer({"message": "service web not found"}, 404))
    assert services.get(api, "web") is None


def test_the_beginning_of_an_id_is_not_the_name_of_a_service(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/services/ido", Answer(WEB))
    assert services.get(api, "ido") is None
    engine.on("GET", "/services/i", Answer({"message": "service i is ambiguous (2 matches found)"}, 400))
    assert services.get(api, "i") is None


def test_other_refusals_are_errors(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/services/web", Answer({"message": "no"}, 500))
    with pytest.raises(EngineError):
        services.get(api, "web")


def test_listing_with_filters(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/services", Answer([WEB]), Answer(None))
    assert [found.name for found in services.list_services(api, {"name": ("web",)})] == ["web"]
    assert engine.seen[0].filters == {"name": ["web"]}
    assert services.list_services(api) == []
    assert engine.seen[1].query == {}


@pytest.mark.parametrize(
    ("answer", "warnings"),
    [
        ({"ID": "1"}, []),
        ({"ID": "1", "Warnings": None}, []),
        ({"ID": "1", "Warnings": ["a", "b"]}, ["a", "b"]),
        ({"ID": "1", "Warning": "old"}, ["old"]),
    ],
)
def test_create_gives_the_id_and_warnings(engine: FakeEngine, api: Api, answer: object, warnings: list[str]) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/create", Answer(answer, 201))
    assert services.create(api, {"Name": "web"}, registry_auth="abc") == ("1", warnings)
    assert engine.seen[1].body == {"Name": "web"}
    assert engine.seen[1].headers["X-Registry-Auth"] == "abc"


def test_update_sends_what_it_is_asked_to(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/1/update", Answer({"Warnings": None}))
    assert services.update(api, "1", 7, {"Name": "web"}) == []
    services.update(api, "1", 8, {"Name": "web"}, rollback=True, registry_auth_from="previous-spec")
    assert engine.seen[1].query == {"version": "7"}
    assert engine.seen[1].body == {"Name": "web"}
    assert "X-Registry-Auth" not in engine.seen[1].headers
    assert engine.seen[2].query == {
        "version": "8",
        "rollback": "previous",
        "registryAuthFrom": "previous-spec",
    }


def test_remove_tells_whether_there_was_one(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("DELETE", "/services/1", Answer(raw=b""), Answer({"message": "service 1 not found"}, 404))
    assert services.remove(api, "1") is True
    assert services.remove(api, "1") is False
