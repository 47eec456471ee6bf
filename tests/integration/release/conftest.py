# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of releases share: shops that stand side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.release.shop import Shop
from tests.lab.lab import Lab


@pytest.fixture(scope="session")
def lab_with_images(lab: Lab) -> Lab:
    """The lab, with the images of the shop on all nodes."""
    lab.shop()
    return lab


@pytest.fixture
def shop(lab_with_images: Lab) -> Iterator[Shop]:
    """A shop with names of its own; everything of it is gone afterwards."""
    found = Shop(lab_with_images)
    yield found
    found.close()
