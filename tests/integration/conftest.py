# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all integration tests share: the lab named by SWARM_LAB, found up or brought up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from tests.integration.together import (
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_pyfunc_call,
    pytest_unconfigure,
)
from tests.lab.lab import Lab

__all__ = ["pytest_collection_modifyitems", "pytest_configure", "pytest_pyfunc_call", "pytest_unconfigure"]


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The lab of this run; `make integration` brings it up and takes it down."""
    name = os.environ.get("SWARM_LAB")
    if not name:
        pytest.exit("SWARM_LAB names no lab: run `make integration`, or tests/tools/with-lab NAME pytest ...")
    return Lab(name)


@pytest.fixture(scope="session")
def settings(lab: Lab) -> dict[str, Any]:
    """How to connect to the lab, as `python3 -m tests.lab env --json` prints it."""
    return lab.settings()


@pytest.fixture(scope="session")
def docker_hosts(settings: dict[str, Any]) -> list[str]:
    """The addresses of all managers."""
    return list(settings["docker_hosts"])


@pytest.fixture(scope="session")
def hosts(lab: Lab) -> Iterator[list[str]]:
    """The addresses of all managers; at the end the Swarm is empty again."""
    yield list(lab.settings()["docker_hosts"])
    lab.clean()


@pytest.fixture
def client(docker_hosts: list[str]) -> Iterator[docker.APIClient]:
    """A client of the first manager, to look at the truth behind a result."""
    client = docker.APIClient(base_url=docker_hosts[0], version="auto")
    yield client
    client.close()


@pytest.fixture
def swarm(lab: Lab) -> Iterator[Lab]:
    """The lab, left without services, networks, configs and secrets afterwards."""
    yield lab
    lab.clean()
