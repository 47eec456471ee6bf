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


def slow(grace: int = 90, *, mounts: bool = False) -> dict[str, Any]:
    shared = [{"Type": "volume", "Source": "data", "Target": "/data"}] if mounts else []
    return {"task": {"ContainerSpec": {"Image": "web:2", "StopGracePeriod": grace * SECOND, "Mounts": shared}}}


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
    ("shared_volume_slow_stop", True, slow(mounts=True)),
    ("shared_volume_slow_stop", False, slow(60, mounts=True)),
    ("shared_volume_slow_stop", False, slow()),
    ("shared_volume_slow_stop", False, {**slow(mounts=True), "update": START_FIRST}),
    ("host_port_slow_stop", True, {**slow(), "EndpointSpec": {"Ports": [PORT]}}),
    ("host_port_slow_stop", False, {**slow(60), "EndpointSpec": {"Ports": [PORT]}}),
    ("host_port_slow_stop", False, slow(mounts=True)),
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


def message(code: str, found: Plan) -> str:
    return next(one.message for one in found.cautions if one.code == code)


def test_a_slow_stop_is_told_with_its_times() -> None:
    said = message("shared_volume_slow_stop", planned(**slow(mounts=True)))
    assert said.startswith("a task has 1m30s to stop (stop_grace_period), but with stop-first Swarm starts the new one")
    assert "after 1m: both then write to /data (data)" in said


def test_the_grace_that_counts_is_that_of_the_tasks_that_stop() -> None:
    before, after = service_spec(replicas=1, **slow(mounts=True)), service_spec("web:2", 1, **slow(10, mounts=True))
    assert "shared_volume_slow_stop" in codes(plan(before, after, NODES, [task(1, 1, before)]))
    assert "shared_volume_slow_stop" not in codes(plan(after, service_spec("web:3", 1), NODES, [task(1, 1, after)]))


@pytest.mark.parametrize(
    ("grace", "order", "advice"),
    [
        (30, "stop-first", "give it the time to drain, 1m at most with stop-first, or let the process end"),
        (30, "start-first", "give it the time to drain, or let the process end"),
        (90, "start-first", "give it the time to drain, or let the process end"),
        (90, "stop-first", "let the process end on its stop signal, or use update_config.order start-first"),
    ],
)
def test_the_advice_on_draining_leads_into_no_other_trap(grace: int, order: str, advice: str) -> None:
    found = planned(tasks=[stopped(137)], update={"Order": order}, **slow(grace))
    assert "; %s" % advice in message("grace_below_draining", found)


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
