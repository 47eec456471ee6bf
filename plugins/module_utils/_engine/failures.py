# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what goes wrong on the wire to one sentence that names the option and says what to do."""

from __future__ import annotations

import errno
import os
import socket
from typing import Iterator, NamedTuple

from .._core.errors import ConnectionFailed
from .options import ConnectionOptions
from .tls import tls_sentence

_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)


class NoAnswerInTime(ConnectionFailed):
    """The connection stands but the answer did not come within the time limit."""


class Failure(NamedTuple):
    """An error for the user, and whether the Engine may have received the request."""

    error: ConnectionFailed
    sent: bool


def connection_error(
    host: str, options: ConnectionOptions, exc: BaseException, request: str, timeout: float, note: str
) -> Failure:
    """The failure behind an exception of the transport. `note` is what `ssh` said; `timeout` in seconds."""
    chain = list(_chain(exc))
    names = {type(link).__name__ for link in chain}
    if host.startswith("ssh://"):
        return _ssh(host, options, chain, names, request, timeout, note)
    sentence = tls_sentence(host, options, chain) if options.tls else None
    if sentence is not None:
        return Failure(ConnectionFailed(sentence), sent=False)
    return _before(host, options, chain, names, timeout) or _after(host, options, chain, names, request, timeout)


def _before(
    host: str, options: ConnectionOptions, chain: list[BaseException], names: set[str], timeout: float
) -> Failure | None:
    """What can go wrong before a connection stands: then nothing was sent."""
    path = host[len("unix://") :] if host.startswith("unix://") else ""
    for link in chain:
        if isinstance(link, (FileNotFoundError, NotADirectoryError)) and path:
            return _not_sent("there is no socket at %s: start the Docker Engine, or set docker_host" % path)
        if isinstance(link, PermissionError):
            return _not_sent(
                "the user %s may not use the socket %s: set become to true, or add the user to the group "
                "that owns it (usually docker)" % (_user(), path or host)
            )
        if isinstance(link, ConnectionRefusedError):
            where = "on the socket %s" % path if path else "at %s" % host
            return _not_sent("no Docker Engine listens %s: start it, or correct docker_host" % where)
        if isinstance(link, socket.gaierror):
            return _not_sent(
                "the name in %s cannot be resolved (%s): correct docker_host or the name service"
                % (host, link.strerror)
            )
        if isinstance(link, OSError) and link.errno in _UNREACHABLE:
            return _not_sent("%s cannot be reached (%s)" % (host, link.strerror))
    if names & {"ConnectTimeout", "ConnectTimeoutError"}:
        return _not_sent(
            "%s did not accept a connection within %g s: check the address and the firewall between"
            % (host, min(timeout, 10))
        )
    if names & {"NewConnectionError", "InvalidURL", "LocationParseError", "ProxyError", "InvalidSchema"}:
        return _not_sent("cannot connect to %s: %s" % (host, _text(chain)))
    return None


def _after(
    host: str,
    options: ConnectionOptions,
    chain: list[BaseException],
    names: set[str],
    request: str,
    timeout: float,
) -> Failure:
    """What can go wrong once a connection stands: the request may have arrived."""
    if names & {"ReadTimeout", "ReadTimeoutError", "TimeoutError", "timeout"}:
        source = " (option timeout)" if timeout == options.timeout else ""
        sentence = "%s did not answer %s within %g s%s: it is overloaded or hangs"
        return Failure(NoAnswerInTime(sentence % (host, _short(request), timeout, source)), sent=True)
    if not request:
        return _not_sent("%s cannot be used as docker_host: %s" % (host, _text(chain)))
    advice = ""
    if options.tls and not options.client_cert:
        advice = "; if it wants a client certificate, set client_cert and client_key"
    elif options.tls:
        advice = "; it may not accept the client certificate %s" % options.client_cert
    elif host.startswith(("tcp://", "http://")) and not options.tls:
        advice = "; if it speaks TLS, set validate_certs or tls"
    return Failure(
        ConnectionFailed("the connection to %s broke during %s (%s)%s" % (host, _short(request), _text(chain), advice)),
        sent=True,
    )


def _ssh(
    host: str,
    options: ConnectionOptions,
    chain: list[BaseException],
    names: set[str],
    request: str,
    timeout: float,
    note: str,
) -> Failure:
    """SSH by the `ssh` program (`note` is its last word) or by paramiko."""
    for link in chain:
        if isinstance(link, FileNotFoundError) and options.use_ssh_client:
            return _not_sent("use_ssh_client: there is no ssh program here; install one, or set it to false")
        if "paramiko" in str(link) and "nstall" in str(link):
            return _not_sent(
                "%s: SSH needs the Python package paramiko; install it, or set use_ssh_client to true" % host
            )
    if note:
        sent = not any(word in note.lower() for word in _NEVER_SENT)
        return Failure(ConnectionFailed("SSH to %s failed: %s" % (host, note)), sent=sent)
    if names & _PARAMIKO_CONNECTS or any(isinstance(link, socket.gaierror) for link in chain):
        return _not_sent("SSH to %s failed: %s" % (host, _text(chain)))
    return _after(host, options, chain, names, request, timeout)


_NEVER_SENT = (
    "permission denied",
    "resolve hostname",
    "connection refused",
    "connection timed out",
    "host key verification failed",
    "no route to host",
    "too many authentication failures",
    "not found",
    "connection closed by",
)
_PARAMIKO_CONNECTS = {
    "AuthenticationException",
    "BadHostKeyException",
    "NoValidConnectionsError",
    "PasswordRequiredException",
    "SSHException",
}


def _not_sent(sentence: str) -> Failure:
    return Failure(ConnectionFailed(sentence), sent=False)


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """The exception and all that it wraps: causes, reasons and exceptions among the arguments."""
    seen: set[int] = set()
    queue = [exc]
    while queue:
        link = queue.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        inner = [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
        queue.extend(item for item in inner if isinstance(item, BaseException))


def _text(chain: list[BaseException]) -> str:
    """The innermost words, without Python's wrapping."""
    for link in reversed(chain):
        if isinstance(link, OSError) and link.strerror:
            return link.strerror
    text = " ".join(str(chain[-1]).split())
    return text[:200] or type(chain[-1]).__name__


def _short(request: str) -> str:
    """A request without its query, which may be long."""
    return request.split("?", 1)[0]


def _user() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError, AttributeError):
        return str(os.geteuid()) if hasattr(os, "geteuid") else "of this task"
