# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several services changed as one: all of it, or what the task says of a failure."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import EngineError, OptionError, RolloutError
from ansible_collections.swarm.rollout.plugins.module_utils._engine import releases
from ansible_collections.swarm.rollout.plugins.module_utils._operations import change

from .paper import Free, PaperSwarm, at_rest, ended, entry, go, job, run, shop

NEW = {"db": "db:2", "migrate": "migrate:2", "api": "api:2", "web": "web:2"}


def order(swarm: PaperSwarm, since: int = 0) -> list[str]:
    """The services in the order in which they were written first."""
    return list(dict.fromkeys(name for name, _image in swarm.written[since:]))


def test_all_that_is_declared_is_there_and_recorded(swarm: PaperSwarm) -> None:
    result = go(swarm, shop(1))
    assert result["changed"] is True
    assert result["release"]["waves"] == [["db", "old"], ["migrate"], ["api"]]
    assert (result["release"]["revision"], result["release"]["previous_revision"]) == (1, None)
    assert set(ended(result).values()) == {"completed"}
    (record,) = swarm.records()
    assert (record.outcome, record.present) == ("completed", ("db", "migrate", "api", "old"))
    assert all(member.before is None for member in record.members.values())
    assert set(record.revisions) == set(record.present)
    assert record.duration is not None


def test_waves_follow_each_other_and_what_goes_is_last() -> None:
    swarm = at_rest()
    since = len(swarm.written)
    result = go(swarm, shop(2))
    assert result["release"]["outcome"] == "completed"
    assert result["release"]["waves"] == [["db"], ["migrate"], ["api", "web"], ["old"]]
    assert order(swarm, since) == ["db", "migrate", "api", "web"]
    assert swarm.removed == ["old"]
    assert swarm.images() == NEW
    assert swarm.serving() == {"db": {"db:2"}, "api": {"api:2"}, "web": {"web:2"}}
    assert result["release"]["previous_revision"] == 1
    assert swarm.outcomes() == [(1, "completed"), (2, "completed")]
    assert not any("old" in raw["Spec"]["Name"] for raw in swarm.configs.values()), "its history goes with it"


def test_how_it_ended_is_recorded_although_the_manager_stumbles(monkeypatch: pytest.MonkeyPatch) -> None:
    swarm = at_rest()
    stumbles = [EngineError("something is wrong inside", 500, "")] * 3
    relabel = releases.relabel

    def stumbling(api: Any, one: Any) -> None:
        if one.outcome == "completed" and stumbles:
            raise stumbles.pop()
        relabel(api, one)

    monkeypatch.setattr(releases, "relabel", stumbling)
    result = go(swarm, shop(2))
    assert not stumbles
    assert swarm.outcomes() == [(1, "completed"), (2, "completed")]
    assert result["warnings"] == []


def test_the_record_is_there_before_the_first_service_is_written(swarm: PaperSwarm) -> None:
    seen: list[Any] = []
    swarm.meddle["db:1"] = lambda: seen.extend(swarm.records())
    go(swarm, shop(1))
    (record,) = seen
    assert record.outcome == "pending"
    assert [name for name, member in record.members.items() if member.after] == ["db", "migrate", "api", "old"]


def test_what_was_written_before_the_managers_went_away_is_a_change(
    swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*given: Any, **more: Any) -> Any:
        raise RolloutError("no manager can be reached")

    monkeypatch.setattr(change, "follow", lost)
    result = run(swarm, services=[entry("web", "web:1")], on_failure="freeze")
    assert swarm.images() == {"web": "web:1"}
    assert "no manager can be reached" in result["msg"]
    assert (result["failed"], result["changed"]) == (True, True)
    assert [one["changed"] for one in result["services"]] == [True]


def test_threads_move_the_services_of_a_wave_together(swarm: PaperSwarm) -> None:
    result = run(swarm, services=[entry(name, name + ":1") for name in "abcdefgh"])
    assert result["release"]["outcome"] == "completed"
    assert swarm.serving() == {name: {name + ":1"} for name in "abcdefgh"}
    assert sorted(swarm.written) == [(name, name + ":1") for name in "abcdefgh"]


def test_threads_go_back_together_too() -> None:
    swarm = PaperSwarm()
    names = "abcdefgh"
    run(swarm, services=[entry(name, name + ":1") for name in names])
    before = swarm.plain()
    swarm.dies.add("h:2")
    result = run(swarm, services=[entry(name, name + ":2") for name in names])
    assert result["release"]["outcome"] == "rolled_back"
    assert swarm.plain() == before
    assert swarm.serving() == {name: {name + ":1"} for name in names}


def test_a_run_that_changes_nothing_makes_three_calls_without_a_lock() -> None:
    swarm = at_rest(2)
    del swarm.calls[:], Free.taken[:]
    result = go(swarm, shop(2))
    assert (result["changed"], result["release"]["outcome"]) == (False, "unchanged")
    assert (result["release"]["revision"], result["release"]["previous_revision"]) == (2, None)
    assert set(ended(result).values()) == {"unchanged"}
    assert swarm.calls == [("GET", "/configs"), ("GET", "/services"), ("GET", "/tasks")]
    assert Free.taken == []


def test_a_run_that_changes_something_takes_the_lock_of_its_release(swarm: PaperSwarm) -> None:
    go(swarm, shop(1))
    assert Free.taken == ["release:shop"]


def test_check_mode_writes_nothing_and_tells_the_waves() -> None:
    swarm = at_rest()
    del swarm.calls[:], Free.taken[:]
    result = go(swarm, shop(2), check_mode=True)
    assert (result["changed"], result["release"]["outcome"], swarm.writes()) == (True, "planned", [])
    plan = result["plan"]
    assert [len(wave["services"]) for wave in plan["waves"]] == [1, 1, 2, 1]
    assert (plan["action"], plan["unchanged"]) == ("release", [])
    assert [one["before_header"] for one in result["diff"]] == ["db", "migrate", "api", "web", "old"]
    assert Free.taken == []


def test_a_failure_in_a_later_wave_puts_everything_back() -> None:
    swarm = at_rest()
    before, history = swarm.plain(), set(swarm.configs)
    swarm.dies.add("api:2")
    since = len(swarm.written)
    result = go(swarm, shop(2))
    assert result["failed"] is True
    assert (result["release"]["outcome"], result["release"]["failed_wave"]) == ("rolled_back", 3)
    # The job was there: it stays as it is, since every write of it is another run.
    assert swarm.plain() == {**before, "migrate": swarm.plain()["migrate"]}
    assert swarm.images()["migrate"] == "migrate:2"
    assert swarm.serving() == {"db": {"db:1"}, "api": {"api:1"}, "old": {"old:1"}}
    assert order(swarm, since) == ["db", "migrate", "api"]
    assert list(dict.fromkeys(name for name, image in swarm.written[since:] if image.endswith(":1"))) == ["api", "db"]
    assert swarm.outcomes() == [(1, "completed"), (2, "rolled_back")]
    assert history <= set(swarm.configs), "no history is lost on the way"
    assert ended(result) == {
        "db": "completed",
        "migrate": "completed",
        "api": "paused",
        "web": "skipped",
        "old": "skipped",
    }
    undone = {one["name"]: one["undone"] and one["undone"]["outcome"] for one in result["services"]}
    assert undone == {"db": "completed", "migrate": "unchanged", "api": "completed", "web": None, "old": None}
    assert "migrate stays: a job is not run backwards" in result["msg"]


def test_what_was_created_goes_and_what_was_removed_returns() -> None:
    swarm = PaperSwarm()
    go(swarm, [entry("old", "old:1", replicas=2), entry("db", "db:1")])
    before = swarm.plain()
    # `old` goes before `db` moves, since `db` that stays waits for it.
    new = [
        entry("new", "new:1"),
        entry("old", "old:1", state="absent", depends_on=["new"]),
        entry("db", "db:2", depends_on=["old"]),
    ]
    swarm.dies.add("db:2")
    result = go(swarm, new)
    assert result["release"]["waves"] == [["new"], ["old"], ["db"]]
    assert swarm.removed == ["old", "new"]
    assert result["release"]["outcome"] == "rolled_back"
    assert swarm.plain() == before
    assert swarm.serving() == {"old": {"old:1"}, "db": {"db:1"}}
    names = [raw["Spec"]["Name"] for raw in swarm.configs.values()]
    assert not any(".new." in name for name in names), "nothing is left of what was created"
    assert any(".old." in name for name in names)


def test_a_job_that_was_created_goes_with_the_others() -> None:
    swarm = PaperSwarm()
    swarm.dies.add("api:1")
    result = go(swarm, shop(1))
    assert (result["release"]["outcome"], swarm.services) == ("rolled_back", {})
    assert [one.outcome for one in swarm.records()] == ["rolled_back"]


def test_after_a_rollback_the_corrected_release_goes_through() -> None:
    swarm = at_rest()
    swarm.dies.add("api:2")
    go(swarm, shop(2))
    result = go(swarm, shop(2, api="api:3"))
    assert result["release"]["outcome"] == "completed"
    assert swarm.images() == {**NEW, "api": "api:3"}
    assert swarm.runs == ["migrate:1", "migrate:2"], "the job is as declared and has succeeded"
    assert swarm.outcomes() == [(1, "completed"), (2, "rolled_back"), (3, "completed")]
    assert result["release"]["previous_revision"] == 1


def test_freeze_leaves_all_where_it_is_and_the_same_task_goes_on() -> None:
    swarm = at_rest()
    swarm.dies.add("migrate:2")
    result = go(swarm, shop(2), on_failure="freeze")
    assert (result["release"]["outcome"], result["release"]["failed_wave"]) == ("frozen", 2)
    assert swarm.images() == {"db": "db:2", "migrate": "migrate:2", "api": "api:1", "old": "old:1"}
    assert (ended(result)["api"], ended(result)["old"]) == ("skipped", "skipped")
    assert swarm.outcomes()[-1] == (2, "frozen")
    swarm.dies.clear()
    again = go(swarm, shop(2), on_failure="freeze")
    assert again["release"]["outcome"] == "completed"
    assert swarm.images() == NEW
    assert swarm.outcomes() == [(1, "completed"), (2, "completed")]


def test_continue_skips_only_what_depends_on_the_failed_one() -> None:
    swarm = at_rest()
    swarm.dies.add("migrate:2")
    new = [*shop(2), entry("mail", "mail:2", depends_on=["db"]), entry("bill", "bill:2", depends_on=["web"])]
    result = go(swarm, new, on_failure="continue")
    assert (result["failed"], result["release"]["outcome"]) == (True, "failed")
    assert ended(result) == {
        "db": "completed",
        "migrate": "failed",
        "api": "skipped",
        "web": "skipped",
        "old": "completed",
        "mail": "completed",
        "bill": "skipped",
    }
    assert swarm.images() == {"db": "db:2", "migrate": "migrate:2", "api": "api:1", "mail": "mail:2"}
    assert swarm.outcomes()[-1] == (2, "failed")


def test_behind_the_point_of_no_return_it_freezes() -> None:
    swarm = at_rest()
    swarm.dies.add("api:2")
    result = go(swarm, shop(2), point_of_no_return="migrate")
    assert result["release"]["outcome"] == "frozen"
    assert result["release"]["point_of_no_return"] == {"service": "migrate", "passed": True}
    assert "migrate is done and is the point of no return" in result["msg"]
    assert swarm.images() == {"db": "db:2", "migrate": "migrate:2", "api": "api:2", "old": "old:1"}


def test_a_failure_before_the_point_of_no_return_goes_back() -> None:
    swarm = at_rest()
    swarm.dies.add("migrate:2")
    result = go(swarm, shop(2), point_of_no_return="migrate")
    assert result["release"]["outcome"] == "rolled_back"
    assert result["release"]["point_of_no_return"] == {"service": "migrate", "passed": False}
    assert swarm.serving() == {"db": {"db:1"}, "api": {"api:1"}, "old": {"old:1"}}


def test_where_the_point_of_no_return_need_not_run_there_is_a_way_back() -> None:
    swarm = at_rest()
    before = swarm.plain()
    swarm.dies.add("api:2")
    same_job = [one if one["name"] != "migrate" else job("migrate:1", depends_on=["db"]) for one in shop(2)]
    result = go(swarm, same_job, point_of_no_return="migrate")
    assert result["release"]["outcome"] == "rolled_back"
    assert swarm.plain() == before
    assert swarm.runs == ["migrate:1"]


def test_a_job_runs_once_and_its_last_words_are_told(swarm: PaperSwarm) -> None:
    result = go(swarm, shop(1))
    told = {one["name"]: one["job"] for one in result["services"]}
    assert told == {"db": None, "migrate": {"exit_code": 0, "log": ["schema 1 -> 2"]}, "api": None, "old": None}
    go(swarm, shop(1))
    changed = [one if one["name"] != "api" else {**one, "replicas": 3} for one in shop(1)]
    assert go(swarm, changed)["release"]["outcome"] == "completed"
    assert swarm.runs == ["migrate:1"]


@pytest.mark.parametrize("on_failure", ["freeze", "continue", "rollback"])
def test_a_job_that_failed_runs_again_on_a_re_run(on_failure: str) -> None:
    swarm = at_rest()
    swarm.dies.add("migrate:2")
    failed = go(swarm, shop(2), on_failure=on_failure)
    told = {one["name"]: one["job"] for one in failed["services"]}
    assert told["migrate"] == {"exit_code": 3, "log": ["schema 1 -> 2"]}
    assert swarm.runs == ["migrate:1", "migrate:2"]
    swarm.dies.clear()
    again = go(swarm, shop(2), on_failure=on_failure)
    assert again["release"]["outcome"] == "completed"
    assert swarm.runs == ["migrate:1", "migrate:2", "migrate:2"]
    assert swarm.images() == NEW
    swarm.clock.sleep(1000.0)
    assert go(swarm, shop(2), on_failure=on_failure)["release"]["outcome"] == "unchanged"
    assert len(swarm.runs) == 3


def test_a_job_that_fails_again_without_any_other_change_is_a_failed_release() -> None:
    swarm = at_rest()
    swarm.dies.add("migrate:2")
    go(swarm, shop(2), on_failure="continue")
    again = go(swarm, shop(2), on_failure="continue")
    assert again["release"]["outcome"] == "failed"
    assert swarm.runs == ["migrate:1", "migrate:2", "migrate:2"]


def test_what_somebody_else_writes_on_the_way_back_stays() -> None:
    swarm = at_rest()
    swarm.dies.add("api:2")
    swarm.meddle["api:2"] = lambda: swarm.write("db", "db:theirs")
    result = go(swarm, shop(2))
    assert result["release"]["outcome"] == "superseded"
    assert swarm.images() == {"db": "db:theirs", "migrate": "migrate:2", "api": "api:1", "old": "old:1"}
    undone = {one["name"]: one["undone"] and one["undone"]["outcome"] for one in result["services"]}
    assert (undone["db"], undone["api"]) == ("superseded", "completed")
    assert swarm.outcomes()[-1] == (2, "superseded")


def test_what_somebody_else_writes_before_the_end_is_noticed() -> None:
    swarm = at_rest()
    swarm.meddle["web:2"] = lambda: swarm.write("db", "db:theirs")
    result = go(swarm, shop(2))
    assert result["release"]["outcome"] == "superseded"
    assert "somebody else changed db meanwhile" in result["msg"]
    assert swarm.images() == {**NEW, "db": "db:theirs"}


def test_a_service_that_cannot_go_back_is_said_and_the_others_go_back() -> None:
    swarm = at_rest()
    swarm.dies.add("api:2")
    swarm.meddle["api:2"] = lambda: swarm.dies.add("db:1")
    result = go(swarm, shop(2))
    assert result["release"]["outcome"] == "rollback_failed"
    assert swarm.serving()["api"] == {"api:1"}
    assert swarm.outcomes()[-1] == (2, "rollback_failed")


def test_prune_removes_only_what_belonged_to_the_release() -> None:
    swarm = PaperSwarm()
    go(swarm, [entry("db", "db:1"), entry("cache", "cache:1"), entry("mail", "mail:1"), entry("bill", "bill:1")])
    run(swarm, name="other", services=[entry("mail", "mail:1"), entry("wiki", "wiki:1")])
    swarm.add({"Name": "stranger", "TaskTemplate": {"ContainerSpec": {"Image": "x:1"}}})
    # Somebody removed this one and made it anew without the collection.
    swarm.delete("/services/" + swarm.named("bill")["ID"])
    swarm.add({"Name": "bill", "TaskTemplate": {"ContainerSpec": {"Image": "bill:9"}}})
    result = go(swarm, [entry("db", "db:3")], prune=True)
    assert result["release"]["outcome"] == "completed"
    assert swarm.images() == {"db": "db:3", "mail": "mail:1", "wiki": "wiki:1", "stranger": "x:1", "bill": "bill:9"}
    assert any("bill: it is no longer listed, but somebody else made it anew" in text for text in result["warnings"])


def test_what_was_left_unlisted_for_a_while_is_pruned_later() -> None:
    swarm = PaperSwarm()
    go(swarm, [entry("db", "db:1"), entry("cache", "cache:1")])
    go(swarm, [entry("db", "db:2")])
    assert swarm.images() == {"db": "db:2", "cache": "cache:1"}, "without prune nothing is removed"
    go(swarm, [entry("db", "db:3")], prune=True)
    assert swarm.images() == {"db": "db:3"}


def test_what_others_made_anew_while_it_was_unlisted_is_not_pruned() -> None:
    swarm = PaperSwarm()
    go(swarm, [entry("db", "db:1"), entry("bill", "bill:1")])
    go(swarm, [entry("db", "db:2")])
    swarm.delete("/services/" + swarm.named("bill")["ID"])
    swarm.add({"Name": "bill", "TaskTemplate": {"ContainerSpec": {"Image": "bill:9"}}})
    go(swarm, [entry("db", "db:3")], prune=True)
    assert swarm.images() == {"db": "db:3", "bill": "bill:9"}


def test_what_was_pruned_returns_when_the_release_fails() -> None:
    swarm = PaperSwarm()
    go(swarm, [entry("cache", "cache:1"), entry("db", "db:1"), entry("api", "api:1")])
    before = swarm.plain()
    swarm.dies.add("api:2")
    result = go(swarm, [entry("db", "db:2"), entry("api", "api:2", depends_on=["db"])], prune=True)
    assert result["release"]["outcome"] == "rolled_back"
    assert swarm.plain() == before


def test_records_beyond_the_limit_go() -> None:
    swarm = PaperSwarm()
    for version in range(1, 6):
        go(swarm, [entry("db", "db:%d" % version)], revision_history_limit=3)
    assert [number for number, _outcome in swarm.outcomes()] == [3, 4, 5]


def test_services_that_are_as_declared_already_are_recorded_without_a_change() -> None:
    swarm = PaperSwarm()
    swarm.add({"Name": "db", "TaskTemplate": {"ContainerSpec": {"Image": "db:1"}}})
    swarm.clock.sleep(1000.0)
    since = len(swarm.written)
    result = go(swarm, [entry("db", "db:1")])
    assert (result["changed"], result["release"]["outcome"], result["release"]["revision"]) == (False, "unchanged", 1)
    assert swarm.outcomes() == [(1, "completed")]
    assert len(swarm.written) == since


def test_a_release_too_large_for_its_record_changes_nothing(swarm: PaperSwarm, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.swarm.rollout.plugins.module_utils._core import packing

    monkeypatch.setattr(packing, "LARGEST", 100)
    with pytest.raises(RolloutError, match=r"nothing was changed.*split it into several"):
        go(swarm, shop(1))
    assert (swarm.services, swarm.writes()) == ({}, [])


def test_another_mode_is_refused_with_the_name_of_the_service() -> None:
    swarm = at_rest()
    del swarm.calls[:]
    with pytest.raises(OptionError, match=r"^api: .*cannot change a mode in place"):
        go(swarm, [entry("db", "db:2"), entry("api", "api:1", mode="global")])
    assert swarm.writes() == []


def test_a_cause_may_be_required_of_the_whole(swarm: PaperSwarm) -> None:
    with pytest.raises(OptionError, match="change_cause"):
        go(swarm, shop(1), require_change_cause=True)
    assert swarm.writes() == []
    go(swarm, shop(1), require_change_cause=True, change_cause="release 1")
    assert swarm.records()[0].cause == "release 1"


def test_a_service_that_got_another_mode_gets_its_own_back() -> None:
    swarm = PaperSwarm()
    go(swarm, [entry("a", "a:1"), entry("b", "b:1")])
    before = swarm.plain()
    swarm.dies.add("b:2")
    other = entry("a", "a:2", mode="replicated-job", allow_recreate=True, restart_config={"condition": "none"})
    result = go(swarm, [other, entry("b", "b:2", depends_on=["a"])])
    assert result["release"]["outcome"] == "rolled_back"
    assert swarm.plain() == before
    assert swarm.serving() == {"a": {"a:1"}, "b": {"b:1"}}


def test_waves_are_told_as_they_begin_and_each_service_as_it_ends(swarm: PaperSwarm) -> None:
    told: list[str] = []
    go(swarm, shop(1), told=told)
    ends = [
        line for line in told if line.startswith("shop: wave ") and (": completed in " in line or line.count(":") < 3)
    ]
    assert [line.partition(" in ")[0] for line in ends] == [
        "shop: wave 1/3: db, old",
        "shop: wave 1/3: db: completed",
        "shop: wave 1/3: old: completed",
        "shop: wave 2/3: migrate",
        "shop: wave 2/3: migrate: completed",
        "shop: wave 3/3: api",
        "shop: wave 3/3: api: completed",
    ]


def test_a_release_that_goes_back_says_why_and_how_each_service_fares() -> None:
    swarm = at_rest()
    swarm.dies = {"api:bad"}
    told: list[str] = []
    go(swarm, shop(2, api="api:bad"), told=told)
    back = next(place for place, line in enumerate(told) if line == "shop: rolling back: api failed")
    assert any(line.startswith("shop: wave 3/4: api: paused after") for line in told[:back]), told
    assert "shop: rolling back: db: completed" in told[back:]
    assert all(line.startswith("shop: rolling back: ") for line in told[back:])


def test_a_release_that_is_as_declared_tells_nothing() -> None:
    told: list[str] = []
    go(at_rest(), shop(1), told=told)
    assert told == []


def test_services_that_move_together_tell_each_their_own(swarm: PaperSwarm) -> None:
    told: list[str] = []
    run(swarm, services=[entry(name, name + ":1") for name in "abcdefgh"], told=told)
    for name in "abcdefgh":
        own = [line for line in told if line.startswith("shop: wave 1/1: %s: " % name)]
        assert own[-1].startswith("shop: wave 1/1: %s: completed in " % name)
