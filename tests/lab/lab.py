# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab as one object: what the command line and the tests drive."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import (
    bringup,
    cleaning,
    control,
    debian,
    edge,
    machine,
    nodeimage,
    outer,
    places,
    registry,
    settings,
    shop,
    swarm,
)
from .api import Engine, label_filter
from .bringup import Wanted
from .errors import LabError
from .nodes import each, engine_of
from .plan import LABEL, LabPlan, NodePlan, Recovered, check_name
from .progress import Progress

DEFAULT_NAME = "lab"


class Lab:
    """A Swarm of several nodes on this machine; making the object does nothing yet."""

    def __init__(self, name: str = DEFAULT_NAME, *, progress: Progress | None = None) -> None:
        self.name = check_name(name)
        self.progress = progress or Progress(quiet=True)

    # What there is.

    def plan(self) -> LabPlan:
        """The lab as it is, recovered from its containers' labels."""
        return self._found().plan

    def engine(self, node: str = "node1") -> Engine:
        """The Engine of a node."""
        return engine_of(self.plan().node(node))

    def manager(self) -> Engine:
        """The Engine of some manager that knows a leader."""
        found = swarm.leader_of(self.plan())
        if found is None:
            raise LabError(f"Lab '{self.name}' has no leader: `up` mends it.")
        return engine_of(found[0])

    # Making and removing it.

    def up(
        self,
        *,
        engine: str | None = None,
        node_count: int | None = None,
        managers: int | None = None,
        with_registry: bool = False,
    ) -> LabPlan:
        """Bring the lab up, or back up; does nothing where nothing is missing."""
        with places.locked(f"lab-{self.name}", self.progress):
            host = ensure_outer(engine or nodeimage.DEFAULT_ENGINE, self.progress)
            plan = bringup.up(host, self.name, Wanted(engine, node_count, managers), self.progress)
            if with_registry or registry.wanted(host, plan):
                registry.ensure(host, plan, nodeimage.tag(plan.engine), machine.is_free, self.progress)
            return plan

    def down(self) -> bool:
        """Remove every trace of the lab; False where there was none."""
        host = outer.revive(self.progress)
        if host is None:
            return False
        with places.locked(f"lab-{self.name}", self.progress):
            mine = label_filter(f"{LABEL}={self.name}")
            containers = host.get("/containers/json", all=True, filters=mine)
            networks = host.get("/networks", filters=mine)
            volumes = [
                mount["Name"] for container in containers for mount in container["Mounts"] if mount["Type"] == "volume"
            ]
            if containers:
                self.progress.say(f"removing {len(containers)} containers of lab '{self.name}'")
            each(lambda item: host.delete(f"/containers/{item['Id']}", force=True, v=True), containers)
            # A container that died while it was being made may have left its volume behind.
            each(lambda volume: host.delete(f"/volumes/{volume}", force=True), volumes)
            each(lambda item: host.delete(f"/networks/{item['Id']}"), networks)
            return bool(containers or networks)

    # Using it.

    def settings(self) -> dict[str, Any]:
        """Everything a test needs to connect, as `env --json` prints it."""
        found = self._found()
        if not found.plan.running or len(found.states) < found.nodes:
            raise LabError(f"Lab '{self.name}' is down: `python3 -m tests.lab up --name {self.name}`.")
        return settings.describe(found.plan, edge.urls(found.plan), registry.describe(self._outer(), found.plan))

    def registry(self) -> dict[str, Any]:
        """Start the registries where they do not run; return their names, addresses and logins."""
        with places.locked(f"lab-{self.name}", self.progress):
            host, plan = self._outer(), self.plan()
            registry.ensure(host, plan, nodeimage.tag(plan.engine), machine.is_free, self.progress)
            return registry.describe(host, plan)

    def stop_registry(self) -> None:
        """Lose the registries at once; `registry` starts them again."""
        registry.stop(self._outer(), self.plan())

    def shop(self) -> list[str]:
        """Make sure that all nodes have the images of the shop; return their names."""
        with places.locked(f"lab-{self.name}", self.progress):
            host, plan = self._outer(), self.plan()
            archive = shop.ensure_archive(host, plan.engine, self.progress)
            bringup.load(plan, archive, "the images of the shop", self.progress)
        return shop.names(plan.engine)

    def clean(self, *, keep_edge: bool = False) -> dict[str, int]:
        """Remove everything made in the Swarm and wait until it is gone; return how many of each."""
        return cleaning.clean(self.plan(), keep_edge=keep_edge)

    def edge(
        self, service: str, network: str, *, port: int = 80, listen: int | None = None, node: str = "node1"
    ) -> str:
        """Deploy the edge proxy of a service; return the URL where its tasks answer in turn."""
        # Two at once would choose the same free port.
        with places.locked(f"edge-{self.name}", self.progress):
            return edge.deploy(self.plan(), service=service, network=network, port=port, listen=listen, node=node)

    def remove_edge(self, service: str | None = None) -> int:
        """Remove the edge of a service, or all of them."""
        return edge.remove(self.plan(), service)

    def members(self) -> list[dict[str, str]]:
        """The nodes as they really are now: container, Swarm state, role, leader."""
        found = self._found()
        leader = swarm.leader_of(found.plan)
        return settings.members(found.plan, found.states, leader[1] if leader else [])

    # One node of it.

    def stop(self, node: str, *, graceful: bool = False) -> None:
        """Lose a node at once, or shut it down in good order."""
        control.stop(*self._at(node), graceful=graceful)

    def start(self, node: str) -> None:
        """Start a lost node again."""
        control.start(*self._at(node))

    def pause(self, node: str) -> None:
        """Freeze a node."""
        control.pause(*self._at(node))

    def resume(self, node: str) -> None:
        """Let a frozen node go on."""
        control.resume(*self._at(node))

    def cutoff(self, node: str) -> None:
        """Cut a node off from the other nodes; its API stays reachable from here."""
        control.cutoff(*self._at(node))

    def rejoin(self, node: str) -> None:
        """Connect a node again that was cut off."""
        control.rejoin(*self._at(node))

    def promote(self, node: str) -> None:
        """Make a node a manager."""
        plan = self.plan()
        control.set_role(plan, plan.node(node), "manager")

    def demote(self, node: str) -> None:
        """Make a node a worker."""
        plan = self.plan()
        control.set_role(plan, plan.node(node), "worker")

    def _at(self, node: str) -> tuple[Engine, LabPlan, NodePlan]:
        plan = self.plan()
        return self._outer(), plan, plan.node(node)

    def _outer(self) -> Engine:
        host = outer.revive(self.progress)
        if host is None:
            raise LabError(f"No lab runs on this machine: `python3 -m tests.lab up --name {self.name}`.")
        return host

    def _found(self) -> Recovered:
        found = bringup.look(self._outer(), self.name)
        if found is None:
            raise LabError(f"There is no lab '{self.name}': `python3 -m tests.lab up --name {self.name}` makes it.")
        return found


def ensure_outer(engine: str, progress: Progress) -> Engine:
    """The outer Engine. While it is installed, what the nodes are made of is made as well."""
    if outer.find() is not None or debian.present("dockerd") or not debian.is_root():
        return outer.ensure(progress)
    # One of the two has to wait for apt, and this is the shorter one.
    debian.ensure_debootstrap(progress)
    with ThreadPoolExecutor(max_workers=1) as beside:
        made = beside.submit(nodeimage.prepare, engine, progress)
        host = outer.ensure(progress)
        made.result()
    return host


def lab_of_environment(command: str) -> Lab:
    """The lab that SWARM_LAB names. Where it names none, ends the program with status 2 and the command to type."""
    name = os.environ.get("SWARM_LAB")
    if not name:
        print(f"SWARM_LAB names no lab: {command}", file=sys.stderr)
        raise SystemExit(2)
    return Lab(name)
