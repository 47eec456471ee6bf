# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault matrix in short: a few quick cells of each family. `make soak` runs all of them, again and again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.faults import keeper
from tests.faults.cell import Result
from tests.faults.matrix import place_of
from tests.faults.record import sentence
from tests.lab.lab import Lab

pytestmark = pytest.mark.alone

# Those that leave nodes and images alone run side by side.
TOGETHER = (
    "progressive/controller:killed",
    "update-stop-first/api:lost-after",
    "rollback/api:out-of-sequence",
    "release/api:lost-before",
    "update-start-first/objects:config",
    "create/others:second-run",
    "progressive/tasks:unhealthy",
    "update-start-first/tasks:crash-at-once",
)
ALONE = (
    "progressive/managers:talked-to",
    "progressive/workers:killed",
    "rollback/images:missing-on-one",
    "update-start-first/room:none",
)


@pytest.fixture(scope="module")
def started(lab: Lab) -> Iterator[dict[str, Future[Result]]]:
    """The cells that run side by side, all of them under way."""
    lab.clean()
    with ThreadPoolExecutor(4) as workers:
        yield {name: workers.submit(once, name, lab) for name in TOGETHER}


def once(name: str, lab: Lab) -> Result:
    """One run of a cell; what it draws can be drawn again with the seed that a failure names."""
    return keeper.run(place_of(name), secrets.randbelow(1 << 31), lab)


def good(result: Result) -> None:
    """Nothing is wrong."""
    assert result.passed, f"seed {result.seed}: {sentence(result)}"


@pytest.mark.parametrize("name", TOGETHER)
def test_beside_others(started: dict[str, Future[Result]], name: str):
    good(started[name].result())


@pytest.mark.parametrize("name", ALONE)
def test_alone(lab: Lab, name: str):
    if len(lab.settings()["docker_hosts"]) < 3:
        pytest.skip("needs three managers")
    result = once(name, lab)
    if not result.passed:
        # The next one is not to suffer from it.
        keeper.mend(lab)
    good(result)
