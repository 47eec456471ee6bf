# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services, tasks and logs on a real manager."""

from __future__ import annotations

import docker
import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    EngineError,
    OptionError,
    OutOfSequence,
)
from ansible_collections.swarm.rollout.plugins.module_utils._engine import services, tasks
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import NEWEST_VERSION, Api

from .conftest import Making, OpenApi


def calls(api: Api) -> list[str]:
    """What was asked, in order."""
    return ["%s %s" % call for call in api.calls]


def test_the_version_costs_nothing(api: Api, client: docker.APIClient) -> None:
    assert services.get(api, "engine-none") is None
    server = tuple(int(part) for part in client.version()["ApiVersion"].split("."))
    assert api.api_version == min(server, NEWEST_VERSION)
    assert calls(api) == ["GET /services/engine-none"]


@pytest.mark.parametrize(("version", "words"), [("1.99", "too new"), ("1.1", "too old")])
def test_a_version_that_the_engine_does_not_speak(
    open_api: OpenApi, docker_hosts: list[str], version: str, words: str
) -> None:
    with pytest.raises(OptionError, match="api_version.*" + words):
        open_api(docker_host=docker_hosts[0], api_version=version).get("/nodes")


def test_a_life_of_a_service(api: Api, making: Making) -> None:
    service_id = making.create(making.spec(replicas=0))
    first = making.read(service_id)
    assert services.get(api, first.name) == first
    assert services.get(api, service_id[:6]) is None
    assert [found.id for found in services.list_services(api, {"name": [first.name]})] == [service_id]

    changed = dict(first.spec, Labels={"colour": "blue"})
    assert services.update(api, service_id, first.version, changed) == []
    second = making.read(service_id)
    assert second.spec["Labels"] == {"colour": "blue"}
    assert second.previous_spec is not None
    assert second.version > first.version
    with pytest.raises(OutOfSequence):
        services.update(api, service_id, first.version, changed)

    services.update(api, service_id, second.version, second.spec, rollback=True)
    assert making.read(service_id).spec.get("Labels", {}) == {}

    assert services.remove(api, service_id) is True
    assert services.remove(api, service_id) is False
    assert services.get(api, service_id) is None


def test_a_name_in_use(making: Making) -> None:
    spec = making.spec(replicas=0)
    making.create(spec)
    with pytest.raises(EngineError, match="name conflicts") as caught:
        making.create(spec)
    assert caught.value.status == 409


def test_a_rollback_without_a_previous_spec(api: Api, making: Making) -> None:
    found = making.read(making.create(making.spec(replicas=0)))
    with pytest.raises(EngineError, match="does not have a previous spec") as caught:
        services.update(api, found.id, found.version, found.spec, rollback=True)
    assert caught.value.status == 400


def test_a_spec_that_the_engine_refuses(making: Making) -> None:
    with pytest.raises(EngineError, match="refused POST /services/create"):
        making.create(making.spec(image=""))


def test_tasks_up_to_date(api: Api, making: Making) -> None:
    service_id = making.create(making.spec(image="crash:1.0"))
    old = making.wait_for_task(service_id, "failed", "complete")
    assert old.exit_code not in (None, 0)
    found = making.read(service_id)
    template = dict(found.spec["TaskTemplate"], ContainerSpec={"Image": "web:1"})
    services.update(api, service_id, found.version, dict(found.spec, TaskTemplate=template))
    making.wait_for_task(service_id, "running")
    fresh = tasks.look_at_tasks(api, [making.read(service_id)]).current
    assert {task.spec["ContainerSpec"]["Image"] for task in fresh} == {"web:1"}
    assert old.id in {task.id for task in tasks.list_tasks(api, [service_id])}
    assert old.id not in {task.id for task in tasks.list_tasks(api, [service_id], running=True)}


def test_nodes(api: Api, docker_hosts: list[str]) -> None:
    nodes = tasks.list_nodes(api)
    assert len(nodes) >= len(docker_hosts)
    assert tasks.get_node(api, nodes[0].hostname).id == nodes[0].id
    assert all(node.role in ("manager", "worker") for node in nodes)


LOUD = "i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; echo oops >&2; exit 7"


def test_the_last_words_of_a_task_that_failed(api: Api, making: Making) -> None:
    service_id = making.create(making.spec(Command=["/bin/sh", "-c", LOUD]))
    task = making.wait_for_task(service_id, "failed")
    assert task.exit_code == 7
    # The Engine reads the two streams side by side: their order among each other is left to chance.
    found = tasks.task_log_tail(api, task.id, 40)
    assert sorted(found) == sorted(["oops", *("line %d" % number for number in range(1, 31))])
    assert len(tasks.task_log_tail(api, task.id, 5)) == 5


def test_the_log_of_a_task_with_a_terminal(api: Api, making: Making) -> None:
    script = "printf '\\033[31mred\\033[0m\\n'; exit 3"
    service_id = making.create(making.spec(Command=["/bin/sh", "-c", script], TTY=True))
    task = making.wait_for_task(service_id, "failed")
    assert tasks.task_log_tail(api, task.id, 5) == ["red"]


def test_a_task_that_talks_without_end_does_not_hold_up(api: Api, making: Making) -> None:
    script = "while :; do echo %s; done" % ("x" * 500)
    service_id = making.create(making.spec(Command=["/bin/sh", "-c", script]))
    task = making.wait_for_task(service_id, "running")
    assert len(tasks.task_log_tail(api, task.id, 10)) <= 10
    assert making.read(service_id).id == service_id


def test_tasks_without_a_log(api: Api, making: Making) -> None:
    service_id = making.create(making.spec(image="nosuchimage:1"))
    task = making.wait_for_task(service_id, "rejected", "pending", "preparing", "assigned")
    assert tasks.task_log_tail(api, task.id) == []
    assert tasks.task_log_tail(api, "nosuchtask") == []
