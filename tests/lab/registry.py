# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registries of a lab: one open, one that wants a login; both reachable from every node by name."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from .api import Engine, label_filter
from .errors import EngineError, LabError
from .nodes import REGISTRIES, REGISTRY_PORT, each, engine_of
from .plan import LABEL, LabPlan, ports_of
from .progress import Progress

FIRST_PORT = 24000
USER = "lab"
# Guards nothing but test images on this machine's loopback.
PASSWORD = "lab-password"
HTPASSWD = "lab:$2b$05$swarmrolloutlabtestsOOQj3EACGe6H6MqKNIQN5vB6rMbszSxVG"
PUSHED = ("vote:indent", "vote:movies", "whoami:1.0", "whoami:2.0", "web:1", "web:2")

CONFIG = {
    "version": 0.1,
    "log": {"level": "warn"},
    "storage": {"filesystem": {"rootdirectory": "/var/lib/registry"}, "delete": {"enabled": True}},
    "http": {"addr": f":{REGISTRY_PORT}"},
}


def is_private(name: str) -> bool:
    """Tell whether that registry wants a login."""
    return name.startswith("private")


def container_body(plan: LabPlan, name: str, image: str, port: int) -> dict[str, Any]:
    """What the outer Engine is asked for; the registry runs from the node image, which has it."""
    config: dict[str, Any] = dict(CONFIG)
    if is_private(name):
        config["auth"] = {"htpasswd": {"realm": "lab", "path": "/etc/lab-htpasswd"}}
    script = (
        'printf "%s\\n" "$HTPASSWD" > /etc/lab-htpasswd; printf "%s" "$CONFIG" > /etc/lab-registry.json; '
        "exec docker-registry serve /etc/lab-registry.json"
    )
    return {
        "Image": image,
        "Hostname": name,
        "Entrypoint": ["sh", "-c", script],
        "Cmd": [],
        # JSON is YAML, which the registry reads.
        "Env": [f"CONFIG={json.dumps(config)}", f"HTPASSWD={HTPASSWD}", "OTEL_TRACES_EXPORTER=none"],
        "Labels": {
            LABEL: plan.name,
            f"{LABEL}.kind": "registry",
            f"{LABEL}.registry": name,
            f"{LABEL}.ports": f"{REGISTRY_PORT}:{port}",
        },
        "ExposedPorts": {f"{REGISTRY_PORT}/tcp": {}},
        "Volumes": {"/var/lib/registry": {}},
        "HostConfig": {
            "NetworkMode": plan.network,
            "PortBindings": {f"{REGISTRY_PORT}/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]},
        },
        "NetworkingConfig": {
            "EndpointsConfig": {plan.network: {"IPAMConfig": {"IPv4Address": plan.host(REGISTRIES[name])}}}
        },
    }


def ensure(outer: Engine, plan: LabPlan, image: str, is_free: Callable[[int], bool], progress: Progress) -> None:
    """Start both registries where they do not run, and push the images they lack."""
    have = _containers(outer, plan)
    for name in REGISTRIES:
        container = have.get(name)
        if container is not None and container["State"] == "running":
            continue
        progress.say(f"starting the registry {name}:{REGISTRY_PORT}")
        if container is None:
            taken = ports_of(outer.get("/containers/json", all=True, filters=label_filter(LABEL)))
            port = next(port for port in range(FIRST_PORT, FIRST_PORT + 1000) if port not in taken and is_free(port))
            outer.post("/containers/create", container_body(plan, name, image, port), name=plan.container(name))
        outer.post(f"/containers/{plan.container(name)}/start")
    if any(each(lambda name: _push_missing(plan, name), REGISTRIES)):
        progress.say("pushed the test images to the registries")


def stop(outer: Engine, plan: LabPlan) -> None:
    """Lose those that run, at once."""
    for container in _containers(outer, plan).values():
        if container["State"] == "running":
            outer.post(f"/containers/{container['Id']}/kill")


def wanted(outer: Engine, plan: LabPlan) -> bool:
    """Tell whether this lab was once asked for its registries."""
    return bool(_containers(outer, plan))


def describe(outer: Engine, plan: LabPlan) -> dict[str, Any]:
    """The registries as `env` shows them; empty where they were not asked for."""
    described: dict[str, Any] = {}
    for name, container in sorted(_containers(outer, plan).items(), reverse=True):
        port = container["Labels"][f"{LABEL}.ports"].split(":")[1]
        described["private" if is_private(name) else "open"] = {
            "name": f"{name}:{REGISTRY_PORT}",
            "url": f"http://127.0.0.1:{port}",
            "running": container["State"] == "running",
            **({"username": USER, "password": PASSWORD} if is_private(name) else {}),
            "images": [f"{name}:{REGISTRY_PORT}/{image}" for image in PUSHED],
        }
    return described


def _containers(outer: Engine, plan: LabPlan) -> dict[str, dict[str, Any]]:
    mine = label_filter(f"{LABEL}={plan.name}", f"{LABEL}.kind=registry")
    return {item["Labels"][f"{LABEL}.registry"]: item for item in outer.get("/containers/json", all=True, filters=mine)}


def _login(name: str) -> dict[str, str]:
    given = (
        {"username": USER, "password": PASSWORD, "serveraddress": f"{name}:{REGISTRY_PORT}"} if is_private(name) else {}
    )
    return {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(given).encode()).decode()}


def _push_missing(plan: LabPlan, name: str) -> bool:
    """Push what the registry lacks from the first node; the names it is pushed under go again afterwards."""
    node = engine_of((plan.running or plan.nodes)[0])
    pushed = False
    for image in PUSHED:
        target = f"{name}:{REGISTRY_PORT}/{image}"
        if _is_there(node, target, name):
            continue
        repository, _, tag = target.rpartition(":")
        node.post(f"/images/{image}/tag", repo=repository, tag=tag)
        answer = node.call("POST", f"/images/{repository}/push", query={"tag": tag}, headers=_login(name))
        node.delete(f"/images/{target}", noprune=True)
        if b'"error"' in answer:
            raise LabError(f"{target} could not be pushed: {answer.splitlines()[-1].decode(errors='replace')[:300]}")
        pushed = True
    return pushed


def _is_there(node: Engine, target: str, name: str, patience: float = 10.0) -> bool:
    """Ask the registry for a tag, by way of the node; a registry that just started is given a moment."""
    deadline = time.monotonic() + patience
    while True:
        try:
            node.call("GET", f"/distribution/{target}/json", headers=_login(name))
            return True
        except EngineError as error:
            starting = "connection refused" in error.message or "EOF" in error.message
            if not starting or time.monotonic() > deadline:
                return False
        time.sleep(0.1)
