# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many Engine calls a run makes, counted at the Engine's door: they grow with changes, not with time or size."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import lock
from tests.integration.stage import QUICK, Stage
from tests.lab.door import Door

pytestmark = pytest.mark.alone


def routes(door: Door) -> list[str]:
    """The calls that came, without IDs."""
    return [f"{call.method} {call.route}" for call in door.calls]


def counted(stage: Stage, door: Door, image: str, **options: Any) -> list[str]:
    """Run `swarm_service` through the door; its calls."""
    door.clear()
    ran = stage.service(image, docker_host=door.docker_host, **options)
    assert not ran.failed, ran.msg
    return routes(door)


# A service that was written a moment ago is not taken at Swarm's counts: its tasks are looked at.
LATELY = ["GET /tasks"]


def test_a_run_that_changes_nothing_makes_one_call_and_a_look_at_fresh_tasks(stage: Stage, door: Door):
    stage.have("web:1", env={"REGION": "eu"}, labels={"team": "shop"})
    declared = {"replicas": 1, "env": {"REGION": "eu"}, "labels": {"team": "shop"}}
    assert counted(stage, door, "web:1", **declared) == ["GET /services", *LATELY]


def test_with_networks_configs_and_secrets_it_makes_two(stage: Stage, door: Door):
    engine = stage.cluster.engine
    for kind in ("configs", "secrets"):
        engine.post(f"/{kind}/create", {"Name": f"{stage.name}-{kind}", "Data": "aGVsbG8="})
    network = f"{stage.name}-net"
    engine.post("/networks/create", {"Name": network, "Driver": "overlay"})
    declared: dict[str, Any] = {
        "networks": [network],
        "configs": [{"config_name": f"{stage.name}-configs", "filename": "/etc/a.conf"}],
        "secrets": [{"secret_name": f"{stage.name}-secrets", "filename": "a"}],
    }
    stage.have("web:1", **declared)
    calls = counted(stage, door, "web:1", **declared)
    assert calls == ["GET /services", "GET /networks", *LATELY]


@pytest.mark.parametrize("mode", ["check", "absent"])
def test_nothing_to_do_in_other_ways(stage: Stage, door: Door, mode: str):
    if mode == "check":
        stage.have("web:1")
        stage.service("web:1", check=True, docker_host=door.docker_host)
    else:
        stage.service(state="absent", docker_host=door.docker_host)
    # A service that is gone may have left its history and its lock behind.
    left_behind = ["GET /configs", f"GET /configs/{lock.object_name(stage.name)}"]
    assert routes(door) == ["GET /services"] + (left_behind if mode == "absent" else [])


def test_information_on_forty_services_takes_as_many_calls_as_on_one(stage: Stage, door: Door):
    stage.have("web:1")
    door.clear()
    assert len(stage.info(docker_host=door.docker_host)) == 1
    one = routes(door)
    spec = stage.cluster.spec(stage.name)

    def create(number: int) -> None:
        name = f"{stage.name}-{number}"
        stage.cluster.engine.post(
            "/services/create", {**spec, "Name": name, "Mode": {"Replicated": {"Replicas": number % 2}}}
        )

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(create, range(39)))
    door.clear()
    assert len(stage.info(name=None, docker_host=door.docker_host)) == 40
    many = routes(door)
    assert many == one
    assert len(many) <= 4


def test_twelve_replicas_in_three_batches(stage: Stage, door: Door):
    stage.have("web:1", replicas=12)
    config = {"parallelism": 4, "monitor": "1s", "delay": "0s"}
    # The history is kept with three calls of its own.
    calls = counted(stage, door, "web:2", resolve_image="false", update_config=config, revision_history_limit=0)
    assert stage.cluster.serving(stage.name) == {"web:2": 12}
    assert len(calls) <= 13, calls
    assert sum("/update" in call for call in calls) == 1
    with_history = counted(stage, door, "web:1", resolve_image="false")
    assert len(with_history) <= 13 + 3, with_history


def test_calls_do_not_grow_with_the_time_that_an_update_takes(stage: Stage, door: Door):
    stage.have("web:1", replicas=3)
    lengths, calls = [], []
    for image, delay in (("web:2", "1s"), ("web:1", "6s")):
        door.clear()
        config = {**QUICK, "parallelism": 1, "delay": delay}
        ran = stage.service(image, docker_host=door.docker_host, resolve_image="false", update_config=config)
        assert ran.outcome == "completed"
        lengths.append(ran.rollout["duration"])
        calls.append(len(door.calls))
    assert lengths[1] >= lengths[0] + 10
    assert calls[1] <= calls[0] + 4, calls
