# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a tag means by now, and whose login a node pulls with, on registries in which each test has its own images."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.integration.stage import QUICK, Stage
from tests.lab.lab import Lab

PINNED: dict[str, Any] = {"placement": {"constraints": ["node.hostname==node1"]}, "update_config": QUICK}


@pytest.fixture(scope="module")
def registries(lab: Lab) -> dict[str, Any]:
    """The lab's registries: an open one and one with a login."""
    return dict(lab.registry())


def pushed(stage: Stage, registry: dict[str, Any], image: str, tag: str = "1") -> str:
    """The image under a name of the test's own in that registry, and on no node; the name."""
    repository = f"{registry['name']}/{stage.name}"
    auth = {"serveraddress": registry["name"], **login(registry)}
    engine = stage.cluster.engine
    engine.post(f"/images/{image}/tag", repo=repository, tag=tag)
    header = {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(auth).encode()).decode()}
    answer = engine.call("POST", f"/images/{repository}/push", query={"tag": tag}, headers=header)
    assert b'"error"' not in answer, answer
    forgotten(stage, f"{repository}:{tag}")
    return f"{repository}:{tag}"


def forgotten(stage: Stage, name: str) -> None:
    """Take a name away from the first node."""
    stage.cluster.engine.delete(f"/images/{name}", noprune=True)


def login(registry: dict[str, Any], **more: str) -> dict[str, str]:
    """The login for a registry."""
    return {key: registry[key] for key in ("username", "password") if key in registry} | more


def written(stage: Stage) -> str:
    """The image that the specification names, with its digest."""
    return str(stage.cluster.spec(stage.name)["TaskTemplate"]["ContainerSpec"]["Image"])


def test_a_forced_update_takes_what_the_tag_means_now(stage: Stage, registries: dict[str, Any]):
    image = pushed(stage, registries["open"], "web:1", "latest")
    stage.have(image)
    old = written(stage)
    assert pushed(stage, registries["open"], "web:2", "latest") == image
    assert stage.service(image).outcome == "unchanged"
    kept = stage.service(image, force_update=True, resolve_image="false")
    assert (kept.outcome, written(stage)) == ("completed", old)
    assert any(f"keeps the digest {old.partition('@')[2]}" in text for text in kept.warnings)
    ran = stage.service(image, force_update=True)
    assert (ran.outcome, ran.warnings) == ("completed", [])
    assert written(stage) != old
    assert {task["Spec"]["ContainerSpec"]["Image"] for task in stage.cluster.running(stage.name)} == {written(stage)}


def test_a_new_login_reaches_a_service_that_lacks_it(stage: Stage, registries: dict[str, Any]):
    private = registries["private"]
    image = pushed(stage, private, "web:1")
    quiet = {"resolve_image": "false", **PINNED}
    stage.service(image, registry_auth=login(private, password="of yesterday"), wait=False, **quiet)

    def refused() -> bool:
        return any("No such image" in str(task["Status"].get("Err")) for task in stage.cluster.tasks(stage.name))

    stage.cluster.wait("the node cannot pull it", refused)
    ran = stage.service(image, registry_auth=login(private), resolve_image="false")
    assert (ran.failed, ran.changed) == (False, False), ran.output
    assert stage.cluster.serving(stage.name) == {image: 1}


def test_the_login_is_handed_over_although_nothing_differs(stage: Stage, registries: dict[str, Any]):
    private = registries["private"]
    image = pushed(stage, private, "web:1")
    assert stage.service(image, registry_auth=login(private), **PINNED).outcome == "completed"
    before = stage.cluster.service(stage.name)
    given = stage.service(image, registry_auth=login(private))
    assert "was not handed over" in given.msg
    assert stage.cluster.service(stage.name)["Version"] == before["Version"]
    tasks = stage.cluster.running_ids(stage.name)
    for password in ("of tomorrow", private["password"]):
        ran = stage.service(registry_auth=login(private, password=password), with_registry_auth=True)
        assert (ran.failed, ran.changed, ran.outcome) == (False, False, "unchanged")
        assert "the login was handed over to Swarm" in ran.msg
    after = stage.cluster.service(stage.name)
    assert (after["Spec"], stage.cluster.running_ids(stage.name)) == (before["Spec"], tasks)
    assert after["Version"]["Index"] > before["Version"]["Index"]
    # The image leaves the node: the task that is started next needs the login.
    assert stage.service(replicas=0).outcome == "completed"
    stage.cluster.wait("its container has gone", lambda: not stage.cluster.running(stage.name))
    stage.cluster.engine.delete(f"/images/{image}", force=True)
    ran = stage.service(replicas=1)
    assert (ran.outcome, stage.cluster.serving(stage.name)) == ("completed", {image: 1}), ran.output


def test_back_to_another_registry(stage: Stage, registries: dict[str, Any]):
    private = registries["private"]
    former, present = pushed(stage, private, "web:1"), pushed(stage, registries["open"], "web:2")
    assert stage.service(former, registry_auth=login(private), rollback_config=QUICK, **PINNED).outcome == "completed"
    assert stage.service(present).outcome == "completed"
    # Now Swarm's own previous specification is of the present registry too.
    assert stage.service(labels={"a": "b"}).outcome == "completed"
    stage.cluster.engine.delete(f"/images/{former}", force=True)
    told = stage.start("swarm_service_rollback", check=True, to="1").wait()
    assert any(f"comes from the registry {private['name']}" in text for text in told.warnings)
    ran = stage.rollback(to="1", registry_auth=login(private))
    assert (ran.failed, ran.outcome, ran.warnings) == (False, "completed", []), ran.output
    assert stage.cluster.serving(stage.name) == {former: 1}


def test_the_login_of_what_ran_before_goes_back_with_it(stage: Stage, registries: dict[str, Any]):
    private = registries["private"]
    former, present = pushed(stage, private, "web:1"), pushed(stage, registries["open"], "web:2")
    assert stage.service(former, registry_auth=login(private), **PINNED).outcome == "completed"
    assert stage.service(present).outcome == "completed"
    stage.cluster.engine.delete(f"/images/{former}", force=True)
    # With settings of its own it travels as an update, which takes no login along by itself.
    ran = stage.rollback(to="1", rollback_config={"parallelism": 0, "monitor": "1s", "order": "start-first"})
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
    assert stage.cluster.serving(stage.name) == {former: 1}
