# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps over a Swarm on paper: killed at every single call, and everything that goes another way."""

from __future__ import annotations

import contextlib
import copy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec, steps
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks.parse import parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import Verdict
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError, RolloutFailed
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Line, Narrator
from ansible_collections.swarm.rollout.plugins.module_utils._operations import apply, write
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.draft import Request
from ansible_collections.swarm.rollout.plugins.module_utils._operations.ledger import Keeping, Ledger
from ansible_collections.swarm.rollout.plugins.module_utils._operations.progressive import (
    act,
    begin,
    created,
    drive,
)

from ..conftest import Clock
from .paper import REPLICAS, Deaf, Free, Killed, PaperSwarm, do, roll

TARGETS = (0, 1, 2, REPLICAS)


@pytest.fixture(autouse=True)
def on_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stream and no lock of a real Swarm."""
    monkeypatch.setattr(drive, "ServiceEvents", Deaf)
    for module in (begin, act):
        monkeypatch.setattr(module, "locked", lambda *given, **more: Free())


@pytest.fixture
def swarm() -> PaperSwarm:
    return made()


def made() -> PaperSwarm:
    found = PaperSwarm(Clock())
    found.have("web:1")
    return found


def at(swarm: PaperSwarm) -> Context:
    """A context of its own for each run, as each is a process."""
    return Context(swarm, clock=swarm.clock)  # type: ignore[arg-type]


def test_each_step_moves_what_it_says(swarm: PaperSwarm) -> None:
    result = roll(at(swarm))
    assert [(one["target"], one["moved"], one["status"]) for one in result["rollout"]["steps"]] == [
        (1, 1, "verified"),
        (2, 2, "verified"),
        (4, 4, "verified"),
    ]
    assert swarm.serving() == {"web:2": REPLICAS}
    assert swarm.service["Spec"]["UpdateConfig"] == {"Parallelism": 1, "Monitor": 10**9, "Order": "start-first"}


@pytest.mark.slow
@pytest.mark.parametrize("acting", [False, True], ids=["before it acts", "after it acted"])
def test_killed_at_every_call_it_goes_on_and_moves_no_slot_twice(acting: bool) -> None:
    whole = made()
    roll(at(whole))
    assert len(whole.calls) > 20
    for number in range(1, len(whole.calls) + 1):
        swarm = made()
        swarm.die_at, swarm.die_acting = number, acting
        with pytest.raises(Killed):
            roll(at(swarm))
        assert swarm.serving().get("web:2", 0) in TARGETS
        swarm.clock.sleep(1.0)
        again = roll(at(swarm))
        assert again["rollout"]["outcome"] in ("completed", "unchanged"), number
        assert swarm.serving() == {"web:2": REPLICAS}, number
        new = sorted(slot for slot, image in swarm.started if image == "web:2")
        assert new == [1, 2, 3, 4], number
        assert "swarm.rollout.progress" not in swarm.service["Spec"]["Labels"], number


@pytest.mark.slow
@pytest.mark.parametrize("acting", [False, True], ids=["before it acts", "after it acted"])
def test_an_abort_that_is_killed_anywhere_can_be_run_again(acting: bool) -> None:
    whole = made()
    roll(at(whole), manual=True)
    begun = len(whole.calls)
    do(at(whole), "aborted")
    assert len(whole.calls) - begun > 5
    for number in range(1, len(whole.calls) - begun + 1):
        swarm = made()
        roll(at(swarm), manual=True)
        swarm.die_at, swarm.die_acting = len(swarm.calls) + number, acting
        with pytest.raises(Killed):
            do(at(swarm), "aborted")
        swarm.clock.sleep(1.0)
        do(at(swarm), "aborted")
        assert swarm.serving() == {"web:1": REPLICAS}, number
        assert [slot for slot, image in swarm.started if image == "web:1"][REPLICAS:] == [1], number


def test_a_failing_canary_goes_back_alone(swarm: PaperSwarm) -> None:
    swarm.dies.add("web:2")
    with pytest.raises(RolloutFailed, match="step 1 of 3: a task of the new specification failed") as failed:
        roll(at(swarm))
    assert failed.value.partial["rollout"]["outcome"] == "rolled_back"
    assert swarm.serving() == {"web:1": REPLICAS}
    assert [slot for slot, image in swarm.started if image == "web:2"] == [1]


def test_a_task_of_an_earlier_step_that_ends_later_fails_the_rollout(
    swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = drive.write.update
    steps_written: list[int] = []

    def fails_first(*given: Any, **more: Any) -> None:
        steps_written.append(1)
        swarm.clock.sleep(5.0)
        real(*given, **more)
        if len(steps_written) == 2:
            swarm.fail("web:2")

    monkeypatch.setattr(drive.write, "update", fails_first)
    with pytest.raises(RolloutFailed, match="step 2 of 3: a task of the new specification failed") as failed:
        roll(at(swarm))
    assert failed.value.partial["rollout"]["outcome"] == "rolled_back"
    assert failed.value.partial["rollout"]["tasks"]["failed"] == 1
    assert swarm.serving() == {"web:1": REPLICAS}


def test_a_task_that_only_a_check_has_met_is_among_the_failures(swarm: PaperSwarm) -> None:
    request = Request(
        "web",
        spec.parse({"image": "web:2"}),
        resolve_image="false",
        schedule=steps.Schedule.parse([1, 2]),
        checks=tuple(parse([{"tasks": {}}])),
    )

    def dies(*given: Any) -> Any:
        # Between the look at the step and the check the first new task ends.
        swarm.fail("web:2")
        return real(*given)

    real = drive.run_checks
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drive, "run_checks", dies)
        with pytest.raises(RolloutFailed, match="check tasks") as failed:
            apply.apply(at(swarm), request)
    rollout = failed.value.partial["rollout"]
    assert rollout["outcome"] == "rolled_back"
    assert rollout["tasks"]["failed"] == len(rollout["failures"]) == 1


def test_who_finds_at_a_step_that_others_wrote_counts_all_places(
    swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = drive.watch_for

    def overtaken(*given: Any, **more: Any) -> Any:
        watched = real(*given, **more)
        swarm.service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] = "theirs:9"
        return replace(watched, verdict=Verdict("superseded", "somebody else changed the specification: image"))

    monkeypatch.setattr(drive, "watch_for", overtaken)
    with pytest.raises(RolloutFailed, match="0 of 4 tasks run theirs:9 now, 3 run web:1, 1 runs web:2") as failed:
        roll(at(swarm))
    assert failed.value.partial["swarm_service"]["image"] == "theirs:9"
    assert failed.value.partial["rollout"]["tasks"]["desired"] == REPLICAS


def test_who_is_overtaken_at_a_step_shows_and_counts_what_is_there(
    swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps_made: list[int] = []
    real = drive.write.update

    def quicker(*given: Any, **more: Any) -> None:
        if steps_made:
            swarm.service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] = "theirs:9"
            raise drive.write.Superseded("web: somebody else changed image meanwhile")
        steps_made.append(1)
        real(*given, **more)

    monkeypatch.setattr(drive.write, "update", quicker)
    with pytest.raises(RolloutFailed, match="0 of 4 tasks run theirs:9 now") as failed:
        roll(at(swarm))
    assert failed.value.partial["swarm_service"]["image"] == "theirs:9"
    assert failed.value.partial["rollout"]["tasks"]["desired"] == REPLICAS


def test_a_service_that_is_gone_before_its_checks_is_superseded(
    swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(created.look, "find", lambda *given: None)
    check = parse([{"tasks": {}}])
    request = Request("web", spec.parse({"image": "web:1"}), checks=tuple(check))
    with pytest.raises(write.Superseded, match="removed by somebody else before it was checked"):
        created.check(at(swarm), request, {"rollout": {}}, Ledger(at(swarm), "web", Keeping()))


def test_a_second_step_that_somebody_else_was_quicker_than_is_a_change(
    swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    real = drive.write.update

    def quicker(*given: Any, **more: Any) -> None:
        if steps:
            raise drive.write.Superseded("web: somebody else changed image meanwhile")
        steps.append(1)
        real(*given, **more)

    monkeypatch.setattr(drive.write, "update", quicker)
    with pytest.raises(RolloutFailed, match="somebody else changed image") as failed:
        roll(at(swarm))
    assert failed.value.partial["rollout"]["outcome"] == "superseded"
    assert failed.value.partial["changed"] is True, "the first step moved a task"
    assert swarm.serving() == {"web:1": REPLICAS - 1, "web:2": 1}


def test_an_abort_that_somebody_else_was_quicker_than(swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch) -> None:
    roll(at(swarm), manual=True)

    def quicker(*given: Any, **more: Any) -> None:
        raise drive.write.Superseded("web: somebody else changed image meanwhile")

    monkeypatch.setattr(drive.write, "update", quicker)
    with pytest.raises(RolloutFailed, match="somebody else changed image") as failed:
        do(at(swarm), "aborted")
    assert failed.value.partial["rollout"]["outcome"] == "superseded"


def test_an_abort_without_a_manager_says_that_nothing_is_back(
    swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll(at(swarm), manual=True)

    def lost(*given: Any, **more: Any) -> None:
        raise RolloutError("no manager answers")

    monkeypatch.setattr(drive.write, "update", lost)
    with pytest.raises(RolloutFailed, match="going back was not possible: no manager answers") as failed:
        do(at(swarm), "aborted")
    assert failed.value.partial["rollout"]["outcome"] == "rollback_failed"


def test_who_asks_before_anything_moved_finds_it_untouched(swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Free, "asked", "ben@laptop: paused")
    with pytest.raises(RolloutFailed, match="ben@laptop: paused") as failed:
        roll(at(swarm))
    assert failed.value.partial["rollout"]["outcome"] == "paused"
    assert swarm.serving() == {"web:1": REPLICAS}


def test_a_second_run_of_a_waiting_rollout_writes_nothing(swarm: PaperSwarm) -> None:
    roll(at(swarm), manual=True)
    version = swarm.service["Version"]["Index"]
    assert roll(at(swarm), manual=True)["changed"] is False
    assert swarm.service["Version"]["Index"] == version
    on = do(at(swarm), "advanced")
    assert (on["rollout"]["outcome"], swarm.serving()) == ("paused", {"web:2": 2, "web:1": 2})
    assert do(at(swarm), "promoted")["rollout"]["outcome"] == "completed"
    assert swarm.serving() == {"web:2": REPLICAS}


def written_by_others(swarm: PaperSwarm) -> None:
    """Somebody else gives the service another image in the middle."""
    theirs = copy.deepcopy(swarm.service["Spec"])
    theirs["TaskTemplate"]["ContainerSpec"]["Image"] = "web:3"
    swarm.touch(swarm.service["ID"], theirs)


def test_what_others_wrote_in_the_middle_is_replaced_knowingly(swarm: PaperSwarm) -> None:
    roll(at(swarm), manual=True)
    written_by_others(swarm)
    ctx = at(swarm)
    result = roll(ctx)
    assert (result["rollout"]["outcome"], swarm.serving()) == ("completed", {"web:2": REPLICAS})
    assert any("this task replaces it" in text for text in ctx.warnings)


def test_the_way_back_from_there_is_still_the_stable_one(swarm: PaperSwarm) -> None:
    roll(at(swarm), manual=True)
    written_by_others(swarm)
    roll(at(swarm), manual=True)
    do(at(swarm), "aborted")
    assert swarm.serving() == {"web:1": REPLICAS}


def test_on_from_there_is_refused(swarm: PaperSwarm) -> None:
    roll(at(swarm), manual=True)
    written_by_others(swarm)
    with pytest.raises(RolloutError, match="somebody else changed image"):
        do(at(swarm), "promoted")


def test_a_step_that_swarm_pauses_half_way_is_gone_on_with(swarm: PaperSwarm) -> None:
    swarm.halts = 1
    result = roll(at(swarm))
    assert (result["rollout"]["outcome"], swarm.serving()) == ("completed", {"web:2": REPLICAS})
    assert sorted(slot for slot, image in swarm.started if image == "web:2") == [1, 2, 3, 4]


def test_one_that_is_paused_again_and_again_goes_back(swarm: PaperSwarm) -> None:
    swarm.have_places(12)
    swarm.halts = 9
    with pytest.raises(RolloutFailed, match="Swarm paused the step after 5 of 12 tasks"):
        roll(at(swarm), schedule=[1])
    assert swarm.serving() == {"web:1": 12}


def told(swarm: PaperSwarm, **way: Any) -> list[str]:
    """What people read of a rollout in steps, good or bad."""
    lines: list[Line] = []
    ctx = Context(swarm, clock=swarm.clock, voice=Narrator(lines.append, swarm.clock.monotonic))  # type: ignore[arg-type]
    with contextlib.suppress(RolloutFailed):
        roll(ctx, **way)
    return [line.shown() for line in lines]


def test_each_step_is_told_and_that_it_is_verified(swarm: PaperSwarm) -> None:
    lines = told(swarm)
    assert [line for line in lines if line.endswith("verified")] == ["web: step %d/3: verified" % n for n in (1, 2, 3)]
    assert any(line.startswith("web: step 1/3: 1 of 4 updated, verifying ") for line in lines), lines
    assert len(lines) == len(set(lines))


def test_a_pause_between_steps_is_told(swarm: PaperSwarm) -> None:
    assert "web: step 1/3: 1 of 4 updated, pausing 0 s of 30 s" in told(swarm, pause=30.0)


def test_a_failure_and_the_way_back_are_told(swarm: PaperSwarm) -> None:
    swarm.dies = {"web:2"}
    lines = told(swarm)
    assert any("web.1 (task5x) on node node1 failed" in line for line in lines), lines
    back = [line for line in lines if line.startswith("web: rolling back: ")]
    assert back[0] == "web: rolling back: step 1 of 3: a task of the new specification failed"
    assert lines[-len(back) :] == back
