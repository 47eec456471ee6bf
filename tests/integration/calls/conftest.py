# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of Engine calls share: a place in the Swarm and a counting door in front of one manager."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.stage import Stage
from tests.lab.door import Door
from tests.lab.lab import Lab


@pytest.fixture
def door(stage: Stage) -> Iterator[Door]:
    """The Engine's door: every call through it is counted."""
    with Door(stage.host) as door:
        yield door


@pytest.fixture(scope="module", autouse=True)
def empty_swarm(lab: Lab) -> Iterator[None]:
    """Nobody else's services are in the listings, before and after."""
    lab.clean()
    yield
    lab.clean()
