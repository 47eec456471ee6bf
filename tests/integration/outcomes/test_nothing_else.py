# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing is touched that was not asked for: a rich service, check mode, a mode that cannot be changed."""

from __future__ import annotations

import copy
from typing import Any

from tests.integration.cluster import image
from tests.integration.stage import QUICK, Stage

RICH: dict[str, Any] = {
    "replicas": 2,
    "env": {"REGION": "eu", "B": "2", "A": "1"},
    "args": ["page", "rich", "1"],
    "labels": {"team": "shop", "tier": "front"},
    "container_labels": {"one": "1"},
    "mounts": [{"target": "/scratch", "type": "tmpfs"}, {"source": "rich-data", "target": "/data", "type": "volume"}],
    "hosts": {"db": "10.1.2.3"},
    "limits": {"cpus": 0.5, "memory": "64M"},
    "reservations": {"memory": "16M"},
    "restart_config": {"condition": "on-failure", "delay": "3s", "max_attempts": 4, "window": "30s"},
    "placement": {"constraints": ["node.role==manager"], "preferences": [{"spread": "node.labels.zone"}]},
    "logging": {"driver": "json-file", "options": {"max-size": "1m"}},
    "publish": [{"target_port": 80, "protocol": "tcp", "mode": "host"}],
    "healthcheck": {"test": ["CMD", "true"], "interval": "5s", "start_period": "2s"},
    "stop_grace_period": "2s",
    "cap_drop": ["NET_RAW"],
    "init": True,
    "hostname": "rich-{{.Task.Slot}}",
    "update_config": {**QUICK, "order": "start-first", "failure_action": "rollback", "max_failure_ratio": 0.2},
}


def _objects(stage: Stage) -> dict[str, Any]:
    """A network, a config and a secret of this test, made without the collection."""
    engine = stage.cluster.engine
    for kind in ("configs", "secrets"):
        engine.post(f"/{kind}/create", {"Name": f"{stage.name}-{kind}", "Data": "aGVsbG8="})
    return {
        "configs": [{"config_name": f"{stage.name}-configs", "filename": "/etc/rich.conf"}],
        "secrets": [{"secret_name": f"{stage.name}-secrets", "filename": "rich"}],
    }


def test_one_label_on_a_rich_service_changes_nothing_else(stage: Stage):
    ran = stage.service("web:1", **RICH, **_objects(stage))
    assert ran.outcome == "completed", ran.msg
    # Fields that this collection has no option for are somebody's as well.
    stage.cluster.write(stage.name, lambda spec: spec["TaskTemplate"]["ContainerSpec"].update(OpenStdin=True))
    stage.cluster.wait("the other write is through", lambda: stage.cluster.state(stage.name) == "completed")
    before, tasks = stage.cluster.spec(stage.name), stage.cluster.running_ids(stage.name)
    assert before["TaskTemplate"]["ContainerSpec"]["OpenStdin"] is True

    ran = stage.service(labels={"team": "shop", "tier": "front", "release": "42"})

    assert (ran.outcome, ran.result["changes"]) == ("completed", ["labels"])
    expected = copy.deepcopy(before)
    expected["Labels"]["release"] = "42"
    assert stage.cluster.spec(stage.name) == expected
    assert stage.cluster.running_ids(stage.name) == tasks
    assert len(tasks) == 2


def test_a_rich_service_declared_again_is_unchanged(stage: Stage):
    objects = _objects(stage)
    assert stage.service("web:1", **RICH, **objects).outcome == "completed"
    version = stage.cluster.service(stage.name)["Version"]
    ran = stage.service("web:1", **RICH, **objects)
    assert (ran.outcome, ran.changed, ran.result["changes"]) == ("unchanged", False, [])
    turned = {**RICH, "env": dict(reversed(list(RICH["env"].items()))), "mounts": RICH["mounts"][::-1]}
    ran = stage.service("web:1", **turned, **objects)
    assert (ran.outcome, ran.result["changes"]) == ("unchanged", []), "order says nothing here"
    assert stage.cluster.service(stage.name)["Version"] == version


def test_check_mode_of_a_create(stage: Stage):
    options = {"replicas": 2, "update_config": QUICK, "env": {"REGION": "eu"}}
    planned = stage.service("web:1", check=True, diff=True, **options)
    assert (planned.failed, planned.changed) == (False, True)
    assert stage.cluster.find(stage.name) is None
    done = stage.service("web:1", diff=True, **options)
    assert set(planned.result) == set(done.result)
    assert set(planned.rollout) == set(done.rollout)
    for key in ("changes", "swarm_service", "diff", "rebuilt"):
        assert planned.result[key] == done.result[key], key


def test_check_mode_of_an_update_and_of_a_removal(stage: Stage):
    stage.have("web:1")
    service, tasks = stage.cluster.service(stage.name), stage.cluster.running_ids(stage.name)
    planned = stage.service("web:2", env={"REGION": "eu"}, check=True, diff=True)
    assert (planned.changed, planned.result["changes"]) == (True, ["image", "env"])
    removed = stage.service(state="absent", check=True)
    assert (removed.changed, removed.failed) == (True, False)
    assert stage.cluster.service(stage.name) == service
    assert stage.cluster.running_ids(stage.name) == tasks
    done = stage.service("web:2", env={"REGION": "eu"}, diff=True)
    assert set(planned.result) - {"warnings"} == set(done.result) - {"warnings"}
    for key in ("changes", "swarm_service", "diff", "rebuilt"):
        assert planned.result[key] == done.result[key], key
    assert set(stage.service(state="absent").result) == set(removed.result)


def test_check_mode_of_what_is_in_place(stage: Stage):
    stage.have("web:1")
    ran = stage.service("web:1", check=True)
    assert (ran.outcome, ran.changed) == ("unchanged", False)


def test_another_mode_is_refused_unless_allowed(stage: Stage):
    stage.have("web:1")
    before, tasks = stage.cluster.service(stage.name), stage.cluster.running_ids(stage.name)
    refused = stage.service("web:2", mode="global")
    assert refused.failed
    assert "allow_recreate" in refused.msg
    assert "mode" in refused.msg
    assert stage.cluster.service(stage.name) == before
    assert stage.cluster.running_ids(stage.name) == tasks

    ran = stage.service("web:2", mode="global", allow_recreate=True)
    assert (ran.outcome, ran.changed, ran.result["rebuilt"]) == ("completed", True, True)
    after = stage.cluster.service(stage.name)
    assert after["ID"] != before["ID"]
    assert "Global" in after["Spec"]["Mode"]
    assert image(after["Spec"]) == "web:2"
    assert stage.cluster.serving(stage.name) == {"web:2": len(stage.cluster.engine.get("/nodes"))}
    # What the task did not mention came along.
    assert after["Spec"]["UpdateConfig"] == before["Spec"]["UpdateConfig"]
