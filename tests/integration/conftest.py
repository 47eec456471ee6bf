# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all integration tests share: the lab named by SWARM_LAB, a place in its Swarm, and who may run beside whom.

A test runs beside others: it uses names of its own, and leaves nodes, and what others made, alone. One that needs the
Swarm for itself, since it breaks nodes, empties it or reserves what is free, is marked `alone`. See `phases`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import docker
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.integration import usage
from tests.integration.phases import by_duration, scope
from tests.integration.stage import Stage, stage_of
from tests.lab.lab import Lab

stage = stage_of(Stage)


class Scheduling(LoadScopeScheduling):
    """Gives one scope after the other to the worker that is free."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and note what tests cost."""
    config.addinivalue_line("markers", "alone: this test needs the whole Swarm for itself")
    config.pluginmanager.register(usage.Usage(), "usage")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """The scheduler of a run with workers."""
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first, and refuse a test that would empty the Swarm under others."""
    items[:] = by_duration(items)
    for item in items:
        if "swarm" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("alone"):
            raise pytest.UsageError(f"{item.nodeid} empties the Swarm: mark it `alone`")


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


@pytest.fixture
def client(docker_hosts: list[str]) -> Iterator[docker.APIClient]:
    """A client of the first manager, to look at the truth behind a result."""
    client = docker.APIClient(base_url=docker_hosts[0], version="auto")
    yield client
    client.close()


@pytest.fixture
def swarm(lab: Lab) -> Iterator[Lab]:
    """The lab, left without services, networks, configs and secrets afterwards; only for tests marked `alone`."""
    yield lab
    lab.clean()
