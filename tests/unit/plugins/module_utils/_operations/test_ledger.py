# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records: one per change, closed truthfully, by few calls, whatever happens on the way."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import history
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    ConnectionFailed,
    EngineError,
    RolloutError,
    UncertainWrite,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.history import Revision
from ansible_collections.swarm.rollout.plugins.module_utils._engine import records
from ansible_collections.swarm.rollout.plugins.module_utils._operations import returning
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.ledger import Keeping, Ledger

from .conftest import Fault, MemoryEngine
from .test_write import conflict, web


def held(engine: MemoryEngine, spec: dict[str, Any], **more: Any) -> Service:
    return Service.of(engine.add(spec, **more))


def stored(ctx: Context) -> dict[int, str]:
    return {revision.number: revision.outcome for revision in records.list_records(ctx.api, ["web"])}


def put(ctx: Context, number: int, outcome: str = "completed", **more: Any) -> None:
    records.store(ctx.api, Revision("web", number, more.pop("spec", web("web:1")), outcome=outcome, **more))


def configs(engine: MemoryEngine) -> list[str]:
    return ["%s %s" % (verb, path.split("/")[-1]) for verb, path in engine.calls if path.startswith("/configs")]


def test_a_change_takes_three_calls(ctx: Context, engine: MemoryEngine) -> None:
    current = held(engine, history.marked(web("web:1"), 1))
    put(ctx, 1)
    engine.calls.clear()
    ledger = Ledger(ctx, "web", Keeping())
    wanted = ledger.begin(current, web("web:2"))
    ledger.end("completed", 2.0, Service.of({"Spec": wanted}))
    assert configs(engine) == ["POST create", "GET configs", "POST update"]
    assert stored(ctx) == {1: "completed", 2: "completed"}


@pytest.mark.parametrize(
    ("taken", "spec", "more"),
    [
        # Swarm took back 2: the label is still that of 1, and its previous specification is gone.
        ((1, 2), history.marked(web("web:1"), 1), {"UpdateStatus": {"State": "rollback_completed"}}),
        # A rollback of Swarm's own to 1, recorded as 3, from 2.
        (
            (1, 2, 3),
            history.marked(web("web:1"), 1),
            {"UpdateStatus": {"State": "rollback_completed"}, "PreviousSpec": history.marked(web("web:2"), 2)},
        ),
    ],
)
def test_after_a_rollback_the_next_number_is_known_without_a_call(
    ctx: Context, engine: MemoryEngine, taken: tuple[int, ...], spec: dict[str, Any], more: dict[str, Any]
) -> None:
    current = held(engine, spec, **more)
    for number in taken:
        put(ctx, number)
    engine.calls.clear()
    ledger = Ledger(ctx, "web", Keeping())
    ledger.begin(current, web("web:9"))
    assert (ledger.number, configs(engine)) == (len(taken) + 1, ["POST create"])


def test_whether_a_record_arrived_is_asked_until_told(ctx: Context, engine: MemoryEngine) -> None:
    lost = Fault(UncertainWrite("lost"), acted=True)
    engine.faults[("POST", "/configs/create")] = [lost]
    engine.faults[("GET", "/configs")] = [ConnectionFailed("no manager"), EngineError("busy", 500, "busy")]
    wanted = Ledger(ctx, "web", Keeping()).begin(held(engine, history.marked(web("web:1"), 1)), web("web:2"))
    marker = history.read(wanted)
    assert (marker.number if marker else None, ctx.warnings) == (2, [])
    assert stored(ctx) == {2: "pending"}


def test_the_outcome_is_written_as_soon_as_somebody_answers_again(ctx: Context, engine: MemoryEngine) -> None:
    ledger = Ledger(ctx, "web", Keeping())
    wanted = ledger.begin(held(engine, history.marked(web("web:1"), 1)), web("web:2"))
    engine.faults[("GET", "/configs")] = [ConnectionFailed("no manager")]
    ledger.end("completed", 2.0, Service.of({"Spec": wanted}))
    assert (stored(ctx)[2], ctx.warnings) == ("completed", [])


def test_what_the_engine_refuses_is_not_asked_again(ctx: Context, engine: MemoryEngine) -> None:
    ledger = Ledger(ctx, "web", Keeping())
    wanted = ledger.begin(held(engine, history.marked(web("web:1"), 1)), web("web:2"))
    engine.calls.clear()
    engine.faults[("GET", "/configs")] = [EngineError("no right", 403, "no right")]
    ledger.end("completed", 2.0, Service.of({"Spec": wanted}))
    assert any("the outcome is not recorded" in text for text in ctx.warnings)
    assert configs(engine) == ["GET configs"]


def test_an_answer_that_was_lost_makes_no_second_record(ctx: Context, engine: MemoryEngine) -> None:
    lost = Fault(UncertainWrite("lost"), acted=True)
    engine.faults[("POST", "/configs/create")] = [lost, UncertainWrite("lost before it arrived")]
    ledger = Ledger(ctx, "web", Keeping(cause="a"))
    ledger.begin(None, web("web:1"))
    assert (ledger.number, list(stored(ctx))) == (1, [1])
    second = Ledger(ctx, "web", Keeping(cause="b"))
    second.begin(None, web("web:1"))
    assert (second.number, list(stored(ctx))) == (2, [1, 2])


def test_a_name_that_holds_something_unreadable_is_passed_by(ctx: Context, engine: MemoryEngine) -> None:
    ctx.api.post("/configs/create", body={"Name": history.object_name("web", 1), "Labels": {}, "Data": "eA=="})
    ledger = Ledger(ctx, "web", Keeping())
    ledger.begin(None, web("web:1"))
    assert ledger.number == 2


def test_what_another_controller_guessed_is_written_over(ctx: Context, engine: MemoryEngine) -> None:
    put(ctx, 1)
    current = held(engine, history.marked(web("web:1"), 1))
    ledger = Ledger(ctx, "web", Keeping())
    ledger.begin(current, web("web:2"))

    def guess() -> None:
        other = next(r for r in records.list_records(ctx.api, ["web"]) if r.number == 2)
        records.relabel(ctx.api, Revision(**{**other.__dict__, "outcome": "superseded"}))

    engine.faults[("POST", "/configs/c")] = [conflict(guess)]
    ledger.end("completed", 1.0)
    assert stored(ctx) == {1: "completed", 2: "completed"}
    assert ctx.warnings == []


def test_an_outcome_that_others_always_write_over_first_is_said_to_be_missing(
    ctx: Context, engine: MemoryEngine
) -> None:
    ledger = Ledger(ctx, "web", Keeping())
    ledger.begin(held(engine, web("web:1")), web("web:2"))
    engine.faults[("POST", "/configs/c")] = [conflict()] * 999
    ledger.end("completed", 1.0)
    assert any("the outcome is not recorded in its history: others wrote" in text for text in ctx.warnings)


def test_one_who_was_overtaken_leaves_the_others_records_alone(ctx: Context, engine: MemoryEngine) -> None:
    current = held(engine, history.marked(web("web:1"), 1))
    first, second = Ledger(ctx, "web", Keeping()), Ledger(ctx, "web", Keeping())
    first.begin(current, web("web:2"))
    second.begin(current, web("web:3"))
    put(ctx, 1)
    second.end("superseded", None)
    assert stored(ctx) == {1: "completed", 2: "pending", 3: "superseded"}


def test_a_change_that_was_never_written_leaves_no_record(ctx: Context, engine: MemoryEngine) -> None:
    current = held(engine, history.marked(web("web:1"), 1))
    put(ctx, 1)
    ledger = Ledger(ctx, "web", Keeping())
    ledger.begin(current, web("web:2"))
    ledger.give_up()
    assert (stored(ctx), ledger.number, ctx.warnings) == ({1: "completed"}, None, [])


def test_an_error_after_the_write_is_a_failure_or_not_known_yet(ctx: Context, engine: MemoryEngine) -> None:
    current = held(engine, history.marked(web("web:1"), 1))
    put(ctx, 1)
    ctx.wrote.append("web")  # by an earlier change
    ledger = Ledger(ctx, "web", Keeping())
    wanted = ledger.begin(current, web("web:2"))
    ctx.wrote.append("web")
    ledger.give_up()
    assert stored(ctx)[2] == "failed"
    again = Ledger(ctx, "web", Keeping())
    wanted = again.begin(current, web("web:2"))
    engine.touch("id-web", dict(wanted))
    again.give_up()
    assert stored(ctx)[3] == "pending"


def test_others_work_is_recorded_once(ctx: Context, engine: MemoryEngine) -> None:
    put(ctx, 1)
    current = held(engine, {**history.marked(web("web:1"), 1), "Mode": {"Replicated": {"Replicas": 7}}})
    for cause in ("a", "b"):
        ledger = Ledger(ctx, "web", Keeping(cause=cause))
        ledger.begin(current, web("web:2"))
        assert ledger.previous == 2
    known = records.list_records(ctx.api, ["web"])
    assert [(one.number, one.outside, one.cause) for one in known[1:]] == [
        (2, True, "changed outside at index %d" % current.version),
        (3, False, "a"),
        (4, False, "b"),
    ]


@pytest.mark.parametrize(("state", "worth"), [("", "adopted"), ("paused", "paused"), ("updating", "superseded")])
def test_others_work_is_good_only_where_it_works(ctx: Context, engine: MemoryEngine, state: str, worth: str) -> None:
    current = held(engine, web("web:9"), UpdateStatus={"State": state})
    Ledger(ctx, "web", Keeping()).begin(current, web("web:2"))
    assert stored(ctx)[1] == worth


def test_a_history_that_cannot_be_written_is_a_warning(ctx: Context, engine: MemoryEngine) -> None:
    engine.faults[("POST", "/configs/create")] = [EngineError("denied", 403, "authorization denied by plugin")]
    ledger = Ledger(ctx, "web", Keeping())
    assert ledger.begin(None, web("web:1")) == web("web:1")
    ledger.end("completed", 1.0)
    ledger.give_up()
    assert (ledger.number, len(ctx.warnings)) == (None, 1)
    assert "not recorded" in ctx.warnings[0]


def test_a_specification_that_is_too_large_is_a_warning(ctx: Context) -> None:
    import random

    noise = random.Random(1)
    huge = web("web:1")
    huge["Noise"] = {str(n): "%x" % noise.getrandbits(4000) for n in range(1000)}
    assert Ledger(ctx, "web", Keeping()).begin(None, huge) == huge
    assert "a record holds 480" in ctx.warnings[0]


def on_its_way(**config: Any) -> dict[str, Any]:
    return history.marked({**web("web:1"), "UpdateConfig": config}, 3, returning=True)


def test_a_way_back_that_was_left_is_seen_and_ended(ctx: Context, engine: MemoryEngine) -> None:
    own = {**web("web:1"), "UpdateConfig": {"Parallelism": 1}}
    put(ctx, 3, history.PENDING, spec=own, restores=1)
    way = returning.look_at(ctx, held(engine, on_its_way(Parallelism=5)))
    assert way.unfinished
    result: dict[str, Any] = {"changed": False, "rollout": {}}
    returning.finish(ctx, way, result)
    marker = history.read(engine.services["id-web"]["Spec"])
    assert marker is not None
    assert (marker.number, marker.intact) == (3, True)
    assert engine.services["id-web"]["Spec"]["UpdateConfig"] == {"Parallelism": 1}
    assert (result["changed"], result["changes"], stored(ctx)) == (
        True,
        ["update_config.parallelism"],
        {3: "completed"},
    )


@pytest.mark.parametrize("why", ["still moving", "changed by others", "no record", "ordinary"])
def test_a_way_back_that_is_somebody_elses_business(ctx: Context, engine: MemoryEngine, why: str) -> None:
    spec = on_its_way(Parallelism=5)
    if why == "changed by others":
        spec["Mode"] = {"Replicated": {"Replicas": 9}}
    if why == "ordinary":
        spec = history.marked(web("web:1"), 3)
    if why != "no record":
        put(ctx, 3, spec={**web("web:1"), "UpdateConfig": {"Parallelism": 1}}, restores=1)
    engine.calls.clear()
    current = held(engine, spec, UpdateStatus={"State": "updating" if why == "still moving" else ""})
    assert not returning.look_at(ctx, current).unfinished
    assert len(engine.calls) == (0 if why in ("changed by others", "ordinary") else 1)


def test_give_up_without_a_manager_leaves_it_open(ctx: Context, engine: MemoryEngine) -> None:
    ledger = Ledger(ctx, "web", Keeping())
    ledger.begin(None, web("web:1"))
    engine.faults[("GET", "/services")] = [RolloutError("no manager")]
    ledger.give_up()
    assert stored(ctx) == {1: "pending"}
