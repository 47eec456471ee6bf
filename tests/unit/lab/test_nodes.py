# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the outer Engine is asked for a node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import nodes
from tests.lab.api import Engine
from tests.lab.errors import EngineError
from tests.lab.plan import plan_lab

PLAN = plan_lab(
    "lab", engine="26", nodes=1, managers=1, subnet="10.213.0.0/24", port_is_free=lambda _port: True, taken_ports=()
)


class Outer(Engine):
    """An Engine that refuses the first calls, each with its message."""

    def __init__(self, *refusals: str) -> None:
        super().__init__("unix:///nowhere")
        self.refusals = list(refusals)
        self.dropped: list[list[str] | None] = []

    def post(self, path: str, body: Any = None, *, timeout: float | None = None, **query: Any) -> Any:
        """Take a call down, and refuse it or not."""
        self.dropped.append(body["HostConfig"].get("CapDrop"))
        if self.refusals:
            raise EngineError(400, self.refusals.pop(0), f"POST {path}")


def test_a_node_may_not_raise_limits():
    outer = Outer()
    nodes.create(outer, PLAN, PLAN.nodes[0], "node:26")
    assert outer.dropped == [["SYS_RESOURCE"]]


def test_a_capability_that_the_machine_lacks_is_not_dropped():
    outer = Outer('invalid CapDrop: capability not supported by your kernel: "CAP_SYS_RESOURCE"')
    nodes.create(outer, PLAN, PLAN.nodes[0], "node:26")
    assert outer.dropped == [["SYS_RESOURCE"], None]


def test_any_other_refusal_is_told():
    outer = Outer("no such image")
    with pytest.raises(EngineError, match="no such image"):
        nodes.create(outer, PLAN, PLAN.nodes[0], "node:26")
    assert outer.dropped == [["SYS_RESOURCE"]]
