# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection layer: the docker SDK's client, for transport only and imported when first needed.

Importing the SDK costs about 0.13 s, a request afterwards 2 ms: only what talks to an Engine pays for it.
"""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any, Mapping, NamedTuple

from .._core.errors import ConnectionFailed, RolloutError
from .failures import connection_error
from .options import ConnectionOptions
from .stream import interrupt, socket_of

CONNECT_SECONDS = 10.0
# The SDK asks the daemon for its version unless it is told one; requests here carry their own.
_ANY_VERSION = "1.41"
_OLDEST_SDK = (7, 0)
# Bytes: far more than a listing of the largest Swarm has, and far less than a host has memory.
LARGEST = 256 << 20
_PIECE = 1 << 16
# A body may take so many times the time limit of one wait.
_TRICKLE = 3


class NotSent(Exception):
    """The request never left: no connection could be made. `error` is what to tell the user."""

    def __init__(self, error: RolloutError) -> None:
        super().__init__(error.message)
        self.error = error


class Lost(Exception):
    """The connection broke after the request, or a part of it, was sent."""

    def __init__(self, error: RolloutError) -> None:
        super().__init__(error.message)
        self.error = error


class _TooLarge(Exception):
    """An answer is longer than any that an Engine gives."""


class Answered(NamedTuple):
    """An answer that was read to its end."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


def _whole(response: Any, timeout: float) -> Answered:
    """Read the body. Raises `_TooLarge`, and what the transport raises where it ends too early or too late."""
    data = bytearray()
    timer = threading.Timer(timeout * _TRICKLE, interrupt, (socket_of(response),))
    timer.daemon = True
    timer.start()
    try:
        with response:
            for piece in response.iter_content(_PIECE):
                data += piece
                if len(data) > LARGEST:
                    raise _TooLarge
    finally:
        timer.cancel()
    return Answered(response.status_code, response.headers, bytes(data))


class Client:
    """One manager's connections, kept alive between requests. Nothing is sent before `send`."""

    def __init__(self, host: str, options: ConnectionOptions, session: Any, adapter: Any = None) -> None:
        self.host = host
        self.options = options
        self.errors = _wire_errors()
        self.used = False
        self._session = session
        self._adapter = adapter
        self._base: str = session.base_url
        self._tls = _tls_arguments(options)

    def send(
        self,
        method: str,
        target: str,
        data: bytes | None,
        headers: Mapping[str, str],
        timeout: float,
        stream: bool,
    ) -> Any:
        """The response, its body read unless `stream`; raises `NotSent` or `Lost`.

        `timeout` in seconds is for each wait; a body that trickles in has a few times as much.
        """
        try:
            answer = self._session.request(
                method,
                self._base + target,
                data=data,
                headers=dict(headers),
                timeout=(min(timeout, CONNECT_SECONDS), timeout),
                stream=True,
                allow_redirects=False,
                **self._tls,
            )
            found = answer if stream and answer.status_code < 300 else _whole(answer, timeout)
        except self.errors as exc:
            note = self._adapter.complaint if self._adapter is not None else ""
            failure = connection_error(self.host, self.options, exc, "%s %s" % (method, target), timeout, note)
            raise (Lost if failure.sent else NotSent)(failure.error) from None
        except _TooLarge:
            error = "%s answered %s %s with more than %d MiB: is a Docker Engine there?"
            raise Lost(ConnectionFailed(error % (self.host, method, target.partition("?")[0], LARGEST >> 20))) from None
        self.used = True
        return found

    def close(self) -> None:
        """Close all connections."""
        self._session.close()


def open_client(host: str, options: ConnectionOptions) -> Client:
    """A client for one manager; only paramiko's SSH connects at once.

    Raises `ConnectionFailed` when the SDK is missing or the user's Docker configuration is broken, which
    no other manager can mend, and `NotSent` for what concerns this manager.
    """
    try:
        from docker.api.client import APIClient
        from docker.errors import DockerException
    except ImportError as exc:
        raise _no_sdk("the Docker SDK for Python is missing for %s (%s)" % (sys.executable, exc)) from exc
    _check_sdk()
    by_ssh = host.startswith("ssh://") and options.use_ssh_client
    url = "http+unix://ssh" if by_ssh else host
    if options.tls and url.startswith(("tcp://", "http://")):
        url = "https://" + url.split("://", 1)[1]
    troubles: tuple[type[Exception], ...] = (DockerException, ValueError, OSError, EOFError, *_ssh_errors())
    try:
        # Certificates are given with each request, so that REQUESTS_CA_BUNDLE cannot replace them.
        session: Any = APIClient(base_url=url, version=_ANY_VERSION, timeout=int(options.timeout))
    except troubles as exc:
        if _is_configuration(exc):
            raise ConnectionFailed(
                "the Docker configuration file of this user cannot be read (%s): correct its logins, "
                "or point DOCKER_CONFIG to another folder" % type(exc).__name__
            ) from None
        raise NotSent(connection_error(host, options, exc, "", options.timeout, "").error) from None
    _set_up(session, url, options)
    adapter: Any = getattr(session, "_custom_adapter", None)
    if by_ssh:
        from .ssh import ssh_adapter

        adapter = ssh_adapter(host, options.timeout)
        session.mount("http+docker://", adapter)
    if adapter is not None:
        _fit_requests(adapter)
    return Client(host, options, session, adapter if by_ssh else None)


def _fit_requests(adapter: Any) -> None:
    """Keep one pool of connections per manager, where the SDK has one for every URL.

    Adapters of SDK 7.0 also lack this method, which requests asks for since 2.32.
    """

    def connection(request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        return pool

    pool = adapter.get_connection("http+docker://", None)
    adapter.get_connection = lambda url, proxies=None: pool

    adapter.get_connection_with_tls_context = connection


def _set_up(session: Any, url: str, options: ConnectionOptions) -> None:
    """Take out of requests what an Engine never needs: netrc, compression, proxies for local addresses."""
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"
    for name, value in (getattr(session, "_general_configs", None) or {}).get("HttpHeaders", {}).items():
        session.headers[name] = value
    if not url.startswith(("tcp://", "http://", "https://")):
        return
    from requests.utils import get_environ_proxies

    address = "http" + url[len("tcp") :] if url.startswith("tcp://") else url
    host = address.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
    if host not in ("localhost", "127.0.0.1", "[::1]"):
        session.proxies = get_environ_proxies(address)
    if options.tls_hostname:
        session.get_adapter(address).poolmanager.connection_pool_kw["server_hostname"] = options.tls_hostname
    if options.tls and not options.validate_certs:
        # The user asked for it; a warning per request would only bury the others.
        warnings.filterwarnings("ignore", message="Unverified HTTPS request")


def _tls_arguments(options: ConnectionOptions) -> dict[str, Any]:
    if not options.tls:
        return {}
    verify: Any = (options.ca_path or True) if options.validate_certs else False
    cert = (options.client_cert, options.client_key) if options.client_cert else None
    return {"verify": verify, "cert": cert}


def _check_sdk() -> None:
    import docker

    version = str(getattr(docker, "__version__", "0"))
    numbers = version.split(".")
    if len(numbers) < 2 or not numbers[0].isdigit() or (int(numbers[0]), 0) < _OLDEST_SDK:
        raise _no_sdk("the Docker SDK for Python of %s is too old (%s)" % (sys.executable, version))


def _no_sdk(finding: str) -> ConnectionFailed:
    return ConnectionFailed(
        "%s: install 7.0 or newer with `%s -m pip install docker`, or set ansible_python_interpreter to a "
        "Python that has it" % (finding, sys.executable)
    )


def _is_configuration(exc: BaseException) -> bool:
    """Whether the SDK stumbled over the user's Docker configuration, which it reads on construction."""
    if type(exc).__name__ == "InvalidConfigFile":
        return True
    trace = exc.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") == "docker.auth":
            return True
        trace = trace.tb_next
    return False


def _wire_errors() -> tuple[type[Exception], ...]:
    """What requests, urllib3, http.client, sockets and paramiko raise for a connection in trouble."""
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    return (OSError, HTTPException, HTTPError, EOFError, *_ssh_errors())


def _ssh_errors() -> tuple[type[Exception], ...]:
    """Paramiko's own exception, if something has imported it (the SDK does where it is installed)."""
    found = getattr(sys.modules.get("paramiko"), "SSHException", None)
    return (found,) if found is not None else ()
