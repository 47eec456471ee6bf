# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Docker CLI makes with its flags is what a task makes with the options: no difference left."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from tests.integration.spec.versions import NEWEST, api_of_the_lab, knows

# Rows of: flags of `docker service create`, the same as options.
SAME: list[tuple[list[str], dict[str, Any]]] = [
    (["--cap-add=NET_ADMIN", "--cap-drop=ALL"], {"cap_add": ["net_admin"], "cap_drop": ["all"]}),
    (
        ["--config=spec-site", "--config=source=spec-account,target=/a,mode=0400,uid=5,gid=6"],
        {"configs": ["spec-site", "source=spec-account,target=/a,mode=0400,uid=5,gid=6"]},
    ),
    (["--constraint=node.role==worker"], {"placement": {"constraints": ["node.role == worker"]}}),
    (["--container-label=a=b", "--label=c=d"], {"container_labels": {"a": "b"}, "labels": ["c=d"]}),
    (["--credential-spec=file://a.json"], {"credential_spec": "file://a.json"}),
    (["--credential-spec=config://spec-account"], {"credential_spec": "config://spec-account"}),
    (
        ["--dns=9.9.9.9", "--dns-option=timeout:3", "--dns-search=example.com"],
        {"dns": ["9.9.9.9"], "dns_options": ["timeout:3"], "dns_search": ["example.com"]},
    ),
    (["--endpoint-mode=dnsrr"], {"endpoint_mode": "dnsrr"}),
    (["--entrypoint=sh -c 'a b'"], {"command": "sh -c 'a b'"}),
    (["--env=A=1", "--env=B=x=y"], {"env": {"A": "1", "B": "x=y"}}),
    (["--generic-resource=GPU=2"], {"reservations": {"generic_resources": ["GPU=2"]}}),
    (["--group=100", "--user=1000:1000"], {"groups": ["100"], "user": "1000:1000"}),
    (
        [
            "--health-cmd=true",
            "--health-interval=7s",
            "--health-retries=4",
            "--health-start-period=1m",
            "--health-timeout=3s",
        ],
        {
            "healthcheck": {
                "test": "true",
                "interval": 7,
                "retries": 4,
                "start_period": "1m",
                "timeout": "3s",
            }
        },
    ),
    (
        ["--health-cmd=true", "--health-start-interval=1s"],
        {"healthcheck": {"test": "true", "start_interval": "1s"}},
    ),
    (["--no-healthcheck"], {"healthcheck": {"disabled": True}}),
    (["--host=one:10.0.0.1", "--hostname=h"], {"hosts": {"one": "10.0.0.1"}, "hostname": "h"}),
    (["--init", "--tty", "--read-only"], {"init": True, "tty": True, "read_only": True}),
    (["--isolation=default"], {"isolation": "default"}),
    (
        ["--limit-cpu=1.5", "--limit-memory=64M", "--limit-pids=9"],
        {"limits": {"cpus": "1.5", "memory": "64M", "pids": 9}},
    ),
    (
        ["--log-driver=json-file", "--log-opt=max-size=1m"],
        {"logging": {"driver": "json-file", "options": {"max-size": "1m"}}},
    ),
    (["--mode=global"], {"mode": "global"}),
    (["--mode=replicated-job", "--replicas=3"], {"mode": "replicated-job", "replicas": 3}),
    (
        ["--mode=replicated-job", "--replicas=3", "--max-concurrent=2"],
        {"mode": "replicated-job", "replicas": 3, "max_concurrent": 2},
    ),
    (["--mode=global-job"], {"mode": "global-job"}),
    (
        [
            "--mount=type=bind,src=/srv,dst=/srv,ro,bind-propagation=rslave",
            "--mount=source=v,target=/v,volume-label=a=b,volume-driver=local,volume-opt=type=tmpfs,volume-nocopy",
            "--mount=type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777",
        ],
        {
            "mounts": [
                "type=bind,src=/srv,dst=/srv,ro,bind-propagation=rslave",
                "source=v,target=/v,volume-label=a=b,volume-driver=local,volume-opt=type=tmpfs,volume-nocopy",
                "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777",
            ]
        },
    ),
    (
        ["--mount=Type=Bind,Source=/srv,Target=/srv,Consistency=Cached,Bind-Propagation=RSlave"],
        {"mounts": ["Type=Bind,Source=/srv,Target=/srv,Consistency=Cached,Bind-Propagation=RSlave"]},
    ),
    (
        ["--mount=type=volume,src=v,dst=/v,volume-subpath=s"],
        {"mounts": [{"type": "volume", "source": "v", "target": "/v", "volume_subpath": "s"}]},
    ),
    (
        ["--network=spec-front", "--network=name=spec-back,alias=a,alias=b,driver-opt=c=d"],
        {"networks": ["spec-front", "name=spec-back,alias=a,alias=b,driver-opt=c=d"]},
    ),
    (["--oom-score-adj=100"], {"oom_score_adj": 100}),
    (["--placement-pref=spread=node.labels.a"], {"placement": {"preferences": ["spread=node.labels.a"]}}),
    (["--replicas-max-per-node=2"], {"placement": {"replicas_max_per_node": 2}}),
    (
        [
            "--publish=18080:80",
            "--publish=18000-18002:70-72/udp",
            "--publish=published=18081,target=81,mode=host",
        ],
        {"publish": ["18080:80", "18000-18002:70-72/udp", "published=18081,target=81,mode=host"]},
    ),
    (["--publish=18000-18002:70", "--publish=90"], {"publish": ["18000-18002:70", 90]}),
    (
        ["--reserve-cpu=0.25", "--reserve-memory=8m"],
        {"reservations": {"cpus": 0.25, "memory": "8m"}},
    ),
    (["--restart-condition=on-failure"], {"restart_config": {"condition": "on-failure"}}),
    (
        ["--restart-delay=1s", "--restart-max-attempts=3", "--restart-window=1m"],
        {"restart_config": {"delay": "1s", "max_attempts": 3, "window": "1m"}},
    ),
    (
        ["--secret=spec-db", "--secret=source=spec-tls,target=t,mode=0400"],
        {"secrets": ["spec-db", {"secret_name": "spec-tls", "filename": "t", "mode": "0400"}]},
    ),
    (
        ["--stop-grace-period=1m", "--stop-signal=SIGINT", "--workdir=/srv"],
        {"stop_grace_period": "1m", "stop_signal": "SIGINT", "working_dir": "/srv"},
    ),
    (["--sysctl=net.core.somaxconn=1024"], {"sysctls": {"net.core.somaxconn": 1024}}),
    (["--ulimit=nofile=10:20", "--ulimit=nproc=5"], {"ulimits": ["nofile=10:20", "nproc=5"]}),
    (["--ulimit=nofile=10:20", "--ulimit=core=-1"], {"ulimits": {"nofile": {"soft": 10, "hard": 20}, "core": -1}}),
    (["--update-order=start-first"], {"update_config": {"order": "start-first"}}),
    (["--rollback-parallelism=0"], {"rollback_config": {"parallelism": 0}}),
    (
        [
            "--update-parallelism=2",
            "--update-delay=1s",
            "--update-failure-action=rollback",
            "--update-monitor=7s",
            "--update-max-failure-ratio=0.3",
        ],
        {
            "update_config": {
                "parallelism": 2,
                "delay": "1s",
                "failure_action": "rollback",
                "monitor": "7s",
                "max_failure_ratio": "30%",
            }
        },
    ),
    (
        [
            "--rollback-delay=1s",
            "--rollback-failure-action=continue",
            "--rollback-monitor=7s",
            "--rollback-max-failure-ratio=0.3",
            "--rollback-order=start-first",
        ],
        {
            "rollback_config": {
                "delay": "1s",
                "failure_action": "continue",
                "monitor": "7s",
                "max_failure_ratio": 0.3,
                "order": "start-first",
            }
        },
    ),
]
_UNTIL_ADDED = ["--detach", "--no-resolve-image", "--name=spec-service"]


def docker_cli(host: str, *words: str) -> str:
    """Run the Docker CLI and return what it printed."""
    done = subprocess.run(["docker", "-H", host, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[0]


def has(flags: list[str], version: tuple[int, int]) -> bool:
    """Whether this Docker CLI knows the flags."""
    return version >= (27, 0) or not any("oom-score-adj" in flag for flag in flags)


@cache
def cli_version() -> tuple[int, int]:
    """Version of the Docker CLI on this machine, which a lab can do without; where there is none, of no use."""
    if shutil.which("docker") is None:
        return NEWEST
    text = subprocess.run(["docker", "--version"], capture_output=True, text=True, check=True).stdout
    numbers = re.findall(r"\d+", text)
    return int(numbers[0]), int(numbers[1])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Leave out what this Docker CLI or the lab's Engine is too old for."""
    if "flags" in metafunc.fixturenames:
        api = api_of_the_lab()
        rows = [row for row in SAME if knows(api, row[1]) and has(row[0], cli_version())]
        metafunc.parametrize(("flags", "params"), rows, ids=[flags[0].strip("-") for flags, _params in rows])


@pytest.mark.skipif(shutil.which("docker") is None, reason="there is no Docker CLI on this machine")
def test_flags_and_options_agree(manager, docker_hosts, flags, params):
    scale = [] if "--mode" in " ".join(flags) else ["--replicas=0"]
    # Nowhere to run: only the specification matters.
    nowhere = [] if "--constraint" in " ".join(flags) else ["--constraint=node.labels.none==x"]
    made = docker_cli(
        docker_hosts[0], "service", "create", *_UNTIL_ADDED, *scale, *nowhere, *flags, "job:ok", "one", "two"
    )
    try:
        by_cli = manager.read(made)
        every = {"image": "job:ok", "args": ["one", "two"], **params}
        # The CLI says no to an init unless it is asked for one.
        every.setdefault("init", False)
        assert manager.lay(by_cli, every).changes == ()
        if scale:
            every["replicas"] = 0
        if nowhere:
            every["placement"] = {**every.get("placement", {}), "constraints": ["node.labels.none == x"]}
        by_task = manager.lay(None, every).spec
        assert spec.differences(by_cli, by_task, manager.refs) == ()
    finally:
        manager.client.remove_service(made)
