# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The loop between events and verdicts, over a scripted cluster and a clock that only waiting moves."""

from __future__ import annotations

import math
from typing import Any, Callable

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import Patience, goal
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import NO_SECRETS
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written
from ansible_collections.swarm.rollout.plugins.module_utils._engine.events import ServiceEvent
from ansible_collections.swarm.rollout.plugins.module_utils._engine.looks import BEAT, Alone, Looks, Together
from ansible_collections.swarm.rollout.plugins.module_utils._engine.watch import PATIENCE, Watch, Watched

START = 100.0
WALL = 1_800_000_000.0
SPEC = {
    "Name": "web",
    "Mode": {"Replicated": {"Replicas": 1}},
    "TaskTemplate": {"ContainerSpec": {"Image": "web:2"}},
}


class Stage:
    """Clock, events and Engine in one: `script` says at each moment what the cluster looks like."""

    secrets = NO_SECRETS

    def __init__(self, script: Callable[[float], tuple[str, str]], told: tuple[float, ...] = (), alive: bool = True):
        self.now = START
        self.script = script
        self.told = [START + moment for moment in told]
        self.alive = alive
        self.calls: list[tuple[str, float]] = []
        # When a stream that had ended is open again; what happened meanwhile is not told.
        self.reopened: float | None = None

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return WALL + self.now - START

    def wait(self, timeout: float) -> list[ServiceEvent]:
        if self.reopened is not None and self.now <= self.reopened <= self.now + timeout:
            self.now, self.reopened = self.reopened, None
            return []
        if self.alive and self.told and self.told[0] <= self.now + timeout:
            self.now = max(self.now, self.told.pop(0))
            return [ServiceEvent("update", "id1", self.time(), update_state_new=self.script(self.now - START)[0])]
        self.now += timeout
        return []

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        self.calls.append((path, self.now - START))
        status, task_state = self.script(self.now - START)
        if status == "unreachable":
            raise ConnectionFailed("no manager answers")
        if path == "/services":
            service = {"ID": "id1", "Version": {"Index": 9}, "Spec": SPEC, "UpdatedAt": written(WALL)}
            return [{**service, "UpdateStatus": {"State": status}}] if status != "gone" else []
        if path == "/nodes":
            return []
        return [
            {
                "ID": "t1",
                "ServiceID": "id1",
                "Slot": 1,
                "DesiredState": "running",
                "CreatedAt": written(WALL + 0.1),
                "Status": {"State": task_state, "Timestamp": written(WALL + 3.0)},
                "Spec": SPEC["TaskTemplate"],
            }
        ]


def watching(stage: Any, looks: Looks | None = None, tell: Any = None) -> Watch:
    """A watch of the only service there, which is as it is wanted."""
    return Watch(stage, "id1", lambda service: "wanted", stage, stage, looks or Alone(), tell)


def follow(stage: Stage, **patience: float) -> Watched:
    aim = goal("update", SPEC, {"Name": "web"}, Patience(**patience), started=START, wall=WALL)
    return watching(stage).follow(aim)


def after(moment: float, *, before: tuple[str, str], then: tuple[str, str]) -> Callable[[float], tuple[str, str]]:
    return lambda now: then if now >= moment else before


MOVING, DONE = ("updating", "starting"), ("completed", "running")


def test_an_event_ends_the_wait_at_once() -> None:
    stage = Stage(after(8.0, before=MOVING, then=DONE), told=(0.01, 8.0))
    assert follow(stage).verdict.outcome == "completed"
    assert stage.now - START == pytest.approx(8.0, abs=0.2)


def test_without_events_the_end_is_found_by_looking() -> None:
    stage = Stage(after(8.0, before=MOVING, then=DONE), alive=False)
    assert follow(stage).verdict.outcome == "completed"
    assert stage.now - START <= 8.0 + 2.0


def test_a_stream_that_fell_silent_is_not_waited_for_for_ever() -> None:
    stage = Stage(after(40.0, before=MOVING, then=DONE))
    assert follow(stage).verdict.outcome == "completed"
    assert stage.now - START <= 40.0 + 31.0


def test_what_a_broken_stream_did_not_tell_is_looked_for_when_it_is_open_again() -> None:
    stage = Stage(after(8.0, before=MOVING, then=DONE), told=(0.01,))
    stage.reopened = START + 9.0
    assert follow(stage).verdict.outcome == "completed"
    assert stage.now - START == pytest.approx(9.0, abs=0.2)


@pytest.mark.parametrize("length", [60.0, 600.0])
def test_calls_hardly_grow_while_nothing_happens(length: float) -> None:
    stage = Stage(after(length, before=MOVING, then=DONE), told=(length,))
    follow(stage, progress_deadline=3600.0)
    assert len(stage.calls) <= 10 + length / 15


def test_a_long_update_costs_hardly_more_looks_than_a_short_one() -> None:
    def calls(batch: float) -> int:
        """Three batches; each one's task changes its state, and the end is told."""
        end = 3 * batch

        def script(now: float) -> tuple[str, str]:
            return DONE if now >= end else ("updating", "running" if now % batch > batch / 2 else "starting")

        stage = Stage(script, told=(0.01, end))
        assert follow(stage).verdict.outcome == "completed"
        return len(stage.calls)

    assert calls(2.0) <= 9
    assert calls(20.0) <= calls(2.0) + 5


@pytest.mark.parametrize("length", [30.0, 300.0, 3000.0])
def test_what_nothing_tells_costs_calls_by_the_logarithm_of_its_time_and_is_seen_within_a_tenth_of_it(
    length: float,
) -> None:
    stage = Stage(after(length, before=("", "preparing"), then=("", "running")))
    aim = goal("create", SPEC, None, Patience(progress_deadline=7200.0), started=START, wall=WALL)
    watched = watching(stage).follow(aim)
    assert watched.verdict.outcome == "completed"
    looks = [moment for path, moment in stage.calls if path == "/tasks"]
    seen = next(moment for moment in looks if moment >= length)
    assert seen - length <= max(2.0, length * 0.11)
    # Beside that the specification is read again every half a minute.
    assert len([moment for moment in looks if moment <= 20.0]) <= 15
    assert len(looks) <= 15 + 11 * math.log(max(length / 20.0, 1.0)) + length / 30.0


def test_the_last_look_hands_on_what_it_listed() -> None:
    stage = Stage(after(1.0, before=MOVING, then=DONE), told=(1.0,))
    assert [task.id for task in follow(stage).listed or ()] == ["t1"]


class Stumbling(Stage):
    """A task failed before Swarm went back; of the first look at that the second list of tasks is lost."""

    listings = 0

    def get_list(self, path: str, query: Any = None) -> list[Any]:
        found = super().get_list(path, query)
        if path != "/tasks" or not self.back:
            return found
        self.listings += 1
        if self.listings == 2:
            raise ConnectionFailed("the connection broke")
        status = {"State": "failed", "Timestamp": written(WALL + 2.0), "Err": "task: non-zero exit (1)"}
        return [*found, {**found[0], "ID": "bad", "DesiredState": "shutdown", "Status": status}]

    @property
    def back(self) -> bool:
        return self.script(self.now - START)[0] == "rollback_completed"


def test_a_lost_answer_does_not_lose_who_failed() -> None:
    stage: Any = Stumbling(after(3.0, before=MOVING, then=("rollback_completed", "running")), told=(0.01, 3.0))
    aim = goal("update", SPEC, {"Name": "web"}, Patience(), started=START, wall=WALL)
    watch = Watch(stage, "id1", lambda service: "former" if stage.back else "wanted", stage, stage, Alone())
    watched = watch.follow(aim)
    assert watched.verdict.outcome == "rolled_back"
    assert [task.id for task in watched.state.failures] == ["bad"]


@pytest.mark.parametrize(("holds", "fresh"), [("wanted", True), ("other", False)])
def test_what_others_wrote_has_to_be_counted_once_more(holds: str, fresh: bool) -> None:
    stage: Any = Stage(lambda _now: DONE)
    aim = goal("update", SPEC, {"Name": "web"}, Patience(), started=START, wall=WALL)
    watched = Watch(stage, "id1", lambda _service: holds, stage, stage, Alone()).follow(aim)
    assert (watched.verdict.outcome, watched.fresh) == ("completed" if fresh else "superseded", fresh)


def test_a_look_that_is_not_hurried_falls_on_the_beat_of_the_others() -> None:
    stage = Stage(after(9.0, before=("", "preparing"), then=("", "running")))
    looks = Together(lambda _seconds: None)
    aim = goal("create", SPEC, None, Patience(), started=START, wall=WALL)
    stage.now += 0.13
    watching(stage, looks).follow(aim)
    first, *others = [moment for path, moment in stage.calls if path == "/tasks"]
    assert first == pytest.approx(0.13)
    assert [moment for moment in others[:4] if (moment / BEAT) % 1 > 1e-9] == []


def told(stage: Stage, **patience: float) -> list[tuple[float, int, int]]:
    """When somebody who listens was told of a look, with the updated and the failed tasks."""
    heard: list[tuple[float, int, int]] = []

    def tell(_goal: Any, state: Any) -> None:
        heard.append((stage.now - START, state.updated, len(state.failures)))

    aim = goal("update", SPEC, {"Name": "web"}, Patience(**patience), started=START, wall=WALL)
    watching(stage, tell=tell).follow(aim)
    return heard


def test_who_listens_hears_of_a_look_every_five_seconds_at_the_latest() -> None:
    stage = Stage(after(120.0, before=MOVING, then=DONE), told=(120.0,))
    heard = told(stage, progress_deadline=3600.0)
    moments = [moment for moment, _updated, _failed in heard]
    assert all(later - sooner <= 5.1 for sooner, later in zip(moments, moments[1:]))
    assert len(heard) >= 24
    assert len(stage.calls) <= 10 + 120 / 4


def test_of_what_is_there_at_the_first_look_nothing_is_told() -> None:
    assert told(Stage(lambda now: DONE)) == []


def test_a_failure_that_decides_is_told() -> None:
    heard = told(Stage(lambda now: ("paused", "failed")))
    assert [(updated, failed) for _moment, updated, failed in heard] == [(0, 1)]


def test_stability_ends_exactly_on_time() -> None:
    stage = Stage(after(3.0, before=("", "starting"), then=("", "running")))
    follow(stage)
    # Serving since 3.0 by its node's stamp, watched for the five seconds that nobody else watched.
    assert stage.now - START == pytest.approx(8.0, abs=0.2)


def test_managers_that_are_away_for_a_while_are_waited_for() -> None:
    stage = Stage(after(30.0, before=("unreachable", ""), then=DONE))
    assert follow(stage).verdict.outcome == "completed"


def test_managers_that_stay_away_end_the_watch_and_not_the_rollout() -> None:
    stage = Stage(lambda now: ("unreachable", ""))
    verdict = follow(stage).verdict
    assert verdict.outcome == "timed_out"
    assert "no manager answers" in verdict.reason
    assert PATIENCE <= stage.now - START <= PATIENCE + 5


def test_a_removed_service_ends_the_watch() -> None:
    assert follow(Stage(after(2.0, before=MOVING, then=("gone", "")), told=(2.0,))).verdict.outcome == "superseded"


def test_a_stall_is_said_when_the_deadline_is_over() -> None:
    stage = Stage(lambda now: MOVING)
    assert follow(stage, progress_deadline=90.0).verdict.outcome == "stalled"
    assert stage.now - START == pytest.approx(90.0, abs=0.5)


def test_a_time_without_managers_is_no_standstill_of_the_rollout() -> None:
    def script(now: float) -> tuple[str, str]:
        return ("unreachable", "") if 20.0 <= now < 60.0 else MOVING

    stage = Stage(script)
    assert follow(stage, progress_deadline=50.0).verdict.outcome == "stalled"
    # From the first look that got no answer on.
    away = 60.0 - next(moment for _path, moment in stage.calls if moment >= 20.0)
    assert away > 10.0
    assert stage.now - START == pytest.approx(50.0 + away, abs=2.0)


def test_wait_timeout_is_kept_to() -> None:
    stage = Stage(lambda now: MOVING)
    assert follow(stage, wait_timeout=17.0).verdict.outcome == "timed_out"
    assert stage.now - START == pytest.approx(17.0, abs=0.1)


def test_waiting_on_purpose_for_longer_than_the_deadline_costs_no_looks() -> None:
    stage = Stage(after(3.0, before=("", "starting"), then=("", "running")))
    assert follow(stage, progress_deadline=5.0, min_healthy=60.0).verdict.outcome == "completed"
    assert stage.now - START == pytest.approx(63.0, abs=0.5)
    assert len(stage.calls) <= 20
