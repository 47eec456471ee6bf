# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a plan is made, what it costs, and what it forbids."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.history import Revision
from ansible_collections.swarm.rollout.plugins.module_utils._core.plan import WorldMoved
from ansible_collections.swarm.rollout.plugins.module_utils._engine import records
from ansible_collections.swarm.rollout.plugins.module_utils._operations import apply, plan, remove
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.draft import Request

from .conftest import MemoryEngine
from .test_write import web, writes

PLANNING = ["/tasks", "/nodes", "/images/web%3A2/json"]


def request(plan_id: str | None = None, *, strict: bool = False, **options: Any) -> Request:
    return Request("web", spec.parse(options), resolve_image="false", strict=strict, plan_id=plan_id)


def risky() -> dict[str, Any]:
    return {**web(), "UpdateConfig": {"Parallelism": 1, "FailureAction": "continue"}}


def asked(engine: MemoryEngine) -> list[str]:
    return [path for _method, path in engine.calls if path in PLANNING]


def test_a_plain_change_makes_no_plan(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    assert apply.apply(ctx, request(image="web:2"))["plan"] is None
    assert not asked(engine)


def test_check_mode_makes_one_with_three_calls(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    ctx.check_mode = True
    found = apply.apply(ctx, request(image="web:2"))["plan"]
    assert (found["action"], found["changes"][0]["option"]) == ("in_place", "image")
    assert sorted(asked(engine)) == sorted(PLANNING)


def test_check_mode_of_nothing_asks_nothing(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    ctx.check_mode = True
    found = apply.apply(ctx, request("p1.whatever", image="web:1", strict=True))["plan"]
    assert (found["action"], found["id"]) == ("nothing", None)
    assert not asked(engine)


def test_strict_refuses_warnings_before_anything_is_written(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(risky())
    engine.tasks = [{"ID": "t", "ServiceID": "id-web", "Slot": 1, "DesiredState": "running", "Spec": {}}]
    with pytest.raises(plan.TooRisky, match="strict refuses this change") as refused:
        apply.apply(ctx, request(image="web:2", strict=True))
    assert writes(engine) == 0
    assert [one["code"] for one in refused.value.partial["plan"]["warnings"]][-1] == "failure_action_continue"
    assert refused.value.partial["changes"] == ["image"]


def test_a_plan_is_followed_while_it_holds(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    given = plan.preview(ctx, request(image="web:2")).id
    result = apply.apply(ctx, request(given, image="web:2"))
    assert result["plan"]["id"] == given
    assert writes(engine) == 1
    # Done already: there is nothing that could be refused.
    assert apply.apply(ctx, request(given, image="web:2"))["changed"] is False


def test_a_plan_that_is_outdated_is_refused(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    given = plan.preview(ctx, request(image="web:2")).id
    engine.touch("id-web", {**web(), "Labels": {"by": "somebody"}})
    with pytest.raises(WorldMoved, match="which changed its specification") as refused:
        apply.apply(ctx, request(given, image="web:2"))
    assert writes(engine) == 0
    assert refused.value.partial["plan"]["id"] != given


@pytest.mark.parametrize(("bases", "seconds"), [([0, 5], 2.0), ([0], 50.0)])
def test_what_replaced_tasks_before_tells_more_than_what_created_them(
    ctx: Context, engine: MemoryEngine, bases: list[int], seconds: float
) -> None:
    engine.add({**web(), "Mode": {"Replicated": {"Replicas": 2}}})
    engine.tasks = [{"ID": "t%d" % n, "ServiceID": "id-web", "Slot": n, "DesiredState": "running"} for n in (1, 2)]
    for number, base in enumerate(bases, 1):
        swap = 2.0 if base else 50.0
        records.store(ctx.api, Revision("web", number, web(), base=base, outcome="completed", swap=swap))
    found = plan.preview(ctx, request(image="web:2"))
    assert [batch.starts_at for batch in found.batches] == [0.0, seconds]


def test_a_removal_is_planned_and_held_to_it(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    ctx.check_mode = True
    given = remove.absent(ctx, "web")["plan"]
    assert given["action"] == "remove"
    ctx.check_mode = False
    engine.touch("id-web")
    with pytest.raises(WorldMoved, match="written since"):
        remove.absent(ctx, "web", given["id"])
    assert "id-web" in engine.services
    ctx.check_mode = True
    again = remove.absent(ctx, "web")["plan"]["id"]
    ctx.check_mode = False
    assert remove.absent(ctx, "web", again)["changed"] is True
