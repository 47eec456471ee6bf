# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One JSON door to the Docker Engine, with typed errors and several managers to try.

No round trip is spent on finding the API version: the first GET goes out without one, and the answer's
`Api-Version` header (the daemon puts it on every answer) decides the version of all later requests.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any, Callable, Iterator, Mapping, NamedTuple
from urllib.parse import quote, urlencode

from .._core.errors import (
    ConnectionFailed,
    EngineError,
    NoLeader,
    NotAManager,
    RolloutError,
    UncertainWrite,
)
from .._core.secret_values import NO_SECRETS, SecretValues
from .._core.shape import Listed, Shape, misfit
from .._core.shapes import WRITTEN
from .._core.units import digits_of
from .answers import LeaderLost, engine_error, malformed
from .client import Client, Lost, NotSent, open_client
from .expected import shape_at
from .failures import NoAnswerInTime
from .options import ConnectionOptions
from .stream import Stream

# The newest API that this collection's requests were written for and tested with.
NEWEST_VERSION = (1, 52)
# Seconds: managers wait 10 to 20 s for their leader before they elect another one (swarmkit, ElectionTick of 10).
ELECTION = 30.0
ELECTION_PAUSE = 0.5

Opener = Callable[[str, ConnectionOptions], Client]
Query = Mapping[str, Any]
Headers = Mapping[str, str]


class Call(NamedTuple):
    """One request that went out; `path` is without version and query."""

    method: str
    path: str


class _Request(NamedTuple):
    method: str
    path: str
    query: Query | None = None
    body: Any = None
    headers: Headers | None = None
    timeout: float | None = None
    stream: bool = False


def segment(text: str) -> str:
    """A name or ID as one segment of a path."""
    return quote(text, safe="")


def _unheard(text: str) -> None:
    """Nobody listens."""


class Api:
    """Requests to one manager of several. Not for use by two threads at once: see `clone`.

    When the manager in use cannot be reached or is no manager (any more), the others are tried in turn,
    each once; the one that answers stays in use. While those that answer have no leader they are asked again, for
    `election` seconds, of which `tell` is told. A GET whose answer is lost is asked again, a write never: that is
    `UncertainWrite`. What an Engine says is told without `secrets`, and without those in what was sent to it.

    Raises `ConnectionFailed`, `NotAManager`, `NotFound`, `OutOfSequence`, `UncertainWrite`, `EngineError`.
    """

    def __init__(
        self,
        options: ConnectionOptions,
        opener: Opener = open_client,
        election: float = ELECTION,
        clock: Any = time,
    ) -> None:
        self.options = options
        self.election = election
        self.tell: Callable[[str], None] = _unheard
        self.secrets: SecretValues = NO_SECRETS
        self._clock = clock
        self.calls: list[Call] = []
        # Monotonic moment of the last answer of any manager.
        self.answered_at: float | None = None
        self._opener = opener
        self._hosts = list(options.hosts)
        self._client: Client | None = None
        self._version: tuple[int, int] | None = options.api_version

    @property
    def host(self) -> str:
        """The manager in use, or the one that will be tried first."""
        return self._hosts[0]

    @property
    def api_version(self) -> tuple[int, int]:
        """The API version in use; asks the daemon (`GET /_ping`) only if nothing was asked before."""
        if self._version is None:
            self._request(_Request("GET", "/_ping"))
        if self._version is None:
            raise EngineError(
                "%s does not tell its API version: if it is a Docker Engine, set api_version" % self.host,
                0,
                "no Api-Version header",
            )
        return self._version

    def clone(self) -> Api:
        """A second door with connections of its own, for another thread; begins at the manager in use."""
        other = Api(self.options, self._opener, self.election, self._clock)
        other._hosts = list(self._hosts)
        other._version = self._version
        other.calls, other.tell, other.secrets = self.calls, self.tell, self.secrets
        other.answered_at = self.answered_at
        return other

    def each(self) -> Iterator[Api]:
        """A door to each of the managers, one after the other; it leads to no other, and waits for no leader."""
        for host in list(self._hosts):
            with Api(replace(self.options, hosts=(host,)), self._opener, election=0.0) as one:
                one.calls, one.secrets = self.calls, self.secrets
                yield one

    def get(
        self,
        path: str,
        query: Query | None = None,
        timeout: float | None = None,
        headers: Headers | None = None,
    ) -> Any:
        """The answer to a GET. Mappings and lists in `query` go as JSON, booleans as true or false.

        A list may be None, since the Engine writes an empty one as null; nothing else is.
        """
        shape = shape_at(path)
        found = self._json(path, self._request(_Request("GET", path, query, None, headers, timeout)), shape)
        if found is None and not isinstance(shape, Listed):
            raise malformed(self.host, path, "it should be an object")
        return found

    def get_list(self, path: str, query: Query | None = None) -> list[Any]:
        """The answer to a GET of one of the Engine's lists."""
        found: list[Any] = self.get(path, query) or []
        return found

    def post(self, path: str, body: Any = None, query: Query | None = None, headers: Headers | None = None) -> Any:
        """The object that a POST answers, None where it answers none.

        Raises `UncertainWrite` if the connection broke after it was sent, or if nobody can read the answer.
        """
        answer = self._request(_Request("POST", path, query, body, headers))
        if not answer.content.strip():
            return None
        try:
            return self._json(path, answer, WRITTEN)
        except EngineError as exc:
            raise UncertainWrite("%s; it is unknown whether POST %s took effect" % (exc, path)) from exc

    def delete(self, path: str, query: Query | None = None) -> None:
        """Delete an object; raises `NotFound` if it is not there."""
        self._request(_Request("DELETE", path, query))

    def raw(self, path: str, query: Query | None, limit: int, timeout: float) -> bytes:
        """The first `limit` bytes of an answer, as far as they arrive within `timeout` seconds."""
        end = time.monotonic() + timeout
        with self.stream(path, query, timeout) as stream:
            return stream.read(limit, max(0.1, end - time.monotonic()))

    def stream(self, path: str, query: Query | None = None, timeout: float | None = None) -> Stream:
        """Open an answer without end; returns when its headers are there, at most `timeout` seconds."""
        answer = self._request(_Request("GET", path, query, timeout=timeout, stream=True))
        return Stream(answer, self._client.errors if self._client else ())

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def _request(self, request: _Request) -> Any:
        """Send to the manager in use; if that one cannot serve, to each of the others; once more while they elect."""
        # The caller's own limit is for the whole request.
        patience = self.election if request.timeout is None else 0.0
        until: float | None = None
        while True:
            failures: list[RolloutError] = []
            for _turn in range(len(self._hosts)):
                try:
                    return self._send_safely(request)
                except NotSent as exc:
                    failures.append(exc.error)
                except NotAManager as exc:
                    failures.append(exc)
                self._next_host()
            now = self._clock.monotonic()
            electing = any(isinstance(exc, (NoLeader, LeaderLost)) for exc in failures)
            if not electing or now + ELECTION_PAUSE > (now + patience if until is None else until):
                raise _nobody(failures)
            if until is None:
                until = now + patience
                self.tell("the Swarm has no leader; waiting up to %d s for its managers to elect one" % patience)
            self._clock.sleep(ELECTION_PAUSE)

    def _next_host(self) -> None:
        self.close()
        self._hosts.append(self._hosts.pop(0))
        self._version = self.options.api_version

    def _send_safely(self, request: _Request) -> Any:
        """Send to the manager in use. What is lost is asked again (GET) or uncertain (anything else)."""
        if request.method != "GET":
            self._learn_before_writing()
        reused = self._client is not None and self._client.used
        try:
            return self._send(request)
        except LeaderLost:
            # This answer took longer than electing a new leader does.
            pass
        except Lost as exc:
            self.close()
            self._give_up(request, exc, reused)
        try:
            # A kept connection may have been closed by the Engine meanwhile: once more on a new one.
            return self._send(request)
        except Lost as exc:
            raise NotSent(exc.error) from exc

    def _give_up(self, request: _Request, lost: Lost, reused: bool) -> None:
        """Raise, unless the request may simply be sent again."""
        if request.method != "GET":
            raise UncertainWrite(
                "%s: it is unknown whether %s %s took effect" % (lost.error, request.method, request.path)
            ) from lost
        if isinstance(lost.error, NoAnswerInTime):
            # The caller's own limit is for the whole request, not for each manager.
            raise (NotSent(lost.error) if request.timeout is None else lost.error) from lost
        if not reused:
            raise NotSent(lost.error) from lost

    def _learn_before_writing(self) -> None:
        """A write is never the request that finds the version out: its path could mean something else."""
        if self._version is not None:
            return
        try:
            self._send(_Request("GET", "/_ping"))
        except Lost as exc:
            raise NotSent(exc.error) from exc

    def _send(self, request: _Request) -> Any:
        if self._client is None:
            self._client = self._opener(self.host, self.options)
        prefix = "/v%d.%d" % self._version if self._version else ""
        headers = dict(request.headers or {})
        data = None
        if request.body is not None:
            data = json.dumps(request.body, separators=(",", ":")).encode("utf-8")
            headers["Content-Type"] = "application/json"
        self.calls.append(Call(request.method, request.path))
        answer = self._client.send(
            request.method,
            prefix + request.path + _encode(request.query),
            data,
            headers,
            request.timeout or self.options.timeout,
            request.stream,
        )
        self.answered_at = self._clock.monotonic()
        self._learn(answer.headers)
        if answer.status_code >= 300:
            hide = self.secrets.with_those_in(request.body).hide
            raise engine_error(self.host, request.method, request.path, answer.status_code, answer.content, hide)
        return answer

    def _learn(self, headers: Headers) -> None:
        """Take the daemon's own API version from the headers of its first answer."""
        if self._version is not None:
            return
        major, dot, minor = headers.get("Api-Version", "").partition(".")
        found = digits_of(major), digits_of(minor)
        if dot and found[0] is not None and found[1] is not None:
            self._version = min((found[0], found[1]), NEWEST_VERSION)

    def _json(self, path: str, answer: Any, of: Shape) -> Any:
        try:
            found = json.loads(answer.content, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise malformed(self.host, path, "it is not JSON" if answer.content.strip() else "it is empty") from None
        problem = "" if found is None else misfit(found, of)
        if problem:
            raise malformed(self.host, path, problem)
        return found


def _nobody(failures: list[RolloutError]) -> RolloutError:
    """The error where none of the managers could serve."""
    if len(failures) == 1:
        return failures[0]
    kind = NotAManager if all(isinstance(exc, NotAManager) for exc in failures) else ConnectionFailed
    return kind("no manager of docker_hosts can serve: %s" % "; ".join(str(exc) for exc in failures))


def _no_constant(name: str) -> None:
    """NaN and the infinities are no JSON, although Python reads them."""
    raise ValueError(name)


def _encode(query: Query | None) -> str:
    """A query string; None is left out."""
    if not query:
        return ""
    pairs = []
    for key, value in query.items():
        if isinstance(value, (bool, dict, list)):
            pairs.append((key, json.dumps(value, separators=(",", ":"), sort_keys=True)))
        elif value is not None:
            pairs.append((key, str(value)))
    return "?" + urlencode(pairs)
