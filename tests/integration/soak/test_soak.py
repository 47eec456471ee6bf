# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nobody who asks notices a progressive rollout: the soak in short. `make soak-load` is the long form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.lab import Lab
from tests.soak.place import Place, Soaked
from tests.soak.progressive import aborted, killed, through

pytestmark = pytest.mark.alone


@pytest.fixture
def place(lab: Lab) -> Iterator[Place]:
    """A service behind the edge, on an empty lab."""
    lab.clean()
    found = Place(lab, rate=100.0)
    yield found
    found.close()


def unnoticed(soaked: Soaked) -> None:
    """Every request was answered as it should."""
    assert soaked.load["total"] > 0
    assert soaked.load["failed"] == 0, soaked.load["failures"][:10]


def test_a_good_rollout_under_load(place: Place):
    soaked = through(place, requests=2000)
    unnoticed(soaked)
    assert set(soaked.load["versions"]) == {"indent", "movies"}


def test_an_aborted_one_under_load(place: Place):
    unnoticed(aborted(place, requests=1000))


def test_killed_at_random_moments_under_load(place: Place):
    unnoticed(killed(place, times=4))
