# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks written for community.docker.docker_swarm_service go on: every option, in the form it came in."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import FIELDS
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.spec.examples import REFS

# Each option of that module, sub-options with a dot, at a value in the type that its argument spec makes of it.
OLD: dict[str, Any] = {
    "args": ["3600"],
    "cap_add": ["NET_ADMIN"],
    "cap_drop": ["ALL"],
    "command": "sleep",
    "configs": [
        {"config_id": None, "config_name": "site", "filename": "/a", "uid": "0", "gid": "0", "mode": 0o444},
        {"config_id": "c2", "config_name": "site-2", "filename": None, "uid": None, "gid": None, "mode": None},
    ],
    "container_labels": {"a": "b"},
    "dns": ["9.9.9.9"],
    "dns_options": ["timeout:3"],
    "dns_search": ["example.com"],
    "endpoint_mode": "vip",
    "env": {"A": "1"},
    "force_update": False,
    "groups": ["100"],
    "healthcheck.interval": "1m30s",
    "healthcheck.retries": 3,
    "healthcheck.start_period": "30s",
    "healthcheck.test": ["CMD", "curl", "x"],
    "healthcheck.timeout": "10s",
    "hostname": "h",
    "hosts": {"a": "10.0.0.1"},
    "image": "alpine:edge",
    "init": True,
    "labels": {"a": "b", "n": 5},
    "limits.cpus": 0.5,
    "limits.memory": "50M",
    "logging.driver": "fluentd",
    "logging.options": {"tag": "x", "fluentd-async-connect": "true"},
    "mode": "replicated",
    "mounts": [
        {
            "type": "bind",
            "source": "/tmp/",
            "target": "/remote/",
            "readonly": None,
            "labels": None,
            "propagation": None,
            "no_copy": None,
            "driver_config": None,
            "tmpfs_size": None,
            "tmpfs_mode": None,
        },
        {"type": "tmpfs", "source": None, "target": "/t", "tmpfs_size": "5M", "tmpfs_mode": 0o1777},
        {
            "type": "volume",
            "source": "v",
            "target": "/v",
            "no_copy": True,
            "driver_config": {"name": "local", "options": {"type": "nfs", "soft": True}},
        },
    ],
    "networks": ["front", {"name": "back", "aliases": ["b"], "options": {"foo": "bar", "on": True}}],
    "placement.constraints": ["node.role == manager"],
    "placement.preferences": [{"spread": "node.labels.zone"}],
    "placement.replicas_max_per_node": 2,
    "publish": [{"published_port": 8080, "target_port": 80, "protocol": "tcp", "mode": None}],
    "read_only": True,
    "replicas": -1,
    "reservations.cpus": 0.25,
    "reservations.memory": "20M",
    "restart_config.condition": "on-failure",
    "restart_config.delay": "5s",
    "restart_config.max_attempts": 3,
    "restart_config.window": "120s",
    "rollback_config.delay": "10s",
    "rollback_config.failure_action": "continue",
    "rollback_config.max_failure_ratio": 0.1,
    "rollback_config.monitor": "5s",
    "rollback_config.order": "stop-first",
    "rollback_config.parallelism": 2,
    "secrets": [{"secret_id": None, "secret_name": "db", "filename": "/run/secrets/db.txt", "mode": 0o400}],
    "stop_grace_period": "30s",
    "stop_signal": "SIGTERM",
    "sysctls": {"net.core.somaxconn": "1024"},
    "tty": True,
    "update_config.delay": "10s",
    "update_config.failure_action": "rollback",
    "update_config.max_failure_ratio": 0.5,
    "update_config.monitor": "1m",
    "update_config.order": "start-first",
    "update_config.parallelism": 2,
    "user": "1000",
    "working_dir": "/srv",
}


def nested(flat):
    params: dict[str, Any] = {}
    for option, value in flat.items():
        name, dot, inner = option.partition(".")
        if dot:
            params.setdefault(name, {})[inner] = value
        else:
            params[name] = value
    return params


@pytest.mark.parametrize("option", [option for option in OLD if option not in ("replicas", "force_update")])
def test_an_option_keeps_its_name_and_form(option):
    assert option in FIELDS
    assert option in spec.parse(nested({option: OLD[option]})).values


def test_a_whole_task_goes_on_and_settles():
    desired = spec.parse(nested(OLD))
    made = spec.overlay(None, desired, REFS, name="web")
    assert not spec.overlay(made.spec, desired, REFS, name="web").differs
    container = made.spec["TaskTemplate"]["ContainerSpec"]
    assert container["Configs"][1]["ConfigID"] == "c2"
    assert container["Configs"][1]["File"] == {"Name": "site-2", "UID": "0", "GID": "0", "Mode": 0o444}
    assert container["Mounts"][2]["VolumeOptions"]["DriverConfig"]["Options"]["soft"] == "true"


def test_groups_of_options_without_a_value_are_not_there():
    params = dict.fromkeys(spec.argument_spec())
    assert spec.parse({**params, "image": "nginx"}).values == {"image": "nginx:latest"}
