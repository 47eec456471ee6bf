# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine's door: a proxy that counts every API call and can make single ones fail.

with Door("tcp://127.0.0.1:23751") as door:
    ...  # use door.docker_host in place of the Engine's address
    assert [call.route for call in door.calls] == ["/services"]
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from .calls import Action, Call, Delay, Hangup, Intercept, Reply, Silence
from .errors import LabError
from .passage import Passage
from .wire import Closed, Head, Wire

__all__ = ["Action", "Call", "Delay", "Door", "Hangup", "Intercept", "Reply", "Silence"]


class Door:
    """A listening proxy in front of one Engine; use it as a context manager."""

    def __init__(self, target: str, *, intercept: Intercept | None = None) -> None:
        parts = urlsplit(target)
        if parts.scheme not in ("unix", "tcp"):
            raise LabError(f"A door cannot lead to {target}: give a unix:// or tcp:// address.")
        self._target = parts
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._wires: set[Wire] = set()
        self._threads: set[threading.Thread] = set()
        self._closing = False
        self._listener: socket.socket | None = None
        # May be set or taken away at any time.
        self.intercept = intercept

    def __enter__(self) -> Door:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._start(self._accept, self._listener)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def docker_host(self) -> str:
        """The door's address, as DOCKER_HOST takes it."""
        if self._listener is None:
            raise LabError("The door is not open: use it in a `with` statement.")
        return f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def calls(self) -> list[Call]:
        """Every call so far, those that still run included, in the order they came."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Forget the calls so far."""
        with self._lock:
            self._calls.clear()

    def break_connections(self) -> None:
        """Close every connection that is open now; new ones are accepted."""
        with self._lock:
            wires = list(self._wires)
        for wire in wires:
            wire.break_off()

    def close(self) -> None:
        """Close the door and every connection through it."""
        self._closing = True
        if self._listener is not None:
            # A plain close would leave the accepting thread waiting.
            Wire(self._listener).close()
        self.break_connections()
        for thread in list(self._threads):
            thread.join(timeout=5)

    def _start(self, work: Callable[[socket.socket], None], sock: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(sock,), daemon=True)
        self._threads.add(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while not self._closing:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, sock: socket.socket) -> None:
        try:
            Passage(self, self._wire(sock)).run()
        finally:
            self._threads.discard(threading.current_thread())

    def record(self, head: Head) -> Call:
        """Note a call that begins."""
        parts = urlsplit(head.start[1])
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        call = Call(head.start[0], parts.path, query, started=time.time())
        with self._lock:
            self._calls.append(call)
        return call

    def connect(self) -> Wire:
        """Open a connection to the Engine."""
        try:
            if self._target.scheme == "unix":
                sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                sock.connect(self._target.path)
            else:
                sock = socket.create_connection((self._target.hostname, self._target.port or 2375), timeout=30)
                sock.settimeout(None)
        except OSError as error:
            raise Closed from error
        return self._wire(sock)

    def _wire(self, sock: socket.socket) -> Wire:
        wire = Wire(sock)
        with self._lock:
            self._wires.add(wire)
        if self._closing:
            wire.break_off()
        return wire

    def drop(self, wire: Wire) -> None:
        """Close a connection and forget it."""
        with self._lock:
            self._wires.discard(wire)
        wire.close()
