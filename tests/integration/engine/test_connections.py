# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sockets and TLS: each kind of trouble has a sentence that names the option."""

from __future__ import annotations

import gc
import shutil
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    ConnectionFailed,
    EngineError,
    NotAManager,
)
from ansible_collections.swarm.rollout.plugins.module_utils._engine.events import ServiceEvents
from tests.lab.debian import is_root

from .certificates import Authority
from .conftest import OpenApi
from .doors import Daemon, TlsDoor, free_port

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that is trusted."""
    return Authority(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another one."""
    return Authority(tmp_path_factory.mktemp("theirs"), "other")


@pytest.fixture(scope="module")
def client_files(ours: Authority) -> dict[str, str]:
    """The options for a client certificate."""
    cert, key = ours.issue("client", "DNS:client")
    return {"client_cert": str(cert), "client_key": str(key)}


def door(docker_hosts: list[str], files: tuple[Path, Path]) -> TlsDoor:
    """A TLS door with that certificate in front of the first manager."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return TlsDoor(docker_hosts[0], context)


@pytest.fixture(scope="module")
def good(docker_hosts: list[str], ours: Authority) -> Iterator[TlsDoor]:
    """A door whose certificate is right."""
    found = door(docker_hosts, ours.issue("good", "DNS:localhost,IP:127.0.0.1"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def elsewhere(docker_hosts: list[str], ours: Authority) -> Iterator[TlsDoor]:
    """A door whose certificate is for another name."""
    found = door(docker_hosts, ours.issue("elsewhere", "DNS:manager.example"))
    yield found
    found.close()


def test_a_checked_certificate(open_api: OpenApi, good: TlsDoor, ours: Authority) -> None:
    api = open_api(docker_host=good.host, validate_certs=True, ca_path=str(ours.ca))
    assert api.get("/nodes")
    with ServiceEvents(api, "nosuchservice") as events:
        assert events.alive


def test_bundles_from_the_environment_take_no_part(
    open_api: OpenApi, good: TlsDoor, ours: Authority, theirs: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(theirs.ca))
    api = open_api(docker_host=good.host, validate_certs=True, ca_path=str(ours.ca))
    assert api.get("/nodes")


def test_an_unchecked_certificate(open_api: OpenApi, elsewhere: TlsDoor) -> None:
    assert open_api(docker_host=elsewhere.host, tls=True).get("/nodes")


def test_another_authority(open_api: OpenApi, good: TlsDoor, theirs: Authority) -> None:
    api = open_api(docker_host=good.host, validate_certs=True, ca_path=str(theirs.ca))
    with pytest.raises(ConnectionFailed, match="not signed by ca_path"):
        api.get("/nodes")


def test_no_authority(open_api: OpenApi, good: TlsDoor) -> None:
    with pytest.raises(ConnectionFailed, match="set ca_path"):
        open_api(docker_host=good.host, validate_certs=True).get("/nodes")


def test_another_name(open_api: OpenApi, elsewhere: TlsDoor, ours: Authority) -> None:
    options: dict[str, Any] = {
        "docker_host": elsewhere.host,
        "validate_certs": True,
        "ca_path": str(ours.ca),
    }
    with pytest.raises(ConnectionFailed, match="set tls_hostname"):
        open_api(**options).get("/nodes")
    with pytest.raises(ConnectionFailed, match="is for another name"):
        open_api(**options, tls_hostname="other.example").get("/nodes")
    assert open_api(**options, tls_hostname="manager.example").get("/nodes")


def test_an_expired_certificate(open_api: OpenApi, docker_hosts: list[str], ours: Authority) -> None:
    found = door(docker_hosts, ours.issue("expired", "IP:127.0.0.1", days="0"))
    time.sleep(1.1)
    try:
        api = open_api(docker_host=found.host, validate_certs=True, ca_path=str(ours.ca))
        with pytest.raises(ConnectionFailed, match="has expired"):
            api.get("/nodes")
    finally:
        found.close()


def test_tls_to_a_port_without(open_api: OpenApi, docker_hosts: list[str]) -> None:
    with pytest.raises(ConnectionFailed, match="does not speak TLS"):
        open_api(docker_host=docker_hosts[0], tls=True).get("/nodes")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ca_path": "/nonexistent/ca.pem"}, "ca_path: there is no file"),
        ({"ca_path": "/etc/hostname"}, "ca_path /etc/hostname holds no certificate"),
        ({"client_cert": "/nonexistent/cert.pem", "client_key": "/etc/hostname"}, "client_cert: there is no"),
        ({"client_cert": "/etc/hostname", "client_key": "/etc/hostname"}, "is not a PEM file"),
    ],
)
def test_files_that_cannot_be_used(
    open_api: OpenApi, good: TlsDoor, ours: Authority, options: dict[str, str], words: str
) -> None:
    given = {"ca_path": str(ours.ca), **options}
    with pytest.raises(ConnectionFailed, match=words):
        open_api(docker_host=good.host, validate_certs=True, **given).get("/nodes")


def test_a_key_of_another_certificate(
    open_api: OpenApi, good: TlsDoor, ours: Authority, client_files: dict[str, str]
) -> None:
    other = ours.issue("unrelated", "DNS:unrelated")[1]
    options = {**client_files, "client_key": str(other), "ca_path": str(ours.ca)}
    with pytest.raises(ConnectionFailed, match="does not belong to client_cert"):
        open_api(docker_host=good.host, validate_certs=True, **options).get("/nodes")


@pytest.fixture(scope="module")
def daemon(ours: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A real daemon that asks for client certificates; it belongs to no Swarm."""
    if shutil.which("dockerd") is None or not is_root():
        pytest.skip("starts a daemon of its own: needs dockerd and root")
    files = ours.issue("daemon", "DNS:localhost,IP:127.0.0.1")
    found = Daemon(tmp_path_factory.mktemp("daemon"), ours.ca, *files)
    yield found
    found.close()


def test_a_daemon_with_client_certificates(
    open_api: OpenApi, daemon: Daemon, ours: Authority, client_files: dict[str, str]
) -> None:
    api = open_api(docker_host=daemon.host, validate_certs=True, ca_path=str(ours.ca), **client_files)
    assert api.get("/info")["ServerVersion"]
    with pytest.raises(NotAManager, match="not part of a Swarm"):
        api.get("/nodes")


def test_certificates_in_the_folder_of_the_environment(
    daemon: Daemon, ours: Authority, client_files: dict[str, str], tmp_path: Path
) -> None:
    from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
    from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions

    files = {"ca.pem": str(ours.ca), "cert.pem": client_files["client_cert"], "key.pem": client_files["client_key"]}
    for name, source in files.items():
        shutil.copy(source, tmp_path / name)
    params = {"docker_host": daemon.host, "validate_certs": True}
    with Api(ConnectionOptions.of(params, {"DOCKER_CERT_PATH": str(tmp_path)})) as api:
        assert api.get("/info")


def test_no_client_certificate(open_api: OpenApi, daemon: Daemon, ours: Authority) -> None:
    api = open_api(docker_host=daemon.host, validate_certs=True, ca_path=str(ours.ca))
    with pytest.raises(ConnectionFailed, match="set client_cert and client_key"):
        api.get("/info")


def test_a_client_certificate_of_another_authority(
    open_api: OpenApi, daemon: Daemon, ours: Authority, theirs: Authority
) -> None:
    cert, key = theirs.issue("stranger", "DNS:stranger")
    api = open_api(
        docker_host=daemon.host,
        validate_certs=True,
        ca_path=str(ours.ca),
        client_cert=str(cert),
        client_key=str(key),
    )
    # The daemon hangs up; whether its reason arrives before that is a race.
    with pytest.raises(ConnectionFailed, match="not accept the client certificate"):
        api.get("/info")


def test_plain_text_to_a_daemon_with_tls(open_api: OpenApi, daemon: Daemon) -> None:
    with pytest.raises(ConnectionFailed, match="set validate_certs or tls"):
        open_api(docker_host=daemon.host).get("/info")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_sockets_that_are_not_there(open_api: OpenApi, tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed, match="there is no socket at"):
        open_api(docker_host="unix://%s/docker.sock" % tmp_path).get("/info")
    (tmp_path / "file.sock").write_text("")
    with pytest.raises(ConnectionFailed, match="no Docker Engine listens on the socket"):
        open_api(docker_host="unix://%s/file.sock" % tmp_path).get("/info")
    # The SDK leaves sockets that never connected to the garbage collector, which would tell a later test.
    gc.collect()


def test_a_port_where_nobody_listens(open_api: OpenApi) -> None:
    with pytest.raises(ConnectionFailed, match="no Docker Engine listens at"):
        open_api(docker_host="tcp://127.0.0.1:%d" % free_port()).get("/info")


def test_a_name_that_does_not_exist(open_api: OpenApi) -> None:
    with pytest.raises(ConnectionFailed, match="cannot be resolved"):
        open_api(docker_host="tcp://nosuchhost.invalid:2375").get("/info")


def test_a_server_that_is_no_engine(open_api: OpenApi, registry_host: str) -> None:
    with pytest.raises(EngineError, match="not as a Docker Engine does"):
        open_api(docker_host=registry_host).get("/services/web")


@pytest.fixture
def registry_host(lab: Any) -> str:
    """A server that is no Engine: the lab's open registry."""
    return "tcp://" + str(lab.registry()["open"]["url"]).split("://")[1]
