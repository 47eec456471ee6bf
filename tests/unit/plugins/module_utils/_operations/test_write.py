# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing through conflicts and lost answers: nobody's change is lost, nothing is done twice."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    EngineError,
    OutOfSequence,
    RolloutError,
    UncertainWrite,
)
from ansible_collections.swarm.rollout.plugins.module_utils._operations import write
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context

from .conftest import Fault, MemoryEngine


def web(image: str = "web:1") -> dict[str, Any]:
    return {"Name": "web", "Labels": {}, "TaskTemplate": {"ContainerSpec": {"Image": image}}}


def conflict(effect: Callable[[], Any] | None = None) -> Fault:
    return Fault(OutOfSequence("update out of sequence", 500, "update out of sequence"), effect)


def lost(effect: Callable[[], Any] | None = None, *, acted: bool) -> Fault:
    return Fault(UncertainWrite("the connection broke"), effect, acted=acted)


def go(ctx: Context, base: dict[str, Any], image: str = "web:2") -> None:
    write.update(ctx, Service.of(base), web(image), spec.NO_REFERENCES)


def image(engine: MemoryEngine) -> str:
    return str(engine.services["id-web"]["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"])


def writes(engine: MemoryEngine) -> int:
    """Writes of services; those of the history are counted where the history is tested."""
    return sum(method == "POST" and path.startswith("/services") for method, path in engine.calls)


def test_a_version_that_only_the_orchestrator_raised_is_tried_again(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [conflict(lambda: engine.touch("id-web"))] * 3
    go(ctx, base)
    assert (image(engine), writes(engine)) == ("web:2", 4)
    assert [query["version"] for query in engine.queries] == [11, 12, 13, 14]


def test_somebody_elses_change_is_not_overwritten(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [conflict(lambda: engine.touch("id-web", web("web:9")))]
    with pytest.raises(write.Superseded, match="changed image"):
        go(ctx, base)
    assert image(engine) == "web:9"
    assert ctx.wrote == []


def test_a_write_that_others_wrote_over_before_anybody_looked_may_have_arrived(
    ctx: Context, engine: MemoryEngine
) -> None:
    base = engine.add(web())
    engine.after_write = lambda: engine.touch("id-web", web("web:9"))
    engine.faults["POST", "/services/id-web"] = [lost(acted=True)]
    with pytest.raises(write.Superseded, match="changed image"):
        go(ctx, base)
    assert (image(engine), ctx.wrote) == ("web:9", ["web"])


@pytest.mark.parametrize("meddle", [["web:2"], ["web:9", "web:2"]], ids=["the same again", "there and back"])
def test_swarms_own_rollback_leads_to_what_was_meant_or_is_not_asked_for(
    ctx: Context, engine: MemoryEngine, meddle: list[str]
) -> None:
    base = engine.add(web("web:2"), PreviousSpec=web("web:1"))

    def theirs() -> None:
        for text in meddle:
            engine.touch("id-web", web(text))

    engine.faults["POST", "/services/id-web"] = [conflict(theirs)]
    with pytest.raises(write.Superseded, match="what Swarm would go back to is not what was meant any more"):
        write.update(ctx, Service.of(base), web("web:1"), spec.NO_REFERENCES, rollback=True)
    assert (image(engine), ctx.wrote) == ("web:2", [])


def test_swarms_own_rollback_is_asked_for_again_where_only_the_version_moved(
    ctx: Context, engine: MemoryEngine
) -> None:
    base = engine.add(web("web:2"), PreviousSpec=web("web:1"))
    engine.faults["POST", "/services/id-web"] = [conflict(lambda: engine.touch("id-web")), lost(acted=False)]
    write.update(ctx, Service.of(base), web("web:1"), spec.NO_REFERENCES, rollback=True)
    assert (image(engine), writes(engine)) == ("web:1", 3)


def test_endless_conflicts_end(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [conflict(lambda: engine.touch("id-web")) for n in range(99)]
    with pytest.raises(write.Superseded, match="nothing of theirs was overwritten"):
        go(ctx, base)
    assert writes(engine) == write.ATTEMPTS


def test_a_connection_that_always_breaks_is_nobody_elses_doing(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [lost(acted=False) for n in range(99)]
    with pytest.raises(
        RolloutError, match="none of 12 attempts to write it arrived, the last one since the connection broke"
    ) as caught:
        go(ctx, base)
    assert not isinstance(caught.value, write.Superseded)
    assert writes(engine) == write.ATTEMPTS
    assert ctx.wrote == [], "the task would say that it changed something"


def test_a_lost_answer_to_a_write_that_happened_is_recognised(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [lost(acted=True)]
    go(ctx, base)
    assert (image(engine), writes(engine)) == ("web:2", 1)
    assert ctx.wrote == ["web"]


def test_a_lost_answer_to_a_write_that_did_not_happen_is_repeated(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [lost(acted=False)]
    go(ctx, base)
    assert (image(engine), writes(engine)) == ("web:2", 2)


def test_a_write_that_is_seen_in_the_specification_has_arrived_whatever_the_version_says(
    ctx: Context, engine: MemoryEngine
) -> None:
    base = engine.add(web())
    engine.after_write = lambda: engine.services["id-web"]["Version"].update(Index=base["Version"]["Index"])
    engine.faults["POST", "/services/id-web"] = [lost(acted=True)]
    write.update(ctx, Service.of(copy.deepcopy(base)), web("web:2"), spec.NO_REFERENCES)
    assert (image(engine), writes(engine), ctx.wrote) == ("web:2", 1, ["web"])


def test_a_service_that_vanished_meanwhile_is_said(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [conflict(engine.services.clear)]
    with pytest.raises(write.Superseded, match="removed by somebody else"):
        go(ctx, base)


def test_managers_that_come_back_are_waited_for(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    engine.faults["POST", "/services/id-web"] = [lost(acted=True)]
    engine.faults["GET", "/services"] = [RolloutError("no leader") for n in range(8)]
    go(ctx, base)
    assert image(engine) == "web:2"


def test_a_lost_answer_to_a_create_makes_no_second_service(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults["POST", "/services/create"] = [lost(acted=True)]
    assert write.create(ctx, "web", web(), spec.NO_REFERENCES) == "id-web"
    assert (writes(engine), ctx.wrote) == (1, ["web"])


def test_a_create_that_did_not_happen_is_repeated(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults["POST", "/services/create"] = [lost(acted=False)]
    assert write.create(ctx, "web", web(), spec.NO_REFERENCES) == "id-web"
    assert writes(engine) == 2


def in_use(effect: Callable[[], Any] | None = None) -> Fault:
    return Fault(EngineError("name in use", 409, "rpc error: name conflicts with an existing object"), effect)


def test_a_create_that_arrives_after_it_was_looked_for_is_recognised(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults["POST", "/services/create"] = [lost(acted=False), in_use(lambda: engine.add(web()))]
    assert write.create(ctx, "web", web(), spec.NO_REFERENCES) == "id-web"
    assert ctx.wrote == ["web"]


def test_a_name_in_use_after_a_lost_create_may_be_ours(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults["POST", "/services/create"] = [lost(acted=False), in_use()]
    with pytest.raises(write.Superseded, match="somebody else created a service of this name"):
        write.create(ctx, "web", web(), spec.NO_REFERENCES)
    assert ctx.wrote == ["web"]


def test_a_name_in_use_is_somebody_elses(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults["POST", "/services/create"] = [in_use()]
    with pytest.raises(write.Superseded, match="somebody else created a service of this name"):
        write.create(ctx, "web", web(), spec.NO_REFERENCES)
    assert ctx.wrote == []


def test_another_service_of_the_same_name_is_not_taken_for_ours(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults["POST", "/services/create"] = [lost(lambda: engine.add(web("web:9")), acted=False)]
    with pytest.raises(write.Superseded, match="same moment, or has changed it since"):
        write.create(ctx, "web", web(), spec.NO_REFERENCES)
    assert ctx.wrote == ["web"], "it may have been ours, and have been changed since"


def test_the_nodes_keep_their_registry_login_unless_a_new_one_is_given(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(web())
    go(ctx, base)
    assert engine.queries[-1]["registryAuthFrom"] == "spec"
    again = engine.services["id-web"]
    write.update(ctx, Service.of(again), web("web:3"), spec.NO_REFERENCES, registry_auth="secret")
    assert "registryAuthFrom" not in engine.queries[-1]


def placed(placement: dict[str, Any] | None, image: str = "web:1") -> dict[str, Any]:
    """The specification with that placement; None leaves it without any."""
    found = web(image)
    if placement is not None:
        found["TaskTemplate"]["Placement"] = placement
    return found


def bodies(engine: MemoryEngine) -> list[Any]:
    """The placement in each write of the service."""
    return [one["TaskTemplate"].get("Placement") for one in engine.sent]


HERE = {"Constraints": ["node.role == manager"]}


def test_a_service_with_a_placement_keeps_at_least_an_empty_one(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(placed(HERE))
    write.update(ctx, Service.of(base), placed(None), spec.NO_REFERENCES)
    assert bodies(engine) == [{}]


def test_a_service_that_gets_its_first_placement_has_an_empty_one_before(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(placed(None))
    write.update(ctx, Service.of(base), placed(HERE, "web:2"), spec.NO_REFERENCES)
    assert bodies(engine) == [{}, HERE]
    assert engine.services["id-web"]["PreviousSpec"]["TaskTemplate"]["Placement"] == {}
    assert engine.services["id-web"]["PreviousSpec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "web:1"


def test_who_changes_it_between_both_writes_is_not_overwritten(ctx: Context, engine: MemoryEngine) -> None:
    base = engine.add(placed(None))
    engine.after_write = lambda: engine.touch("id-web", placed(None, "web:9"))
    with pytest.raises(write.Superseded, match="changed image"):
        write.update(ctx, Service.of(base), placed(HERE), spec.NO_REFERENCES)
    assert image(engine) == "web:9"


def test_while_tasks_move_there_is_one_write_only(ctx: Context, engine: MemoryEngine) -> None:
    base = {**engine.add(placed(None)), "UpdateStatus": {"State": "paused"}}
    write.update(ctx, Service.of(base), placed(HERE), spec.NO_REFERENCES)
    assert bodies(engine) == [HERE]


@pytest.mark.parametrize(
    ("present", "previous", "swarms_own"),
    [(HERE, {}, True), (HERE, None, False), (None, None, True), (None, HERE, False)],
)
def test_swarms_own_rollback_is_used_where_both_have_a_placement_or_none(
    ctx: Context,
    engine: MemoryEngine,
    present: dict[str, Any] | None,
    previous: dict[str, Any] | None,
    swarms_own: bool,
) -> None:
    base = engine.add(placed(present, "web:2"), PreviousSpec=placed(previous))
    current = Service.of(base)
    leads = write.leads_back(current, placed(previous), spec.NO_REFERENCES)
    write.update(ctx, current, placed(previous), spec.NO_REFERENCES, rollback=leads)
    assert ("rollback" in engine.queries[-1] and bool(engine.queries[-1]["rollback"])) is swarms_own
    if not swarms_own:
        assert None not in bodies(engine)
