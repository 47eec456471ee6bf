# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Examples that several tests of the option table share."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core.spec import References

REFS = References(
    networks={"front": "n1", "back": "n2", "other": "n3"},
    network_names={"n1": "front", "n2": "back", "n3": "other"},
    configs={"site": "c1", "site-2": "c2", "account": "c3"},
    secrets={"db": "s1", "db-2": "s2", "tls": "s3"},
)

# Every option at a value that is not its default.
EVERYTHING: dict[str, Any] = {
    "image": "registry.lab:5000/vote:movies",
    "command": "sh -c 'exec serve'",
    "args": ["--port", "80"],
    "env": {"A": "1", "B": "two words", "DB_PASSWORD": "hunter2"},
    "labels": {"team": "a"},
    "container_labels": {"team": "b"},
    "mode": "replicated",
    "replicas": 3,
    "hostname": "web-{{.Task.Slot}}",
    "working_dir": "/srv",
    "user": "1000:1000",
    "groups": ["100", "adm"],
    "init": True,
    "tty": True,
    "read_only": True,
    "stop_signal": "SIGINT",
    "stop_grace_period": "1m30s",
    "hosts": {"one": "10.0.0.1", "two": ["10.0.0.2", "fd00::2"]},
    "dns": ["9.9.9.9", "1.1.1.1"],
    "dns_search": ["example.com", "example.org"],
    "dns_options": ["timeout:3"],
    "sysctls": {"net.core.somaxconn": 1024},
    "cap_add": ["net_admin"],
    "cap_drop": ["ALL"],
    "ulimits": ["nofile=1024:2048", {"name": "nproc", "soft": 100}],
    "oom_score_adj": 100,
    "isolation": "process",
    "mounts": [
        {"source": "/srv/data", "target": "/data", "readonly": True, "propagation": "rslave"},
        "type=volume,source=cache,target=/cache,volume-driver=local,volume-opt=type=nfs,volume-nocopy",
        {
            "type": "tmpfs",
            "target": "/tmp",
            "tmpfs_size": "64M",
            "tmpfs_mode": "1777",
            "tmpfs_options": ["noexec"],
        },
    ],
    "secrets": ["db", {"secret_name": "tls", "filename": "tls.pem", "uid": "5", "gid": "6", "mode": 0o400}],
    "configs": [{"config_name": "site", "filename": "/etc/site.conf", "mode": "0400"}],
    "credential_spec": "config://account",
    "privileges": {
        "no_new_privileges": True,
        "seccomp": {"defaultAction": "SCMP_ACT_ALLOW"},
        "apparmor": "disabled",
        "selinux_context": {"disable": True, "user": "u", "role": "r", "type": "t", "level": "l"},
    },
    "healthcheck": {
        "test": ["CMD", "check"],
        "interval": "10s",
        "timeout": "2s",
        "retries": 4,
        "start_period": "1m",
        "start_interval": "1s",
    },
    "limits": {"cpus": 1.5, "memory": "512M", "pids": 100},
    "reservations": {"cpus": "0.25", "memory": "64M", "generic_resources": ["GPU=2"]},
    "memory_swap": "1G",
    "memory_swappiness": 10,
    "restart_config": {"condition": "on-failure", "delay": "3s", "max_attempts": 4, "window": "1m"},
    "placement": {
        "constraints": ["node.role==worker"],
        "preferences": [{"spread": "node.labels.zone"}],
        "replicas_max_per_node": 2,
    },
    "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": 3, "compress": True}},
    "networks": ["front", {"name": "back", "aliases": ["b"], "options": {"o": "p"}}],
    "publish": [
        "8080:80",
        "9000-9001:90-91/udp",
        {"published_port": 443, "target_port": 443, "mode": "host"},
    ],
    "endpoint_mode": "vip",
    "update_config": {
        "parallelism": 2,
        "delay": "10s",
        "failure_action": "rollback",
        "monitor": "30s",
        "max_failure_ratio": "10%",
        "order": "start-first",
    },
    "rollback_config": {
        "parallelism": 0,
        "delay": "1s",
        "failure_action": "continue",
        "monitor": "6s",
        "max_failure_ratio": 0.5,
        "order": "start-first",
    },
}

_RICH: dict[str, Any] = {
    "Name": "web",
    "Labels": {
        "team": "a",
        "tier": "front",
        "swarm.rollout.revision": "7",
        "com.docker.stack.namespace": "shop",
    },
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "nginx:1.27@sha256:" + "a" * 64,
            "Labels": {"com.docker.stack.namespace": "shop"},
            "Env": ["Z=26", "A=1", "DB_PASSWORD=hunter2", "UNSET"],
            "Mounts": [
                {
                    "Type": "volume",
                    "Source": "v",
                    "Target": "/v",
                    "VolumeOptions": {"Unknown": 1},
                    "New": True,
                },
                {"Type": "bind", "Source": "/b", "Target": "/b"},
            ],
            "Secrets": [
                {
                    "SecretID": "s9",
                    "SecretName": "old",
                    "File": {"Name": "old", "UID": "0", "GID": "0", "Mode": 292},
                },
                {
                    "SecretID": "s1",
                    "SecretName": "db",
                    "File": {"Name": "db", "UID": "0", "GID": "0", "Mode": 292},
                },
            ],
            "DNSConfig": {},
            "Isolation": "default",
            "OpenStdin": True,
            "FutureThing": {"Deep": [1, 2]},
        },
        "Resources": {"Limits": {"MemoryBytes": 67108864}, "Reservations": {}},
        "Placement": {
            "Constraints": ["node.role==worker"],
            "Platforms": [{"Architecture": "amd64", "OS": "linux"}],
        },
        "Networks": [{"Target": "n2", "Aliases": ["y", "x"]}, {"Target": "n1"}],
        "ForceUpdate": 4,
        "Runtime": "container",
        "Tomorrow": "yes",
    },
    "Mode": {"Replicated": {"Replicas": 3}},
    "UpdateConfig": {
        "Parallelism": 2,
        "Delay": 10_000_000_000,
        "FailureAction": "pause",
        "MaxFailureRatio": 0,
        "Order": "stop-first",
    },
    "EndpointSpec": {
        "Mode": "vip",
        "Ports": [
            {
                "Name": "http",
                "Protocol": "tcp",
                "TargetPort": 80,
                "PublishedPort": 8080,
                "PublishMode": "ingress",
            }
        ],
    },
    "SomethingNew": {"a": None, "b": [], "c": ""},
}


def rich() -> dict[str, Any]:
    """A service as an Engine answers it, with much that the table does not know; a copy of its own."""
    return copy.deepcopy(_RICH)
