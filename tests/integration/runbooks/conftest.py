# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of runbooks share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.runbooks.books import Books
from tests.integration.together import marked
from tests.lab.lab import Lab


@pytest.fixture(scope="session")
def hosts(lab: Lab) -> list[str]:
    """The addresses of all managers."""
    return list(lab.settings()["docker_hosts"])


@pytest.fixture
def stage(request: pytest.FixtureRequest, hosts: list[str]) -> Iterator[Any]:
    """The test's place in the Swarm; a marked test gets its own where it runs."""
    if marked(request.node):
        yield None
        return
    found = Books(request.node.name, hosts)
    yield found
    found.close()
