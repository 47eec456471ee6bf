# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SSH to a real server."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed
from ansible_collections.swarm.rollout.plugins.module_utils._engine import services
from ansible_collections.swarm.rollout.plugins.module_utils._engine.events import ServiceEvents

from .conftest import Making, OpenApi
from .doors import SshDoor, free_port, needs_sshd

pytestmark = [
    needs_sshd,
    pytest.mark.skipif(shutil.which("docker") is None, reason="`docker system dial-stdio` runs behind the SSH server"),
]


@pytest.fixture(scope="module")
def ssh(docker_hosts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshDoor]:
    """An SSH server in front of the first manager."""
    found = SshDoor(tmp_path_factory.mktemp("ssh"), docker_hosts[0])
    yield found
    found.close()


@pytest.fixture
def keys(ssh: SshDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program `ssh` with the door's keys."""
    monkeypatch.setenv("PATH", "%s:/usr/bin:/bin" % ssh.client())


def tunnels() -> int:
    """How many tunnels run."""
    found = subprocess.run(("pgrep", "-fc", "^/usr/bin/ssh .*dial-stdio"), capture_output=True, check=False)
    return int(found.stdout or 0)


@pytest.mark.usefixtures("keys")
def test_requests_share_one_tunnel(open_api: OpenApi, ssh: SshDoor) -> None:
    api = open_api(docker_host=ssh.host, use_ssh_client=True)
    assert services.get(api, "engine-none") is None
    for _turn in range(10):
        services.get(api, "engine-none")
    assert tunnels() == 1
    api.close()
    assert tunnels() == 0


@pytest.mark.usefixtures("keys")
def test_events_come_through_a_tunnel_of_their_own(open_api: OpenApi, ssh: SshDoor, making: Making) -> None:
    api = open_api(docker_host=ssh.host, use_ssh_client=True)
    with ServiceEvents(api) as events:
        assert events.alive
        service_id = making.create(making.spec(replicas=0))
        assert service_id in {event.service_id for event in events.wait(10)}
    assert tunnels() == 0


def test_a_key_that_is_not_accepted(open_api: OpenApi, ssh: SshDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "%s:/usr/bin:/bin" % ssh.client(key="host"))
    with pytest.raises(ConnectionFailed, match="Permission denied"):
        open_api(docker_host=ssh.host, use_ssh_client=True).get("/nodes")


def test_a_server_that_is_not_known(open_api: OpenApi, ssh: SshDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "%s:/usr/bin:/bin" % ssh.client(known="none"))
    with pytest.raises(ConnectionFailed, match="Host key verification failed"):
        open_api(docker_host=ssh.host, use_ssh_client=True).get("/nodes")


@pytest.mark.usefixtures("keys")
def test_no_server(open_api: OpenApi) -> None:
    with pytest.raises(ConnectionFailed, match="Connection refused"):
        open_api(docker_host="ssh://root@127.0.0.1:%d" % free_port(), use_ssh_client=True).get("/nodes")


def test_no_program(open_api: OpenApi, ssh: SshDoor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConnectionFailed, match="no ssh program"):
        open_api(docker_host=ssh.host, use_ssh_client=True).get("/nodes")


@pytest.mark.usefixtures("keys")
def test_the_next_manager_is_tried_when_ssh_fails(open_api: OpenApi, ssh: SshDoor, docker_hosts: list[str]) -> None:
    dead = "ssh://root@127.0.0.1:%d" % free_port()
    api = open_api(docker_hosts=[dead, ssh.host, docker_hosts[0]], use_ssh_client=True)
    assert api.get("/nodes")
    assert api.host == ssh.host


PARAMIKO = importlib.util.find_spec("paramiko") is not None


@pytest.fixture
def home(ssh: SshDoor, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with the door's keys, which is where paramiko looks."""
    folder = ssh.home()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.mark.skipif(not PARAMIKO, reason="needs paramiko")
@pytest.mark.usefixtures("home")
def test_with_paramiko(open_api: OpenApi, ssh: SshDoor, making: Making) -> None:
    api = open_api(docker_host=ssh.host)
    with ServiceEvents(api) as events:
        assert events.alive
        service_id = making.create(making.spec(replicas=0))
        assert service_id in {event.service_id for event in events.wait(10)}
        assert services.get(api, service_id) is not None


@pytest.mark.skipif(not PARAMIKO, reason="needs paramiko")
def test_paramiko_does_not_trust_strangers(open_api: OpenApi, ssh: SshDoor, home: Path) -> None:
    (home / ".ssh" / "known_hosts").write_text("")
    with pytest.raises(ConnectionFailed, match="not found in known_hosts"):
        open_api(docker_host=ssh.host).get("/nodes")


@pytest.mark.skipif(PARAMIKO, reason="paramiko is installed")
def test_without_paramiko_the_way_out_is_told(open_api: OpenApi, ssh: SshDoor) -> None:
    with pytest.raises(ConnectionFailed, match="set use_ssh_client to true"):
        open_api(docker_host=ssh.host).get("/nodes")
