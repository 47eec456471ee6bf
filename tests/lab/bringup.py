# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings a lab up from whatever is left of it: nothing, half of it, or all of it but dead."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import control, images, machine, nodeimage, nodes, places, swarm
from .api import Engine, label_filter
from .errors import LabError
from .nodes import PortTaken, each, engine_of
from .plan import LABEL, LabPlan, NodePlan, Recovered, choose_subnet, plan_lab, ports_of, recover
from .progress import Progress

DEFAULT_NODES = 3


@dataclass(frozen=True)
class Shape:
    """What a lab shall be."""

    engine: str
    nodes: int
    managers: int


@dataclass(frozen=True)
class Wanted:
    """What somebody asks a lab to be; what is not said is as it is, or by default."""

    engine: str | None = None
    nodes: int | None = None
    managers: int | None = None

    def settled(self, name: str, found: Recovered | None) -> Shape:
        """Everything said; the user's mistake where the lab that exists is another one."""
        if found is None:
            count = self.nodes or max(self.managers or 0, DEFAULT_NODES)
            managers = self.managers if self.managers is not None else min(DEFAULT_NODES, count)
            return Shape(self.engine or nodeimage.DEFAULT_ENGINE, count, managers)
        for what, asked, have in (
            ("engine", self.engine, found.plan.engine),
            ("nodes", self.nodes, found.nodes),
            ("managers", self.managers, found.managers),
        ):
            if asked not in (None, have):
                raise LabError(
                    f"Lab '{name}' has {what} {have}, not {asked}: take it down first or use another --name."
                )
        return Shape(found.plan.engine, found.nodes, found.managers)


def look(outer: Engine, name: str) -> Recovered | None:
    """Recover a lab from the outer Engine's containers."""
    return recover(outer.get("/containers/json", all=True, filters=label_filter(f"{LABEL}={name}")), name)


def up(outer: Engine, name: str, wanted: Wanted, progress: Progress) -> LabPlan:
    """Bring a lab up; does nothing where nothing is missing."""
    found = look(outer, name)
    shape = wanted.settled(name, found)
    if found is not None and found.complete and _is_well(outer, found.plan, progress):
        progress.say(f"lab '{name}' is up: nothing to do")
        return found.plan
    image = nodeimage.ensure(outer, shape.engine, progress)
    archive = images.ensure_archive(outer, image, shape.engine, progress)
    _start(outer, name, shape, image, progress)
    found = look(outer, name)
    if found is None or not found.complete:
        raise LabError(f"Nodes of lab '{name}' ended while it came up: `up` again, or `status` to see which.")
    plan = found.plan
    swarm.ensure(plan, progress)
    load(plan, archive, "the test images", progress)
    progress.say(f"lab '{name}' is up")
    return plan


def load(plan: LabPlan, archive: Path, what: str, progress: Progress) -> None:
    """Load the images of an archive into all nodes that lack some of them."""
    lacking = _without_images(plan, archive)
    if lacking:
        progress.say(f"loading {what} into {', '.join(node.name for node in lacking)}")
        each(lambda node: engine_of(node).load(archive), lacking)


def _is_well(outer: Engine, plan: LabPlan, progress: Progress) -> bool:
    """The quick look: every Engine answers, the Swarm is whole, every image is there."""
    if not all(each(lambda node: engine_of(node).alive(2.0), plan.nodes)):
        return False
    found = swarm.leader_of(plan)
    if found is None or not swarm.whole(plan, found[1]):
        return False
    archive = images.ensure_archive(outer, nodeimage.tag(plan.engine), plan.engine, progress)
    return not _without_images(plan, archive)


def _without_images(plan: LabPlan, archive: Path) -> list[NodePlan]:
    lacking = each(lambda node: images.missing(engine_of(node), archive), plan.nodes)
    return [node for node, lacks in zip(plan.nodes, lacking, strict=True) if lacks]


def _start(outer: Engine, name: str, shape: Shape, image: str, progress: Progress) -> None:
    """Every node has a container that runs and an Engine that answers."""
    for _ in range(3):
        plan = _create_missing(outer, name, shape, image, progress)
        found = look(outer, name)
        states = found.states if found else {}
        robbed = [node for node in each(partial(_try, outer, plan, states, image, progress), plan.nodes) if node]
        if not robbed:
            return
    raise LabError(f"Other programs keep taking the ports of lab '{name}': try again.")


def _try(
    outer: Engine, plan: LabPlan, states: Mapping[str, str], image: str, progress: Progress, node: NodePlan
) -> NodePlan | None:
    """Bring one node up; give it back, removed, if another program has its port by now."""
    try:
        _bring(outer, plan, node, states.get(node.name, ""), image, progress)
    except PortTaken as error:
        progress.say(f"making {node.name} anew, another program took its port: {error}")
        nodes.remove(outer, plan, node.name)
        return node
    return None


def _create_missing(outer: Engine, name: str, shape: Shape, image: str, progress: Progress) -> LabPlan:
    """Plan the whole lab and create what is missing, so that no other lab plans the same ports meanwhile."""
    with places.locked("plan", progress):
        everything = outer.get("/containers/json", all=True, filters=label_filter(LABEL))
        found = recover(everything, name)
        plan = plan_lab(
            name,
            engine=shape.engine,
            nodes=shape.nodes,
            managers=shape.managers,
            subnet=machine.own_subnet(outer, name) or choose_subnet(machine.taken_subnets(outer)),
            port_is_free=machine.is_free,
            taken_ports=ports_of(everything),
            existing=found.plan.nodes if found else (),
        )
        nodes.ensure_network(outer, plan)
        have = found.states if found else {}
        missing = [node for node in plan.nodes if node.name not in have]
        for node in missing:
            progress.say(f"creating {node.name} (engine {plan.engine}, {node.docker_host})")
        each(lambda node: nodes.create(outer, plan, node, image), missing)
        return plan


def _bring(outer: Engine, plan: LabPlan, node: NodePlan, state: str, image: str, progress: Progress) -> None:
    """One node runs and answers, whatever state its container is in."""
    if state == "paused":
        progress.say(f"resuming {node.name}")
        outer.post(f"/containers/{plan.container(node.name)}/unpause")
    elif state != "running":
        if state != "created":
            progress.say(f"starting {node.name} again")
        nodes.start(outer, plan, node)
    elif control.is_cut(outer, plan, node):
        progress.say(f"connecting {node.name} again")
        control.rejoin(outer, plan, node)
    try:
        nodes.wait_alive(outer, plan, node)
    except LabError as error:
        progress.say(f"making {node.name} anew: {error}")
        with contextlib.suppress(LabError):
            nodes.remove(outer, plan, node.name)
        nodes.create(outer, plan, node, image)
        nodes.start(outer, plan, node)
        nodes.wait_alive(outer, plan, node)
