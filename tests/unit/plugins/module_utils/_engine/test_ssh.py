# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SSH program as a tunnel."""

from __future__ import annotations

import socket
import sys

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._engine import ssh
from ansible_collections.swarm.rollout.plugins.module_utils._engine.ssh import Tunnel, ssh_command

# Waiting for the end of a process, the standard library sleeps for milliseconds.
pytestmark = pytest.mark.sleeps


def test_the_command() -> None:
    assert ssh_command("ssh://deploy@m1:2222", 7.9) == [
        *("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=7"),
        *("-l", "deploy", "-p", "2222", "--", "m1", "docker system dial-stdio"),
    ]
    assert ssh_command("ssh://m1", 0.2)[-5:] == ["-o", "ConnectTimeout=1", "--", "m1", "docker system dial-stdio"]


def test_a_host_cannot_be_taken_for_an_option() -> None:
    command = ssh_command("ssh://-oProxyCommand=touch", 5)
    assert command.index("--") < command.index("-oproxycommand=touch")


def test_bytes_go_through() -> None:
    tunnel = Tunnel(["cat"])
    tunnel.socket.settimeout(5)
    tunnel.socket.sendall(b"hello")
    assert tunnel.socket.recv(5) == b"hello"
    assert tunnel.last_words() == ""
    tunnel.socket.close()
    tunnel.end()


def test_a_tunnel_has_a_time_limit() -> None:
    tunnel = Tunnel(["cat"])
    tunnel.socket.settimeout(0.05)
    with pytest.raises(socket.timeout):
        tunnel.socket.recv(1)
    tunnel.socket.close()
    tunnel.end()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys; sys.exit('banner\\nWarning: Permanently added\\nPermission denied')", "Permission denied"),
        ("import sys; sys.exit(3)", "ssh ended with status 3"),
    ],
)
def test_the_last_words_of_a_process_that_ended(script: str, words: str) -> None:
    tunnel = Tunnel([sys.executable, "-c", script])
    tunnel.socket.settimeout(10)
    assert tunnel.socket.recv(1) == b""
    assert tunnel.last_words() == words
    tunnel.socket.close()
    tunnel.end()


def test_a_program_that_is_not_there_leaves_nothing_open() -> None:
    with pytest.raises(FileNotFoundError):
        Tunnel(["/nonexistent/ssh"])


def test_a_process_that_ignores_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "_END_SECONDS", 0.1)
    script = "import signal,sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read(); "
    tunnel = Tunnel([sys.executable, "-c", script + "signal.pause()"])
    assert tunnel.socket.recv(1) == b"\n"
    tunnel.socket.close()
    tunnel.end()
