# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole release put back as it was recorded."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError, RolloutError

from .paper import Free, PaperSwarm, at_rest, ended, entry, go, run, shop

FIRST = {"db": {"db:1"}, "api": {"api:1"}, "old": {"old:1"}}


def back(swarm: PaperSwarm, to: str = "previous", **more: Any) -> dict[str, Any]:
    return run(swarm, to=to, parallel=1, **more)


@pytest.mark.parametrize("to", ["previous", "1"])
def test_all_services_are_what_they_were_in_it_but_no_job_runs(to: str) -> None:
    swarm = at_rest(2)
    jobless = {name: plain for name, plain in at_rest(1).plain().items() if name != "migrate"}
    since = len(swarm.written)
    result = back(swarm, to)
    assert (result["changed"], result["release"]["outcome"], result["release"]["restores"]) == (True, "completed", 1)
    assert {name: plain for name, plain in swarm.plain().items() if name != "migrate"} == jobless
    assert swarm.serving() == FIRST
    assert swarm.images()["migrate"] == "migrate:2"
    assert swarm.runs == ["migrate:1", "migrate:2"]
    assert swarm.removed[-1] == "web"
    assert list(dict.fromkeys(name for name, _image in swarm.written[since:])) == ["old", "api", "db"]
    record = swarm.records()[-1]
    assert (record.number, record.restores, record.outcome) == (3, 1, "completed")


def test_previous_run_twice_leaves_it_alone() -> None:
    swarm = at_rest(2)
    back(swarm)
    swarm.clock.sleep(1000.0)
    before = swarm.plain()
    del swarm.calls[:], Free.taken[:]
    again = back(swarm)
    assert (again["changed"], again["release"]["outcome"]) == (False, "unchanged")
    assert "already is one that was put back" in again["msg"]
    assert any("already is one that was put back" in text for text in again["warnings"])
    assert (swarm.plain(), swarm.writes(), Free.taken) == (before, [], [])
    assert len(swarm.calls) == 1


def test_a_number_run_twice_leaves_it_alone() -> None:
    swarm = at_rest(2)
    back(swarm, "1")
    swarm.clock.sleep(1000.0)
    del swarm.calls[:], Free.taken[:]
    again = back(swarm, "1")
    assert (again["changed"], again["release"]["outcome"], again["release"]["restores"]) == (False, "unchanged", 1)
    assert (swarm.writes(), Free.taken) == ([], [])


def test_a_number_goes_forward_again_too() -> None:
    swarm = at_rest(2)
    declared = {name: plain for name, plain in swarm.plain().items() if name != "migrate"}
    back(swarm, "1")
    assert back(swarm, "2")["release"]["outcome"] == "completed"
    assert {name: plain for name, plain in swarm.plain().items() if name != "migrate"} == declared
    assert swarm.serving() == {"db": {"db:2"}, "api": {"api:2"}, "web": {"web:2"}}


def test_what_was_taken_back_is_not_what_previous_means() -> None:
    swarm = at_rest(2)
    swarm.dies.add("api:3")
    assert go(swarm, shop(3))["release"]["outcome"] == "rolled_back"
    assert back(swarm)["release"]["restores"] == 1
    assert swarm.serving() == FIRST


def test_after_a_frozen_release_previous_is_the_one_before() -> None:
    swarm = at_rest(2)
    swarm.dies.add("api:3")
    assert go(swarm, shop(3), on_failure="freeze")["release"]["outcome"] == "frozen"
    result = back(swarm)
    assert (result["release"]["outcome"], result["release"]["restores"]) == ("completed", 2)
    assert swarm.serving() == {"db": {"db:2"}, "api": {"api:2"}, "web": {"web:2"}}


@pytest.mark.parametrize(("keep", "replicas"), [(True, 7), (False, 2)])
def test_the_number_of_replicas_stays_unless_it_is_to_go_back_too(keep: bool, replicas: int) -> None:
    swarm = PaperSwarm()
    go(swarm, [entry("db", "db:1", replicas=2)])
    go(swarm, [entry("db", "db:2", replicas=7)])
    assert back(swarm, keep_replicas=keep)["release"]["outcome"] == "completed"
    assert swarm.named("db")["Spec"]["Mode"]["Replicated"]["Replicas"] == replicas
    assert swarm.serving() == {"db": {"db:1"}}


def test_where_it_does_not_work_any_more_all_are_as_they_were() -> None:
    swarm = at_rest(2)
    before = swarm.plain()
    swarm.dies.add("db:1")
    result = back(swarm)
    assert (result["failed"], result["release"]["outcome"]) == (True, "rolled_back")
    assert swarm.plain() == before
    assert swarm.serving() == {"db": {"db:2"}, "api": {"api:2"}, "web": {"web:2"}}
    assert swarm.outcomes()[-1] == (3, "rolled_back")


def test_check_mode_tells_and_writes_nothing() -> None:
    swarm = at_rest(2)
    del swarm.calls[:], Free.taken[:]
    result = back(swarm, check_mode=True)
    assert (result["changed"], result["release"]["outcome"], result["release"]["restores"]) == (True, "planned", 1)
    assert set(ended(result).values()) == {"planned"}
    assert (swarm.writes(), Free.taken) == ([], [])


def test_where_there_is_nothing_to_go_back_to_nothing_is_written() -> None:
    with pytest.raises(RolloutError, match="no release of this name is recorded"):
        back(PaperSwarm())
    swarm = at_rest()
    del swarm.calls[:]
    with pytest.raises(RolloutError, match="there is nothing to go back to: no release before 1 was good"):
        back(swarm)
    with pytest.raises(OptionError, match="there are: 1"):
        back(swarm, "5")
    assert swarm.writes() == []


def test_a_config_that_is_gone_is_told_before_anything_is_written() -> None:
    swarm = PaperSwarm()
    needs = {"ConfigID": "gone", "ConfigName": "settings", "File": {"Name": "/s"}}
    swarm.add({"Name": "db", "TaskTemplate": {"ContainerSpec": {"Image": "db:1", "Configs": [needs]}}})
    go(swarm, [entry("db", "db:1")])
    go(swarm, [entry("db", "db:2", unspecified="reset")])
    del swarm.calls[:]
    with pytest.raises(RolloutError, match='it needs the config "settings" that was deleted'):
        back(swarm)
    assert swarm.writes() == []


def on_a_network(swarm: PaperSwarm, version: int) -> None:
    """Release the one service of a shop, attached to the network back."""
    assert go(swarm, [entry("web", "web:%d" % version, networks=["back"])])["release"]["outcome"] == "completed"
    swarm.clock.sleep(1000.0)


def test_a_network_that_was_made_again_is_found_by_its_name() -> None:
    swarm = PaperSwarm()
    swarm.networks["n1"] = "back"
    on_a_network(swarm, 1)
    # Its services were removed with their network, and all of it made again.
    swarm.networks = {"n2": "back"}
    swarm.services.clear()
    on_a_network(swarm, 2)
    assert back(swarm, "1")["release"]["outcome"] == "completed"
    assert swarm.named("web")["Spec"]["TaskTemplate"]["Networks"] == [{"Target": "n2"}]
    assert swarm.serving() == {"web": {"web:1"}}
    swarm.clock.sleep(1000.0)
    before = swarm.writes()
    assert (back(swarm, "1")["changed"], swarm.writes()) == (False, before)


@pytest.mark.parametrize("check", [False, True])
def test_a_network_that_is_gone_is_refused_with_its_name(check: bool) -> None:
    swarm = PaperSwarm()
    swarm.networks["n1"] = "back"
    on_a_network(swarm, 1)
    assert go(swarm, [entry("web", "web:2", networks=[])])["release"]["outcome"] == "completed"
    swarm.networks.clear()
    before = swarm.writes()
    with pytest.raises(RolloutError, match='release 1 is not possible: it needs the network "back" that was deleted'):
        back(swarm, "1", check_mode=check)
    assert swarm.writes() == before
