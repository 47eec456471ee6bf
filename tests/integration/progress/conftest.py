# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of live progress share; most of them run side by side, see `tests.integration.together`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.progress.plays import Plays
from tests.integration.together import marked
from tests.lab.lab import Lab


@pytest.fixture(scope="session")
def hosts(lab: Lab) -> Iterator[list[str]]:
    """The addresses of all managers; at the end the Swarm is empty again."""
    yield list(lab.settings()["docker_hosts"])
    lab.clean()


@pytest.fixture
def stage(request: pytest.FixtureRequest, hosts: list[str]) -> Iterator[Plays | None]:
    """The test's place in the Swarm; a marked test gets its own where it runs."""
    if marked(request.node):
        yield None
        return
    found = Plays(request.node.name, hosts)
    yield found
    found.close()
