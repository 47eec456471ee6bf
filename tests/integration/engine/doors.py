# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Doors to an Engine: TLS in front of it, a daemon of its own with TLS, SSH."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.lab.debian import ensure, is_root, obtainable
from tests.lab.progress import Progress

_SSHD = "/usr/sbin/sshd"
_SSH = ("ssh", "ssh-keygen", "sshd")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class TlsDoor:
    """Takes TLS off in front of an Engine that speaks plain HTTP."""

    def __init__(self, target: str, context: ssl.SSLContext) -> None:
        host, _colon, port = target.split("://")[1].rpartition(":")
        self._target = (host, int(port))
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def host(self) -> str:
        """Its docker_host."""
        return "tcp://127.0.0.1:%d" % self.port

    def close(self) -> None:
        """Accept nothing more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                plain, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):
            inside = self._context.wrap_socket(plain, server_side=True)
            outside = socket.create_connection(self._target)
            with inside, outside:
                back = threading.Thread(target=_copy, args=(outside, inside), daemon=True)
                back.start()
                _copy(inside, outside)
                back.join(5)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class Daemon:
    """A Docker daemon of its own, no member of any Swarm, with TLS that wants client certificates."""

    def __init__(self, folder: Path, ca: Path, cert: Path, key: Path) -> None:
        self.port = free_port()
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                *("dockerd", "--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")),
                *("--pidfile", str(folder / "pid"), "--bridge", "none", "--iptables=false"),
                *("-H", "tcp://127.0.0.1:%d" % self.port, "--tlsverify"),
                *("--tlscacert", str(ca), "--tlscert", str(cert), "--tlskey", str(key)),
            ],
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        _wait_for(self.port, self._process)

    @property
    def host(self) -> str:
        """Its docker_host."""
        return "tcp://127.0.0.1:%d" % self.port

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)
        self._log.close()


class SshDoor:
    """An SSH server for this user, whose sessions find an Engine in DOCKER_HOST."""

    def __init__(self, folder: Path, target: str) -> None:
        self.port = free_port()
        self._folder = folder
        ensure(*_SSH, progress=Progress())
        for name in ("host", "user"):
            subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)), check=True)
        known = (folder / "host.pub").read_text().split()[:2]
        (folder / "known").write_text("[127.0.0.1]:%d %s\n" % (self.port, " ".join(known)))
        (folder / "config").write_text(
            "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nPidFile %s/pid\n" % (self.port, folder, folder)
            + "AuthorizedKeysFile %s/user.pub\nStrictModes no\nUsePAM no\n" % folder
            + "PermitRootLogin yes\nSetEnv DOCKER_HOST=%s\n" % target
        )
        Path("/run/sshd").mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            (_SSHD, "-D", "-e", "-f", str(folder / "config")),
            stderr=subprocess.DEVNULL,
        )
        _wait_for(self.port, self._process)

    @property
    def host(self) -> str:
        """Its docker_host."""
        return "ssh://root@127.0.0.1:%d" % self.port

    def client(self, *, key: str = "user", known: str = "known") -> Path:
        """A folder with an `ssh` that uses the door's keys."""
        folder = self._folder / ("bin-%s-%s" % (key, known))
        folder.mkdir(exist_ok=True)
        program = folder / "ssh"
        program.write_text(
            '#!/bin/sh\nexec /usr/bin/ssh -F none -i %s/%s -o UserKnownHostsFile=%s/%s -o IdentitiesOnly=yes "$@"\n'
            % (self._folder, key, self._folder, known)
        )
        program.chmod(0o755)
        return folder

    def home(self) -> Path:
        """A home folder for SSH clients that use no `ssh`."""
        folder = self._folder / "home" / ".ssh"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._folder / "user", folder / "id_ed25519")
        shutil.copy(self._folder / "known", folder / "known_hosts")
        return folder.parent

    def close(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], limit: float = 60) -> None:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended with status %d" % process.returncode)
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("nothing listens on port %d after %g s" % (port, limit))


needs_sshd = pytest.mark.skipif(
    not (is_root() and obtainable(*_SSH)), reason="starts an SSH server of its own: needs one, and root"
)
