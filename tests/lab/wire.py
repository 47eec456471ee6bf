# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 on a socket, read only as far as needed to tell where a message ends; no byte is changed."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

PIECE = 1 << 16
LONGEST_HEAD = 1 << 18


class Closed(Exception):
    """One side closed the connection, or broke it."""


class Scanner(Protocol):
    """Watches a body pass by and knows where it ends."""

    def feed(self, data: bytes) -> int | None:
        """Return how many of these bytes belong to the body if it ends among them, else None."""


class Sized:
    """A body of a known length."""

    def __init__(self, length: int) -> None:
        self._left = length

    def feed(self, data: bytes) -> int | None:
        """See Scanner."""
        if len(data) >= self._left:
            end, self._left = self._left, 0
            return end
        self._left -= len(data)
        return None


class Chunked:
    """A body in chunks, each with its size before it; the last has size 0 and may have trailers."""

    def __init__(self) -> None:
        self._skip = 0
        self._line = bytearray()
        self._trailers = False

    def feed(self, data: bytes) -> int | None:
        """See Scanner."""
        at = 0
        while at < len(data):
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
                continue
            newline = data.find(b"\n", at)
            if newline < 0:
                self._line += data[at:]
                return None
            line = bytes(self._line + data[at:newline]).strip()
            self._line.clear()
            at = newline + 1
            if self._trailers:
                if not line:
                    return at
                continue
            size = int(line.split(b";")[0], 16)
            self._trailers = size == 0
            # The chunk's data and the line end behind it.
            self._skip = size + 2 if size else 0
        return None


@dataclass(frozen=True)
class Head:
    """The first line and the headers of a message, as they came and as they are meant."""

    raw: bytes
    start: tuple[str, str, str]
    headers: dict[str, str]

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def length(self) -> int | None:
        """The length of the body, where the head tells it."""
        value = self.headers.get("content-length", "")
        return int(value) if value.isdigit() else None

    @property
    def persistent(self) -> bool:
        """Whether the connection stays open for another message."""
        return "close" not in self.headers.get("connection", "").lower() and "HTTP/1.0" not in self.start


def parse_head(raw: bytes) -> Head:
    """Read a head; what is not understood is left alone."""
    first, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    words = [*first.split(" ", 2), "", ""]
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Head(raw, (words[0], words[1], words[2]), headers)


class Wire:
    """A connected socket with what was read from it too early."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._early = b""

    def send(self, data: bytes) -> None:
        """Send everything."""
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Closed from error

    def take(self) -> bytes:
        """Some bytes, as soon as there are any; none when the other side closed."""
        if self._early:
            data, self._early = self._early, b""
            return data
        try:
            return self.sock.recv(PIECE)
        except OSError:
            return b""

    def give_back(self, data: bytes) -> None:
        """Keep bytes that belong to what comes next."""
        self._early = data + self._early

    def head(self, watched: Wire | None = None) -> Head | None:
        """The next head; None when the other side closed before it began."""
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            if len(data) > LONGEST_HEAD:
                raise Closed
            if not self._early:
                wait((self,), watched)
            piece = self.take()
            if not piece:
                if data:
                    raise Closed
                return None
            data += piece
        self.give_back(data[end + 4 :])
        return parse_head(data[: end + 4])

    def exactly(self, length: int) -> bytes:
        """That many bytes."""
        data = b""
        while len(data) < length:
            piece = self.take()
            if not piece:
                raise Closed
            data += piece
        self.give_back(data[length:])
        return data[:length]

    def ready(self) -> bool:
        """Whether something can be read at once; on a connection that should be silent, that is its end."""
        return bool(self._early) or bool(_select((self,), 0))

    def pending(self) -> bool:
        """Whether bytes were read that nobody took yet."""
        return bool(self._early)

    def gone(self) -> bool:
        """Whether the other side closed; what it may have sent stays where it is."""
        try:
            return self.sock.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def break_off(self) -> None:
        """End the connection from any thread; the thread that uses it wakes up and closes it."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End and close it."""
        self.break_off()
        self.sock.close()


def wait(readers: Iterable[Wire], watched: Wire | None = None) -> list[Wire]:
    """Wait until one can be read; Closed as soon as the watched side goes away."""
    watching = watched
    while True:
        both = [*readers, *([watching] if watching else [])]
        readable = _select(both, None)
        if watching is not None and watching in readable:
            if watching.gone():
                raise Closed
            # It sent something ahead: that is for later, and it cannot be watched any more.
            watching = None
            readable = [wire for wire in readable if wire is not watched]
        if readable:
            return readable


def _select(wires: Iterable[Wire], timeout: float | None) -> list[Wire]:
    try:
        by_socket = {wire.sock: wire for wire in wires}
        poller = select.poll()
        numbers = {}
        for sock, wire in by_socket.items():
            poller.register(sock, select.POLLIN | select.POLLHUP | select.POLLERR)
            numbers[sock.fileno()] = wire
        return [numbers[number] for number, _ in poller.poll(None if timeout is None else timeout * 1000)]
    except (OSError, ValueError) as error:
        raise Closed from error
