# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change costs and which tasks are up to date: the table's word against the orchestrator's."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec

SECONDS = 90
START: dict[str, Any] = {
    "image": "web:1",
    "replicas": 2,
    "env": {"A": "1", "B": "2"},
    "networks": [{"name": "spec-front", "aliases": ["a"]}, "spec-back"],
    "publish": ["18080:80"],
    "mounts": [{"type": "tmpfs", "target": "/t"}],
    "limits": {"memory": "64M"},
    "healthcheck": {"disabled": True},
    "stop_grace_period": "1s",
    "cap_add": ["net_admin"],
    "update_config": {"parallelism": 0, "order": "stop-first"},
}


def running(manager, service, **filters):
    """The tasks that run and are meant to, by ID."""
    found = manager.get("/tasks", **{"service": [service], "desired-state": ["running"], **filters})
    return {task["ID"]: task for task in found if task["Status"]["State"] == "running"}


def settled(manager, service):
    """The two running tasks once all are of the wanted specification; fails after a while."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        current = running(manager, service, **{"_up-to-date": ["true"]})
        if len(current) == 2 and len(running(manager, service)) == 2:
            return current
        time.sleep(0.1)
    raise AssertionError("the service did not settle")


@pytest.fixture(scope="module")
def web(manager):
    """A service with two tasks."""
    made = manager.create(manager.lay(None, START).spec)
    settled(manager, made)
    yield made
    manager.client.remove_service(made)


@pytest.mark.parametrize(
    ("params", "replaced"),
    [
        ({"labels": {"a": "b"}}, False),
        ({"update_config": {"delay": "1s"}}, False),
        ({"rollback_config": {"delay": "1s"}}, False),
        ({"placement": {"preferences": ["spread=node.labels.zone"]}}, False),
        ({"placement": {"replicas_max_per_node": 5}}, False),
        ({"container_labels": {"a": "b"}}, True),
        ({"env": {"A": "1", "B": "3"}}, True),
        ({"publish": ["18081:80"]}, True),
        ({"networks": [{"name": "spec-front", "aliases": ["a", "c"]}, "spec-back"]}, True),
        ({"restart_config": {"delay": "1s"}}, True),
        ({"logging": {"options": {"max-size": "1m"}, "driver": "json-file"}}, True),
        ({"force_update": True}, True),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, dict) else "",
)
def test_tasks_are_replaced_when_it_is_said(manager, web, params, replaced):
    before = running(manager, web)
    wanted = manager.lay(manager.read(web), params)
    assert wanted.replaces_tasks is replaced
    manager.update(web, wanted.spec)
    time.sleep(0.5)
    after = settled(manager, web)
    assert bool(set(before) & set(after)) is not replaced
    for task in after.values():
        assert spec.same_task_spec(task["Spec"], manager.read(web))
        assert spec.same_task_spec(task["Spec"], wanted.spec)
    if replaced and "publish" not in params:
        for task in before.values():
            assert not spec.same_task_spec(task["Spec"], wanted.spec)


def test_a_constraint_that_the_nodes_meet_keeps_the_tasks(manager, web):
    before = running(manager, web)
    wanted = manager.lay(manager.read(web), {"placement": {"constraints": ["node.role == manager"]}})
    manager.update(web, wanted.spec)
    time.sleep(1)
    after = settled(manager, web)
    assert set(after) == set(before)
    for task in after.values():
        assert spec.same_task_spec(task["Spec"], manager.read(web))


def test_the_same_in_another_order_is_not_written(manager, web):
    params = {
        "env": {"B": "3", "A": "1"},
        "networks": ["spec-back", {"name": "spec-front", "aliases": ["c", "a"]}],
    }
    assert not manager.lay(manager.read(web), params).differs
