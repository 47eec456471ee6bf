# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cast of services for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions
from tests.integration.cluster import Cluster

from .scenes import Cast


@pytest.fixture(scope="module")
def cast(docker_hosts: list[str]) -> Iterator[Cast]:
    """Makes services that are gone at the end of the file."""
    api = Api(ConnectionOptions.of({"docker_host": docker_hosts[0]}, {}))
    found = Cast(api, Cluster(docker_hosts[0]))
    yield found
    found.close()
    api.close()
