# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that get lost, leaders that are lost, and several managers."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    ConnectionFailed,
    NotAManager,
    UncertainWrite,
)
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions

from .conftest import Answer, FakeEngine, door


def test_a_write_without_an_answer_is_uncertain_and_not_repeated(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/create", Answer(drop=True))
    with pytest.raises(UncertainWrite, match="unknown whether POST /services/create took effect"):
        api.post("/services/create", {"Name": "x"})
    assert engine.paths().count("POST /services/create") == 1


def test_a_write_whose_answer_does_not_come_in_time_is_uncertain(engine: FakeEngine) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/create", Answer(hang=True))
    words = r"within 0.2 s \(option timeout\)"
    options = ConnectionOptions(hosts=(engine.host,), timeout=0.2)
    with Api(options) as api, pytest.raises(UncertainWrite, match=words):
        api.post("/services/create", {})


@pytest.mark.parametrize(
    "reason",
    [
        "rpc error: code = Unavailable desc = transport is closing",
        "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
        "raft: failed to process the request: node losing leader status",
        "rpc error: code = Unknown desc = raft: failed to process the request: node lost leader status",
        "rpc error: code = Unknown desc = raft: failed to process the request: node is stopped",
    ],
)
def test_a_leader_lost_during_a_write_makes_it_uncertain(engine: FakeEngine, api: Api, reason: str) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/1/update", Answer({"message": reason}, 500))
    with pytest.raises(UncertainWrite, match="leader"):
        api.post("/services/1/update", {})
    assert engine.paths().count("POST /services/1/update") == 1


def test_a_leader_lost_during_a_read_is_waited_for_once(engine: FakeEngine, api: Api) -> None:
    lost = Answer({"message": "rpc error: code = DeadlineExceeded desc = context deadline exceeded"}, 500)
    engine.on("GET", "/services", lost, Answer([]), lost)
    assert api.get("/services") == []
    with pytest.raises(NotAManager, match="lost the leader"):
        api.get("/services")


def test_a_refused_connection_is_never_uncertain(engine: FakeEngine) -> None:
    api = door(engine, api_version=(1, 45))
    engine.stop()
    with pytest.raises(ConnectionFailed, match="no Docker Engine listens"):
        api.post("/services/create", {})


def test_a_get_on_a_connection_that_the_engine_has_closed(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/nodes", Answer([]), Answer(drop=True), Answer([{"ID": "n"}]))
    assert api.get("/nodes") == []
    assert api.get("/nodes") == [{"ID": "n"}]


def test_an_engine_that_always_hangs_up(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/nodes", Answer(drop=True))
    with pytest.raises(ConnectionFailed, match="broke during GET /nodes"):
        api.get("/nodes")


def test_the_next_manager_is_tried_when_one_is_gone(engine: FakeEngine, second: FakeEngine) -> None:
    second.on("GET", "/nodes", Answer([]))
    api = door(engine, second)
    engine.stop()
    with api:
        api.get("/nodes")
        api.get("/nodes")
        assert api.host == second.host
        assert api.api_version == (1, 44)
    assert second.connections == 1


def test_the_next_manager_takes_over_in_the_middle(engine: FakeEngine, second: FakeEngine) -> None:
    engine.on("GET", "/nodes", Answer([]))
    second.on("GET", "/nodes", Answer([{"ID": "n"}]))
    with door(engine, second) as api:
        assert api.get("/nodes") == []
        engine.stop()
        assert api.get("/nodes") == [{"ID": "n"}]
        assert api.api_version == (1, 44)


def test_the_next_manager_is_tried_when_one_is_a_worker(engine: FakeEngine, second: FakeEngine) -> None:
    engine.on("GET", "/nodes", Answer({"message": "This node is not a swarm manager."}, 503))
    second.on("GET", "/nodes", Answer([]))
    with door(engine, second) as api:
        assert api.get("/nodes") == []
        assert api.host == second.host


def test_a_write_moves_on_only_when_it_cannot_have_been_done(engine: FakeEngine, second: FakeEngine) -> None:
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/create", Answer({"message": "This node is not a swarm manager."}, 503))
    second.on("GET", "/_ping", Answer(raw=b"OK"))
    second.on("POST", "/services/create", Answer({"ID": "1"}, 201))
    with door(engine, second) as api:
        assert api.post("/services/create", {}) == {"ID": "1"}
    assert second.seen[-1].version == "v1.44"
    engine.on("POST", "/services/create", Answer(drop=True))
    with door(engine, second) as api, pytest.raises(UncertainWrite):
        api.post("/services/create", {})
    assert second.paths().count("POST /services/create") == 1


def test_when_no_manager_can_serve_all_reasons_are_told(engine: FakeEngine, second: FakeEngine) -> None:
    second.on("GET", "/nodes", Answer({"message": "This node is not a swarm manager."}, 503))
    api = door(engine, second)
    first = engine.host
    engine.stop()
    with api, pytest.raises(ConnectionFailed) as caught:
        api.get("/nodes")
    assert first in caught.value.message
    assert second.host in caught.value.message


def test_all_without_a_leader_is_not_a_connection_problem(engine: FakeEngine, second: FakeEngine) -> None:
    for fake in (engine, second):
        fake.on("GET", "/nodes", Answer({"message": "The swarm does not have a leader."}, 500))
    with door(engine, second) as api, pytest.raises(NotAManager, match="no manager of docker_hosts"):
        api.get("/nodes")


LEADERLESS = Answer({"message": "The swarm does not have a leader."}, 503)


def test_an_election_is_waited_for_in_a_read_and_in_a_write(engine: FakeEngine, second: FakeEngine) -> None:
    engine.on("GET", "/nodes", LEADERLESS, LEADERLESS, Answer([{"ID": "n"}]))
    engine.on("GET", "/_ping", Answer(raw=b"OK"))
    engine.on("POST", "/services/create", LEADERLESS, Answer({"ID": "1"}, 201))
    second.on("GET", "/nodes", LEADERLESS)
    second.on("GET", "/_ping", Answer(raw=b"OK"))
    second.on("POST", "/services/create", LEADERLESS)
    told: list[str] = []
    with door(engine, second, election=20.0) as api:
        api.tell = told.append
        assert api.clone().get("/nodes") == [{"ID": "n"}]
        assert told == ["the Swarm has no leader; waiting up to 20 s for its managers to elect one"]
        assert api.post("/services/create", {}) == {"ID": "1"}
        assert len(told) == 2


def test_an_election_is_waited_for_while_another_manager_is_dead(engine: FakeEngine, second: FakeEngine) -> None:
    second.on("GET", "/nodes", LEADERLESS, LEADERLESS, Answer([]))
    api = door(engine, second, election=20.0)
    engine.stop()
    with api:
        assert api.get("/nodes") == []


def test_the_wait_for_a_leader_has_an_end(engine: FakeEngine) -> None:
    engine.on("GET", "/nodes", LEADERLESS)
    with door(engine, election=1.2) as api, pytest.raises(NotAManager, match="has no leader"):
        api.get("/nodes")
    assert len(engine.seen) == 3


def test_nobody_is_waited_for_where_all_are_dead_or_a_worker(engine: FakeEngine, second: FakeEngine) -> None:
    second.on("GET", "/nodes", Answer({"message": "This node is not a swarm manager."}, 503))
    api = door(engine, second, election=60.0)
    engine.stop()
    with api, pytest.raises(ConnectionFailed):
        api.get("/nodes")
    assert len(second.seen) == 1


def test_a_request_with_a_limit_of_its_own_waits_for_no_leader(engine: FakeEngine) -> None:
    engine.on("GET", "/distribution/x/json", LEADERLESS)
    with door(engine, election=60.0) as api, pytest.raises(NotAManager):
        api.get("/distribution/x/json", timeout=5.0)
    assert len(engine.seen) == 1


def test_managers_that_are_asked_one_by_one_are_not_waited_for(engine: FakeEngine) -> None:
    engine.on("GET", "/nodes", LEADERLESS)
    with door(engine, election=60.0) as api:
        for one in api.each():
            with pytest.raises(NotAManager):
                one.get("/nodes")
    assert len(engine.seen) == 1


def test_a_callers_own_limit_is_for_all_managers_together(engine: FakeEngine, second: FakeEngine) -> None:
    engine.on("GET", "/distribution/x/json", Answer(hang=True))
    with door(engine, second) as api, pytest.raises(ConnectionFailed, match=r"within 0.2 s: "):
        api.get("/distribution/x/json", timeout=0.2)
    assert second.seen == []
