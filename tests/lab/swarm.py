# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one Swarm of the nodes, and mends it when nodes were lost."""

from __future__ import annotations

import contextlib
import threading
import time
from queue import SimpleQueue
from typing import Any

from .api import Engine
from .errors import EngineError, EngineGone, LabError
from .nodes import each, engine_of
from .plan import LabPlan, NodePlan
from .progress import Progress

SWARM_PORT = 2377
# Without a quorum a manager thinks about its answer for a long time.
IMPATIENT = 4.0


def leader_of(plan: LabPlan) -> tuple[NodePlan, list[dict[str, Any]]] | None:
    """A manager that knows a leader, and the list of nodes it gives; None where there is no quorum.

    All are asked at once and the first good answer counts: one that is cut off is slow to say so.
    """
    answers: SimpleQueue[tuple[NodePlan, list[dict[str, Any]]] | None] = SimpleQueue()

    def ask(node: NodePlan) -> None:
        try:
            members = engine_of(node).get("/nodes", timeout=IMPATIENT)
        except LabError:
            members = []
        answers.put((node, members) if is_governed(members) else None)

    for node in plan.running:
        threading.Thread(target=ask, args=(node,), daemon=True).start()
    for _ in plan.running:
        answer = answers.get()
        if answer is not None:
            return answer
    return None


def is_governed(members: list[dict[str, Any]]) -> bool:
    """Tell whether these nodes have a leader that most managers follow.

    A leader that was cut off calls itself the leader for some ten seconds more.
    """
    managers = [member["ManagerStatus"] for member in members if member.get("ManagerStatus")]
    reachable = [manager for manager in managers if manager.get("Reachability") == "reachable"]
    return any(manager.get("Leader") for manager in managers) and len(reachable) * 2 > len(managers)


def whole(plan: LabPlan, members: list[dict[str, Any]]) -> bool:
    """Tell whether exactly the planned nodes are in the Swarm, ready, in their roles."""
    if len(members) != len(plan.nodes):
        return False
    roles = {node.name: node.role for node in plan.nodes}
    return all(_is_well(member, roles) for member in members)


def _is_well(member: dict[str, Any], roles: dict[str, str]) -> bool:
    role = roles.get(member["Description"].get("Hostname", ""))
    return (
        role == member["Spec"]["Role"]
        and member["Status"]["State"] == "ready"
        and member["Spec"]["Availability"] == "active"
        and (role != "manager" or (member.get("ManagerStatus") or {}).get("Reachability") == "reachable")
    )


def ensure(plan: LabPlan, progress: Progress) -> None:
    """Make the planned nodes one whole Swarm, whatever state they are in."""
    if _has_quorum(plan, progress) and _mend_until_whole(plan, progress, timeout=60):
        return
    progress.say(f"making a Swarm of {len(plan.managers)} managers and {len(plan.workers)} workers")
    first = plan.nodes[0]
    each(_leave, plan.nodes)
    engine_of(first).post(
        "/swarm/init",
        {"ListenAddr": f"{first.address}:{SWARM_PORT}", "AdvertiseAddr": first.address, "Spec": {}},
        timeout=60,
    )
    if not _mend_until_whole(plan, progress, timeout=90):
        raise LabError(f"Lab '{plan.name}' did not become whole: `down --name {plan.name}`, then `up` again.")


def _has_quorum(plan: LabPlan, progress: Progress) -> bool:
    """Tell whether there is a Swarm that can be mended; wait for the election where one may be under way."""
    states = each(lambda node: engine_of(node).info()["Swarm"], plan.nodes)
    alive = {state.get("NodeID") for state in states if state.get("ControlAvailable")}
    starting = any(state.get("LocalNodeState") == "pending" for state in states)
    if not alive and not starting:
        return False
    deadline = time.monotonic() + 25
    said = False
    while time.monotonic() < deadline:
        found = leader_of(plan)
        if found is not None:
            # What a manager still says in the first seconds after it lost the others is out of date.
            managers = [member["ID"] for member in found[1] if member["Spec"]["Role"] == "manager"]
            return starting or len(alive & set(managers)) * 2 > len(managers)
        if not said:
            progress.say("waiting for the managers to elect a leader (up to 25 s)")
            said = True
        time.sleep(0.3)
    return False


def _mend_until_whole(plan: LabPlan, progress: Progress, *, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = leader_of(plan)
        if found is not None:
            if whole(plan, found[1]):
                return True
            # While managers come and go, calls fail that succeed in the next round.
            with contextlib.suppress(EngineError, EngineGone):
                _mend(plan, *found, progress)
        time.sleep(0.2)
    return False


def _mend(plan: LabPlan, manager: NodePlan, members: list[dict[str, Any]], progress: Progress) -> None:
    """One round of repair: forget who is gone, join who is missing, give back roles and availability."""
    engine = engine_of(manager)
    states = each(lambda node: engine_of(node).info()["Swarm"], plan.nodes)
    if any(state.get("LocalNodeState") == "pending" for state in states):
        # It is on its way in or out; whoever judges it now judges wrongly.
        return
    own = {
        node.name: state.get("NodeID", "")
        for node, state in zip(plan.nodes, states, strict=True)
        if state.get("LocalNodeState") == "active"
    }
    for member in members:
        if member["ID"] not in own.values():
            _forget(engine, member, progress)
    known = {member["ID"] for member in members}
    for node in plan.nodes:
        if own.get(node.name) not in known:
            _join(engine, manager, node, progress)
    wanted = {own[node.name]: node for node in plan.nodes if node.name in own}
    for member in engine.get("/nodes", timeout=IMPATIENT):
        node_plan = wanted.get(member["ID"])
        if node_plan is not None:
            spec = {**member["Spec"], "Role": node_plan.role, "Availability": "active"}
            if spec != member["Spec"]:
                progress.say(f"making {node_plan.name} an active {node_plan.role} again")
                _update(engine, member, spec)


def _join(engine: Engine, manager: NodePlan, node: NodePlan, progress: Progress) -> None:
    progress.say(f"joining {node.name} as {node.role}")
    _leave(node)
    tokens = engine.get("/swarm", timeout=IMPATIENT)["JoinTokens"]
    try:
        engine_of(node).post(
            "/swarm/join",
            {
                "ListenAddr": f"{node.address}:{SWARM_PORT}",
                "AdvertiseAddr": node.address,
                "RemoteAddrs": [f"{manager.address}:{SWARM_PORT}"],
                "JoinToken": tokens["Manager" if node.role == "manager" else "Worker"],
            },
            timeout=60,
        )
    except EngineError as error:
        # The Engine goes on in the background; the next round sees how it went.
        progress.say(f"{node.name} has not joined yet: {error.message}")


def _forget(engine: Engine, member: dict[str, Any], progress: Progress) -> None:
    progress.say(f"forgetting a node that is gone ({member['Description'].get('Hostname', '')})")
    if member["Spec"]["Role"] == "manager":
        _update(engine, member, {**member["Spec"], "Role": "worker"})
    try:
        engine.delete(f"/nodes/{member['ID']}", force=True)
    except EngineError:
        # A manager takes a moment to stop being one; the next round tries again.
        return


def _update(engine: Engine, member: dict[str, Any], spec: dict[str, Any]) -> None:
    try:
        engine.post(f"/nodes/{member['ID']}/update", spec, version=member["Version"]["Index"])
    except EngineError as error:
        # The Swarm writes to its nodes too; the next round starts from the newer version.
        if "out of sequence" not in error.message and error.status not in (400, 409, 412):
            raise


def _leave(node: NodePlan) -> None:
    try:
        engine_of(node).post("/swarm/leave", timeout=30, force=True)
    except EngineGone:
        raise
    except EngineError:
        # It was in no Swarm.
        return


def change_node(plan: LabPlan, name: str, *, role: str | None = None, availability: str | None = None) -> None:
    """Change a node's role or availability by way of any manager."""
    plan.node(name)
    for _ in range(5):
        found = leader_of(plan)
        if found is None:
            raise LabError(f"Lab '{plan.name}' has no leader: `up` mends it.")
        manager, members = found
        for member in members:
            if member["Description"].get("Hostname") == name and member["Status"]["State"] != "unknown":
                wanted = {"Role": role, "Availability": availability}
                spec = {**member["Spec"], **{key: value for key, value in wanted.items() if value}}
                if spec == member["Spec"]:
                    return
                _update(engine_of(manager), member, spec)
        time.sleep(0.1)
