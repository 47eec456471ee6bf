# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One GET request over a connection of its own, with one deadline for everything.

Behind a virtual IP the kernel chooses a task per connection: a connection kept alive would ask the same
task again and again. `http.client` has a time limit for each single read only, so that a server that
sends a byte now and then holds it for ever; here the socket knows the deadline of the whole request.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from base64 import b64encode
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Any, Callable, Mapping
from urllib.parse import SplitResult, quote, unquote, urlsplit

from .._core.http import Answer, url_problem
from .resolve import addresses

Clock = Callable[[], float]

TIMED_OUT = "timed out"
_PIECE = 65536
_SAFE = "%/:=&?~#+!$,;'@()*[]|"


def fetch(
    url: str,
    timeout: float,
    *,
    headers: Mapping[str, str] | None = None,
    validate_certs: bool = True,
    limit: int = 65536,
    clock: Clock = time.perf_counter,
) -> Answer:
    """Ask the URL and read up to `limit` bytes of the body, all within `timeout` seconds.

    Never raises for what the network or the server does: the answer has an `error` then. Redirects are
    answers and are not followed. User and password in the URL become basic authentication.
    """
    begun = clock()
    problem = url_problem(url)
    if problem:
        return Answer(0, "", 0.0, problem)
    sock = None
    try:
        deadline = _Deadline(begun + timeout, clock)
        parts = urlsplit(url)
        sock = _connect(parts, deadline, validate_certs)
        status, found, body = _ask(sock, parts, headers or {}, deadline, limit)
        return Answer(status, body, clock() - begun, "", found)
    except (OSError, HTTPException, ValueError) as error:
        return Answer(0, "", clock() - begun, phrase(error))
    finally:
        if sock is not None:
            sock.close()


class _Deadline:
    """How much of the time is left."""

    def __init__(self, at: float, clock: Clock) -> None:
        self._at = at
        self._clock = clock

    def left(self) -> float:
        """Seconds; raises `socket.timeout` where there are none."""
        left = self._at - self._clock()
        if left <= 0:
            raise socket.timeout(TIMED_OUT)
        return left


def _connect(parts: SplitResult, deadline: _Deadline, validate_certs: bool) -> socket.socket:
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    sock = _first(host, parts.port or (443 if secure else 80), deadline)
    if not secure:
        return sock
    try:
        # The handshake as a whole has this time (the ssl module counts down by itself).
        sock.settimeout(deadline.left())
        return _context(validate_certs).wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise


def _first(host: str, port: int, deadline: _Deadline) -> socket.socket:
    """A connection to the first address that takes one; the last one's error where none does."""
    trouble: OSError = socket.gaierror(socket.EAI_NONAME, "")
    for family, kind, protocol, address in addresses(host, port, deadline.left()):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left())
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError as error:
            sock.close()
            trouble = error
    raise trouble


@lru_cache(maxsize=2)
def _context(validate_certs: bool) -> ssl.SSLContext:
    """Reading the certificate authorities takes longer than a request: once is enough."""
    context = ssl.create_default_context()
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _ask(
    sock: socket.socket, parts: SplitResult, headers: Mapping[str, str], deadline: _Deadline, limit: int
) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection(_bare(parts.hostname or ""), parts.port or (443 if parts.scheme == "https" else 80))
    if parts.scheme == "https":
        # What the port of the Host header is left out for.
        connection.default_port = 443
    connection.sock = _Timed(sock, deadline)
    path = quote(parts.path or "/", safe=_SAFE) + ("?" + quote(parts.query, safe=_SAFE) if parts.query else "")
    connection.request("GET", path, headers=_sent(parts, headers))
    with connection.getresponse() as response:
        body = _read(response, limit)
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            found[name] = "%s, %s" % (found[name], value) if name in found else value
        return response.status, found, body.decode("utf-8", "replace")


def _bare(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _sent(parts: SplitResult, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers sent."""
    ours = {"User-Agent": "swarm.rollout", "Accept": "*/*", "Connection": "close"}
    if parts.username is not None or parts.password is not None:
        pair = "%s:%s" % (unquote(parts.username or ""), unquote(parts.password or ""))
        ours["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    return overridden(ours, headers)


def overridden(ours: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Headers of which those given win over ours, in whatever case they are written."""
    known = {name.lower() for name in given}
    return {**{name: value for name, value in ours.items() if name.lower() not in known}, **given}


def _read(response: HTTPResponse, limit: int) -> bytes:
    """The body up to the limit; raises `IncompleteRead` where it ends before its announced end."""
    wanted = limit if response.length is None else min(limit, response.length)
    body = bytearray()
    while len(body) < wanted:
        piece = response.read(min(_PIECE, wanted - len(body)))
        if not piece:
            break
        body += piece
    if response.length is not None and len(body) < wanted:
        raise IncompleteRead(bytes(body))
    return bytes(body)


class _Timed:
    """A socket as `http.client` needs it; each step has only what is left of the time."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        """What the answer is read from."""
        return io.BufferedReader(_Reader(self._sock, self._deadline), 16384)

    def sendall(self, data: bytes) -> None:
        """Send everything (the whole of it has the time that is left)."""
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def close(self) -> None:
        """Leave it open: `http.client` lets go of the connection before the body is read."""


class _Reader(io.RawIOBase):
    """The bytes of the answer."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As `socket.recv_into`."""
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


def phrase(error: Exception) -> str:
    """What happened, in a few plain words that do not differ from one request to the next.

    Nothing of the request is repeated, since it may hold credentials.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return "TLS: certificate not accepted: %s" % error.verify_message
    for kinds, words in _PHRASES:
        if isinstance(error, kinds):
            return words
    if isinstance(error, ssl.SSLError):
        return "TLS: %s" % (getattr(error, "reason", None) or "handshake failed").lower().replace("_", " ")
    if isinstance(error, OSError):
        return (error.strerror or "network error").lower()
    return "request cannot be sent: a header or the host has a character that is not allowed"


# The first that fits; some of them are kinds of others.
_PHRASES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    ((socket.timeout, TimeoutError), TIMED_OUT),
    (socket.gaierror, "name cannot be resolved"),
    (ConnectionRefusedError, "connection refused"),
    (RemoteDisconnected, "connection closed without an answer"),
    ((ConnectionResetError, ConnectionAbortedError, BrokenPipeError), "connection reset"),
    (IncompleteRead, "answer cut off"),
    (HTTPException, "answer is not HTTP"),
)
