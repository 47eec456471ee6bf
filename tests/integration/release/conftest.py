# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of releases share: a shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.release.shop import Shop
from tests.lab.lab import Lab


@pytest.fixture
def shop(lab: Lab) -> Iterator[Shop]:
    """A shop on an empty lab; everything of it is gone afterwards."""
    lab.clean()
    found = Shop(lab)
    yield found
    found.close()
