# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes by other hands: shown, recorded before anything is overwritten, and nothing else is taken for one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.cluster import Json, other_image
from tests.integration.history.past import LABEL, QUICK, Past, plain
from tests.lab.calls import Action, Call, Reply
from tests.lab.door import Door


def test_a_scale_by_the_cli_is_adopted_by_a_rollback_too(stage: Past):
    stage.releases("web:1", "web:2")
    stage.cluster.write(stage.name, lambda spec: spec["Mode"]["Replicated"].update(Replicas=2))
    stage.at_rest({"web:2": 2})
    now = stage.now()
    assert now["drift"]["changes"] == [{"option": "replicas", "before": 1, "after": 2}]
    ran = stage.rollback(to="1")
    assert (ran.failed, ran.rollout["revision"], ran.rollout["previous_revision"]) == (False, 4, 3)
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    assert stage.outcomes() == {1: "completed", 2: "completed", 3: "adopted", 4: "completed"}
    assert stage.stored()[3]["spec"]["Mode"] == {"Replicated": {"Replicas": 2}}


def test_a_stack_that_writes_its_own_labels(stage: Past):
    stage.releases("web:1", "web:2")

    def stack(spec: Json) -> None:
        spec["Labels"] = {"com.docker.stack.namespace": "poll"}
        other_image("whoami:1.0")(spec)

    stage.cluster.write(stage.name, stack)
    stage.at_rest({"whoami:1.0": 1})
    now = stage.now()
    assert (now["revision"], now["drifted"], now["drift"]["since_revision"]) == (None, True, 2)
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.result["target"]["revision"], ran.rollout["revision"]) == (False, 2, 4)
    assert stage.cluster.serving(stage.name) == {"web:2": 1}
    assert stage.outcomes() == {1: "completed", 2: "completed", 3: "adopted", 4: "completed"}
    # And forward to what the stack had deployed, which was recorded before it was overwritten.
    forward = stage.rollback(to="3")
    assert (forward.failed, stage.cluster.serving(stage.name)) == (False, {"whoami:1.0": 1})


def test_what_others_broke_is_recorded_but_not_taken_for_good(stage: Past):
    stage.releases("web:1", "web:2")
    stage.cluster.write(stage.name, other_image("exit:1.0"))
    stage.cluster.wait("Swarm paused", lambda: stage.cluster.state(stage.name) == "paused")
    assert stage.service("whoami:1.0").outcome == "completed"
    assert stage.outcomes() == {1: "completed", 2: "completed", 3: "paused", 4: "completed"}
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.result["target"]["revision"]) == (False, 2)


def test_a_copied_label_is_no_history(stage: Past):
    """Somebody creates a service from another one's specification, label and all."""
    stage.have("web:1")
    spec = stage.cluster.service(stage.name)["Spec"]
    other = f"{stage.name}-b"
    stage.cluster.engine.post("/services/create", {**spec, "Name": other})
    stage.cluster.wait("it serves", lambda: len(stage.cluster.running(other)) == 1)
    copied = stage.info(name=other, history=True)[0]
    assert (copied["drifted"], copied["history"]) == (True, [])
    ran = stage.service("web:2", name=other)
    assert (ran.failed, ran.rollout["previous_revision"]) == (False, 2)
    told = stage.info(name=other, history=True)[0]["history"]
    assert [(one["revision"], one["outcome"], one["image"]) for one in told] == [
        (3, "completed", "web:2"),
        (2, "adopted", "web:1"),
    ]
    assert stage.outcomes() == {1: "completed"}


def test_a_record_that_somebody_deleted_is_made_again(stage: Past):
    stage.releases("web:1", "web:2")
    for config in stage.cluster.engine.get("/configs"):
        labels = config["Spec"].get("Labels") or {}
        if labels.get(f"{LABEL}service") == stage.name and labels[f"{LABEL}number"] == "2":
            stage.cluster.engine.delete(f"/configs/{config['ID']}")
    two = stage.cluster.spec(stage.name)
    assert stage.service("whoami:1.0").outcome == "completed"
    assert stage.outcomes() == {1: "completed", 2: "adopted", 3: "completed"}
    assert plain(stage.stored()[2]["spec"]) == plain(two)


def test_nothing_of_swarms_own_is_drift(stage: Past):
    """Every kind of option comes back from the Engine as what was recorded."""
    options: dict[str, Any] = {
        "env": {"REGION": "eu", "B": "2", "A": "1"},
        "labels": {"team": "shop"},
        "container_labels": {"one": "1"},
        "mounts": [{"target": "/scratch", "type": "tmpfs"}],
        "hosts": {"db": "10.1.2.3"},
        "limits": {"cpus": 0.5, "memory": "64M"},
        "restart_config": {"condition": "on-failure", "delay": "3s", "max_attempts": 4, "window": "30s"},
        "placement": {"constraints": ["node.role==manager"], "preferences": [{"spread": "node.labels.zone"}]},
        "logging": {"driver": "json-file", "options": {"max-size": "1m"}},
        "publish": [{"target_port": 80, "protocol": "tcp", "mode": "host"}],
        "healthcheck": {"test": ["CMD", "true"], "interval": "5s", "start_period": "2s"},
        "cap_drop": ["NET_RAW"],
        "init": True,
    }
    stage.have("web:1", **options)
    assert (stage.now()["drifted"], stage.now()["drift"]) == (False, None)
    assert stage.service("web:1", force_update=True, **options).outcome == "completed"
    assert stage.now()["drift"] is None
    assert stage.outcomes() == {1: "completed", 2: "completed"}
    back = stage.rollback(to="1")
    assert (back.failed, back.changed) == (False, False), "a forced update is the same release"


@pytest.mark.parametrize("refused", ["/configs/create", "/configs"])
def test_a_user_who_may_not_use_configs_can_still_deploy(stage: Past, refused: str):
    stage.have("web:1")

    def authorization(call: Call) -> Action | None:
        if call.route != refused:
            return None
        return Reply(403, b'{"message": "authorization denied by plugin: configs"}')

    with Door(stage.host, intercept=authorization) as door:
        ran = stage.service("web:2", docker_host=door.docker_host, update_config=QUICK)
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert any("history" in text and "authorization denied" in text for text in ran.warnings)
    assert stage.cluster.serving(stage.name) == {"web:2": 1}
    assert stage.service("whoami:1.0").outcome == "completed"
    images = [one["image"] for one in stage.told()]
    assert images == ["web:1", "web:2", "whoami:1.0"], "what was not recorded then is recorded by the next run"
