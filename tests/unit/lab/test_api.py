# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own Engine client."""

from __future__ import annotations

import json
import socket

import pytest

from tests.lab.api import Engine, label_filter
from tests.lab.errors import EngineError, EngineGone, LabError
from tests.unit.lab.servers import fake_engine


@pytest.fixture
def server():
    with fake_engine() as running:
        yield running


def test_calls_use_a_version_that_both_know(server):
    engine = Engine(server.address)

    assert engine.get("/containers/json", all=True, filters=label_filter("a=b"), left_out=None) == {"ok": True}

    method, path, _body = server.seen[-1]
    assert method == "GET"
    assert path.startswith("/v1.44/containers/json?all=true&filters=%7B")
    assert "left_out" not in path


def test_a_body_is_json(server):
    assert Engine(server.address).post("/services/create", {"Name": "x"}) == {"ok": True}
    assert json.loads(server.seen[-1][2]) == {"Name": "x"}


def test_a_file_is_streamed(server, tmp_path):
    archive = tmp_path / "images.tar"
    archive.write_bytes(b"tar" * 1000)

    Engine(server.address).load(archive)

    assert server.seen[-1][2] == b"tar" * 1000


def test_an_error_of_the_engine_has_its_message(server):
    with pytest.raises(EngineError, match="no such thing") as caught:
        Engine(server.address).get("/missing")

    assert caught.value.status == 404


def test_deleting_what_is_not_there_is_no_error(server):
    engine = Engine(server.address)

    assert engine.delete("/missing") is False
    assert engine.delete("/networks/x") is True


def test_an_engine_that_is_gone_is_told_with_its_address():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    engine = Engine(f"tcp://127.0.0.1:{port}")

    assert not engine.alive(1.0)
    with pytest.raises(EngineGone, match=f"No Engine answers at tcp://127.0.0.1:{port}"):
        engine.get("/info")


def test_a_socket_that_is_gone_is_told(tmp_path):
    assert not Engine(f"unix://{tmp_path}/docker.sock").alive(1.0)


def test_an_address_nobody_can_speak_to_is_refused():
    with pytest.raises(LabError, match="set DOCKER_HOST"):
        Engine("ssh://somewhere")
