# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The id of a plan: equal while nothing moved, and a refusal that says what did."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.plan import WorldMoved, refuse_if_moved

from .paper import node, plan, service, service_spec, task

BEFORE = service_spec()
AFTER = service_spec("web:2")
NODES = (node(1), node(2), node(3))
TASKS = tuple(task(slot, slot, BEFORE) for slot in (1, 2, 3))


def made(before: Any = BEFORE, after: Any = AFTER, nodes: Any = NODES, tasks: Any = TASKS, version: int = 10) -> str:
    return str(plan(before, after, nodes, tasks, version=version).id)


def refusal(given: str, now: str, nodes: Any = NODES) -> str:
    with pytest.raises(WorldMoved) as refused:
        refuse_if_moved(given, now, service(BEFORE), nodes)
    return refused.value.message


def holds(given: str, now: str) -> bool:
    try:
        refuse_if_moved(given, now, service(BEFORE), NODES)
    except WorldMoved:
        return False
    return True


def test_it_holds_while_nothing_moved() -> None:
    assert holds(made(), made())
    assert holds(" %s\n" % made(), made(nodes=NODES[::-1], tasks=TASKS[::-1]))
    assert not holds(made(), made(version=12))


def test_another_services_tasks_do_not_matter() -> None:
    assert holds(made(), made(tasks=[*TASKS, task(4, 1, BEFORE, service="s2")]))
    assert not holds(made(), made(tasks=[*TASKS, task(4, 1, BEFORE)]))


CHANGED = [node(1), node(2, availability="drain"), node(3)]


@pytest.mark.parametrize(
    ("now", "nodes", "said"),
    [
        (made(version=12), NODES, "written since (version 10 then, 12 now), without a change of its specification"),
        (made(service_spec("web:3"), version=12), NODES, "(version 10 then, 12 now), which changed its specification"),
        (made(None, tasks=[]), NODES, "it was removed meanwhile"),
        (made(after=service_spec("web:9")), NODES, "this task or its image's digest asks for another specification"),
        (made(nodes=CHANGED), CHANGED, "node node2 changed (now ready, drain)"),
        (made(nodes=[*NODES, node(4)]), [*NODES, node(4)], "node node4 joined"),
        (made(nodes=NODES[:2]), NODES[:2], "1 node left"),
        (made(tasks=[*TASKS[:2], task(3, 1, BEFORE)]), NODES, "tasks were replaced, moved or changed their state"),
    ],
)
def test_what_moved_is_said(now: str, nodes: Any, said: str) -> None:
    assert said in refusal(made(), now, nodes)


def test_a_service_made_meanwhile_is_said() -> None:
    assert "it was created meanwhile" in refusal(made(None, tasks=[]), made())


def test_many_nodes_share_one_fingerprint() -> None:
    many = [node(number) for number in range(1, 40)]
    given = made(nodes=many)
    assert len(given) < 60
    assert "nodes changed" in refusal(given, made(nodes=many[:-1]), many)


@pytest.mark.parametrize("wrong", ["", "p1", "p2.1.x", "yes"])
def test_what_is_no_id_is_refused(wrong: str) -> None:
    with pytest.raises(OptionError, match=r"plan\.id"):
        refuse_if_moved(wrong, made(), service(BEFORE), NODES)
