# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that another release lists by now: going back with a release leaves them alone, and says so."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.release import LABEL, release_of

from .paper import Killed, PaperSwarm, entry, go, run
from .test_interrupted import closed, killed

ALONE = "worker: it belongs to release jobs now and is left alone"
TOLD = "worker belongs to release jobs now and is left alone"
SHARED = "worker: release jobs lists it as well; list a service in one release only"


def web(version: int) -> dict[str, Any]:
    return entry("web", "web:%d" % version)


def worker(version: int, **more: Any) -> dict[str, Any]:
    return entry("worker", "worker:%d" % version, **more)


def jobs(swarm: PaperSwarm, *services: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Declare the other release."""
    swarm.clock.sleep(1000.0)
    return run(swarm, name="jobs", services=list(services), **options)


def release(swarm: PaperSwarm, *services: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Declare the shop."""
    swarm.clock.sleep(1000.0)
    return go(swarm, list(services), **options)


def back(swarm: PaperSwarm, to: str, **options: Any) -> dict[str, Any]:
    """Go back with the shop."""
    swarm.clock.sleep(1000.0)
    return run(swarm, to=to, parallel=1, **options)


def handed_over(prune: bool = True) -> PaperSwarm:
    """A worker that was the shop's and is that of the jobs."""
    swarm = PaperSwarm()
    release(swarm, web(1))
    release(swarm, web(2), worker(2))
    release(swarm, web(3))
    jobs(swarm, worker(9))
    release(swarm, web(4), prune=prune)
    assert swarm.images() == {"web": "web:4", "worker": "worker:9"}
    return swarm


def kept(swarm: PaperSwarm) -> Any:
    """All that there is of the worker: the service, its tasks and its history."""
    raw = swarm.named("worker")
    history = [one for one in swarm.configs.values() if one["Spec"]["Labels"].get("swarm.rollout.service") == "worker"]
    assert history
    return copy.deepcopy((raw, swarm.places[raw["ID"]], history))


@pytest.mark.parametrize("prune", [True, False], ids=["passed over by prune", "left unlisted"])
@pytest.mark.parametrize(("to", "number"), [("1", 1), ("2", 2), ("previous", 3)])
def test_going_back_leaves_what_was_handed_over_alone(prune: bool, to: str, number: int) -> None:
    swarm = handed_over(prune)
    theirs = kept(swarm)
    result = back(swarm, to)
    assert (result["release"]["outcome"], result["release"]["restores"]) == ("completed", number)
    assert swarm.images() == {"web": "web:%d" % number, "worker": "worker:9"}
    assert kept(swarm) == theirs
    assert [one["name"] for one in result["services"]] == ["web"]
    record = next(one for one in swarm.records() if (one.release, one.number) == ("shop", 5))
    assert (set(record.members), record.unlisted) == ({"web"}, ())
    # Of what it neither has now nor had then there is nothing to say.
    concerned = to == "2" or not prune
    assert (TOLD in result["msg"], ALONE in result["warnings"]) == (concerned, concerned)
    assert result["release"]["left_alone"] == ({"worker": "jobs"} if concerned else {})


@pytest.mark.parametrize("prune", [True, False], ids=["passed over by prune", "left unlisted"])
@pytest.mark.parametrize("to", ["1", "2", "previous"])
def test_check_mode_foretells_just_that(prune: bool, to: str) -> None:
    swarm = handed_over(prune)
    foretold = back(swarm, to, check_mode=True)
    assert swarm.images() == {"web": "web:4", "worker": "worker:9"}
    moving = [one["service"] for wave in foretold["plan"]["waves"] for one in wave["services"]]
    assert moving == ["web"]
    assert [one["before_header"] for one in foretold["diff"]] == ["web"]
    result = back(swarm, to)
    assert foretold["warnings"] == result["warnings"]
    assert foretold["release"]["left_alone"] == result["release"]["left_alone"]
    concerned = bool(result["warnings"])
    assert (TOLD in foretold["msg"], TOLD in foretold["plan"]["notes"]) == (concerned, concerned)


def test_where_it_fails_the_way_back_leaves_it_alone_too() -> None:
    swarm = handed_over()
    theirs = kept(swarm)
    swarm.dies.add("web:2")
    result = back(swarm, "2")
    assert swarm.images()["web"] == "web:4"
    assert kept(swarm) == theirs
    assert (result["release"]["outcome"], ALONE in result["warnings"]) == ("rolled_back", True)


def test_killed_at_every_call_going_back_leaves_it_alone() -> None:
    theirs = handed_over(prune=False).named("worker")["Spec"]
    number = 0
    for number, swarm in killed(lambda: handed_over(prune=False), lambda swarm: run(swarm, to="2", parallel=1)):
        assert run(swarm, to="2", parallel=1)["release"]["outcome"] in ("completed", "unchanged"), number
        assert swarm.images() == {"web": "web:2", "worker": "worker:9"}, number
        assert swarm.named("worker")["Spec"] == theirs, number
        assert closed(swarm), number
    assert number > 20


def test_a_service_that_the_other_release_lost_is_not_made_for_it() -> None:
    swarm = handed_over()
    swarm.delete("/services/" + swarm.named("worker")["ID"])
    result = back(swarm, "2")
    assert swarm.images() == {"web": "web:2"}
    assert result["release"]["left_alone"] == {"worker": "jobs"}


def test_where_nothing_else_is_left_to_do_it_is_told_as_well() -> None:
    swarm = PaperSwarm()
    release(swarm, web(1), worker(2))
    jobs(swarm, worker(9))
    result = back(swarm, "1")
    assert (result["release"]["outcome"], ALONE in result["warnings"]) == ("unchanged", True)
    assert result["msg"] == "shop: its services already are what they were in release 1; " + TOLD


def test_where_everything_was_handed_over_nothing_is_done() -> None:
    swarm = PaperSwarm()
    release(swarm, worker(1))
    release(swarm, worker(2))
    jobs(swarm, worker(9))
    theirs = kept(swarm)
    result = back(swarm, "1")
    assert (result["changed"], result["release"]["outcome"]) == (False, "unchanged")
    assert result["msg"] == "shop: nothing of release 1 is left to put back; " + TOLD
    assert kept(swarm) == theirs


def test_of_two_that_list_it_the_last_goes_back_with_it_and_the_other_does_not() -> None:
    swarm = PaperSwarm()
    release(swarm, web(1), worker(1))
    release(swarm, web(2), worker(2))
    jobs(swarm, worker(8))
    jobs(swarm, worker(9))
    result = back(swarm, "1")
    assert swarm.images() == {"web": "web:1", "worker": "worker:9"}
    assert result["release"]["left_alone"] == {"worker": "jobs"}
    result = back(swarm, "1", name="jobs")
    assert (result["release"]["outcome"], result["warnings"]) == ("completed", [])
    assert swarm.images() == {"web": "web:1", "worker": "worker:8"}


def test_who_took_it_over_goes_back_with_it_but_does_not_remove_it() -> None:
    swarm = PaperSwarm()
    jobs(swarm, worker(9))
    release(swarm, web(1))
    release(swarm, web(2), worker(2))
    release(swarm, web(3), worker(3))
    result = back(swarm, "2")
    assert swarm.images() == {"web": "web:2", "worker": "worker:2"}
    assert (result["release"]["left_alone"], SHARED in result["warnings"]) == ({}, True)
    result = back(swarm, "1")
    assert swarm.images() == {"web": "web:1", "worker": "worker:2"}
    assert (result["release"]["left_alone"], ALONE in result["warnings"]) == ({"worker": "jobs"}, True)


def test_prune_says_what_it_passes_over_and_does_not_claim_it_any_more() -> None:
    swarm = PaperSwarm()
    release(swarm, web(1), worker(1))
    release(swarm, web(2))
    jobs(swarm, worker(9), entry("queue", "queue:1"))
    passed = release(swarm, web(3), prune=True)
    assert swarm.images() == {"web": "web:3", "worker": "worker:9", "queue": "queue:1"}
    # It belongs to the jobs, which may leave it unlisted.
    jobs(swarm, entry("queue", "queue:1"))
    result = release(swarm, web(4), prune=True)
    assert swarm.images() == {"web": "web:4", "worker": "worker:9", "queue": "queue:1"}
    jobs(swarm, entry("queue", "queue:1"), prune=True)
    assert swarm.images() == {"web": "web:4", "queue": "queue:1"}
    assert (ALONE in passed["warnings"], passed["release"]["left_alone"]) == (True, {"worker": "jobs"})
    assert TOLD in passed["msg"]
    assert (result["warnings"], result["release"]["left_alone"]) == ([], {})


@pytest.mark.parametrize("check_mode", [True, False])
def test_who_prunes_is_told_of_a_service_that_another_release_lists_too(check_mode: bool) -> None:
    swarm = PaperSwarm()
    jobs(swarm, worker(9))
    assert release(swarm, web(1), worker(1), prune=True, check_mode=check_mode)["warnings"] == [SHARED]


def test_a_record_labelled_with_another_release_does_not_stand_in_for_this_one() -> None:
    swarm = PaperSwarm()
    release(swarm, web(1))
    forged = copy.deepcopy(next(raw for raw in swarm.configs.values() if release_of(raw)))
    jobs(swarm, worker(9))
    release(swarm, web(2), worker(2))
    release(swarm, web(3), worker(3))
    forged["Spec"]["Labels"][LABEL] = "others"
    swarm.configs["forged"] = forged
    back(swarm, "2")
    assert swarm.images() == {"web": "web:2", "worker": "worker:2"}


def interrupted() -> PaperSwarm:
    """A shop that was killed when it had changed the worker, which is the jobs' since then, just as it was left."""
    swarm = PaperSwarm()
    release(swarm, web(1), worker(1))
    swarm.clock.sleep(1000.0)
    swarm.meddle["worker:2"] = lambda: setattr(swarm, "die_at", len(swarm.calls) + 1)
    with pytest.raises(Killed):
        release(swarm, worker(2), web(2))
    assert swarm.images() == {"web": "web:1", "worker": "worker:2"}
    swarm.clock.sleep(100.0)
    jobs(swarm, worker(2))
    return swarm


def test_what_an_interrupted_run_made_of_it_is_not_undone() -> None:
    swarm = interrupted()
    result = release(swarm, web(3))
    assert result["release"]["outcome"] == "completed"
    assert swarm.images() == {"web": "web:3", "worker": "worker:2"}
    assert (ALONE in result["warnings"], result["release"]["left_alone"]) == (True, {"worker": "jobs"})


def test_a_way_back_after_an_interruption_leads_to_what_the_other_release_made_of_it() -> None:
    swarm = interrupted()
    swarm.dies.add("web:2")
    result = release(swarm, worker(2), web(2))
    assert result["release"]["outcome"] == "rolled_back"
    assert swarm.images() == {"web": "web:1", "worker": "worker:2"}
