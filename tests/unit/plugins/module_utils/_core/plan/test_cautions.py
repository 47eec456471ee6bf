# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warnings: when they are given, and when not. That their consequences are true is for the integration tests."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.plan import Image, Plan

from .paper import SECOND, codes, node, plan, service_spec, task

NODES = [node(1), node(2), node(3)]
PORT = {"TargetPort": 80, "PublishedPort": 80, "PublishMode": "host"}
START_FIRST = {"Order": "start-first"}


def planned(replicas: int = 3, image: Image | None = None, tasks: Any = (), **more: Any) -> Plan:
    before = service_spec(replicas=replicas)
    there = [task(slot, (slot - 1) % 3 + 1, before) for slot in range(1, replicas + 1)]
    return plan(before, service_spec("web:2", replicas, **more), NODES, [*there, *tasks], image=image)


def mounts(**mount: Any) -> dict[str, Any]:
    entry = {"Type": "volume", "Source": "data", "Target": "/data", **mount}
    return {"task": {"ContainerSpec": {"Image": "web:2", "Mounts": [entry]}}, "update": START_FIRST}


def check(**values: Any) -> dict[str, Any]:
    return {"task": {"ContainerSpec": {"Image": "web:2", "Healthcheck": values}}}


def stopped(code: int) -> Any:
    return task(1, 1, service_spec(), id="old%d" % code, state="shutdown", desired="shutdown", code=code)


def test_a_careful_service_has_none() -> None:
    assert codes(planned()) == set()


CASES: list[tuple[str, bool, dict[str, Any]]] = [
    ("delay_below_monitor", True, {"update": {"Delay": 0, "Monitor": SECOND}}),
    ("delay_below_monitor", False, {"update": {"Delay": SECOND, "Monitor": SECOND}}),
    ("delay_below_monitor", False, {"update": {"Delay": 0, "Monitor": SECOND}, "replicas": 1}),
    ("delay_below_monitor", False, {"update": {"Delay": 0, "Monitor": SECOND, "Parallelism": 3}}),
    ("delay_below_monitor", False, {"update": {"Delay": 0, "FailureAction": "continue"}}),
    ("failure_action_continue", True, {"update": {"FailureAction": "continue"}}),
    ("parallelism_zero", True, {"update": {"Parallelism": 0}}),
    ("parallelism_zero", False, {"update": {"Parallelism": 0}, "replicas": 1}),
    ("no_healthcheck", True, {"image": Image(True, {})}),
    ("no_healthcheck", True, {"image": Image(True, {"Test": ["NONE"]})}),
    ("no_healthcheck", True, check(Test=["NONE"])),
    ("no_healthcheck", False, {"image": Image(True, {}), **check(Test=["CMD", "true"])}),
    ("no_healthcheck", False, check(Interval=5)),
    ("no_healthcheck", False, {"image": Image(False)}),
    ("host_port_start_first", True, {"update": START_FIRST, "EndpointSpec": {"Ports": [PORT]}}),
    ("host_port_start_first", False, {"EndpointSpec": {"Ports": [PORT]}}),
    (
        "host_port_start_first",
        False,
        {"update": START_FIRST, "EndpointSpec": {"Ports": [{**PORT, "PublishMode": "ingress"}]}},
    ),
    ("shared_volume_start_first", True, mounts()),
    ("shared_volume_start_first", True, mounts(Type="bind", Source="/srv")),
    ("shared_volume_start_first", False, mounts(ReadOnly=True)),
    ("shared_volume_start_first", False, mounts(Source="")),
    ("shared_volume_start_first", False, mounts(Source="data-{{.Task.ID}}")),
    ("shared_volume_start_first", False, mounts(Type="tmpfs", Source="")),
    ("shared_volume_start_first", False, {**mounts(), "update": {}}),
    ("restart_none", True, {"task": {"ContainerSpec": {}, "RestartPolicy": {"Condition": "none"}}}),
    ("restart_none", False, {"task": {"ContainerSpec": {}, "RestartPolicy": {"Condition": "on-failure"}}}),
    ("grace_below_draining", True, {"tasks": [stopped(137), stopped(143)]}),
    ("grace_below_draining", False, {"tasks": [stopped(143)]}),
    ("grace_below_draining", True, {"task": {"ContainerSpec": {"Image": "web:2", "StopGracePeriod": 0}}}),
    ("capacity", True, {"task": {"ContainerSpec": {}, "Resources": {"Reservations": {"NanoCPUs": 9 * 10**9}}}}),
]


@pytest.mark.parametrize(("code", "expected", "more"), CASES)
def test_a_warning(code: str, expected: bool, more: dict[str, Any]) -> None:
    assert (code in codes(planned(**more))) is expected


def test_each_names_its_option_and_what_to_do() -> None:
    found = planned(update={"Parallelism": 0, "FailureAction": "continue"}, image=Image(True, {})).cautions
    assert {one.option for one in found} == {
        "update_config.failure_action",
        "update_config.parallelism",
        "healthcheck",
    }
    assert all("; " in one.message and not one.message.endswith(".") for one in found)


def test_in_place_only_what_the_change_brings_about_is_said() -> None:
    before = service_spec(update={"FailureAction": "continue"})
    tasks = [task(slot, slot, before) for slot in (1, 2, 3)]
    same = service_spec(update={"FailureAction": "continue"}, Labels={"a": "b"})
    assert codes(plan(before, same, NODES, tasks, image=Image(True, {}))) == set()
    careful = service_spec()
    assert codes(plan(careful, before, NODES, [task(1, 1, careful)], image=Image(True, {}))) == {
        "failure_action_continue"
    }
