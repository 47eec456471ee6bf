# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Engine made of scripted answers, on a real local socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions


@dataclass
class Answer:
    """One scripted answer. `lines` makes it a stream that stays open until the fake says `let_go`."""

    body: Any = None
    status: int = 200
    raw: bytes | None = None
    lines: list[bytes] | None = None
    drop: bool = False
    hang: bool = False
    close_after: bool = False
    cut_to: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        """The bytes of the body."""
        return self.raw if self.raw is not None else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    version: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    @property
    def filters(self) -> Any:
        """The `filters` of the query."""
        return json.loads(self.query["filters"])


class _Server(ThreadingHTTPServer):
    """Says nothing about clients that hang up: many tests do."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing."""


class _UnixServer(_Server):
    """The same on a Unix socket."""

    address_family = socket.AF_UNIX
    server_bind = TCPServer.server_bind


class FakeEngine:
    """Answers in the order given for a path, the last one for ever."""

    def __init__(self, api_version: str | None = "1.45") -> None:
        self.api_version = api_version
        self.seen: list[Seen] = []
        self.connections = 0
        self.let_go = threading.Event()
        self._answers: dict[tuple[str, str], list[Answer]] = {}
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._open: list[socket.socket] = []

    @property
    def host(self) -> str:
        """Its docker_host."""
        assert self._server is not None
        if isinstance(self._server, _UnixServer):
            return "unix://" + str(self._server.server_address)
        return "tcp://127.0.0.1:%d" % self._server.server_address[1]

    def on(self, method: str, path: str, *answers: Answer) -> None:
        """Script the answers for a path without version and query."""
        self._answers[(method, path)] = list(answers)

    def paths(self) -> list[str]:
        """The requests that arrived, as `METHOD path`."""
        return ["%s %s" % (seen.method, seen.path) for seen in self.seen]

    def start(self, path: Path | None = None) -> FakeEngine:
        """Listen on a port, or on a Unix socket."""
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Or, on TCP, the body waits until the header is confirmed, 40 ms later.
            disable_nagle_algorithm = path is None

            def setup(self) -> None:
                super().setup()
                fake.connections += 1
                fake._open.append(self.request)

            def do_GET(self) -> None:
                fake._answer(self)

            do_POST = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        server = _Server(("127.0.0.1", 0), Handler) if path is None else _UnixServer(str(path), Handler)  # type: ignore[arg-type]
        self._server = server
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Refuse connections from now on and end those there are."""
        self.let_go.set()
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server = None
        for found in self._open:
            try:
                found.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _take(self, method: str, path: str) -> Answer:
        known = self._answers.get((method, path))
        if not known:
            return Answer({"message": "page not found"}, 404)
        return known.pop(0) if len(known) > 1 else known[0]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        path, version = parts.path, ""
        if path.startswith("/v1."):
            version, slash, rest = path[1:].partition("/")
            path = slash + rest
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        self.seen.append(
            Seen(
                handler.command,
                path,
                version,
                dict(parse_qsl(parts.query)),
                dict(handler.headers.items()),
                json.loads(body) if body else None,
            )
        )
        answer = self._take(handler.command, path)
        if answer.hang:
            self.let_go.wait(20)
        if answer.drop or answer.hang:
            handler.close_connection = True
            return
        handler.send_response_only(answer.status)
        if self.api_version:
            handler.send_header("Api-Version", self.api_version)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.lines is None:
            self._send(handler, answer)
        else:
            self._stream(handler, answer.lines)
        if answer.close_after:
            handler.close_connection = True

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        data = answer.data()
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: answer.cut_to])
        if answer.cut_to is not None:
            handler.close_connection = True

    def _stream(self, handler: BaseHTTPRequestHandler, lines: list[bytes]) -> None:
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.flush()
        for line in lines:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            handler.wfile.flush()
        self.let_go.wait(20)
        handler.close_connection = True


class Passing:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def door(*engines: FakeEngine, election: float = 30.0, **options: object) -> Api:
    """A door to those managers; `election` is how long it waits for a leader, which takes no time."""
    settings = ConnectionOptions(hosts=tuple(fake.host for fake in engines), timeout=5, **options)  # type: ignore[arg-type]
    return Api(settings, election=election, clock=Passing())


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    """A fake Engine of API 1.45."""
    fake = FakeEngine().start()
    yield fake
    fake.stop()


@pytest.fixture
def second() -> Iterator[FakeEngine]:
    """Another manager, of API 1.44."""
    fake = FakeEngine("1.44").start()
    yield fake
    fake.stop()


@pytest.fixture
def api(engine: FakeEngine) -> Iterator[Api]:
    """A door to the fake Engine."""
    with door(engine) as found:
        yield found
