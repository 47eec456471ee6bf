# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cannot work is said in one sentence that names the option, before anything is touched; no secret is in it."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.integration.health import wait_until_well
from tests.integration.stage import QUICK, Stage
from tests.lab import outer
from tests.lab.lab import Lab

PASSWORD = "hunter2-Zq9"
SECRETS: dict[str, Any] = {
    "env": {"DB_PASSWORD": PASSWORD, "DATABASE_URL": f"postgres://shop:{PASSWORD}@db/shop"},
    "args": ["--token", PASSWORD],
    "labels": {"api_key": PASSWORD},
}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"networks": ["no-such-net"]}, ("networks", "no-such-net")),
        ({"configs": [{"config_name": "no-such-config"}]}, ("configs", "no-such-config")),
        ({"secrets": [{"secret_name": "no-such-secret"}]}, ("secrets", "no-such-secret")),
        ({"update_config": {"delay": "soon"}}, ("update_config.delay", "soon")),
        ({"limits": {"memory": "lots"}}, ("limits.memory", "lots")),
        ({"replicas": -2}, ("replicas", "-2")),
        ({"publish": [{"target_port": 70000}]}, ("publish", "70000")),
        ({"image": "NOT an image"}, ("image", "NOT an image")),
        ({"mode": "global", "replicas": 2}, ("replicas", "global")),
        ({"mode": "global", "replicas": 0}, ("replicas", "every node")),
        ({"update_config": {"delay": 5000000000}}, ("update_config.delay", "did you mean 5s?")),
        ({"secrets": [{"secret_name": "db", "mode": "256"}]}, ("secrets[0].mode", '"0400"')),
        ({"configs": [{"config_name": "site", "mode": 644}]}, ("configs[0].mode", '"0644"')),
        ({"configs": [{"config_name": "site", "uid": "www-data"}]}, ("configs[0].uid", "www-data")),
        ({"dns": ["dns.example.com"]}, ("dns", "dns.example.com")),
        ({"hosts": {"db": "not-an-address"}}, ("hosts", "not-an-address")),
        ({"ulimits": ["files=5"]}, ("ulimits[0]", "nofile")),
        ({"mounts": ["/srv:/srv:ro"]}, ("mounts[0]", "type=bind,source=/srv,target=/srv,readonly")),
        ({"publish": [1342]}, ("publish[0]", '"22:22"')),
        ({"user": 2013}, ("user", '"33:33"')),
        ({"progress_deadline": "0s"}, ("progress_deadline", "0s")),
        ({"wait_timeout": "later"}, ("wait_timeout", "later")),
        ({"env_files": ["/no/such/file"]}, ("env_files", "/no/such/file")),
        # What is none of the choices is not repeated: it may be a secret in the wrong place.
        ({"mode": "sometimes"}, ("mode", "replicated-job")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) and isinstance(value[0], str) else "",
)
def test_a_value_that_cannot_be_used(stage: Stage, options: dict[str, Any], named: tuple[str, str]):
    ran = stage.service("web:1", **SECRETS, **options) if "image" not in options else stage.service(**options)
    assert (ran.failed, ran.result.get("changed", False)) == (True, False)
    for word in named:
        assert word in ran.msg
    assert "Traceback" not in ran.output
    assert ran.result.get("error_kind") != "bug"
    assert stage.cluster.find(stage.name) is None


@pytest.mark.parametrize("bad", ["exit:1.0", "nowhere:1", "job:fail", "stalled", "superseded", "refused"])
def test_no_secret_in_the_output_of_any_failure(stage: Stage, bad: str):
    more: dict[str, Any] = {"restart_config": {"condition": "none"}}
    if bad == "job:fail":
        more["mode"] = "replicated-job"
    if bad == "refused":
        more["networks"] = ["no-such-net"]
    if bad == "stalled":
        more |= {"placement": {"constraints": ["node.labels.rack==none"]}, "progress_deadline": "2s"}
    if bad == "superseded":
        stage.have("web:1", env=SECRETS["env"])
        running = stage.begin("slow:1.0", diff=True, **SECRETS)
        stage.cluster.wait("the update is under way", lambda: stage.cluster.state(stage.name) == "updating")
        stage.cluster.write(stage.name, lambda spec: spec["TaskTemplate"]["ContainerSpec"]["Env"].append("A_TOKEN=b"))
        ran = running.wait()
    else:
        ran = stage.service(bad if ":" in bad else "web:1", diff=True, **SECRETS, **more)
    assert ran.failed
    # What Ansible itself hands back as the invocation is Ansible's to mask (no_log); the rest is ours.
    ran.result.pop("invocation", None)
    assert PASSWORD not in str(ran.result)
    if bad not in ("refused",):
        env = stage.cluster.spec(stage.name)["TaskTemplate"]["ContainerSpec"]["Env"]
        assert f"DB_PASSWORD={PASSWORD}" in env, "the service itself has it"


def test_a_password_for_a_registry_is_nowhere(stage: Stage):
    login = {"username": "shop", "password": PASSWORD}
    ran = stage.service("nowhere:1", registry_auth=login, restart_config={"condition": "none"}, diff=True)
    assert ran.failed
    assert PASSWORD not in ran.output


def test_nobody_listens(stage: Stage):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ran = stage.service("web:1", docker_host=f"tcp://127.0.0.1:{port}")
    assert (ran.failed, ran.result["error_kind"]) == (True, "connection")
    assert str(port) in ran.msg


def test_the_next_manager_is_asked(stage: Stage):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ran = stage.service("web:1", docker_hosts=[f"tcp://127.0.0.1:{port}", stage.host], update_config=QUICK)
    assert (ran.failed, ran.outcome) == (False, "completed")
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


@pytest.mark.parametrize("module", ["swarm_service", "swarm_service_rollback", "swarm_service_info"])
def test_an_engine_that_is_in_no_swarm(stage: Stage, module: str):
    machine = outer.find()
    assert machine is not None
    image: dict[str, Any] = {"image": "web:1"} if module == "swarm_service" else {}
    ran = stage.start(module, docker_host=machine.address, **image).wait()
    assert (ran.failed, ran.result["error_kind"]) == (True, "not_a_manager")
    assert "docker swarm init" in ran.msg


@pytest.mark.alone
def test_a_worker_says_what_it_is(stage: Stage, lab: Lab):
    worker = lab.plan().nodes[-1]
    lab.demote(worker.name)
    try:
        ran = stage.service("web:1", docker_host=worker.docker_host)
        assert (ran.failed, ran.result["error_kind"]) == (True, "not_a_manager")
        assert "worker" in ran.msg
        helped = stage.service("web:1", docker_hosts=[worker.docker_host, stage.hosts[0]], update_config=QUICK)
        assert (helped.failed, helped.outcome) == (False, "completed")
        assert stage.cluster.serving(stage.name) == {"web:1": 1}
    finally:
        lab.promote(worker.name)
        wait_until_well(lab)
