# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When something happened, by the Engine's own stamps."""

from __future__ import annotations

from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant
from tests.integration.cluster import Json


def seconds(text: str) -> float:
    """An instant of the Engine, seconds since the epoch."""
    found = instant(text)
    assert found is not None, text
    return found


def created(task: Json) -> float:
    """When the orchestrator made the task."""
    return seconds(task["CreatedAt"])


def reached(task: Json) -> float:
    """When the task came to its present state."""
    return seconds(task["Status"]["Timestamp"])
