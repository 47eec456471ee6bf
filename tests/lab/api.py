# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Engine API client on the standard library, for unix sockets and plain TCP.

The lab needs a dozen calls and has to run before any virtualenv exists; the `docker` command
line would cost 40 ms per call, which adds up with several nodes.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .errors import EngineError, EngineGone, LabError

# The newest version the lab's own calls were written for; an older Engine gets the newest it knows.
API_VERSION = (1, 44)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Engine:
    """One Engine at a ``unix://`` or ``tcp://`` address."""

    def __init__(self, address: str, *, timeout: float = 60.0) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("unix", "tcp"):
            raise LabError(f"The lab cannot speak to {address}: set DOCKER_HOST to a unix:// or tcp:// address.")
        self.address = address
        self._parts = parts
        self._timeout = timeout
        self._prefix: str | None = None

    def connection(self, timeout: float | None = None) -> http.client.HTTPConnection:
        """Return a fresh, not yet opened connection."""
        seconds = timeout or self._timeout
        if self._parts.scheme == "unix":
            return _UnixConnection(self._parts.path, seconds)
        return http.client.HTTPConnection(
            self._parts.hostname or "127.0.0.1", self._parts.port or 2375, timeout=seconds
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        stream: Path | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        timeout: float | None = None,
    ) -> bytes:
        """Do one call and return the raw body of the answer."""
        if self._prefix is None and path != "/_ping":
            self._negotiate(timeout)
        url = (self._prefix or "") + quote(path, safe="/:%") + _query(query)
        sent = {"Host": "docker", **(headers or {})}
        payload: Any = None
        handle = None
        if body is not None:
            payload = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        elif isinstance(stream, Path):
            payload = handle = stream.open("rb")
            sent["Content-Type"] = "application/x-tar"
            sent["Content-Length"] = str(stream.stat().st_size)
        elif stream is not None:
            payload = stream
            sent["Content-Type"] = "application/x-tar"
        connection = self.connection(timeout)
        try:
            connection.request(method, url, body=payload, headers=sent)
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise self._gone(error) from error
        finally:
            connection.close()
            if handle is not None:
                handle.close()
        if answer.status >= 400:
            raise EngineError(answer.status, _message(data), f"{method} {path}")
        return data

    def _negotiate(self, timeout: float | None) -> None:
        """Ask once for the newest API version it knows: some refuse old ones, none takes newer ones."""
        connection = self.connection(timeout)
        try:
            connection.request("GET", "/_ping", headers={"Host": "docker"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise self._gone(error) from error
        finally:
            connection.close()
        known = tuple(int(part) for part in answer.getheader("Api-Version", "1.41").split("."))
        self._prefix = "/v{}.{}".format(*min(known, API_VERSION))

    def _gone(self, error: Exception) -> EngineGone:
        return EngineGone(f"No Engine answers at {self.address} ({error or type(error).__name__}).")

    def get(self, path: str, *, timeout: float | None = None, **query: Any) -> Any:
        """GET and parse JSON."""
        return json.loads(self.call("GET", path, query=query, timeout=timeout) or b"null")

    def post(self, path: str, body: Any = None, *, timeout: float | None = None, **query: Any) -> Any:
        """POST JSON; the parsed answer, or None where the Engine answers with nothing."""
        data = self.call("POST", path, query=query, body=body, timeout=timeout)
        return json.loads(data) if data.strip().startswith((b"{", b"[", b'"')) else None

    def delete(self, path: str, **query: Any) -> bool:
        """DELETE; False where there was nothing to delete."""
        try:
            self.call("DELETE", path, query=query)
        except EngineError as error:
            if error.status == 404:
                return False
            raise
        return True

    def alive(self, timeout: float = 3.0) -> bool:
        """Tell whether the Engine answers a ping."""
        try:
            self.call("GET", "/_ping", timeout=timeout)
        except LabError:
            return False
        return True

    def info(self, timeout: float | None = None) -> dict[str, Any]:
        """GET /info, which also tells the Engine's own view of its Swarm."""
        answer: dict[str, Any] = json.loads(self.call("GET", "/info", timeout=timeout))
        return answer

    def load(self, archive: Path) -> None:
        """Load a docker archive (what `docker load` does)."""
        data = self.call("POST", "/images/load", query={"quiet": "1"}, stream=archive, timeout=300)
        for line in data.splitlines():
            if b'"error"' in line:
                raise LabError(f"The Engine at {self.address} could not load {archive.name}: {_message(line)}.")

    def run(self, container: str, command: list[str], *, timeout: float = 60.0) -> str:
        """Run a command in a running container and return what it printed; it must exit with 0."""
        created = self.post(
            f"/containers/{container}/exec",
            {"Cmd": command, "AttachStdout": True, "AttachStderr": True, "Tty": True},
        )
        output = self.call(
            "POST", f"/exec/{created['Id']}/start", body={"Detach": False, "Tty": True}, timeout=timeout
        ).decode(errors="replace")
        code = self.get(f"/exec/{created['Id']}/json")["ExitCode"]
        if code != 0:
            raise LabError(f"`{' '.join(command)}` in {container} ended with {code}: {output.strip()[-400:]}")
        return output


def label_filter(*labels: str) -> str:
    """Return the value of a ``filters`` parameter that asks for all these labels."""
    return json.dumps({"label": list(labels)})


def _query(query: dict[str, Any] | None) -> str:
    given = {key: _plain(value) for key, value in (query or {}).items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value)
    return value


def _message(data: bytes) -> str:
    try:
        parsed = json.loads(data)
    except ValueError:
        return data.decode(errors="replace").strip()
    return str(parsed.get("message") or parsed.get("error") or parsed) if isinstance(parsed, dict) else str(parsed)
