# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that measures: when it begins, what ends it, and what it puts into the result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import Settings, parse
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.probe import Probe
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Service
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import (
    ConnectionFailed,
    OptionError,
    RolloutFailed,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Line, Narrator
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import written
from ansible_collections.swarm.rollout.plugins.module_utils._engine import prober
from ansible_collections.swarm.rollout.plugins.module_utils._operations.availability import Measure, measured
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context

WALL = 1_800_001_000.0
ASKED = {"name": "vote", "availability": {"url": "http://vote.example.org/", "interval": "1s"}}


class Script:
    """A prober whose answers the test writes: `.` is good, `x` is not; one a second."""

    made: list[Script] = []
    answers = "....."

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.did: list[Any] = []
        Script.made.append(self)

    def __enter__(self) -> Script:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def start(self) -> None:
        self.did.append("start")

    def first(self, count: int) -> None:
        self.did.append(count)

    def stop(self) -> None:
        self.did.append("stop")

    def probes(self) -> tuple[Probe, ...]:
        return tuple(
            Probe(WALL - 3 + place, 0.0, 0.1, "" if letter == "." else "HTTP 503")
            for place, letter in enumerate(self.answers)
        )

    def over_budget(self) -> str:
        budget = self.settings.budget
        return budget.exceeded(len(self.answers), self.answers.count("x")) if budget else ""


@pytest.fixture(autouse=True)
def script(monkeypatch: pytest.MonkeyPatch) -> type[Script]:
    monkeypatch.setattr(prober, "Prober", Script)
    monkeypatch.setattr(Script, "made", [])
    return Script


@pytest.fixture
def waiting(ctx: Context) -> Context:
    ctx.wait = True
    return ctx


@pytest.fixture
def service(engine: Any) -> Service:
    return Service.of(engine.add({"Name": "vote"}))


def task(name: str, state: str, desired: str = "shutdown", node: str = "n1", at: float = WALL) -> dict[str, Any]:
    return {
        "ID": name,
        "ServiceID": "id-vote",
        "Slot": 1,
        "NodeID": node,
        "DesiredState": desired,
        "CreatedAt": written(at - 1),
        "Status": {"State": state, "Timestamp": written(at)},
    }


def writing(service: Service) -> Any:
    """An operation that writes once and ends well."""

    def operation(ctx: Context, params: Any) -> dict[str, Any]:
        ctx.about_to_write(service)
        ctx.about_to_write(service)
        return {"msg": "vote: completed", "rollout": {"outcome": "completed"}}

    return operation


def failing(service: Service) -> Any:
    def operation(ctx: Context, params: Any) -> dict[str, Any]:
        ctx.about_to_write(service)
        raise RolloutFailed("vote: paused", {"changed": True, "rollout": {"outcome": "paused"}})

    return operation


def test_without_the_option_nothing_is_made(waiting: Context, service: Service, script: type[Script]) -> None:
    result = measured(waiting, {"name": "vote"}, writing(service))
    assert result["rollout"] == {"outcome": "completed"}
    assert not script.made


def test_what_writes_nothing_asks_nothing(waiting: Context, script: type[Script]) -> None:
    result = measured(waiting, ASKED, lambda ctx, params: {"msg": "vote: unchanged", "rollout": {}})
    assert result == {"msg": "vote: unchanged", "rollout": {}}
    assert script.made[0].did == ["stop"]


def test_three_probes_come_before_the_first_write(
    waiting: Context, service: Service, script: type[Script], engine: Any
) -> None:
    engine.tasks = [task("a" * 25, "shutdown"), task("long-ago", "shutdown", at=WALL - 60)]
    result = measured(waiting, ASKED, writing(service))
    assert script.made[0].did[:2] == ["start", 3]
    cert = result["rollout"]["availability"]
    assert (cert["probes"], cert["failures"]) == (5, 0)
    assert result["msg"] == "vote: completed; availability 100% (5 probes)"


def test_gaps_have_what_happened_then(
    waiting: Context, service: Service, script: type[Script], engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "answers", "...xx..")
    engine.tasks = [task("a" * 25, "shutdown"), task("long-ago", "shutdown", at=WALL - 60)]
    (gap,) = measured(waiting, ASKED, writing(service))["rollout"]["availability"]["gaps"]
    assert [(event["task"], event["what"]) for event in gap["events"]] == [("a" * 12, "created"), ("a" * 12, "stopped")]


def test_a_failure_says_how_available_it_was(waiting: Context, service: Service) -> None:
    with pytest.raises(RolloutFailed) as caught:
        measured(waiting, ASKED, failing(service))
    assert str(caught.value) == "vote: paused; availability 100% (5 probes)"
    assert caught.value.partial["rollout"]["availability"]["probes"] == 5


def test_a_failure_for_the_budget_does_not_say_it_twice(
    waiting: Context, service: Service, script: type[Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "answers", "..xx")
    with pytest.raises(RolloutFailed, match=r"^vote: paused$"):
        measured(waiting, {**ASKED, "availability": {**ASKED["availability"], "budget": "1"}}, failing(service))  # type: ignore[dict-item]


def test_without_waiting_it_is_refused_in_check_mode_too(ctx: Context) -> None:
    for check_mode in (False, True):
        ctx.check_mode = check_mode
        with pytest.raises(OptionError, match=r"^availability: .*wait"):
            measured(ctx, ASKED, lambda ctx, params: {})


def test_check_mode_asks_nothing(waiting: Context, script: type[Script]) -> None:
    waiting.check_mode = True
    assert measured(waiting, ASKED, lambda ctx, params: {"rollout": {}}) == {"rollout": {}}
    assert not script.made
    assert waiting.measure is None


def measure(ctx: Context, service: Service, **more: Any) -> Measure:
    settings = parse({"url": "http://vote.example.org/", "interval": "1s", **more})
    assert settings is not None
    found = Measure(ctx, settings, Script(settings), service.name)
    found.begin(service)
    return found


def test_it_goes_on_until_the_last_old_task_has_gone(waiting: Context, service: Service, engine: Any) -> None:
    engine.tasks = [task("old", "running"), task("new", "running", "running")]
    begun, sleep = waiting.clock.now, waiting.clock.sleep

    def pass_time(seconds: float) -> None:
        sleep(seconds)
        if waiting.clock.now >= begun + 7:
            engine.tasks = [task("old", "shutdown"), task("new", "running", "running")]

    waiting.clock.sleep = pass_time
    lines: list[Line] = []
    waiting.voice = Narrator(lines.append, waiting.clock.monotonic)
    assert measure(waiting, service).settle(service.id) is None
    assert waiting.clock.now - begun == pytest.approx(7 + 2)
    (line,) = lines
    assert line.text == "vote: availability is measured on while 1 of the old tasks still stop"


def test_it_does_not_wait_for_tasks_of_which_nobody_hears(waiting: Context, service: Service, engine: Any) -> None:
    engine.tasks = [task("lost", "running", node="n2")]
    listed = engine.get_list

    def get_list(path: str, query: Any = None) -> list[Any]:
        return [{"ID": "n2", "Status": {"State": "down"}}] if path == "/nodes" else list(listed(path, query))

    engine.get_list = get_list
    begun = waiting.clock.now
    measure(waiting, service).settle(service.id)
    assert waiting.clock.now - begun == 2


def test_managers_that_are_away_are_no_reason_to_fail(waiting: Context, service: Service, engine: Any) -> None:
    # At the beginning, and twice while it waits.
    engine.faults[("GET", "/tasks")] = [ConnectionFailed("away"), ConnectionFailed("away"), ConnectionFailed("away")]
    engine.faults[("GET", "/nodes")] = [ConnectionFailed("away")]
    begun = waiting.clock.now
    assert measure(waiting, service).settle(service.id) is None
    assert waiting.clock.now - begun == 0.5 + 0.5 + 2


def test_more_than_the_budget_ends_the_wait(
    waiting: Context, service: Service, engine: Any, script: type[Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "answers", "x")
    engine.tasks = [task("old", "running")]
    over = measure(waiting, service, budget="0").settle(service.id)
    assert over is not None
    assert over.outcome == "over_budget"
    assert over.reason == "availability: 1 of 1 probes failed (100.00%), over the budget of 0"
    assert measure(waiting, service, budget="1").spent() is None
