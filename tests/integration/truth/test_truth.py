# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random rollouts in short: every claim of twenty results against the cluster. `make truth` runs as many as are wanted.

A failure names the case, with which `make truth` runs the same again.
"""

from __future__ import annotations

import pytest

from tests.lab.lab import Lab
from tests.truth.__main__ import once
from tests.truth.case import draw

# The same in each run: a run that fails says something of the change, not of the dice, which `make soak` throws.
FIRST = 20261130


def is_true(lab: Lab, seed: int, *, nodes: bool) -> None:
    """The case of a seed: it could be run, and nothing that it said was wrong."""
    result = once(draw(seed, nodes=nodes), lab)
    assert not result.broken, f"{result.case}: {result.broken}"
    assert result.complaints == [], f"make truth ARGS=\"--case '{result.case}'\": {result.said}"


@pytest.mark.parametrize("number", range(18))
def test_beside_others(lab: Lab, number: int):
    is_true(lab, FIRST + number, nodes=False)


@pytest.mark.alone
@pytest.mark.parametrize("number", range(2))
def test_with_a_fault_on_a_node(lab: Lab, number: int):
    is_true(lab, FIRST + number, nodes=True)
