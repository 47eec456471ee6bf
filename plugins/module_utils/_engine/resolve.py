# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses of a host name within a limited time.

The system's resolver cannot be given a time limit and may take half a minute, so it runs beside. Whoever
asks for a name that is being resolved waits for the same answer: threads never pile up. Answers are not
kept, since names of services move.
"""

from __future__ import annotations

import socket
import threading
from typing import Any, Tuple

# Family, kind, protocol, and what `connect` takes.
Found = Tuple[int, int, int, Any]

_guard = threading.Lock()


class _Query:
    """One question to the resolver."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.done = threading.Event()
        self.found: list[Found] = []
        self.trouble: OSError | ValueError | None = None

    def run(self) -> None:
        """Ask, and let those who wait know."""
        try:
            self.found = _lookup(self.host, self.port)
        except (OSError, ValueError) as exc:
            self.trouble = exc
        finally:
            with _guard:
                _under_way.pop((self.host, self.port), None)
            self.done.set()


_under_way: dict[tuple[str, int], _Query] = {}


def addresses(host: str, port: int, timeout: float) -> list[Found]:
    """Where to connect to. Raises `socket.gaierror`, or `socket.timeout` after so many seconds."""
    try:
        return _lookup(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        query = _ask(host, port)
    if not query.done.wait(timeout):
        raise socket.timeout
    if query.trouble is not None:
        raise query.trouble
    return query.found


def _ask(host: str, port: int) -> _Query:
    """The question, asked now or already under way."""
    with _guard:
        query = _under_way.get((host, port))
        if query is not None:
            return query
        query = _under_way[(host, port)] = _Query(host, port)
    try:
        threading.Thread(target=query.run, name="resolve", daemon=True).start()
    except RuntimeError:  # no more threads: then as long as it takes
        query.run()
    return query


def _lookup(host: str, port: int, flags: int = 0) -> list[Found]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, kind, protocol, address) for family, kind, protocol, canonical, address in found]
