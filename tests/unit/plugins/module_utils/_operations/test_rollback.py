# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a rollback acts, when it leaves alone, and what it sends."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import history, spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    EngineError,
    OptionError,
    RolloutError,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.history import Aim, Revision
from ansible_collections.swarm.rollout.plugins.module_utils._engine import records
from ansible_collections.swarm.rollout.plugins.module_utils._operations import lookup
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.rollback import RollbackRequest, roll_back

from .conftest import MemoryEngine
from .test_write import conflict, image, web, writes


def updated(engine: MemoryEngine, state: str = "completed") -> None:
    engine.add(web("web:2"), PreviousSpec=web("web:1"), UpdateStatus={"State": state})


def test_the_previous_specification_comes_back_by_swarms_own_rollback(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    result = roll_back(ctx, RollbackRequest("web"))
    assert (result["changed"], result["changes"], image(engine)) == (True, ["image"], "web:1")
    assert engine.queries[-1]["rollback"] == "previous"


def test_from_image_makes_a_second_run_a_no_op(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    assert roll_back(ctx, RollbackRequest("web", from_image="web:2"))["changed"] is True
    assert roll_back(ctx, RollbackRequest("web", from_image="web:2"))["changed"] is False
    assert (image(engine), writes(engine)) == ("web:1", 1)


def test_whoever_is_second_at_the_same_moment_waits_with_the_first(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    theirs = conflict(lambda: engine.touch("id-web", web("web:1")))
    engine.faults["POST", "/services/id-web"] = [theirs]
    result = roll_back(ctx, RollbackRequest("web", from_image="web:2"))
    assert (result["changed"], result["rollout"]["outcome"], result["changes"]) == (False, "unchanged", [])
    assert "at the same moment" in result["msg"]
    assert (image(engine), writes(engine)) == ("web:1", 1)


def test_whoever_is_second_to_something_else_is_superseded(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    engine.faults["POST", "/services/id-web"] = [conflict(lambda: engine.touch("id-web", web("web:3")))]
    with pytest.raises(RolloutError, match="somebody else changed image") as failed:
        roll_back(ctx, RollbackRequest("web", from_image="web:2"))
    assert failed.value.partial["rollout"]["outcome"] == "superseded"
    assert (image(engine), writes(engine)) == ("web:3", 1)


@pytest.mark.parametrize("asked", [{"from_image": "web:2"}, {}])
def test_a_rollback_that_got_stuck_goes_on(ctx: Context, engine: MemoryEngine, asked: dict[str, Any]) -> None:
    # Its specification is the former one already, and some of its tasks are not.
    engine.add(web("web:1"), PreviousSpec=web("web:2"), UpdateStatus={"State": "rollback_paused", "Message": "failed"})
    result = roll_back(ctx, RollbackRequest("web", **asked))
    assert (result["changed"], result["rollout"]["outcome"]) == (True, "applied")
    assert (image(engine), writes(engine)) == ("web:1", 1)
    assert "rollback" not in engine.queries[-1], "Swarm's own rollback would go forward again"


def test_check_mode_says_that_a_stuck_rollback_would_go_on(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web("web:1"), PreviousSpec=web("web:2"), UpdateStatus={"State": "rollback_paused", "Message": "failed"})
    ctx.check_mode = True
    result = roll_back(ctx, RollbackRequest("web", from_image="web:2"))
    assert (result["changed"], writes(engine)) == (True, 0)
    assert "got stuck would go on" in result["msg"]


def test_an_update_elsewhere_that_paused_is_no_rollback(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web("web:3"), PreviousSpec=web("web:2"), UpdateStatus={"State": "paused", "Message": "failed"})
    result = roll_back(ctx, RollbackRequest("web", from_image="web:1"))
    assert (result["changed"], result["rollout"]["outcome"], writes(engine)) == (False, "unchanged", 0)


def test_the_result_of_a_rollback_is_left_alone(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine, "rollback_completed")
    result = roll_back(ctx, RollbackRequest("web"))
    assert (result["changed"], writes(engine)) == (False, 0)
    assert any("force: true" in text for text in ctx.warnings)
    assert roll_back(ctx, RollbackRequest("web", force=True))["changed"] is True


def test_nothing_to_go_back_to_is_one_sentence(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web("web:2"))
    with pytest.raises(RolloutError, match="nothing to go back to") as failed:
        roll_back(ctx, RollbackRequest("web"))
    assert failed.value.kind == "nothing_to_go_back_to"


def scaled(spec: dict[str, Any], replicas: int, force_update: int = 0) -> dict[str, Any]:
    template = {**spec["TaskTemplate"], "ForceUpdate": force_update}
    return {**spec, "TaskTemplate": template, "Mode": {"Replicated": {"Replicas": replicas}}}


def test_the_result_of_swarms_own_rollback_is_known_after_its_status_is_gone(
    ctx: Context, engine: MemoryEngine
) -> None:
    # Somebody wrote the same once more, to hand a registry login over for instance.
    spec = history.marked(web("web:1"), 1)
    for number, image_then, restores in ((1, "web:1", None), (2, "web:2", None), (3, "web:1", 1)):
        one = Revision("web", number, web(image_then), outcome="completed", restores=restores)
        records.store(ctx.api, one)
    engine.add(spec, PreviousSpec=spec)
    result = roll_back(ctx, RollbackRequest("web"))
    assert (result["changed"], writes(engine)) == (False, 0)
    assert any("already is the result of a rollback" in text for text in ctx.warnings)


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("asked", [{}, {"explicit": True}, {"from_image": "web:2"}, {"force": True}])
@pytest.mark.parametrize("state", ["completed", "", "rollback_completed"])
def test_a_previous_specification_that_is_the_present_one_leads_nowhere(
    ctx: Context, engine: MemoryEngine, asked: dict[str, Any], check: bool, state: str
) -> None:
    # As after the same stack file was deployed twice; Swarm's own rollback then says that it is completed.
    engine.add(web("web:2"), PreviousSpec=web("web:2"), UpdateStatus={"State": state})
    ctx.check_mode = check
    with pytest.raises(RolloutError, match=r"nothing to go back to: .*previous specification is the present") as failed:
        roll_back(ctx, RollbackRequest("web", **asked))
    assert (failed.value.kind, writes(engine)) == ("nothing_to_go_back_to", 0)


@pytest.mark.parametrize("asked", [{"from_image": "web:9"}, {"aim": Aim(number=1), "explicit": True}])
def test_what_is_there_already_stays_green(ctx: Context, engine: MemoryEngine, asked: dict[str, Any]) -> None:
    engine.add(web("web:2"), PreviousSpec=web("web:2"))
    records.store(ctx.api, Revision("web", 1, web("web:2"), outcome="completed"))
    result = roll_back(ctx, RollbackRequest("web", **asked))
    assert (result["changed"], result["rollout"]["outcome"]) == (False, "unchanged")


@pytest.mark.parametrize(("keep", "after"), [(True, 4), (False, 2)])
def test_the_number_of_replicas_stays_where_only_swarm_knows_what_was_before(
    ctx: Context, engine: MemoryEngine, keep: bool, after: int
) -> None:
    engine.add(scaled(web("web:2"), 4, 7), PreviousSpec=scaled(web("web:1"), 2, 6))
    roll_back(ctx, RollbackRequest("web", aim=Aim(keep_replicas=keep)))
    found = engine.services["id-web"]["Spec"]
    assert (image(engine), found["Mode"]["Replicated"]["Replicas"]) == ("web:1", after)
    assert found["TaskTemplate"]["ForceUpdate"] == 7, "the counter of forced updates is no setting"


def test_a_scale_is_nothing_to_go_back_from(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(scaled(web("web:2"), 4), PreviousSpec=scaled(web("web:2"), 2))
    with pytest.raises(RolloutError, match="number of replicas, which keep_replicas: false restores; declare"):
        roll_back(ctx, RollbackRequest("web"))
    assert roll_back(ctx, RollbackRequest("web", aim=Aim(keep_replicas=False)))["changes"] == ["replicas"]


def test_the_way_that_led_here_is_no_way_on(ctx: Context, engine: MemoryEngine) -> None:
    # A rollback that travelled as an update leaves itself as Swarm's previous specification.
    config = {"Parallelism": 5}
    way = history.marked({**web("web:1"), "UpdateConfig": config}, 3, returning=True)
    engine.add(history.marked(web("web:1"), 3), PreviousSpec=way)
    with pytest.raises(RolloutError, match="nothing to go back to"):
        roll_back(ctx, RollbackRequest("web", force=True))
    assert writes(engine) == 0


def test_an_unknown_service_is_refused(ctx: Context) -> None:
    with pytest.raises(OptionError, match="no such service"):
        roll_back(ctx, RollbackRequest("web"))


def test_check_mode_shows_the_target_and_writes_nothing(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    ctx.check_mode = True
    result = roll_back(ctx, RollbackRequest("web"))
    assert (result["swarm_service"]["image"], writes(engine)) == ("web:1", 0)


def override(**config: Any) -> RollbackRequest:
    return RollbackRequest("web", override=spec.parse({"rollback_config": config}))


def test_other_settings_travel_as_an_update(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    roll_back(ctx, override(parallelism=0, order="start-first"))
    assert "rollback" not in engine.queries[-1]
    sent = engine.services["id-web"]["Spec"]["UpdateConfig"]
    assert (sent["Parallelism"], sent["Order"], sent["FailureAction"]) == (0, "start-first", "pause")
    assert image(engine) == "web:1"


def test_settings_that_are_stored_already_need_no_detour(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    roll_back(ctx, override(parallelism=1))
    assert engine.queries[-1]["rollback"] == "previous"


def test_a_rollback_that_rolls_back_is_refused() -> None:
    with pytest.raises(OptionError, match=r"rollback_config\.failure_action"):
        spec.parse({"rollback_config": {"failure_action": "rollback"}})


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (['config "a"'], 'the config "a" that was deleted; one created again under its name is another object'),
        (['config "a"', 'secret "b"'], 'the config "a" and the secret "b" that were deleted; those created again'),
    ],
)
def test_what_is_gone_does_not_come_back_under_its_name(missing: list[str], said: str) -> None:
    assert lookup.gone(missing).startswith(said)


def test_all_that_is_missing_is_one_sentence(ctx: Context) -> None:
    networks = spec.Networks({}, {"n1": "back", "n2": "front"})
    lost = {"TaskTemplate": {"Networks": [{"Target": one} for one in ("n1", "n2", "n3")]}}
    assert lookup.lacking(ctx.api, networks, lost, lost) == (
        'the network "back" and the network "front" that were deleted; those created again under their names will do; '
        "and the network that was deleted and of which only the ID n3 is recorded"
    )
    secret = {"SecretID": "s1", "SecretName": "db", "File": {"Name": "db"}}
    assert lookup.lacking(ctx.api, networks, {"TaskTemplate": {"ContainerSpec": {"Secrets": [secret]}}}) == (
        'the secret "db" that was deleted; one created again under its name is another object'
    )


def on(network: str, image: str) -> dict[str, Any]:
    template = {"ContainerSpec": {"Image": image}, "Networks": [{"Target": network}]}
    return {"Name": "web", "Labels": {}, "TaskTemplate": template}


def moved(ctx: Context, engine: MemoryEngine, names: dict[str, str]) -> None:
    """Revision 1 was attached to n1, which is gone; revision 2 is in force, on n2."""
    engine.networks["n2"] = "front"
    records.store(ctx.api, Revision("web", 1, on("n1", "web:1"), outcome="completed", networks=names))
    records.store(ctx.api, Revision("web", 2, on("n2", "web:2"), outcome="completed"))
    engine.add(history.marked(on("n2", "web:2"), 2), PreviousSpec=history.marked(on("n1", "web:1"), 1))


def recorded(ctx: Context) -> dict[int, str]:
    return {one.number: one.outcome for one in records.list_records(ctx.api, ["web"])}


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"n1": "back"}, 'revision 1 is not possible: it needs the network "back" that was deleted; one created'),
        ({}, "it needs the network that was deleted and of which only the ID n1 is recorded; choose another revision"),
    ],
)
def test_a_network_that_is_gone_is_said_before_anything_is_written(
    ctx: Context, engine: MemoryEngine, names: dict[str, str], said: str, check: bool
) -> None:
    moved(ctx, engine, names)
    ctx.check_mode = check
    with pytest.raises(RolloutError) as failed:
        roll_back(ctx, RollbackRequest("web"))
    assert said in failed.value.message
    assert (writes(engine), recorded(ctx)) == (0, {1: "completed", 2: "completed"})


def test_a_network_that_was_made_again_is_found_by_its_name(ctx: Context, engine: MemoryEngine) -> None:
    moved(ctx, engine, {"n1": "back"})
    engine.networks["n9"] = "back"
    aim = RollbackRequest("web", aim=Aim(number=1), explicit=True)
    assert roll_back(ctx, aim)["changed"] is True
    assert engine.services["id-web"]["Spec"]["TaskTemplate"]["Networks"] == [{"Target": "n9"}]
    assert "rollback" not in engine.queries[-1], "Swarm's own would lead to the network that is gone"
    assert any("the network back was deleted and created again since revision 1" in text for text in ctx.warnings)
    # The record of the way back tells what it is called, and a second run changes nothing.
    assert records.list_records(ctx.api, ["web"])[-1].networks == {"n9": "back"}
    ctx.warnings.clear()
    again = roll_back(ctx, aim)
    assert (again["changed"], writes(engine)) == (False, 1)
    assert not any("network" in text for text in ctx.warnings)


def test_a_rollback_that_the_engine_refuses_leaves_no_record(ctx: Context, engine: MemoryEngine) -> None:
    updated(engine)
    records.store(ctx.api, Revision("web", 1, web("web:1"), outcome="completed"))
    engine.faults["POST", "/services/id-web"] = [EngineError("network n1 not found", 404, "network n1 not found")]
    with pytest.raises(EngineError, match="network n1 not found"):
        roll_back(ctx, RollbackRequest("web"))
    # What others had made of it is true, and stays.
    assert recorded(ctx) == {1: "completed", 2: "adopted"}
