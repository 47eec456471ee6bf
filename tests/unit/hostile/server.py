# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Swarm on paper behind a true HTTP server, which may answer one request otherwise than it should."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError

from .desk import StockedSwarm

_LISTS = ("/services", "/tasks", "/nodes", "/configs", "/secrets", "/networks")


@dataclass
class Reply:
    """What goes over the wire. `length` is what the header announces where that is not the truth."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None

    @staticmethod
    def of(document: Any, status: int = 200) -> Reply:
        """A JSON document."""
        return Reply(status, json.dumps(document).encode())


# Gets the number of the request, and what does what it asks for and gives the right reply.
Meddle = Callable[[int, Callable[[], Reply]], Reply]


class Server(ThreadingHTTPServer):
    """Says nothing about clients that hang up."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.swarm: StockedSwarm
        self.meddle: Meddle
        self.requests = 0
        self.turn = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing."""

    @property
    def host(self) -> str:
        """Its `docker_host`."""
        return "tcp://127.0.0.1:%d" % self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Header and body in one packet: the second of two waits for the first to be confirmed.
    wbufsize = 1 << 16

    def do_GET(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        with server.turn:
            number, server.requests = server.requests, server.requests + 1
            reply = server.meddle(number, lambda: self._right(json.loads(data) if data else None))
        self.send_response_only(reply.status)
        self.send_header("Api-Version", "1.52")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = len(reply.body) if reply.length is None else reply.length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = self.close_connection or length != len(reply.body)

    do_POST = do_DELETE = do_GET  # noqa: N815

    def _right(self, body: Any) -> Reply:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        if path.startswith("/v1."):
            path = path[path.index("/", 1) :]
        query = dict(parse_qsl(parts.query))
        given: dict[str, Any] = {key: json.loads(text) if key == "filters" else text for key, text in query.items()}
        if "version" in given:
            given["version"] = int(given["version"])
        swarm = self.server.swarm
        try:
            if path == "/_ping":
                return Reply(200, b"OK")
            if self.command == "POST":
                return Reply.of(swarm.post(path, body, given))
            if self.command == "DELETE":
                swarm.delete(path)
                return Reply(200, b"")
            return Reply.of(swarm.get_list(path, given) if path in _LISTS else swarm.get(path, given))
        except EngineError as exc:
            return Reply.of({"message": exc.reason}, exc.status)

    def log_message(self, *given: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """A server on a port of its own; whoever uses it gives it a Swarm and says how it meddles."""
    server = Server(_Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
