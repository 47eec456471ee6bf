# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removing a service removes its lock."""

from __future__ import annotations

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed
from ansible_collections.swarm.rollout.plugins.module_utils._operations import remove
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context

from .conftest import MemoryEngine

LOOK = ("GET", "/configs/swarm-rollout.web.lock")


def test_one_call_where_there_is_none(ctx: Context, engine: MemoryEngine) -> None:
    assert remove.absent(ctx, "web")["changed"] is False
    assert engine.calls.count(LOOK) == 1
    assert ctx.warnings == []


def test_none_in_check_mode(ctx: Context, engine: MemoryEngine) -> None:
    ctx.check_mode = True
    remove.absent(ctx, "web")
    assert LOOK not in engine.calls


def test_trouble_is_a_warning(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults[LOOK] = [ConnectionFailed("no manager answers")]
    assert remove.absent(ctx, "web")["changed"] is False
    assert ctx.warnings == ["web: its lock could not be deleted: no manager answers"]
