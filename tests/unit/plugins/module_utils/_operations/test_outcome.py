# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The timeline in a result: one listing where something was changed, none where not, and never a reason to fail."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service, Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import State, Verdict
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError
from ansible_collections.swarm.rollout.plugins.module_utils._core.timeline import Sightings
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written
from ansible_collections.swarm.rollout.plugins.module_utils._engine.watch import Watched
from ansible_collections.swarm.rollout.plugins.module_utils._operations.outcome import conclude

SPEC: dict[str, Any] = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "web:2"}}}


def raw(clock: Any, name: str, created: float, state: str, at: float, desired: str = "running") -> dict[str, Any]:
    """A task of slot 1; times in seconds from now."""
    now = clock.time()
    return {
        "ID": name,
        "ServiceID": "id-web",
        "Slot": 1,
        "NodeID": "n1",
        "CreatedAt": written(now + created),
        "DesiredState": desired,
        "Spec": SPEC["TaskTemplate"],
        "Status": {"State": state, "Timestamp": written(now + at)},
    }


def concluded(ctx: Any, changed: bool, *seen: dict[str, Any], listed: Any = None) -> dict[str, Any]:
    """The result of a watch that met those tasks a moment after the start, and ended well three seconds later.

    `listed` are all tasks, where its last look had them.
    """
    begun = ctx.now()
    service = Service.of({"ID": "id-web", "Spec": SPEC})
    looks = Sightings()
    looks.note([Task.of(one) for one in seen], ctx.clock.time() + 1.5)
    state = State(progress_at=0.0, unsettled_at=0.0, cut=ctx.clock.time())
    ctx.clock.sleep(3.0)
    watched = Watched(state, Verdict("completed", ""), service, {}, looks, listed, fresh=True)
    result = {"changed": changed}
    return conclude(ctx, "web", [watched], SPEC, SPEC, ctx.since(begun), result)


def test_a_change_lists_the_tasks_once_and_tells_the_old_ones(ctx: Any, engine: Any):
    old = raw(ctx.clock, "old", -60, "shutdown", 2.0, "shutdown")
    new = raw(ctx.clock, "new", 0.5, "running", 1.0)
    engine.tasks = [old, new]
    rollout = concluded(ctx, True, new)["rollout"]
    assert engine.calls == [("GET", "/tasks")]
    assert [(one["task"], one["old"]) for one in rollout["timeline"]] == [("old", True), ("new", False)]
    assert rollout["timeline"][0]["spans"][-1] == {"state": "draining", "from": 1.0, "to": 2.0}
    assert rollout["timeline_omitted"] == 0


def test_what_the_last_look_listed_is_not_asked_for_again(ctx: Any, engine: Any):
    old = Task.of(raw(ctx.clock, "old", -60, "shutdown", 2.0, "shutdown"))
    new = raw(ctx.clock, "new", 0.5, "running", 1.0)
    rollout = concluded(ctx, True, new, listed=(old, Task.of(new)))["rollout"]
    assert engine.calls == []
    assert [(one["task"], one["old"]) for one in rollout["timeline"]] == [("old", True), ("new", False)]


def test_after_something_else_was_waited_for_the_tasks_are_listed_again(ctx: Any, engine: Any):
    new = raw(ctx.clock, "new", 0.5, "running", 1.0)
    engine.tasks = [raw(ctx.clock, "old", -60, "shutdown", 2.0, "shutdown"), new]
    ctx.measure = object()
    rollout = concluded(ctx, True, new, listed=(Task.of(new),))["rollout"]
    assert engine.calls == [("GET", "/tasks")]
    assert [one["task"] for one in rollout["timeline"]] == ["old", "new"]


def test_nothing_is_asked_where_nothing_was_changed(ctx: Any, engine: Any):
    rollout = concluded(ctx, False, raw(ctx.clock, "new", 0.5, "running", 1.0))["rollout"]
    assert engine.calls == []
    assert (rollout["timeline"], rollout["timeline_omitted"]) == ([], 0)


def test_a_listing_that_fails_changes_no_outcome(ctx: Any, engine: Any):
    engine.faults["GET", "/tasks"] = [EngineError("gone", 500, "gone")]
    rollout = concluded(ctx, True, raw(ctx.clock, "new", 0.5, "running", 1.0))["rollout"]
    assert rollout["outcome"] == "completed"
    assert [one["task"] for one in rollout["timeline"]] == ["new"]


@pytest.mark.parametrize("sightings", [None, Sightings()])
def test_a_service_that_is_gone_has_no_timeline(ctx: Any, engine: Any, sightings: Any):
    watched = Watched(State(0.0, 0.0), Verdict("completed", ""), None, {}, sightings, fresh=True)
    rollout = conclude(ctx, "web", [watched], SPEC, None, ctx.now(), {"changed": True})["rollout"]
    assert (engine.calls, rollout["timeline"]) == ([], [])
