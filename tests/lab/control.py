# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to one node: lose it, freeze it, cut it off, change its role; and bring it back."""

from __future__ import annotations

import time

from . import nodes, swarm
from .api import Engine
from .errors import EngineError, LabError
from .plan import LabPlan, NodePlan

# Only the traffic between the nodes stops: the node's API and its published ports stay reachable,
# and no connection is closed politely, as when a cable is pulled.
CUT = """
iptables -w -N LAB-CUTOFF 2>/dev/null || iptables -w -F LAB-CUTOFF
iptables -w -A LAB-CUTOFF -s {gateway} -j RETURN
iptables -w -A LAB-CUTOFF -d {gateway} -j RETURN
iptables -w -A LAB-CUTOFF -s {address} -d {address} -j RETURN
iptables -w -A LAB-CUTOFF -s {subnet} -j DROP
iptables -w -A LAB-CUTOFF -d {subnet} -j DROP
for chain in INPUT OUTPUT FORWARD; do
  iptables -w -C $chain -j LAB-CUTOFF 2>/dev/null || iptables -w -I $chain -j LAB-CUTOFF
done
"""
UNCUT = "iptables -w -n -L LAB-CUTOFF >/dev/null 2>&1 || exit 0; iptables -w -F LAB-CUTOFF"
IS_CUT = "iptables -w -S LAB-CUTOFF 2>/dev/null | grep -q DROP && echo cut || echo whole"


def stop(outer: Engine, plan: LabPlan, node: NodePlan, *, graceful: bool = False) -> None:
    """Lose the node at once, as when the power fails; or shut its Engine down in good order."""
    name = plan.container(node.name)
    if _state(outer, plan, node) == "paused":
        outer.post(f"/containers/{name}/unpause")
    try:
        if graceful:
            outer.post(f"/containers/{name}/stop", t=30, timeout=60)
        else:
            outer.post(f"/containers/{name}/kill")
    except EngineError as error:
        # It was not running.
        if error.status not in (304, 409):
            raise
    _wait(outer, plan, node, ("exited", "dead"))


def start(outer: Engine, plan: LabPlan, node: NodePlan) -> None:
    """Start a lost node again; its Engine finds its way back into the Swarm."""
    nodes.start(outer, plan, node)
    nodes.wait_alive(outer, plan, node)


def pause(outer: Engine, plan: LabPlan, node: NodePlan) -> None:
    """Freeze everything on the node: connections stay open and nothing answers."""
    tries = 5
    while _state(outer, plan, node) != "paused":
        try:
            outer.post(f"/containers/{plan.container(node.name)}/pause")
        except EngineError as error:
            # The kernel gives up on a group of busy processes that it cannot stop at once.
            tries -= 1
            if "unable to freeze" not in str(error) or not tries:
                raise


def resume(outer: Engine, plan: LabPlan, node: NodePlan) -> None:
    """Let a frozen node go on."""
    if _state(outer, plan, node) == "paused":
        outer.post(f"/containers/{plan.container(node.name)}/unpause")


def cutoff(outer: Engine, plan: LabPlan, node: NodePlan) -> None:
    """Cut the node off from all other nodes and the registries."""
    script = CUT.format(gateway=plan.host(1), address=node.address, subnet=plan.subnet)
    outer.run(plan.container(node.name), ["sh", "-ec", script])


def rejoin(outer: Engine, plan: LabPlan, node: NodePlan) -> None:
    """Connect a node again that was cut off."""
    outer.run(plan.container(node.name), ["sh", "-c", UNCUT])


def is_cut(outer: Engine, plan: LabPlan, node: NodePlan) -> bool:
    """Tell whether a running node is cut off."""
    return "cut" in outer.run(plan.container(node.name), ["sh", "-c", IS_CUT]).split()


def set_role(plan: LabPlan, node: NodePlan, role: str) -> None:
    """Promote or demote a node, and wait until it acts in its new role."""
    swarm.change_node(plan, node.name, role=role)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = swarm.leader_of(plan)
        for member in found[1] if found else []:
            if member["Description"].get("Hostname") == node.name:
                reached = (member.get("ManagerStatus") or {}).get("Reachability") == "reachable"
                if reached == (role == "manager"):
                    return
        time.sleep(0.1)
    raise LabError(f"{node.name} did not become a {role} within 30 s: see `python3 -m tests.lab status`.")


def _state(outer: Engine, plan: LabPlan, node: NodePlan) -> str:
    return str(outer.get(f"/containers/{plan.container(node.name)}/json")["State"]["Status"])


def _wait(outer: Engine, plan: LabPlan, node: NodePlan, states: tuple[str, ...]) -> None:
    deadline = time.monotonic() + 30
    while _state(outer, plan, node) not in states:
        if time.monotonic() > deadline:
            raise LabError(f"{node.name} did not stop within 30 s.")
        time.sleep(0.05)
