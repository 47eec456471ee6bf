# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Once a service was written to, no single read that is lost ends a task or keeps it from telling the truth."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed
from tests.unit.plugins.module_utils._operations.release.paper import entry

from . import desk

RUNS: dict[str, tuple[str, dict[str, Any]]] = {
    **desk.CHANGES,
    "another mode": ("swarm_service", entry("web", "web:9", mode="global", allow_recreate=True)),
    "steps": (
        "swarm_service",
        entry("web", "web:9", replicas=3, steps=[1, "100%"], checks=[{"tasks": {"healthy_for": "1s"}}]),
    ),
    "steps that fail": ("swarm_service", entry("web", "web:8", replicas=3, steps=[1, "100%"])),
    "an update that fails": (
        "swarm_service",
        entry("web", "web:8", update_config={"failure_action": "rollback", "monitor": "1s"}),
    ),
    "advanced": ("swarm_rollout", {"name": "api", "state": "advanced"}),
    "promoted": ("swarm_rollout", {"name": "api", "state": "promoted"}),
    "aborted": ("swarm_rollout", {"name": "api", "state": "aborted"}),
    "a release that fails": desk.CHANGES["release"],
}


def carried_out(name: str, lost: int | None) -> tuple[desk.Ended, dict[str, Any], int]:
    """The run without the answer to one of its reads after the first write; what is then; how many such reads it has.

    The door has tried twice by then: it is no answer that comes at the second attempt.
    """
    module, options = RUNS[name]
    swarm = desk.stocked()
    if module == "swarm_rollout":
        with desk.on_paper(swarm):
            waiting = desk.run(
                "swarm_service", entry("api", "api:9", replicas=3, steps=[1, "100%"], step_pause="manual")
            )
        assert not waiting.failed, waiting.message
    swarm.dies.update(("web:8",), ("web:3",) * (name == "a release that fails"))
    call = swarm._call
    reads, written = 0, False

    def meddled(method: str, path: str, act: Any = lambda: None) -> Any:
        nonlocal reads, written
        if method != "GET":
            written = written or path.startswith("/services")
        elif written:
            reads += 1
            if reads == lost:
                raise ConnectionFailed("it broke")
        return call(method, path, act)

    with mock.patch.object(swarm, "_call", meddled), desk.on_paper(swarm):
        ended = desk.run(module, options)
    desk.orderly(ended)
    return ended, swarm.plain(), reads


@pytest.mark.parametrize("name", sorted(RUNS))
def test_a_read_that_is_lost_ends_nothing(name: str) -> None:
    whole, there, reads = carried_out(name, None)
    assert whole.failed == name.endswith(("that fail", "that fails")), whole.message
    assert reads
    for lost in range(1, reads + 1):
        ended, found, _reads = carried_out(name, lost)
        assert (ended.failed, found) == (whole.failed, there), (lost, ended.message)
        assert outcome(ended) == outcome(whole), (lost, ended.message)


def outcome(ended: desk.Ended) -> Any:
    """What it says of the end."""
    return (ended.result.get("release") or ended.result.get("rollout") or {}).get("outcome")
