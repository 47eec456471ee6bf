# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request to a web server, on a connection of its own.

A connection that is kept open stays with one task behind a virtual IP: each request has to make a new one
to see the service as its users do.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from base64 import b64encode
from typing import Any, Callable, Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from .._core.http import Answer

_READ = 16384


def fetch(
    url: str,
    timeout: float,
    *,
    headers: Mapping[str, str] | None = None,
    validate_certs: bool = True,
    limit: int = 65536,
    clock: Callable[[], float] = time.perf_counter,
) -> Answer:
    """GET the URL; `timeout` is for the whole of it, in seconds, and at most `limit` bytes of the body are kept.

    Redirects are answers like others. What goes wrong on the way is an answer without a status.
    """
    begun = clock()
    status, body, received, error = 0, b"", {}, ""
    connection: http.client.HTTPConnection | None = None
    try:
        parts = urlsplit(url)
        connection = _connection(parts, timeout, validate_certs)
        connection.request("GET", _target(parts), headers=_headers(parts, headers or {}))
        response = connection.getresponse()
        received = dict(response.getheaders())
        body = _body(response, connection, limit, begun + timeout, clock)
        status = response.status
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as exc:
        error = _spoken(exc, timeout)
    finally:
        if connection is not None:
            connection.close()
    return Answer(status, body.decode("utf-8", "replace"), max(clock() - begun, 0.0), error, received)


def _connection(parts: SplitResult, timeout: float, validate_certs: bool) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        if not validate_certs:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=timeout)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + ("?" + parts.query if parts.query else "")


def _headers(parts: SplitResult, given: Mapping[str, str]) -> dict[str, str]:
    found = {"User-Agent": "swarm.rollout", "Connection": "close", **given}
    if parts.username is not None:
        login = "%s:%s" % (unquote(parts.username), unquote(parts.password or ""))
        found.setdefault("Authorization", "Basic " + b64encode(login.encode("utf-8")).decode("ascii"))
    return found


def _body(
    response: http.client.HTTPResponse,
    connection: http.client.HTTPConnection,
    limit: int,
    until: float,
    clock: Callable[[], float],
) -> bytes:
    """The body, in pieces: a server that dribbles may not hold the request beyond its time."""
    found = b""
    while len(found) < limit:
        left = until - clock()
        if left <= 0:
            raise socket.timeout()
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = response.read1(min(_READ, limit - len(found)))
        if not piece:
            break
        found += piece
    return found


def _spoken(exc: Exception, timeout: float) -> str:
    """The fault in a few words; nothing of the URL is in it."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return "certificate not valid: %s" % exc.verify_message
    if isinstance(exc, ssl.SSLError):
        return "TLS failed: %s" % (exc.reason or "no handshake")
    if isinstance(exc, (socket.timeout, TimeoutError)):
        return "no answer within %g s" % timeout
    if isinstance(exc, ConnectionRefusedError):
        return "connection refused"
    if isinstance(exc, (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)):
        return "connection closed without an answer"
    if isinstance(exc, socket.gaierror):
        return "the name of the host is not known"
    if isinstance(exc, OSError):
        return _reason(exc)
    return "not an answer of HTTP (%s)" % type(exc).__name__


def _reason(exc: Any) -> str:
    return str(exc.strerror or type(exc).__name__).lower()
