# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSH through the `ssh` program, on a real socket: with timeouts, one process kept between requests.

The far side runs `docker system dial-stdio`, as it does for the Docker CLI. Nothing is asked on a
terminal (BatchMode): a module has none.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
from typing import Any
from urllib.parse import urlsplit

_END_SECONDS = 2.0
_LAST_WORDS_SECONDS = 0.05
_LENGTH = 200


def ssh_command(host: str, timeout: float) -> list[str]:
    """The command for an `ssh://[user@]name[:port]` address; `timeout` (seconds) is for connecting."""
    parts = urlsplit(host)
    command = ["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=%d" % max(1, int(timeout))]
    if parts.username:
        command += ["-l", parts.username]
    if parts.port:
        command += ["-p", str(parts.port)]
    return [*command, "--", parts.hostname or "", "docker system dial-stdio"]


class Tunnel:
    """One process whose standard input and output are the other end of `socket`."""

    def __init__(self, command: list[str]) -> None:
        self.socket, far = socket.socketpair()
        self._said: Any = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        try:
            # In a session of its own: an interrupt at the terminal ends the module first, then the tunnel.
            self._process = subprocess.Popen(
                command,
                stdin=far.fileno(),
                stdout=far.fileno(),
                stderr=self._said.fileno(),
                start_new_session=True,
            )
        except OSError:
            self.socket.close()
            self._said.close()
            raise
        finally:
            far.close()

    def last_words(self) -> str:
        """If the process has ended by itself: the last line of its standard error."""
        try:
            self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            return ""
        self._said.seek(0)
        lines = self._said.read(65536).decode("utf-8", "replace").split("\n")
        said = [line.strip() for line in lines if line.strip() and not line.startswith("Warning:")]
        return said[-1][:_LENGTH] if said else "ssh ended with status %d" % self._process.returncode

    def end(self) -> None:
        """End the process and take its exit status."""
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()


def ssh_adapter(host: str, timeout: float) -> Any:
    """A transport adapter for the SDK's session; its `complaint` is why the last tunnel ended by itself."""
    from docker.transport.unixconn import (
        UnixHTTPAdapter,
        UnixHTTPConnection,
        UnixHTTPConnectionPool,
    )

    command = ssh_command(host, timeout)

    class Connection(UnixHTTPConnection):
        """An HTTP connection through a tunnel."""

        tunnel: Tunnel | None = None

        def connect(self) -> None:
            adapter.complaint = ""
            self.tunnel = Tunnel(command)
            self.tunnel.socket.settimeout(self.timeout)
            self.sock = self.tunnel.socket

        def close(self) -> None:
            tunnel, self.tunnel = self.tunnel, None
            if tunnel is not None:
                adapter.complaint = tunnel.last_words()
            super().close()
            if tunnel is not None:
                tunnel.end()

    class Pool(UnixHTTPConnectionPool):
        """Connections that are tunnels."""

        def _new_conn(self) -> Any:
            return Connection(host, "", int(timeout))

    class Adapter(UnixHTTPAdapter):
        """One pool, for one address."""

        complaint = ""

        def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:
            with self.pools.lock:
                found = self.pools.get(host)
                if not found:
                    found = Pool(host, "", int(timeout), maxsize=self.max_pool_size)
                    self.pools[host] = found
                return found

    adapter = Adapter("http+unix://ssh", int(timeout))
    return adapter
