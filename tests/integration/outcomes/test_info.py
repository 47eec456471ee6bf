# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`swarm_service_info` tells what the cluster tells, and changes nothing."""

from __future__ import annotations

from tests.integration.cluster import image
from tests.integration.stage import Stage


def test_nothing_there_is_an_empty_list(stage: Stage):
    assert stage.info() == []
    assert stage.info(name=None, labels={stage.name: ""}) == []


def test_one_service_with_its_slots(stage: Stage):
    stage.have("web:1", replicas=2, labels={"team": "shop"}, env={"DB_PASSWORD": "hunter2-info"})
    (found,) = stage.info()
    service = stage.cluster.service(stage.name)
    assert (found["name"], found["id"], found["version"]) == (stage.name, service["ID"], service["Version"]["Index"])
    assert (found["mode"], found["image"], found["at_rest"]) == ("replicated", "web:1", True)
    assert found["tasks"] == {"desired": 2, "running": 2, "completed": 0, "failed": 0}
    nodes = {node["ID"]: node["Description"]["Hostname"] for node in stage.cluster.engine.get("/nodes")}
    truth = sorted((task["Slot"], task["ID"], nodes[task["NodeID"]]) for task in stage.cluster.running(stage.name))
    assert [(slot["slot"], slot["task"], slot["node"]) for slot in found["slots"]] == truth
    assert {slot["state"] for slot in found["slots"]} == {"running"}
    assert found["service"]["replicas"] == 2
    assert found["previous"] is None
    assert found["update"]["state"] is None
    assert found["service"]["env"]["DB_PASSWORD"] == "********"


def test_the_last_update_and_the_previous_specification(stage: Stage):
    stage.have("web:1")
    stage.service("web:2")
    (found,) = stage.info()
    service = stage.cluster.service(stage.name)
    assert found["update"]["state"] == service["UpdateStatus"]["State"] == "completed"
    assert found["update"]["completed_at"] == service["UpdateStatus"]["CompletedAt"]
    assert found["previous"]["image"] == image(service["PreviousSpec"]) == "web:1"


def test_names_are_exact_and_several(stage: Stage):
    stage.have("web:1")
    long = stage.service("web:1", name=stage.name + "-more")
    assert long.outcome == "completed"
    assert [found["name"] for found in stage.info()] == [stage.name]
    both = stage.info(name=[stage.name + "-more", stage.name, stage.name + "-none"])
    assert [found["name"] for found in both] == [stage.name, stage.name + "-more"]


def test_labels_select(stage: Stage):
    stage.have("web:1", labels={"stage": stage.name, "tier": "front"})
    assert [found["name"] for found in stage.info(name=None, labels={"stage": stage.name})] == [stage.name]
    assert stage.info(name=None, labels={"stage": stage.name, "tier": "back"}) == []
    assert len(stage.info(name=None, labels={"stage": stage.name, "tier": ""})) == 1


def test_what_fails_is_seen(stage: Stage):
    # Long pauses between attempts: each of them runs for a moment, which then would be the truth.
    stage.service("exit:1.0", wait=False, restart_config={"delay": "10s"})
    failed = lambda: [t for t in stage.cluster.tasks(stage.name) if t["Status"]["State"] == "failed"]  # noqa: E731
    stage.cluster.wait("two tasks failed", lambda: len(failed()) >= 2)
    (found,) = stage.info()
    assert found["at_rest"] is False
    assert found["tasks"]["failed"] >= 2
    (slot,) = found["slots"]
    assert slot["failures"] == found["tasks"]["failed"]
    assert "(1)" in slot["last_error"]


def test_every_service_is_listed_without_a_name(stage: Stage):
    stage.have("web:1", replicas=0)
    listed = {found["name"] for found in stage.info(name=None)}
    assert stage.name in listed


def test_a_pending_task_says_why(stage: Stage):
    stage.service("web:1", placement={"constraints": ["node.labels.rack==none"]}, wait=False)
    stage.cluster.wait("it is pending", lambda: "no suitable node" in str(stage.cluster.tasks(stage.name)))
    (found,) = stage.info()
    (slot,) = found["slots"]
    assert (slot["state"], slot["node"]) == ("pending", None)
    assert "no suitable node" in slot["error"]
    assert found["at_rest"] is False
