# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes: containers of the outer Engine that each run an Engine of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from .api import Engine, label_filter
from .errors import EngineError, LabError
from .plan import API_PORT, LABEL, LabPlan, NodePlan

REGISTRIES = {"registry.lab": 2, "private.lab": 3}
REGISTRY_PORT = 5000

# Without --privileged (which needs every capability of the machine) the kernel's files arrive read-only,
# and the Engine inside has to write to them. On cgroup v2 the processes of a container must first leave
# its root group before the Engine may hand out controllers below it.
ENTRY = r"""
set -eu
for mount in $(awk '$4 ~ /^ro/ && ($2 ~ /^\/(sys|proc\/sys)$/ || $3 ~ /^cgroup/) {print $2}' /proc/mounts); do
  mount -o remount,bind,rw "$mount"
done
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p /sys/fs/cgroup/init
  xargs -rn1 < /sys/fs/cgroup/cgroup.procs > /sys/fs/cgroup/init/cgroup.procs 2>/dev/null || :
  sed -e 's/ / +/g' -e 's/^/+/' < /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
fi
rm -rf /run/docker /run/docker.pid /run/docker.sock /run/containerd
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' > /etc/resolv.conf
exec dockerd "$@"
"""


class PortTaken(LabError):
    """A port that a node was given belongs to another program by now."""


T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Do the same to all items at once; the first error comes out when all are done."""
    listed = list(items)
    if not listed:
        return []
    with ThreadPoolExecutor(max_workers=min(len(listed), 16)) as pool:
        return list(pool.map(work, listed))


def engine_of(node: NodePlan) -> Engine:
    """The node's own Engine."""
    return Engine(node.docker_host)


def container_body(plan: LabPlan, node: NodePlan, image: str) -> dict[str, Any]:
    """What the outer Engine is asked for."""
    bindings = {f"{inner}/tcp": outer for inner, outer in {API_PORT: node.api_port, **node.ports}.items()}
    insecure = [f"--insecure-registry={name}:{REGISTRY_PORT}" for name in REGISTRIES]
    return {
        "Image": image,
        "Hostname": node.name,
        "Entrypoint": ["sh", "-c", ENTRY, "dockerd"],
        "Cmd": [
            "--host=unix:///var/run/docker.sock",
            f"--host=tcp://0.0.0.0:{API_PORT}",
            # Said outright, since newer Engines wait many seconds to be sure that it is meant.
            "--tls=false",
            # Nothing answers there, at once: a name or a registry that does not exist costs no time.
            "--dns=127.0.0.1",
            f"--label={LABEL}={plan.name}",
            f"--label={LABEL}.node={node.name}",
            *insecure,
        ],
        "Labels": plan.node_labels(node),
        "ExposedPorts": {port: {} for port in bindings},
        "Volumes": {"/var/lib/docker": {}},
        "StopSignal": "SIGTERM",
        "HostConfig": {
            "CapAdd": ["ALL"],
            "CapDrop": ["SYS_RESOURCE"],
            "SecurityOpt": ["seccomp=unconfined", "apparmor=unconfined"],
            "MaskedPaths": [],
            "ReadonlyPaths": [],
            "NetworkMode": plan.network,
            "PortBindings": {
                port: [{"HostIp": "127.0.0.1", "HostPort": str(outer)}] for port, outer in bindings.items()
            },
            "ExtraHosts": [f"{name}:{plan.host(number)}" for name, number in REGISTRIES.items()],
            "Dns": ["127.0.0.1"],
            "RestartPolicy": {"Name": "no"},
        },
        "NetworkingConfig": {"EndpointsConfig": {plan.network: {"IPAMConfig": {"IPv4Address": node.address}}}},
    }


def ensure_network(outer: Engine, plan: LabPlan) -> None:
    """Make the lab's network where it is missing."""
    for network in outer.get("/networks", filters=label_filter(f"{LABEL}={plan.name}")):
        if network["Name"] == plan.network:
            return
    outer.post(
        "/networks/create",
        {
            "Name": plan.network,
            "Driver": "bridge",
            "CheckDuplicate": True,
            "IPAM": {"Config": [{"Subnet": plan.subnet, "Gateway": plan.host(1)}]},
            "Labels": {LABEL: plan.name},
        },
    )


def create(outer: Engine, plan: LabPlan, node: NodePlan, image: str) -> None:
    """Create a node's container; from then on its ports are taken, for other labs too."""
    body, name = container_body(plan, node, image), plan.container(node.name)
    try:
        outer.post("/containers/create", body, name=name)
    except EngineError as error:
        # A newer Engine knows that its machine lacks the capability: it is in no "ALL", and not to be dropped.
        if "invalid CapDrop" not in error.message:
            raise
        del body["HostConfig"]["CapDrop"]
        outer.post("/containers/create", body, name=name)


def start(outer: Engine, plan: LabPlan, node: NodePlan) -> None:
    """Start a node's container."""
    try:
        outer.post(f"/containers/{plan.container(node.name)}/start", timeout=120)
    except EngineError as error:
        if "port is already allocated" in error.message or "address already in use" in error.message:
            raise PortTaken(f"{node.name} of lab '{plan.name}' has lost a port: `up` gives it another.") from error
        raise


def remove(outer: Engine, plan: LabPlan, name: str) -> None:
    """Remove a container of the lab with its anonymous volume."""
    outer.delete(f"/containers/{plan.container(name)}", force=True, v=True)


def wait_alive(outer: Engine, plan: LabPlan, node: NodePlan, timeout: float = 60.0) -> None:
    """Wait until a node's Engine answers; say why if its container ended."""
    engine = engine_of(node)
    deadline = time.monotonic() + timeout
    while not engine.alive(2.0):
        state = outer.get(f"/containers/{plan.container(node.name)}/json")["State"]
        if not state["Running"] or time.monotonic() > deadline:
            raise LabError(f"The Engine of {node.name} did not start: {_log_tail(outer, plan.container(node.name))}")
        time.sleep(0.1)


def _log_tail(outer: Engine, container: str) -> str:
    data = outer.call("GET", f"/containers/{container}/logs", query={"stdout": 1, "stderr": 1, "tail": 5})
    text = data.decode(errors="replace")
    lines = ["".join(ch for ch in line if ch.isprintable()).strip() for line in text.splitlines()]
    return (lines or ["no message"])[-1][-300:]
