# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How services and their differences look to a user."""

from __future__ import annotations

import json

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.spec.examples import (
    EVERYTHING,
    REFS,
    rich,
)

# The flat keys that users of community.docker know from its result.
FLAT = [
    "args",
    "cap_add",
    "cap_drop",
    "command",
    "configs",
    "constraints",
    "container_labels",
    "sysctls",
    "dns",
    "dns_options",
    "dns_search",
    "endpoint_mode",
    "env",
    "force_update",
    "groups",
    "healthcheck",
    "healthcheck_disabled",
    "hostname",
    "hosts",
    "image",
    "labels",
    "limit_cpu",
    "limit_memory",
    "log_driver",
    "log_driver_options",
    "mode",
    "mounts",
    "networks",
    "placement_preferences",
    "publish",
    "read_only",
    "replicas",
    "replicas_max_per_node",
    "reserve_cpu",
    "reserve_memory",
    "restart_policy",
    "restart_policy_attempts",
    "restart_policy_delay",
    "restart_policy_window",
    "secrets",
    "stop_grace_period",
    "stop_signal",
    "tty",
    "update_delay",
    "update_failure_action",
    "update_max_failure_ratio",
    "update_monitor",
    "update_order",
    "update_parallelism",
    "user",
    "working_dir",
    "init",
    "rollback_config",
]


def everything():
    return spec.overlay(None, spec.parse(EVERYTHING), REFS, name="web").spec


def test_every_option_and_every_flat_key_is_shown():
    shown = spec.show(rich())
    options = set(spec.argument_spec()) - {"env_files"}
    assert options | set(FLAT) | {"name"} <= set(shown)
    assert list(shown["update_config"]) == list(spec.argument_spec()["update_config"]["options"])


def test_values_are_those_in_force():
    shown = spec.show(rich(), REFS)
    assert shown["stop_grace_period"] == "10s"
    assert shown["update_config"] == {
        "parallelism": 2,
        "delay": "10s",
        "failure_action": "pause",
        "monitor": "5s",
        "max_failure_ratio": 0.0,
        "order": "stop-first",
    }
    assert shown["networks"] == [{"name": "back", "id": "n2", "aliases": ["y", "x"]}, {"name": "front", "id": "n1"}]
    assert shown["limits"] == {"cpus": 0.0, "memory": "64M", "pids": 0}
    assert shown["labels"] == {"team": "a", "tier": "front", "com.docker.stack.namespace": "shop"}
    assert shown["max_concurrent"] is None
    assert shown["force_update"] == 4


def test_flat_keys_have_the_units_of_old():
    shown = spec.show(everything(), REFS)
    assert shown["update_delay"] == 10 * 10**9
    assert shown["update_max_failure_ratio"] == 0.1
    assert shown["limit_cpu"] == 1.5
    assert shown["limit_memory"] == 512 * 1024**2
    assert shown["restart_policy"] == "on-failure"
    assert shown["restart_policy_window"] == 60 * 10**9
    assert shown["constraints"] == ["node.role == worker"]
    assert shown["placement_preferences"] == [{"spread": "node.labels.zone"}]
    assert shown["log_driver_options"]["max-file"] == "3"
    assert spec.show(rich())["update_monitor"] is None
    assert spec.show(rich())["limit_cpu"] is None


def test_a_zero_that_the_engine_leaves_out_is_shown_as_it_was_written():
    written = {**rich(), "UpdateConfig": {"Parallelism": 1, "Delay": 0}}
    read = {**rich(), "UpdateConfig": {"Parallelism": 1}}
    without = {key: value for key, value in read.items() if key != "UpdateConfig"}
    assert [spec.show(one)["update_delay"] for one in (written, read, without)] == [0, 0, None]


def test_options_that_a_mode_does_not_know_are_none():
    job = spec.overlay(None, spec.parse({"image": "a", "mode": "global-job"}), REFS, name="j").spec
    shown = spec.show(job)
    assert shown["replicas"] is None
    assert shown["update_config"]["parallelism"] is None


def test_nothing_secret_is_shown():
    params = {
        **EVERYTHING,
        "args": ["--password=hunter2", "--dsn", "postgres://u:hunter2@db"],
        "env": {"DB_PASSWORD": "hunter2", "URL": "http://u:hunter2@x"},
        "labels": {"traefik.auth": "hunter2"},
        "logging": {"driver": "splunk", "options": {"splunk-token": "hunter2"}},
        "healthcheck": {"test": ["CMD", "check", "--token", "hunter2"]},
        "mounts": ['type=volume,target=/v,"volume-opt=o=username=u,password=hunter2"'],
    }
    service = spec.overlay(None, spec.parse(params), REFS, name="web")
    assert "hunter2" in json.dumps(service.spec)
    assert "hunter2" not in json.dumps(spec.show(service.spec, REFS))
    assert "hunter2" not in json.dumps([(change.before, change.after) for change in service.changes])
    assert "hunter2" not in json.dumps(spec.diff(None, service.spec, REFS))
    assert "hunter2" in json.dumps(spec.show(service.spec, REFS, masked=False))


def test_a_changed_secret_is_seen_to_change():
    after = rich()
    after["TaskTemplate"]["ContainerSpec"]["Env"][2] = "DB_PASSWORD=other"
    old, new = spec.diff(rich(), after)
    assert old == {"env": {"DB_PASSWORD": "********"}}
    assert new == {"env": {"DB_PASSWORD": "******** (changed)"}}


def test_a_diff_has_only_what_differs():
    after = spec.overlay(
        rich(),
        spec.parse({"update_config": {"parallelism": 3}, "publish": ["8080:80", "81:81"], "limits": {"pids": 5}}),
        REFS,
        name="web",
    ).spec
    old, new = spec.diff(rich(), after)
    assert old == {"limits": {"pids": 0}, "publish": [], "update_config": {"parallelism": 2}}
    assert new == {
        "limits": {"pids": 5},
        "publish": [{"published_port": 81, "target_port": 81, "protocol": "tcp", "mode": "ingress"}],
        "update_config": {"parallelism": 3},
    }


def test_creation_and_removal_have_one_side():
    old, new = spec.diff(None, rich())
    assert old == {}
    assert new["image"].startswith("nginx:1.27@")
    old, new = spec.diff(rich(), None)
    assert new == {}
    assert old["replicas"] == 3


def test_what_the_table_does_not_know_is_told_apart_by_its_path():
    after = rich()
    after["TaskTemplate"]["Tomorrow"] = "no"
    after["SomethingNew"] = {"a": 1}
    after["Labels"]["swarm.rollout.revision"] = "8"
    changes = spec.differences(rich(), after)
    assert changes == (
        spec.Change("SomethingNew.a", None, 1, False),
        spec.Change("TaskTemplate.Tomorrow", "yes", "no", True),
    )


def test_what_an_engine_fills_in_is_no_difference():
    sent = everything()
    read = json.loads(json.dumps(sent))
    read["TaskTemplate"]["Runtime"] = "container"
    read["TaskTemplate"]["ContainerSpec"]["Privileges"]["NoNewPrivileges"] = True
    read["TaskTemplate"]["ForceUpdate"] = 0
    read["EndpointSpec"]["Mode"] = "vip"
    assert spec.differences(sent, read) == ()


# Tasks -----------------------------------------------------------------------------------------------


def test_a_task_runs_the_service_whatever_its_placement_and_runtime():
    service = rich()
    task = rich()["TaskTemplate"]
    del task["Runtime"]
    task["Placement"] = {"Constraints": ["node.id == x"]}
    assert spec.same_task_spec(task, service)


def test_a_task_of_a_former_spec_is_told_apart():
    for key, value in (("Env", ["A=2"]), ("Image", "nginx:1.26"), ("FutureThing", {"Deep": [3]})):
        task = rich()["TaskTemplate"]
        task["ContainerSpec"][key] = value
        assert not spec.same_task_spec(task, rich())
    task = rich()["TaskTemplate"]
    task["ForceUpdate"] = 3
    assert not spec.same_task_spec(task, rich())


def test_a_task_of_a_spec_as_it_was_sent_is_recognised():
    sent = spec.overlay(None, spec.parse({"image": "nginx"}), REFS, name="web").spec
    task = {"ContainerSpec": {"Image": "nginx:latest", "Isolation": "default"}, "ForceUpdate": 0}
    assert spec.same_task_spec(task, sent)
