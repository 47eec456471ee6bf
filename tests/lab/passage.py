# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client's connection through a door: call after call, each passed on to the Engine byte for byte."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Protocol

from .calls import Action, Call, Delay, Hangup, Intercept, Reply, Silence
from .wire import Chunked, Closed, Head, Scanner, Sized, Wire, wait

# Bodies up to here are known to `intercept` and kept with the call; longer ones stream through.
KEPT_BODY = 1 << 20


class House(Protocol):
    """What a passage needs of its door."""

    intercept: Intercept | None

    def record(self, head: Head) -> Call:
        """Note a call."""

    def connect(self) -> Wire:
        """Connect to the Engine."""

    def drop(self, wire: Wire) -> None:
        """Close a connection."""


class Passage:
    """One client's connection, and the one to the Engine that belongs to it."""

    def __init__(self, house: House, client: Wire) -> None:
        self._house = house
        self._client = client
        self._upstream: Wire | None = None

    def run(self) -> None:
        """Handle calls until either side has enough."""
        try:
            while (head := self._client.head()) is not None:
                if not self._handle(head) or not head.persistent:
                    return
        except Closed:
            return
        finally:
            self._house.drop(self._client)
            self._leave()

    def _handle(self, head: Head) -> bool:
        """One call from head to end; whether another one may follow."""
        call = self._house.record(head)
        try:
            whole = not head.chunked and (head.length or 0) <= KEPT_BODY
            if whole and head.length:
                call.request_body = self._client.exactly(head.length)
                call.request_body_size = head.length
            action = self._house.intercept(call) if self._house.intercept else None
            call.intercepted = action is not None
            if isinstance(action, Delay):
                time.sleep(action.seconds)
            if isinstance(action, Reply):
                _answer(self._client, call, action)
                # The rest of a request that was not read whole would be taken for the next one.
                return whole
            if isinstance(action, Hangup) and not action.after:
                return False
            return self._forward(head, call, action)
        finally:
            call.finished = time.time()

    def _forward(self, head: Head, call: Call, action: Action | None) -> bool:
        upstream = self._engine()
        upstream.send(head.raw + call.request_body)
        if head.chunked or (head.length or 0) > KEPT_BODY:
            call.request_body_size = _pass(self._client, upstream, _ending(head))
        while True:
            answer = upstream.head(watched=self._client)
            if answer is None or (isinstance(action, Hangup) and action.after):
                return False
            status = int(answer.start[1])
            # Others are only announcements, such as "100 Continue".
            final = status == 101 or status >= 200
            call.status = status if final else None
            self._client.send(answer.raw)
            if final:
                break

        if isinstance(action, Silence):
            _swallow(upstream, self._client)
            return False

        def count(size: int) -> None:
            call.response_body_size += size

        if head.start[0] == "HEAD" or status in (204, 304):
            return answer.persistent
        if status == 101 or (not answer.chunked and answer.length is None):
            _tunnel(self._client, upstream, count)
            return False
        _pass(upstream, self._client, _ending(answer), watched=self._client, count=count)
        return answer.persistent

    def _engine(self) -> Wire:
        """The connection to the Engine, a new one if the Engine ended an idle one."""
        if self._upstream is not None and self._upstream.ready():
            self._leave()
        if self._upstream is None:
            self._upstream = self._house.connect()
        return self._upstream

    def _leave(self) -> None:
        if self._upstream is not None:
            self._house.drop(self._upstream)
            self._upstream = None


def _ending(head: Head) -> Scanner:
    return Chunked() if head.chunked else Sized(head.length or 0)


def _answer(client: Wire, call: Call, reply: Reply) -> None:
    headers = {**reply.headers, "Content-Length": str(len(reply.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    call.status = reply.status
    call.response_body_size = len(reply.body)
    client.send(f"HTTP/1.1 {reply.status} Intercepted\r\n{lines}\r\n".encode("latin-1") + reply.body)


def _pass(
    source: Wire,
    sink: Wire,
    body: Scanner,
    *,
    watched: Wire | None = None,
    count: Callable[[int], None] | None = None,
) -> int:
    """Pass a body on, each piece as soon as it comes, up to its end; return its size on the wire."""
    total = 0
    end = body.feed(b"")
    while end is None:
        if not source.pending():
            wait((source,), watched)
        data = source.take()
        if not data:
            raise Closed
        end = body.feed(data)
        if end is not None:
            source.give_back(data[end:])
            data = data[:end]
        sink.send(data)
        total += len(data)
        if count is not None:
            count(len(data))
    return total


def _swallow(source: Wire, client: Wire) -> None:
    """Let what comes fall down until either side goes."""
    while wait((source,), client) and source.take():
        pass


def _tunnel(client: Wire, upstream: Wire, count: Callable[[int], None]) -> None:
    """Pass bytes both ways until the Engine has said its last."""
    other = {client: upstream, upstream: client}
    open_wires = {client, upstream}
    while upstream in open_wires:
        early = [wire for wire in open_wires if wire.pending()]
        for wire in early or wait(open_wires):
            data = wire.take()
            if data:
                other[wire].send(data)
                if wire is upstream:
                    count(len(data))
            else:
                open_wires.discard(wire)
                try:
                    other[wire].sock.shutdown(socket.SHUT_WR)
                except OSError:
                    return
