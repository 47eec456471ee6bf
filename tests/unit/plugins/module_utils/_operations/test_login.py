# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registry logins: handed over where nothing else is written, carried along, and missed on the way back."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import history
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError
from ansible_collections.swarm.rollout.plugins.module_utils._core.history import Revision
from ansible_collections.swarm.rollout.plugins.module_utils._engine import records
from ansible_collections.swarm.rollout.plugins.module_utils._operations import service
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.rollback import RollbackRequest, roll_back
from ansible_collections.swarm.rollout.plugins.module_utils._service_options import SERVICE_ARGUMENTS

from .conftest import MemoryEngine
from .test_write import conflict, lost, web, writes

A, B = "a.example.org/web:1", "b.example.org/web:2"
LOGIN = {"username": "u", "password": "new"}
AT_REST = {"ServiceStatus": {"RunningTasks": 1, "DesiredTasks": 1}}
BEHIND = {"ServiceStatus": {"RunningTasks": 0, "DesiredTasks": 1}}


def ran(ctx: Context, **options: Any) -> dict[str, Any]:
    """One run of `swarm_service`."""
    defaults = {name: row.get("default") for name, row in SERVICE_ARGUMENTS.items()}
    return dict(service.ensure(ctx, {**defaults, "name": "web", "resolve_image": "false", **options}))


def handed(engine: MemoryEngine) -> list[dict[str, Any] | None]:
    """The logins that came with writes of services."""
    return [json.loads(base64.urlsafe_b64decode(one)) if one else None for one in engine.auth]


def replicated(image: str, **more: Any) -> dict[str, Any]:
    return {**web(image), "Mode": {"Replicated": {"Replicas": 1}}, **more}


def test_asked_for_it_is_handed_over_although_nothing_differs(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(history.marked(replicated(A), 1), **AT_REST)
    before = copy.deepcopy(engine.services["id-web"]["Spec"])
    for _turn in range(2):
        result = ran(ctx, image=A, registry_auth=LOGIN, with_registry_auth=True)
        assert (result["changed"], result["rollout"]["outcome"]) == (False, "unchanged")
        assert result["msg"] == "web: nothing to change; the login was handed over to Swarm"
    assert engine.services["id-web"]["Spec"] == before
    assert handed(engine) == [{**LOGIN, "serveraddress": "a.example.org"}] * 2
    assert ctx.wrote == [], "nothing was changed"


def test_a_login_that_is_only_given_goes_along_with_changes(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(replicated(A), **AT_REST)
    result = ran(ctx, image=A, registry_auth=LOGIN)
    assert (result["changed"], writes(engine)) == (False, 0)
    assert "registry_auth was not handed over, since nothing else is written; with_registry_auth: true" in result["msg"]
    assert ran(ctx, image=A, registry_auth=LOGIN, labels={"a": "b"})["changed"] is True
    assert handed(engine)[-1] == {**LOGIN, "serveraddress": "a.example.org"}


def test_a_service_that_lacks_tasks_may_lack_the_login(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(replicated(A), **BEHIND)
    assert ran(ctx, image=A, registry_auth=LOGIN)["msg"].endswith("the login was handed over to Swarm")
    assert len(handed(engine)) == 1


def test_no_login_asks_and_says_nothing(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(replicated(A), **AT_REST)
    assert ran(ctx, image=A)["msg"] == "web: nothing to change"
    assert writes(engine) == 0


def test_check_mode_says_what_would_be_done(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(replicated(A), **AT_REST)
    ctx.check_mode = True
    result = ran(ctx, image=A, registry_auth=LOGIN, with_registry_auth=True)
    assert (result["changed"], writes(engine)) == (False, 0)
    assert result["msg"].endswith("the login would be handed over to Swarm")


NEVER: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("an update of the service is under way", {}, {**AT_REST, "UpdateStatus": {"State": "updating"}}),
    ("stopped half-way", {}, {**BEHIND, "UpdateStatus": {"State": "paused"}}),
    ("every write of a job runs it again", {"Mode": {"ReplicatedJob": {"TotalCompletions": 1}}}, {}),
    ("force_update: true hands it over", {"TaskTemplate": {"RestartPolicy": {"Condition": "on-failure"}}}, BEHIND),
    (
        "force_update: true hands it over",
        {"TaskTemplate": {"RestartPolicy": {"Condition": "none"}}, "Mode": {"Global": {}}},
        {"ServiceStatus": {"RunningTasks": 0, "DesiredTasks": 0}},
    ),
]


@pytest.mark.parametrize(("why", "spec", "raw"), NEVER)
def test_a_write_that_would_do_more_than_that_is_not_made(
    ctx: Context, engine: MemoryEngine, why: str, spec: dict[str, Any], raw: dict[str, Any]
) -> None:
    made = {**replicated(A), **spec}
    made["TaskTemplate"] = {**web(A)["TaskTemplate"], **spec.get("TaskTemplate", {})}
    engine.add(made, **raw)
    result = ran(ctx, image=A, registry_auth=LOGIN, with_registry_auth=True)
    assert "the login was not handed over: " in result["msg"]
    assert why in result["msg"]
    assert writes(engine) == 0


def test_it_goes_on_until_it_is_answered_and_never_over_the_work_of_others(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(replicated(A), **AT_REST)
    engine.faults["POST", "/services/id-web"] = [lost(acted=True), conflict(lambda: engine.touch("id-web"))]
    assert ran(ctx, image=A, registry_auth=LOGIN, with_registry_auth=True)["changed"] is False
    assert len(handed(engine)) == 3
    engine.faults["POST", "/services/id-web"] = [conflict(lambda: engine.touch("id-web", replicated(B)))]
    with pytest.raises(RolloutError, match="the login was not handed over, since others wrote"):
        ran(ctx, image=A, registry_auth=LOGIN, with_registry_auth=True)
    assert engine.services["id-web"]["Spec"] == replicated(B)


def test_how_an_earlier_change_ended_is_written_down_before_nobody_can_tell(ctx: Context, engine: MemoryEngine) -> None:
    records.store(ctx.api, Revision("web", 1, replicated(A), outcome="completed"))
    records.store(ctx.api, Revision("web", 2, replicated(B)))
    engine.add(history.marked(replicated(A), 1), UpdateStatus={"State": "rollback_completed"}, **AT_REST)
    ran(ctx, image=A, registry_auth=LOGIN, with_registry_auth=True)
    known = {one.number: one.outcome for one in records.list_records(ctx.api, ["web"])}
    assert known == {1: "completed", 2: "rolled_back"}


def back(ctx: Context, **asked: Any) -> dict[str, Any]:
    return roll_back(ctx, RollbackRequest("web", **asked))


def test_the_login_for_the_image_that_is_restored_travels(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(replicated(B), PreviousSpec=replicated(A))
    assert back(ctx, login=LOGIN, hand_over_login=True)["changed"] is True
    assert handed(engine) == [{**LOGIN, "serveraddress": "a.example.org"}]
    assert "rollback" not in engine.queries[-1], "Swarm's own rollback takes no login along"
    assert not any("registry" in text for text in ctx.warnings)


def in_between(ctx: Context, engine: MemoryEngine, before: str) -> None:
    """Revision 1 is that of registry A; the present one is of B, and the one before it of `before`."""
    records.store(ctx.api, Revision("web", 1, replicated(A), outcome="completed"))
    engine.add(replicated(B), PreviousSpec=replicated(before, Labels={"before": "1"}))


def test_a_login_that_swarm_keeps_of_the_previous_specification_travels(ctx: Context, engine: MemoryEngine) -> None:
    in_between(ctx, engine, A)
    back(ctx)
    assert engine.queries[0]["registryAuthFrom"] == "previous-spec"
    assert not any("registry" in text for text in ctx.warnings)


@pytest.mark.parametrize("check", [False, True])
def test_a_login_that_nobody_has_is_said_before_anything_is_written(
    ctx: Context, engine: MemoryEngine, check: bool
) -> None:
    in_between(ctx, engine, B)
    ctx.check_mode = check
    back(ctx, readiness=False)
    [said] = [text for text in ctx.warnings if "registry" in text]
    assert said.startswith("web: a.example.org/web:1 comes from the registry a.example.org, and the login that Swarm")
    assert said.endswith("give registry_auth, or with_registry_auth after a docker login")
    assert [query["registryAuthFrom"] for query in engine.queries] == ([] if check else ["spec"])
