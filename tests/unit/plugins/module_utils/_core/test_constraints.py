# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Constraints as the scheduler reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.constraints import first_unmet, matches

from .plan.paper import node

HERE = node(
    1, role="manager", labels={"zone": "A", "Zone": "other"}, engine_labels={"disk": "ssd"}, address="192.168.7.9"
)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("node.id == n001", True),
        ("node.id==N001", True),
        ("node.id != n001", False),
        ("node.hostname == node1", True),
        ("node.hostname == NODE1", True),
        ("node.hostname != node2", True),
        ("node.role == manager", True),
        ("node.role==worker", False),
        ("NODE.ROLE == Manager", True),
        ("node.platform.os == linux", True),
        ("node.platform.arch == x86_64", True),
        ("node.platform.arch == amd64", False),
        ("node.labels.zone == a", True),
        ("node.labels.zone != a", False),
        ("node.labels.Zone == other", True),
        ("node.labels.ZONE == a", False),
        ("node.labels.none == x", False),
        ("node.labels.none != x", True),
        ("engine.labels.disk == ssd", True),
        ("engine.labels.disk != ssd", False),
        ("engine.labels.none != ssd", True),
        ("node.ip == 192.168.7.9", True),
        ("node.ip == 192.168.7.0/24", True),
        ("node.ip != 192.168.7.0/24", False),
        ("node.ip != 10.0.0.1", True),
        ("node.ip == nonsense", False),
        ("node.ip != nonsense", False),
        ("node.nothing == 1", False),
        ("node.nothing != 1", False),
        ("node.labels. == 1", False),
        ("no operator", False),
    ],
)
def test_one_constraint(text: str, met: bool) -> None:
    assert matches([text], HERE) is met


def test_all_have_to_hold_and_the_first_that_does_not_is_named() -> None:
    texts = ["node.role == manager", "node.labels.zone == b", "node.hostname == other"]
    assert first_unmet(texts, HERE) == "node.labels.zone == b"
    assert matches([], HERE)


@given(st.text("ab", min_size=1), st.text("ab", min_size=1))
def test_equal_and_unequal_are_opposites(has: str, wanted: str) -> None:
    there = node(1, labels={"x": has})
    assert matches(["node.labels.x == " + wanted], there) != matches(["node.labels.x != " + wanted], there)
