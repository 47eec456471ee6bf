# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An answer without end: JSON objects one by one, or raw bytes within limits; closable from outside."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from typing import Any, Iterator

_CHUNK = 65536
# A peer that vanished is noticed after 30 s: the Engine's streams have no heartbeat of their own.
_KEEPALIVE = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))


class Stream:
    """A response whose body arrives over time. `close` may be called from any thread, more than once."""

    def __init__(self, response: Any, errors: tuple[type[Exception], ...] = ()) -> None:
        # A reader whose stream is closed under it meets closed files and emptied attributes as well.
        self._errors: tuple[type[Exception], ...] = (*errors, OSError, ValueError, AttributeError)
        self._response = response
        self._closed = threading.Event()
        self._socket = socket_of(response)
        _wait_without_end(self._socket)

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they arrive, until the other side or `close` ends the stream."""
        raw = self._response.raw
        try:
            yield from raw.stream(_CHUNK if getattr(raw, "chunked", False) else 1)
        except self._errors:
            # However it ends (reset, truncated, closed by us): a caller who wants more opens it again.
            return

    def objects(self) -> Iterator[Any]:
        """The JSON objects, one to a line; ends at the first that is malformed."""
        rest = b""
        for chunk in self.chunks():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                text = line.strip(b"\x1e\r ")
                if not text:
                    continue
                try:
                    found = json.loads(text)
                except ValueError:
                    return
                yield found

    def read(self, limit: int, timeout: float) -> bytes:
        """At most `limit` bytes, as far as they arrive within `timeout` seconds."""
        timer = threading.Timer(timeout, self._interrupt)
        timer.daemon = True
        timer.start()
        data = bytearray()
        try:
            for chunk in self.chunks():
                data += chunk
                if len(data) >= limit:
                    break
        finally:
            timer.cancel()
        return bytes(data[:limit])

    def close(self) -> None:
        """End the stream at once; a reader in another thread wakes and ends."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._interrupt()
        with contextlib.suppress(*self._errors):
            self._response.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def _interrupt(self) -> None:
        interrupt(self._socket, self._errors)


def interrupt(found: Any, errors: tuple[type[Exception], ...] = (OSError, ValueError, AttributeError)) -> None:
    """Wake whoever reads from a socket or SSH channel. A TLS socket is shut down beneath TLS, which its reader uses."""
    if found is None:
        return
    with contextlib.suppress(*errors):
        if isinstance(found, socket.socket):
            socket.socket.shutdown(found, socket.SHUT_RDWR)
        else:
            found.shutdown(2)


def socket_of(response: Any) -> Any:
    """The socket (or SSH channel) beneath a response, if it can be found."""
    raw = response.raw
    connection = getattr(raw, "connection", None)
    found = getattr(connection, "sock", None)
    if found is not None:
        return found
    reader = getattr(getattr(raw, "_fp", None), "fp", None)
    return getattr(getattr(reader, "raw", None), "_sock", None)


def _wait_without_end(found: Any) -> None:
    """No time limit between two pieces; a TCP connection is probed by the system instead."""
    if found is None:
        return
    found.settimeout(None)
    if isinstance(found, socket.socket) and found.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _KEEPALIVE:
                if hasattr(socket, name):
                    found.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
