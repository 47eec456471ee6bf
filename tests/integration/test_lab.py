# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Swarm under all other integration tests."""

from __future__ import annotations

import time

import docker
import pytest

pytestmark = pytest.mark.alone


@pytest.fixture(params=[0, 1, 2], ids=["node1", "node2", "node3"])
def manager(request, docker_hosts):
    """One manager after the other."""
    client = docker.APIClient(base_url=docker_hosts[request.param], version="auto")
    yield client
    client.close()


def test_every_manager_sees_three_ready_managers(manager):
    nodes = manager.nodes()
    assert [node["Status"]["State"] for node in nodes] == ["ready"] * 3
    assert [node["Spec"]["Role"] for node in nodes] == ["manager"] * 3


def test_a_service_runs_and_leaves_no_trace(lab, client):
    template = docker.types.TaskTemplate(docker.types.ContainerSpec("web:1"))
    service = client.create_service(template, name="smoke", mode=docker.types.ServiceMode("replicated", 2))
    deadline = time.monotonic() + 30
    states: list[str] = []
    while states != ["running", "running"]:
        assert time.monotonic() < deadline, states
        time.sleep(0.1)
        states = [task["Status"]["State"] for task in client.tasks(filters={"service": service["ID"]})]
    lab.clean()
    assert client.services() == []
    assert client.tasks() == []
