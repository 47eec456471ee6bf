# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine's door: it counts, it passes everything on unchanged, and it fails calls on demand."""

from __future__ import annotations

import http.client
import socket
import threading
from urllib.parse import urlsplit

import pytest

from tests.lab.door import Call, Delay, Door, Hangup, Reply, Silence
from tests.lab.errors import LabError
from tests.unit.lab.servers import fake_engine


@pytest.fixture
def engine():
    with fake_engine() as server:
        yield server


@pytest.fixture
def door(engine):
    with Door(engine.address) as opened:
        yield opened


@pytest.fixture
def client(door):
    connection = connect(door)
    yield connection
    connection.close()


def connect(door: Door) -> http.client.HTTPConnection:
    """A client that keeps its connection."""
    parts = urlsplit(door.docker_host)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)


def ask(client: http.client.HTTPConnection, method: str, path: str, **given) -> tuple[int, bytes]:
    """One call."""
    client.request(method, path, **given)
    answer = client.getresponse()
    return answer.status, answer.read()


def finished(door: Door, number: int = 0) -> Call:
    """A call, once its end is noted (a moment after the client has the answer)."""
    pause = threading.Event()
    for _attempt in range(1000):
        if len(door.calls) > number and door.calls[number].finished is not None:
            return door.calls[number]
        pause.wait(0.005)
    raise AssertionError(f"no call {number} ended: {door.calls}")


def test_a_call_is_passed_on_and_noted(engine, door, client):
    assert ask(client, "POST", "/v1.41/services/x/update?version=7&rollback=previous", body=b'{"a":1}') == (
        200,
        b'{"ok": true}',
    )

    assert engine.seen == [("POST", "/v1.41/services/x/update?version=7&rollback=previous", b'{"a":1}')]
    call = finished(door)
    assert (call.method, call.route, call.status) == ("POST", "/services/x/update", 200)
    assert call.query == {"version": "7", "rollback": "previous"}
    assert (call.request_body, call.request_body_size, call.response_body_size) == (b'{"a":1}', 7, 12)
    assert call.duration is not None
    assert call.duration >= 0


def test_calls_share_a_connection(engine, door, client):
    for _attempt in range(3):
        assert ask(client, "GET", "/v1.41/info")[0] == 200
    assert ask(client, "HEAD", "/_ping") == (200, b"")
    assert ask(client, "GET", "/missing")[0] == 404

    assert engine.connections == 1
    assert [call.status for call in door.calls] == [200, 200, 200, 200, 404]


def test_long_and_chunked_requests_stream_through(engine, door, client):
    big = bytes(range(256)) * 8192

    assert ask(client, "POST", "/images/load", body=big)[0] == 200
    assert ask(client, "POST", "/images/load", body=iter([b"one", b"two"]), encode_chunked=True)[0] == 200

    assert [body for _method, _path, body in engine.seen] == [big, b"onetwo"]
    assert finished(door).request_body_size == len(big)
    assert finished(door).request_body == b""


def test_a_stream_arrives_piece_by_piece(engine, door, client):
    client.request("GET", "/events")
    answer = client.getresponse()

    assert answer.readline() == b"first\n"
    assert door.calls[0].finished is None
    engine.go_on.set()
    assert answer.read() == b"second\n"
    assert finished(door).status == 200


def test_a_stream_ends_for_the_engine_when_the_client_goes(engine, door, client):
    client.request("GET", "/events?endless=1")
    answer = client.getresponse()
    assert answer.readline() == b"first\n"
    engine.go_on.set()
    assert answer.readline() == b"second\n"

    answer.close()
    client.close()

    assert engine.stream_broken.wait(5)
    assert finished(door).finished is not None


def test_a_stream_ends_for_the_client_when_the_door_breaks(engine, door, client):
    client.request("GET", "/events")
    answer = client.getresponse()
    assert answer.readline() == b"first\n"

    door.break_connections()

    with pytest.raises((http.client.HTTPException, OSError)):
        answer.read()
    answer.close()
    client.close()
    assert ask(client, "GET", "/info")[0] == 200


def test_a_body_without_a_length_ends_with_the_connection(door, client):
    assert ask(client, "GET", "/until-close") == (200, b"raw stream")
    assert finished(door).response_body_size == len(b"raw stream")


def test_an_upgraded_connection_passes_both_ways(door):
    parts = urlsplit(door.docker_host)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
        sock.sendall(b"POST /upgrade HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        stream = sock.makefile("rb")
        with stream:
            while stream.readline() != b"\r\n":
                continue
            sock.sendall(b"hello\n")
            assert stream.readline() == b"echo hello\n"
            sock.shutdown(socket.SHUT_WR)
            assert stream.read() == b"bye\n"
    assert finished(door).status == 101


def test_a_call_can_be_answered_in_the_engine_s_place(engine, door, client):
    door.intercept = lambda call: Reply(503, b"{}") if call.method == "POST" else None

    assert ask(client, "POST", "/services/create", body=b"{}") == (503, b"{}")
    assert ask(client, "GET", "/info")[0] == 200

    assert [method for method, _path, _body in engine.seen] == ["GET"]
    assert [call.intercepted for call in door.calls] == [True, False]


def test_a_call_can_be_judged_by_its_body(engine, door, client):
    door.intercept = lambda call: Reply(500) if b"bad" in call.request_body else None

    assert ask(client, "POST", "/services/create", body=b"good")[0] == 200
    assert ask(client, "POST", "/services/create", body=b"bad")[0] == 500
    assert len(engine.seen) == 1


@pytest.mark.parametrize(("after", "seen"), [(False, 0), (True, 1)])
def test_a_call_can_end_without_an_answer(engine, door, client, after, seen):
    door.intercept = lambda call: Hangup(after=after)

    with pytest.raises((http.client.HTTPException, OSError)):
        ask(client, "POST", "/services/create", body=b"{}")

    assert finished(door).status is None
    assert len(engine.seen) == seen


def test_a_stream_can_fall_silent(engine, door, client):
    door.intercept = lambda call: Silence() if call.route == "/events" else None
    client.request("GET", "/events?endless=1")
    answer = client.getresponse()
    assert answer.status == 200
    engine.go_on.set()
    client.sock.settimeout(0.2)

    with pytest.raises(TimeoutError):
        answer.readline()

    answer.close()
    client.close()
    assert engine.stream_broken.wait(5)
    assert finished(door).intercepted


@pytest.mark.sleeps
def test_a_call_can_be_delayed(door, client):
    door.intercept = lambda call: Delay(0.05)

    assert ask(client, "GET", "/info")[0] == 200
    assert (finished(door).duration or 0) >= 0.05


def test_an_engine_that_is_not_there_is_a_closed_connection():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Door(f"tcp://127.0.0.1:{port}") as door:
        client = connect(door)
        with pytest.raises((http.client.HTTPException, OSError)):
            ask(client, "GET", "/info")
        client.close()
        assert finished(door).status is None


def test_calls_can_be_forgotten(door, client):
    ask(client, "GET", "/info")
    finished(door)
    door.clear()

    assert door.calls == []


def test_a_door_to_nowhere_is_refused():
    with pytest.raises(LabError, match="give a unix:// or tcp:// address"):
        Door("ssh://host")


def test_a_door_that_is_not_open_has_no_address():
    with pytest.raises(LabError, match="with"):
        str(Door("tcp://127.0.0.1:1").docker_host)
