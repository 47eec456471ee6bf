# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages to webhooks that take them, refuse them, never end, and are not there."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import urls
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._engine.webhook import Posted, post
from tests.unit.hostile.effort import effort
from tests.unit.hostile.hostile_values import hostile

NO_CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Endless:
    """A server on a bare socket: what it says, a piece now and then, for as long as anybody listens."""

    def __init__(self, first: bytes, piece: bytes, pause: float) -> None:
        self.sent = 0
        self._end = threading.Event()
        self._first, self._piece, self._pause = first, piece, pause
        self._sock = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/secret-path" % self._sock.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            client, _address = self._sock.accept()
            with client:
                client.sendall(self._first)
                while not self._end.wait(self._pause):
                    client.sendall(self._piece)
                    self.sent += len(self._piece)

    def close(self) -> None:
        """End it."""
        self._end.set()
        self._sock.close()


@contextlib.contextmanager
def endless(first: bytes, piece: bytes, pause: float = 0.0) -> Iterator[Endless]:
    """A server that does not end."""
    server = Endless(first, piece, pause)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def hook() -> Iterator[Any]:
    """A server that remembers what it was told, and answers with the number in the path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.heard.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
            self.send_response(int(self.path.strip("/")))
            self.send_header("Location", "/200")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def url(hook: Any, path: str) -> str:
    return "http://127.0.0.1:%d/%s" % (hook.server_port, path)


def test_a_message_arrives_as_json_with_its_headers(hook: Any) -> None:
    posted = post(url(hook, "204"), {"text": "é <done>"}, {"X-Token": "t"}, 10.0)
    assert posted == Posted(204, "")
    assert posted.taken
    ((path, headers, body),) = hook.heard
    assert (path, headers["X-Token"], headers["Content-Type"]) == ("/204", "t", "application/json")
    assert json.loads(body) == {"text": "é <done>"}


def test_a_type_that_is_given_wins(hook: Any) -> None:
    post(url(hook, "200"), {}, {"content-type": "application/cloudevents+json"}, 10.0)
    ((_path, headers, _body),) = hook.heard
    assert [value for name, value in headers.items() if name.lower() == "content-type"] == [
        "application/cloudevents+json"
    ]


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_what_is_no_success_is_told_by_its_status_and_no_redirect_is_followed(hook: Any, status: int) -> None:
    posted = post(url(hook, str(status)), {}, {}, 10.0)
    assert (posted.status, posted.taken, posted.told) == (status, False, "status %d" % status)
    assert len(hook.heard) == 1


def test_an_answer_that_dribbles_is_left_behind_in_time() -> None:
    with endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", 0.1) as server:
        begun = time.monotonic()
        posted = post(server.url, {}, {}, 1.0)
        took = time.monotonic() - begun
    assert posted == Posted(0, "timed out")
    # The time is the limit itself, not a guess of how fast a machine is: each single wait is ten times shorter.
    assert 1.0 <= took < 30.0


def test_an_answer_without_an_end_is_not_read() -> None:
    with endless(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65536) as server:
        assert post(server.url, {}, {}, 30.0).taken
        sent = server.sent
    # What fits into the buffers of both sides, and not what arrives within 30 s.
    assert sent < 64 << 20


def test_headers_without_an_end_are_no_answer() -> None:
    with endless(b"HTTP/1.1 200 OK\r\n", b"X-A: a\r\n" * 1000) as server:
        posted = post(server.url, {}, {}, 30.0)
    assert (posted.status, posted.taken) == (0, False)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    posted = post("http://127.0.0.1:%d/secret-path" % port, {}, {}, 5.0)
    assert posted == Posted(0, "connection refused")


def test_a_host_that_nobody_knows() -> None:
    posted = post("http://name.invalid/secret-path", {}, {}, 5.0)
    assert posted.status == 0
    assert "secret-path" not in posted.why
    assert posted.why


@effort(100)
@given(hostile, hostile)
def test_no_header_and_no_body_makes_a_traceback(hook_value: Any, body: Any) -> None:
    # Ansible reads the certificates of all authorities for each request, also where none is needed.
    with mock.patch.object(urls, "make_context", return_value=NO_CONTEXT, create=True):
        posted = post("http://127.0.0.1:9/secret-path", {"a": body}, {"X-A": str(hook_value)}, 5.0)
    assert posted.status == 0
    assert posted.why


@effort(60)
@given(st.sampled_from([OSError, ValueError, UnicodeError, RuntimeError, KeyError]), st.text(max_size=20))
def test_whatever_is_raised_is_told_without_its_text(kind: type[Exception], text: str) -> None:
    def send(where: str, **_more: Any) -> Any:
        raise kind("%s %s" % (where, text))

    posted = post("http://127.0.0.1/secret-path", {}, {}, 5.0, send=send)
    assert posted.status == 0
    assert posted.why
    assert "secret-path" not in posted.why
