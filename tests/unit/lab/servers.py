# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for an Engine: a local HTTP server that answers as one would."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeEngine(ThreadingHTTPServer):
    """What came in, and the levers to let a stream go on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, bytes]] = []
        self.connections = 0
        self.go_on = threading.Event()
        self.stream_broken = threading.Event()

    @property
    def address(self) -> str:
        """Its address, as DOCKER_HOST takes it."""
        return f"tcp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news."""


class Handler(BaseHTTPRequestHandler):
    """A few Engine-like routes."""

    protocol_version = "HTTP/1.1"
    # Or the body waits until the header is confirmed, 40 ms later.
    disable_nagle_algorithm = True
    server: FakeEngine

    def setup(self) -> None:
        """Count the connections."""
        super().setup()
        self.server.connections += 1

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def body(self) -> bytes:
        """Read the request's body, in chunks or not."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def reply(self, status: int, data: bytes) -> None:
        """Answer with a body of a known length."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Api-Version", "1.45")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def chunk(self, data: bytes) -> None:
        """One chunk, at once."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def __getattr__(self, name: str) -> Callable[[], None]:
        """The same handler for every method."""
        if name.startswith("do_"):
            return self.handle_call
        raise AttributeError(name)

    def handle_call(self) -> None:
        """Answer by route."""
        self.server.seen.append((self.command, self.path, self.body()))
        route = self.path.partition("?")[0]
        if route.endswith("/missing"):
            self.reply(404, b'{"message": "no such thing"}')
        elif route.endswith("/events"):
            self.stream()
        elif route.endswith("/until-close"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"raw stream")
            self.close_connection = True
        elif route.endswith("/upgrade"):
            self.wfile.write(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            while line := self.rfile.readline():
                self.wfile.write(b"echo " + line)
            self.wfile.write(b"bye\n")
            self.close_connection = True
        else:
            self.reply(200, b'{"ok": true}')

    def stream(self) -> None:
        """Two events, the second only when the test says so; then events for as long as anybody listens."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.chunk(b"first\n")
        self.server.go_on.wait(10)
        self.chunk(b"second\n")
        if "endless" not in self.path:
            self.wfile.write(b"0\r\n\r\n")
            return
        try:
            while self.connection.recv(1):
                continue
        except OSError:
            pass
        self.server.stream_broken.set()
        self.close_connection = True


@contextmanager
def fake_engine() -> Iterator[FakeEngine]:
    """Run a stand-in for an Engine."""
    with FakeEngine() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.go_on.set()
            server.shutdown()
            thread.join()
