# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters on paper for the tests of plans."""

from __future__ import annotations

from typing import Any

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Node, Service, Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.plan import Facts, Image, Plan, Timings, make

SECOND = 10**9


def node(number: int, *, cpus: float = 2, memory: int = 2**30, **more: Any) -> Node:
    """A node as the Engine tells it; `more` are its availability, state, role, labels, address and so on."""
    resources: dict[str, Any] = {"NanoCPUs": int(cpus * 1e9), "MemoryBytes": memory}
    if "generic" in more:
        resources["GenericResources"] = more["generic"]
    return Node.of(
        {
            "ID": "n%03d" % number,
            "Spec": {
                "Role": more.get("role", "worker"),
                "Availability": more.get("availability", "active"),
                "Labels": more.get("labels", {}),
            },
            "Status": {"State": more.get("state", "ready"), "Addr": more.get("address", "10.0.0.%d" % number)},
            "Description": {
                "Hostname": "node%d" % number,
                "Platform": {"Architecture": more.get("architecture", "x86_64"), "OS": "linux"},
                "Engine": {"Labels": more.get("engine_labels", {})},
                "Resources": resources,
            },
        }
    )


def service_spec(image: str = "web:1", replicas: int | None = 3, **more: Any) -> dict[str, Any]:
    """A ServiceSpec; replicas None makes it global. `update` and `task` go into their objects."""
    update = {"Parallelism": 1, "Monitor": SECOND, "Delay": SECOND, "Order": "stop-first", **more.pop("update", {})}
    return {
        "Name": "web",
        "Mode": {"Global": {}} if replicas is None else {"Replicated": {"Replicas": replicas}},
        "TaskTemplate": {"ContainerSpec": {"Image": image}, **more.pop("task", {})},
        "UpdateConfig": update,
        **more,
    }


def task(slot: int, on: int | str, of: dict[str, Any], **more: Any) -> Task:
    """A task that serves, unless `more` says otherwise."""
    return Task.of(
        {
            "ID": more.get("id", "t%s-%s" % (slot, on)),
            "ServiceID": more.get("service", "s1"),
            "Slot": slot or None,
            "NodeID": on if isinstance(on, str) else "n%03d" % on,
            "DesiredState": more.get("desired", "running"),
            "CreatedAt": more.get("created", "2026-01-01T00:00:00Z"),
            "Status": {
                "State": more.get("state", "running"),
                "Timestamp": more.get("served", "2026-01-01T00:00:00Z"),
                "ContainerStatus": {"ExitCode": more.get("code", 0)},
                "PortStatus": {"Ports": more.get("ports", [])},
            },
            "Spec": of["TaskTemplate"],
        }
    )


def service(of: dict[str, Any], version: int = 10) -> Service:
    """The service with the ID that `task` uses."""
    return Service.of({"ID": "s1", "Version": {"Index": version}, "Spec": of})


def plan(
    before: dict[str, Any] | None,
    after: dict[str, Any],
    nodes: list[Node],
    tasks: list[Task],
    *,
    version: int = 10,
    timings: Timings | None = None,
    image: Image | None = None,
) -> Plan:
    """The plan to write `after` over `before`."""
    current = service(before, version) if before else None
    recreate = before is not None and set(before["Mode"]) != set(after["Mode"])
    overlay = spec.Overlay(after, spec.differences(before or {}, after), recreate)
    known = image or Image(True, {"Test": ["CMD", "true"], "Interval": SECOND})
    return make("web", current, overlay, Facts(tuple(nodes), tuple(tasks), known, timings or Timings(), (1, 45)))


def codes(found: Plan) -> set[str]:
    """The codes of its warnings."""
    return {caution.code for caution in found.cautions}
