# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases are carried out on paper."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._engine import events
from ansible_collections.swarm.rollout.plugins.module_utils._operations import change, restore
from ansible_collections.swarm.rollout.plugins.module_utils._operations.release import bring, ensure, put_back

from ..progressive.paper import Deaf
from .paper import Free, PaperSwarm


@pytest.fixture(autouse=True)
def on_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream and no lock of a real Swarm."""
    for module in (change, events, restore):
        monkeypatch.setattr(module, "ServiceEvents", Deaf)
    for module in (bring, ensure, put_back):
        monkeypatch.setattr(module, "locked", Free)
    monkeypatch.setattr(Free, "taken", [])


@pytest.fixture
def swarm() -> PaperSwarm:
    return PaperSwarm()
