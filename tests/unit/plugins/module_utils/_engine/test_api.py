# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The door: versions without a round trip, typed errors, queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    ConnectionFailed,
    EngineError,
    NotAManager,
    NotFound,
    OptionError,
    OutOfSequence,
    UncertainWrite,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import SecretValues
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import NEWEST_VERSION, Api, segment

from .conftest import Answer, FakeEngine, door


def test_the_version_is_learnt_from_the_first_answer(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/nodes", Answer([]))
    api.get_list("/nodes")
    api.get_list("/nodes")
    assert [seen.version for seen in engine.seen] == ["", "v1.45"]
    assert api.api_version == (1, 45)
    assert len(engine.seen) == 2


def test_the_version_is_learnt_from_an_error_too(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/services/x", Answer({"message": "service x not found"}, 404))
    with pytest.raises(NotFound):
        api.get("/services/x")
    assert api.api_version == (1, 45)
    assert engine.paths() == ["GET /services/x"]


def test_a_newer_engine_is_spoken_to_in_the_newest_known_version(api: Api, engine: FakeEngine) -> None:
    engine.api_version = "1.99"
    engine.on("GET", "/nodes", Answer([]))
    api.get("/nodes")
    assert api.api_version == NEWEST_VERSION


def test_a_version_given_by_the_user_is_used_from_the_start(engine: FakeEngine) -> None:
    engine.on("GET", "/nodes", Answer([]))
    with door(engine, api_version=(1, 41)) as api:
        api.get("/nodes")
        assert api.api_version == (1, 41)
    assert [seen.version for seen in engine.seen] == ["v1.41"]


def test_a_version_that_the_engine_refuses_names_the_option(engine: FakeEngine) -> None:
    reason = "client version 1.99 is too new. Maximum supported API version is 1.45"
    engine.on("GET", "/nodes", Answer({"message": reason}, 400))
    with door(engine, api_version=(1, 99)) as api, pytest.raises(OptionError, match="api_version"):
        api.get("/nodes")


def test_asking_for_the_version_first_costs_one_ping(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    assert api.api_version == (1, 45)
    assert engine.paths() == ["GET /_ping"]


def test_a_server_that_tells_no_version(engine: FakeEngine, api: Api) -> None:
    engine.api_version = None
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    with pytest.raises(EngineError, match="api_version"):
        assert api.api_version


def test_a_write_never_goes_out_without_a_version(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/create", Answer({"ID": "1"}, 201))
    api.post("/services/create", {"Name": "x"})
    assert engine.paths() == ["GET /_ping", "POST /services/create"]
    assert engine.seen[1].version == "v1.45"
    assert engine.seen[1].body == {"Name": "x"}
    assert engine.seen[1].headers["Content-Type"] == "application/json"


def test_one_connection_serves_many_requests(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/nodes", Answer([]))
    engine.on("DELETE", "/services/x", Answer(raw=b""))
    for _turn in range(3):
        api.get("/nodes")
    api.delete("/services/x")
    assert engine.connections == 1


def test_one_connection_serves_many_requests_on_a_socket_too(tmp_path: Path) -> None:
    engine = FakeEngine().start(tmp_path / "docker.sock")
    try:
        engine.on("GET", "/nodes", Answer([]))
        engine.on("GET", "/services", Answer([]))
        with door(engine) as api:
            for path in ("/nodes", "/services", "/nodes"):
                api.get(path, {"filters": {"x": [path]}})
        assert engine.connections == 1
    finally:
        engine.stop()


def test_calls_are_counted(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/nodes", Answer([]))
    api.get("/nodes", {"filters": {"role": ["manager"]}})
    api.clone().get("/nodes")
    assert [tuple(call) for call in api.calls] == [("GET", "/nodes"), ("GET", "/nodes")]


def test_queries_are_encoded(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/x", Answer([]))
    api.get("/x", {"filters": {"name": ["a b&c"]}, "status": True, "tail": 5, "gone": None})
    assert engine.seen[0].query == {"filters": '{"name":["a b&c"]}', "status": "true", "tail": "5"}


def test_a_segment_cannot_leave_its_place() -> None:
    assert segment("../x?y") == "..%2Fx%3Fy"


def test_null_is_an_empty_list(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/tasks", Answer(None))
    assert api.get_list("/tasks") == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(raw=b"<html>Welcome</html>"),
        Answer(raw=b'[{"ID": "abc'),
        Answer({"not": "a list"}),
    ],
)
def test_an_answer_that_cannot_be_read(engine: FakeEngine, api: Api, answer: Answer) -> None:
    engine.on("GET", "/tasks", answer)
    with pytest.raises(EngineError, match="cannot be read"):
        api.get_list("/tasks")


def test_an_answer_that_is_cut_off(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/tasks", Answer([{"ID": "x" * 100}], cut_to=20))
    # Whether the length is checked depends on the version of urllib3.
    with pytest.raises((ConnectionFailed, EngineError), match=r"broke during GET /tasks|cannot be read"):
        api.get_list("/tasks")


def test_not_found_has_the_engines_reason(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/services/web", Answer({"message": "service web not found"}, 404))
    with pytest.raises(NotFound) as caught:
        api.get("/services/web")
    assert caught.value.status == 404
    assert caught.value.reason == "service web not found"
    assert engine.host in caught.value.message


@pytest.mark.parametrize("raw", [b"", b"<html><h1>404</h1> nginx</html>", b'{"error": "nope"}'])
def test_another_servers_not_found_is_no_missing_service(engine: FakeEngine, api: Api, raw: bytes) -> None:
    engine.on("GET", "/services/web", Answer(raw=raw, status=404))
    with pytest.raises(EngineError, match="not as a Docker Engine does") as caught:
        api.get("/services/web")
    assert not isinstance(caught.value, NotFound)


def test_a_path_that_the_engine_does_not_know_is_no_missing_service(engine: FakeEngine, api: Api) -> None:
    with pytest.raises(EngineError) as caught:
        api.get("/services/web")
    assert not isinstance(caught.value, NotFound)


def test_a_redirect_is_an_error(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/nodes", Answer(raw=b"", status=301, headers={"Location": "/elsewhere"}))
    with pytest.raises(EngineError, match="301"):
        api.get("/nodes")


def test_out_of_sequence(engine: FakeEngine, api: Api) -> None:
    reason = "rpc error: code = Unknown desc = update out of sequence"
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/1/update", Answer({"message": reason}, 500))
    with pytest.raises(OutOfSequence) as caught:
        api.post("/services/1/update", {})
    assert caught.value.status == 500


NOT_MANAGERS = {
    "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.": "worker",
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join"': "not part of a Swarm",
    "rpc error: code = Unknown desc = The swarm does not have a leader.": "no leader",
    "Swarm is encrypted and needs to be unlocked before it can be used.": "docker swarm unlock",
    "Swarm certificates have expired.": "expired",
}


@pytest.mark.parametrize(("reason", "words"), NOT_MANAGERS.items())
def test_every_way_of_not_being_a_manager_has_its_sentence(
    engine: FakeEngine, api: Api, reason: str, words: str
) -> None:
    engine.on("GET", "/services", Answer({"message": reason}, 503))
    with pytest.raises(NotAManager, match=words):
        api.get("/services")


def test_plain_text_to_a_tls_port_is_explained(engine: FakeEngine, api: Api) -> None:
    raw = b"Client sent an HTTP request to an HTTPS server.\n"
    engine.on("GET", "/nodes", Answer(raw=raw, status=400))
    with pytest.raises(ConnectionFailed, match="set validate_certs or tls"):
        api.get("/nodes")


def test_a_login_appears_in_no_error(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/create", Answer({"message": "no"}, 500), Answer(drop=True))
    for kind in (EngineError, UncertainWrite):
        with pytest.raises(kind) as caught:
            api.post("/services/create", {"Env": ["PASSWORD=hunter2"]}, headers={"X-Registry-Auth": "c2VjcmV0"})
        chain: BaseException | None = caught.value
        while chain is not None:
            assert "c2VjcmV0" not in repr(chain)
            assert "hunter2" not in repr(chain)
            chain = chain.__cause__ or chain.__context__


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_a_refusal_is_told_without_secrets_and_judged_by_its_own_words(
    engine: FakeEngine, api: Api, status: int
) -> None:
    api.secrets = SecretValues(frozenset(("exists",)))
    body = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Env": ["DB_PASSWORD=a long password"]}}}
    reason = "%s: a long password already exists at tcp://a:b@c:1" % ("x" * 290)
    engine.on("GET", "/_ping", Answer("OK"))
    engine.on("POST", "/services/create", Answer({"message": reason}, status))
    with pytest.raises(EngineError) as caught:
        api.post("/services/create", body)
    told = ("%s: ******** already ******** at tcp://a:********@c:1" % ("x" * 290))[:300]
    assert caught.value.message == "%s refused POST /services/create: %s" % (engine.host, told)
    assert caught.value.told == told
    assert caught.value.name_in_use


def test_an_update_that_lost_the_race_is_known_whatever_the_secret_is(engine: FakeEngine, api: Api) -> None:
    api.secrets = SecretValues(frozenset(("sequence",)))
    engine.on("GET", "/_ping", Answer("OK"))
    engine.on("POST", "/services/1/update", Answer({"message": "rpc error: update out of sequence"}, 500))
    with pytest.raises(OutOfSequence) as caught:
        api.post("/services/1/update", {})
    assert caught.value.message.endswith("rpc error: update out of ********")
