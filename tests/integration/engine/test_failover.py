# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managers that die, freeze, lose their role or their leader."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    ConnectionFailed,
    NotAManager,
    OutOfSequence,
    UncertainWrite,
)
from ansible_collections.swarm.rollout.plugins.module_utils._engine import services
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.events import ServiceEvents
from tests.integration.health import wait_until_well
from tests.lab.errors import LabError
from tests.lab.lab import Lab

from .conftest import Making, OpenApi

pytestmark = pytest.mark.alone

UNDO = {"stop": "start", "pause": "resume", "demote": "promote"}
Trouble = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def three_managers(docker_hosts: list[str]) -> None:
    """What is done here needs a Swarm that survives the loss of a manager."""
    if len(docker_hosts) < 3:
        pytest.skip("needs three managers")


@pytest.fixture
def trouble(lab: Lab) -> Iterator[Trouble]:
    """Does something to a node and mends it afterwards."""
    done: list[tuple[str, str]] = []

    def make(what: str, node: str) -> None:
        done.append((what, node))
        getattr(lab, what)(node)

    yield make
    for what, node in done:
        # A node that was demoted a moment ago may need a minute to become a manager again.
        with suppress(LabError):
            getattr(lab, UNDO[what])(node)
    wait_until_well(lab)


def by_role(lab: Lab) -> tuple[str, list[str]]:
    """The leader and the other managers, by node name."""
    roles = {str(member["name"]): str(member["manager"]) for member in lab.members()}
    return (
        next(name for name, role in roles.items() if role == "leader"),
        [name for name, role in roles.items() if role == "reachable"],
    )


def hosts_of(lab: Lab, *names: str) -> list[str]:
    """The addresses of nodes."""
    known = {manager["name"]: manager["docker_host"] for manager in lab.settings()["managers"]}
    return [str(known[name]) for name in names]


@pytest.mark.parametrize("what", ["stop", "pause"])
def test_the_next_manager_takes_over(lab: Lab, open_api: OpenApi, trouble: Trouble, what: str) -> None:
    _leader, (first, second) = by_role(lab)
    hosts = hosts_of(lab, first, second)
    api = open_api(docker_hosts=hosts, timeout=5)
    assert len(api.get("/nodes")) == 3
    assert api.host == hosts[0]
    trouble(what, first)
    assert len(api.get("/nodes")) == 3
    assert api.host == hosts[1]
    alone = open_api(docker_host=hosts[0], timeout=1)
    with pytest.raises(ConnectionFailed):
        alone.get("/nodes")


def test_events_move_to_another_manager(lab: Lab, open_api: OpenApi, trouble: Trouble, making: Making) -> None:
    leader, (first, second) = by_role(lab)
    api = open_api(docker_hosts=hosts_of(lab, first, second), timeout=5)
    making.api = open_api(docker_host=hosts_of(lab, leader)[0])
    with ServiceEvents(api, pause=0.2) as events:
        trouble("stop", first)
        assert events.wait(20) == []
        deadline = time.monotonic() + 20
        while not events.alive:
            assert time.monotonic() < deadline
            events.wait(1)
        service_id = making.create(making.spec(replicas=0))
        found: set[str] = set()
        while service_id not in found:
            assert time.monotonic() < deadline
            found |= {event.service_id for event in events.wait(1)}


def test_a_worker_sends_on_to_a_manager(lab: Lab, open_api: OpenApi, trouble: Trouble) -> None:
    _leader, (first, second) = by_role(lab)
    hosts = hosts_of(lab, first, second)
    trouble("demote", first)
    alone = open_api(docker_host=hosts[0])
    deadline = time.monotonic() + 30
    words = ""
    while "is a worker" not in words and time.monotonic() < deadline:
        try:
            alone.get("/nodes")
        except NotAManager as exc:
            words = exc.message
        time.sleep(0.2)
    assert "is a worker" in words
    api = open_api(docker_hosts=hosts)
    assert len(api.get("/nodes")) == 3
    assert api.host == hosts[1]


def test_writes_while_the_leader_dies(lab: Lab, open_api: OpenApi, trouble: Trouble, making: Making) -> None:
    leader, others = by_role(lab)
    api = open_api(docker_hosts=hosts_of(lab, *others), timeout=30)
    making.api = api
    service_id = making.create(making.spec(replicas=0))
    trouble("stop", leader)
    deadline = time.monotonic() + 90
    told: list[str] = []
    while time.monotonic() < deadline:
        try:
            found = making.read(service_id)
            services.update(api, service_id, found.version, dict(found.spec, Labels={"n": "1"}))
            break
        except (UncertainWrite, NotAManager, OutOfSequence) as exc:
            told.append(exc.message)
            time.sleep(0.2)
    assert making.read(service_id).spec["Labels"] == {"n": "1"}, told


def test_without_a_quorum_the_sentence_says_so(lab: Lab, open_api: OpenApi, trouble: Trouble) -> None:
    leader, (first, second) = by_role(lab)
    api: Api = open_api(docker_host=hosts_of(lab, first)[0], timeout=30)
    api.get("/nodes")
    trouble("stop", leader)
    trouble("stop", second)
    deadline = time.monotonic() + 120
    words = ""
    while "has no leader" not in words and time.monotonic() < deadline:
        with pytest.raises(NotAManager) as caught:
            api.get("/nodes")
        words = caught.value.message
        time.sleep(0.5)
    assert "bring them back" in words
