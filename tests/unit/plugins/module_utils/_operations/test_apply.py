# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written and what is not; that the cluster then follows is proved on real engines."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    EngineError,
    MissingReference,
    OptionError,
    RolloutFailed,
    UnsupportedError,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Line, Narrator
from ansible_collections.swarm.rollout.plugins.module_utils._operations import apply, remove
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.draft import Request

from .conftest import MemoryEngine
from .test_write import conflict, image, in_use, lost, web, writes

COUNTS = {"ServiceStatus": {"RunningTasks": 1, "DesiredTasks": 1, "CompletedTasks": 0}}


def ask(ctx: Context, *, recreate: bool = False, **options: Any) -> dict[str, Any]:
    request = Request("web", spec.parse(options), resolve_image="false", allow_recreate=recreate)
    return apply.apply(ctx, request)


def test_a_new_service_is_created(ctx: Context, engine: MemoryEngine) -> None:
    result = ask(ctx, image="web:1", replicas=3)
    assert result["changed"] is True
    assert result["rollout"]["outcome"] == "applied"
    assert engine.services["id-web"]["Spec"]["Mode"] == {"Replicated": {"Replicas": 3}}


def test_a_new_service_without_an_image_is_refused(ctx: Context, engine: MemoryEngine) -> None:
    with pytest.raises(OptionError, match="image"):
        ask(ctx, replicas=3)
    assert not engine.services


def test_nothing_is_written_where_nothing_differs(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web("web:1@sha256:" + "0" * 64), **COUNTS)
    result = ask(ctx, image="web:1", tty=False, stop_grace_period="10s")
    assert (result["changed"], result["changes"], writes(engine)) == (False, [], 0)
    assert result["rollout"]["outcome"] == "unchanged"
    assert len(engine.calls) == 1


def test_check_mode_says_the_same_and_writes_nothing(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web(), **COUNTS)
    ctx.check_mode = True
    planned = ask(ctx, image="web:2")
    assert writes(engine) == 0
    ctx.check_mode = False
    done = ask(ctx, image="web:2")
    assert planned.keys() == done.keys()
    assert (planned["changes"], planned["diff"]) == (done["changes"], done["diff"])
    assert planned["rollout"].keys() == done["rollout"].keys()


def test_what_is_not_mentioned_stays(ctx: Context, engine: MemoryEngine) -> None:
    rich = {**web(), "Labels": {"a": "1"}, "NewField": {"kept": [1, 2]}, "RollbackConfig": {"Parallelism": 3}}
    engine.add(rich, **COUNTS)
    ask(ctx, labels={"a": "2"})
    written = engine.services["id-web"]["Spec"]
    written["Labels"].pop("swarm.rollout.revision")
    assert written == {**rich, "Labels": {"a": "2"}}


def test_what_is_taken_or_left_out_with_a_doubt_is_said_of_the_service(ctx: Context, engine: MemoryEngine) -> None:
    limited = web()
    limited["TaskTemplate"]["Resources"] = {"Limits": {"MemoryBytes": 2**26}}
    engine.add(limited, **COUNTS)
    ctx.check_mode = True
    ask(ctx, limits={}, env={"UMASK": 18}, mode="replicated", max_concurrent=1)
    assert [text[:20] for text in ctx.warnings] == [
        "web: env.UMASK: the ",
        "web: max_concurrent ",
        "web: limits is given",
    ]


@pytest.mark.parametrize(("state", "outcome"), [("paused", "paused"), ("rollback_paused", "rollback_failed")])
def test_a_service_that_stands_paused_is_no_success(
    ctx: Context, engine: MemoryEngine, state: str, outcome: str
) -> None:
    engine.add(web(), UpdateStatus={"State": state, "Message": "due to task x"}, **COUNTS)
    ctx.wait = True
    with pytest.raises(RolloutFailed) as failed:
        ask(ctx, image="web:1")
    assert failed.value.partial["rollout"]["outcome"] == outcome
    assert failed.value.partial["changed"] is False
    assert "due to task x" in failed.value.message


@pytest.mark.parametrize("state", ["paused", "rollback_paused"])
@pytest.mark.parametrize("options", [{"image": "web:1"}, {}])
@pytest.mark.parametrize(("wait", "check"), [(False, False), (True, True)])
def test_who_does_not_wait_does_not_fail_for_what_was_paused_before(
    ctx: Context, engine: MemoryEngine, state: str, options: dict[str, Any], wait: bool, check: bool
) -> None:
    engine.add(web(), UpdateStatus={"State": state, "Message": "due to task x"}, **COUNTS)
    ctx.wait, ctx.check_mode = wait, check
    result = ask(ctx, **options)
    assert (result["rollout"]["outcome"], result["changed"], writes(engine)) == ("unchanged", False, 0)
    assert result["msg"] == "web: nothing to change; it stands %s since an earlier update" % state.replace("_", " ")
    assert "due to task x" in ctx.warnings[0]


def test_somebody_elses_write_gives_superseded(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web(), **COUNTS)
    engine.faults["POST", "/services/id-web"] = [conflict(lambda: engine.touch("id-web", web("web:9")))]
    with pytest.raises(RolloutFailed) as failed:
        ask(ctx, image="web:2")
    assert failed.value.partial["rollout"]["outcome"] == "superseded"
    assert failed.value.partial["changed"] is False
    assert failed.value.partial["swarm_service"]["image"] == image(engine) == "web:9"


def test_what_was_created_perhaps_and_changed_by_others_is_a_change(ctx: Context, engine: MemoryEngine) -> None:
    theirs = lost(lambda: engine.add(web("web:9"), **COUNTS), acted=False)
    engine.faults["POST", "/services/create"] = [theirs]
    with pytest.raises(RolloutFailed, match="has changed it since") as failed:
        ask(ctx, image="web:2")
    assert failed.value.partial["rollout"]["outcome"] == "superseded"
    assert failed.value.partial["changed"] is True
    assert image(engine) == "web:9"


@pytest.mark.parametrize("theirs", [web("web:9"), {**web(), "Mode": {"Global": {}}}])
def test_what_was_removed_is_a_change_whoever_creates_the_next(
    ctx: Context, engine: MemoryEngine, theirs: dict[str, Any]
) -> None:
    engine.add(web(), **COUNTS)
    engine.faults["POST", "/services/create"] = [in_use(lambda: engine.add(theirs, **COUNTS))]
    try:
        result: Any = ask(ctx, mode="global", image="web:1", recreate=True)
    except RolloutFailed as failed:
        result = failed.partial
    assert result["changed"] is True
    assert engine.services["id-web"]["Spec"] == theirs


def test_a_mode_is_not_changed_unless_that_is_allowed(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web(), **COUNTS)
    with pytest.raises(OptionError, match="allow_recreate"):
        ask(ctx, mode="global", image="web:1")
    assert "id-web" in engine.services
    assert ask(ctx, mode="global", image="web:1", recreate=True)["rebuilt"] is True
    assert "Global" in engine.services["id-web"]["Spec"]["Mode"]


def test_a_service_that_cannot_be_created_anew_comes_back(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web(), **COUNTS)
    engine.faults["POST", "/services/create"] = [OptionError("mode", "global", "refused by the Engine")]
    with pytest.raises(RolloutFailed, match="created again") as failed:
        ask(ctx, mode="global", image="web:1", recreate=True)
    assert engine.services["id-web"]["Spec"] == web()
    assert (failed.value.partial["changed"], failed.value.partial["swarm_service"]["mode"]) == (True, "replicated")
    assert failed.value.partial["rollout"]["outcome"] == "failed"


def test_a_service_that_can_be_created_in_no_way_is_said_to_be_gone(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web(), **COUNTS)
    engine.faults["POST", "/services/create"] = [EngineError("no more room", 500, "no more room")] * 2
    with pytest.raises(
        RolloutFailed, match=r"nor could the former one \(web:1\), which is removed: .*no more room"
    ) as failed:
        ask(ctx, mode="global", image="web:1", recreate=True)
    assert engine.services == {}
    assert (failed.value.partial["changed"], failed.value.partial["swarm_service"]) == (True, {})
    assert failed.value.partial["rollout"]["outcome"] == "failed"


def test_an_option_that_the_engine_would_drop_is_refused(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web(), **COUNTS)
    with pytest.raises(UnsupportedError, match=r"oom_score_adj needs Engine API 1\.46 \(Docker Engine 27\.0\)"):
        ask(ctx, oom_score_adj=100)
    assert writes(engine) == 0


@pytest.mark.parametrize("options", [{"configs": ["nowhere"]}, {"secrets": ["nowhere"]}])
def test_an_unknown_reference_is_refused(ctx: Context, engine: MemoryEngine, options: Any) -> None:
    with pytest.raises(MissingReference, match="nowhere"):
        ask(ctx, image="web:1", **options)
    assert writes(engine) == 0


def test_removing_what_is_not_there_changes_nothing(ctx: Context) -> None:
    assert remove.absent(ctx, "web")["changed"] is False


def test_removing_waits_for_the_last_task(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    engine.tasks = [{"ID": "t1", "ServiceID": "id-web", "Status": {"State": "running"}}]
    ctx.wait = True
    clock = ctx.clock

    def sleep(seconds: float) -> None:
        clock.now += seconds
        if clock.now > 1003:
            engine.tasks = []

    clock.sleep = sleep
    lines: list[Line] = []
    ctx.voice = Narrator(lines.append, clock.monotonic)
    result = remove.absent(ctx, "web")
    assert [line.text for line in lines] == ["web: removed, 1 of its tasks still stop"]
    assert result["rollout"]["outcome"] == "completed"
    assert result["rollout"]["duration"] > 3


def test_tasks_that_never_stop_are_said(ctx: Context, engine: MemoryEngine) -> None:
    engine.add(web())
    engine.tasks = [{"ID": "t1", "NodeID": "node7", "ServiceID": "id-web", "Status": {"State": "running"}}]
    ctx.wait = True
    with pytest.raises(RolloutFailed, match="1 of its tasks still stop") as failed:
        remove.absent(ctx, "web")
    assert failed.value.partial["rollout"]["outcome"] == "timed_out"
    assert "id-web" not in engine.services
