# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SDK as a means of transport: what is taken from it, what is kept out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.client import NotSent, open_client
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions

from .conftest import Answer, FakeEngine


def test_a_missing_sdk_names_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == "docker" or name.startswith("docker.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "docker", None)
    options = ConnectionOptions(hosts=("tcp://127.0.0.1:1", "tcp://127.0.0.1:2"))
    with pytest.raises(ConnectionFailed, match="-m pip install docker") as caught:
        Api(options).get("/nodes")
    assert sys.executable in caught.value.message
    assert "7.0" in caught.value.message


def test_an_old_sdk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import docker

    monkeypatch.setattr(docker, "__version__", "6.1.3")
    with pytest.raises(ConnectionFailed, match=r"too old \(6.1.3\)"):
        open_client("tcp://127.0.0.1:1", ConnectionOptions())


def test_importing_the_engine_does_not_import_the_sdk() -> None:
    import subprocess

    package = "ansible_collections.swarm.rollout.plugins.module_utils._engine"
    script = "import sys\nfrom %s import api, events, references, registry, services, tasks\n" % package
    script += "print(sorted(set(sys.modules) & {'docker', 'requests', 'urllib3', 'ssl', 'paramiko'}))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_variables_for_http_do_not_touch_a_local_engine(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    engine.on("GET", "/nodes", Answer([]))
    with Api(ConnectionOptions(hosts=(engine.host,))) as api:
        assert api.get("/nodes") == []


def test_http_headers_of_the_docker_configuration_are_sent(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"HttpHeaders": {"X-Team": "blue"}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    engine.on("GET", "/nodes", Answer([]))
    with Api(ConnectionOptions(hosts=(engine.host,))) as api:
        api.get("/nodes")
    assert engine.seen[0].headers["X-Team"] == "blue"
    assert engine.seen[0].headers["Accept-Encoding"] == "identity"


def test_a_broken_docker_configuration_is_said_to_be_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"reg": {"auth": "hunter2!"}}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with pytest.raises(ConnectionFailed, match="Docker configuration") as caught:
        open_client("tcp://127.0.0.1:1", ConnectionOptions())
    assert "hunter2" not in caught.value.message
    assert caught.value.__cause__ is None


def test_an_address_that_the_sdk_refuses() -> None:
    with pytest.raises(NotSent) as caught:
        open_client("npipe:////./pipe/docker_engine", ConnectionOptions())
    assert "cannot be used as docker_host" in caught.value.error.message


def test_the_request_that_a_module_that_is_too_new_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ModuleType("docker")
    monkeypatch.setitem(sys.modules, "docker", broken)
    for name in [name for name in sys.modules if name.startswith("docker.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ConnectionFailed, match="is missing"):
        open_client("tcp://127.0.0.1:1", ConnectionOptions())


@pytest.mark.sleeps
def test_an_answer_that_trickles_in_is_given_up() -> None:
    import socket
    import threading
    import time

    def trickle(listener: socket.socket) -> None:
        peer, _address = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 100000\r\n\r\n")
            try:
                while True:
                    peer.sendall(b" ")
                    time.sleep(0.02)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=trickle, args=(listener,), daemon=True).start()
        options = ConnectionOptions(hosts=("tcp://127.0.0.1:%d" % listener.getsockname()[1],), timeout=0.2)
        begun = time.monotonic()
        with pytest.raises(ConnectionFailed, match="broke during GET"), Api(options) as api:
            api.get("/nodes")
        assert time.monotonic() - begun < 30
