# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller that is gone in the middle of a release: the same task run again ends it, and another one does too."""

from __future__ import annotations

import copy
from typing import Any, Callable

import pytest

from .paper import Killed, PaperSwarm, at_rest, entry, go, run, shop

pytestmark = pytest.mark.slow

NEW = {"db": {"db:2"}, "api": {"api:2"}, "web": {"web:2"}}
BEFORE = {"db": {"db:1"}, "api": {"api:1"}, "old": {"old:1"}}
ACTING = pytest.mark.parametrize("acting", [False, True], ids=["before it acts", "after it acted"])

Task = Callable[[PaperSwarm], Any]


def killed(begin: Callable[[], PaperSwarm], task: Task, acting: bool = True) -> Any:
    """The Swarms that are left where the task is killed at each of its calls, with the number of the call."""
    fresh = begin()
    whole = copy.deepcopy(fresh)
    task(whole)
    count = len(whole.calls) - len(fresh.calls)
    assert count > 20
    for number in range(1, count + 1):
        swarm = copy.deepcopy(fresh)
        swarm.die_at, swarm.die_acting = len(swarm.calls) + number, acting
        with pytest.raises(Killed):
            task(swarm)
        swarm.clock.sleep(1.0)
        yield number, swarm


def closed(swarm: PaperSwarm) -> bool:
    """Whether no record is left that a further run would go on with."""
    return not any(one.open for one in swarm.records())


def deploy(swarm: PaperSwarm, **options: Any) -> dict[str, Any]:
    return go(swarm, shop(2), **options)


def failing() -> PaperSwarm:
    swarm = at_rest()
    swarm.dies.add("api:2")
    return swarm


@ACTING
def test_killed_at_every_call_a_release_ends_as_declared(acting: bool) -> None:
    whole = at_rest()
    deploy(whole)
    for number, swarm in killed(at_rest, deploy, acting):
        again = deploy(swarm)
        assert again["release"]["outcome"] in ("completed", "unchanged"), number
        assert swarm.plain() == whole.plain(), number
        assert swarm.serving() == NEW, number
        assert swarm.runs == ["migrate:1", "migrate:2"], number
        assert closed(swarm), number
        if number % 5 == 0:
            swarm.clock.sleep(1000.0)
            since = len(swarm.writes())
            assert deploy(swarm)["release"]["outcome"] == "unchanged", number
            assert len(swarm.writes()) == since, number


@ACTING
def test_killed_at_every_call_a_failing_release_ends_as_before(acting: bool) -> None:
    before = at_rest().plain()
    for number, swarm in killed(failing, deploy, acting):
        again = deploy(swarm)
        assert (again["failed"], again["release"]["outcome"]) == (True, "rolled_back"), number
        # The job alone is not run backwards.
        assert swarm.plain() == {**before, "migrate": swarm.plain()["migrate"]}, number
        assert swarm.serving() == BEFORE, number
        assert swarm.runs == ["migrate:1", "migrate:2"], number
        assert closed(swarm), number


def test_killed_at_every_call_the_first_release_that_fails_leaves_nothing() -> None:
    def begin() -> PaperSwarm:
        swarm = PaperSwarm()
        swarm.dies.add("api:1")
        return swarm

    for number, swarm in killed(begin, lambda swarm: go(swarm, shop(1))):
        again = go(swarm, shop(1))
        assert again["release"]["outcome"] == "rolled_back", number
        assert swarm.services == {}, number
        assert closed(swarm), number


def replaced() -> PaperSwarm:
    """A Swarm where one service goes before another one moves, so that it has to return."""
    swarm = PaperSwarm()
    go(swarm, [entry("old", "old:1", replicas=2), entry("db", "db:1")])
    swarm.clock.sleep(1000.0)
    swarm.dies.add("db:2")
    return swarm


def test_killed_at_every_call_what_was_removed_returns() -> None:
    before = replaced().plain()

    def task(swarm: PaperSwarm) -> dict[str, Any]:
        old = entry("old", "old:1", state="absent", depends_on=["new"])
        return go(swarm, [entry("new", "new:1"), old, entry("db", "db:2", depends_on=["old"])])

    for number, swarm in killed(replaced, task):
        assert task(swarm)["release"]["outcome"] == "rolled_back", number
        assert swarm.plain() == before, number
        assert swarm.serving() == {"old": {"old:1"}, "db": {"db:1"}}, number
        assert closed(swarm), number


def test_killed_at_every_call_a_frozen_release_is_gone_on_with() -> None:
    def begin() -> PaperSwarm:
        swarm = at_rest()
        swarm.dies.add("migrate:2")
        deploy(swarm, on_failure="freeze")
        swarm.dies.clear()
        return swarm

    for number, swarm in killed(begin, lambda swarm: deploy(swarm, on_failure="freeze")):
        assert deploy(swarm, on_failure="freeze")["release"]["outcome"] in ("completed", "unchanged"), number
        assert swarm.serving() == NEW, number
        assert swarm.runs == ["migrate:1", "migrate:2", "migrate:2"], number
        assert closed(swarm), number


@pytest.mark.parametrize("to", ["previous", "1"])
def test_killed_at_every_call_going_back_to_a_release_gets_there(to: str) -> None:
    for number, swarm in killed(lambda: at_rest(2), lambda swarm: run(swarm, to=to, parallel=1)):
        again = run(swarm, to=to, parallel=1)
        assert again["release"]["outcome"] in ("completed", "unchanged"), number
        assert swarm.serving() == BEFORE, number
        assert swarm.runs == ["migrate:1", "migrate:2"], number
        assert closed(swarm), number


def test_another_release_that_fails_goes_back_to_before_the_interrupted_one() -> None:
    """Wherever the first was killed, the one after it that fails leads to where it all began."""
    before = at_rest().plain()
    tried = 0
    for number, swarm in killed(at_rest, deploy):
        if swarm.records()[-1].outcome == "completed" and len(swarm.records()) == 2:
            # It had come to its end: the one before is that one.
            continue
        tried += 1
        swarm.dies.add("api:3")
        result = go(swarm, shop(3))
        assert result["release"]["outcome"] == "rolled_back", number
        assert swarm.plain() == {**before, "migrate": swarm.plain()["migrate"]}, number
        assert swarm.serving() == BEFORE, number
        assert closed(swarm), number
    assert tried > 20


def test_another_release_takes_the_place_of_an_interrupted_one() -> None:
    for number, swarm in killed(at_rest, deploy):
        result = go(swarm, shop(3))
        assert result["release"]["outcome"] == "completed", number
        assert swarm.serving() == {"db": {"db:3"}, "api": {"api:3"}, "web": {"web:3"}}, number
        assert closed(swarm), number


def alone() -> PaperSwarm:
    """A Swarm with a release of one service."""
    swarm = PaperSwarm()
    go(swarm, [entry("db", "db:1")])
    swarm.clock.sleep(1000.0)
    return swarm


def grown(swarm: PaperSwarm) -> dict[str, Any]:
    """A release that adds a service to it."""
    return go(swarm, [entry("new", "new:1"), entry("db", "db:2", depends_on=["new"])])


@pytest.mark.parametrize("fails", [False, True])
def test_what_an_interrupted_release_created_and_the_next_does_not_list_goes(fails: bool) -> None:
    for number, swarm in killed(alone, grown):
        # Where it had come to its end, the service belongs to it and stays until it is pruned.
        over = swarm.records()[-1].outcome == "completed" and len(swarm.records()) == 2
        before, stays = ("db:2", {"new": {"new:1"}}) if over else ("db:1", {})
        if fails:
            swarm.dies.add("db:3")
        result = go(swarm, [entry("db", "db:3")])
        assert result["release"]["outcome"] == ("rolled_back" if fails else "completed"), number
        assert swarm.serving() == {"db": {before if fails else "db:3"}, **stays}, number
        assert closed(swarm), number


def test_killed_at_every_call_a_way_back_that_fails_leaves_all_as_it_was() -> None:
    def begin() -> PaperSwarm:
        swarm = at_rest(2)
        swarm.dies.add("db:1")
        return swarm

    before = begin().plain()
    for number, swarm in killed(begin, lambda swarm: run(swarm, to="previous", parallel=1)):
        assert run(swarm, to="previous", parallel=1)["release"]["outcome"] == "rolled_back", number
        assert swarm.plain() == before, number
        assert closed(swarm), number


def test_killed_at_every_call_what_was_pruned_returns() -> None:
    def begin() -> PaperSwarm:
        swarm = PaperSwarm()
        go(swarm, [entry("db", "db:1"), entry("cache", "cache:1"), entry("api", "api:1", depends_on=["cache"])])
        swarm.clock.sleep(1000.0)
        swarm.dies.add("api:2")
        return swarm

    def task(swarm: PaperSwarm) -> dict[str, Any]:
        return go(swarm, [entry("db", "db:2"), entry("api", "api:2", depends_on=["db"])], prune=True)

    before = begin().plain()
    for number, swarm in killed(begin, task):
        assert task(swarm)["release"]["outcome"] == "rolled_back", number
        assert swarm.plain() == before, number
        assert closed(swarm), number


def test_declaring_what_was_before_undoes_an_interrupted_release() -> None:
    for number, swarm in killed(at_rest, deploy):
        over = (2, "completed") in swarm.outcomes()
        assert go(swarm, shop(1))["release"]["outcome"] in ("completed", "unchanged"), number
        # What a release that came to its end has is left when it is no longer listed.
        assert swarm.serving() == {**BEFORE, **({"web": {"web:2"}} if over else {})}, number
        assert closed(swarm), number


@pytest.mark.parametrize("first", [10, 20, 30])
def test_after_two_interruptions_the_way_back_leads_to_before_both(first: int) -> None:
    fresh = at_rest()
    fresh.die_at, fresh.die_acting = len(fresh.calls) + first, True
    with pytest.raises(Killed):
        deploy(fresh)
    for number in range(6, 46, 4):
        swarm = copy.deepcopy(fresh)
        swarm.die_at, swarm.die_acting = len(swarm.calls) + number, True
        with pytest.raises(Killed):
            go(swarm, shop(3))
        swarm.dies.add("api:4")
        assert go(swarm, shop(4))["release"]["outcome"] == "rolled_back", number
        assert swarm.serving() == BEFORE, number
        assert closed(swarm), number


def test_killed_at_every_call_what_is_to_be_pruned_goes() -> None:
    def begin() -> PaperSwarm:
        swarm = PaperSwarm()
        go(swarm, [entry("db", "db:1"), entry("cache", "cache:1")])
        swarm.clock.sleep(1000.0)
        return swarm

    def task(swarm: PaperSwarm) -> dict[str, Any]:
        return go(swarm, [entry("db", "db:2")], prune=True)

    for number, swarm in killed(begin, task):
        assert task(swarm)["release"]["outcome"] in ("completed", "unchanged"), number
        assert swarm.serving() == {"db": {"db:2"}}, number
        assert closed(swarm), number


def test_what_others_wrote_after_an_interruption_is_what_going_back_leads_to() -> None:
    swarm = failing()
    swarm.die_at, swarm.die_acting = len(swarm.calls) + 8, True
    with pytest.raises(Killed):
        deploy(swarm)
    raw = next(one for one in swarm.services.values() if one["Spec"]["Name"] == "db")
    theirs = copy.deepcopy(raw["Spec"])
    theirs["TaskTemplate"]["ContainerSpec"]["Image"] = "db:9"
    swarm.touch(raw["ID"], theirs)
    swarm.clock.sleep(10.0)
    assert deploy(swarm)["release"]["outcome"] == "rolled_back"
    assert swarm.serving() == {**BEFORE, "db": {"db:9"}}
    assert closed(swarm)


def test_going_back_closes_a_record_that_had_not_begun() -> None:
    tried = 0
    for number, swarm in killed(at_rest, deploy):
        if len(swarm.records()) == 1:
            continue
        tried += 1
        result = run(swarm, to="previous", parallel=1)
        assert result["release"]["outcome"] in ("completed", "unchanged"), number
        assert closed(swarm), number
        if number > 6:
            break
    assert tried > 1
