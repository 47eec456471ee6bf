# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept, what is needed, and what goes."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from tests.integration.history.past import QUICK, Past
from tests.lab.lab import Lab


def in_place(stage: Past, number: int, **options: Any) -> int:
    """A change that replaces no task; the number of its revision."""
    ran = stage.service(labels={"number": str(number)}, min_healthy_time="1ms", **{"update_config": QUICK, **options})
    assert not ran.failed, ran.output
    return int(ran.rollout["revision"])


def test_the_oldest_go_but_pinned_ones_and_the_way_back_stay(stage: Past):
    stage.releases("web:1", "web:2")
    assert in_place(stage, 3, pin=True) == 3
    for number in range(4, 9):
        assert in_place(stage, number, revision_history_limit=4) == number
    told = {one["revision"]: one["pinned"] for one in stage.told()}
    # 3 is pinned, 8 is in force, 7 is the good one before it and leads back to the labels it had.
    assert sorted(told) == [3, 6, 7, 8]
    assert told == {3: True, 6: False, 7: False, 8: False}
    assert sorted(stage.stored()) == sorted(told)


def test_after_many_scalings_previous_still_finds_the_last_release(stage: Past):
    stage.releases("web:1", "web:2")
    for replicas in (2, 3, 2, 1):
        ran = stage.service(replicas=replicas, revision_history_limit=3, wait=False)
        assert not ran.failed, ran.output
    stage.at_rest({"web:2": 1})
    assert sorted(stage.outcomes()) == [1, 5, 6]
    ran = stage.rollback(to="previous")
    assert (ran.failed, ran.result["target"]["revision"]) == (False, 1)
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


@pytest.mark.parametrize("kind", ["config", "secret"])
def test_what_a_revision_needs_and_is_gone_is_told_and_refused(stage: Past, kind: str):
    engine = stage.cluster.engine
    needed = f"{stage.name}-{kind}"
    made = engine.post(f"/{kind}s/create", {"Name": needed, "Data": "aGVsbG8="})
    uses: dict[str, Any] = {f"{kind}s": [{f"{kind}_name": needed, "filename": "/tmp/needed"}]}
    stage.have("web:1", **uses)
    assert stage.service("web:2", **{f"{kind}s": []}).outcome == "completed"
    # Swarm still keeps the previous specification, but not what it needs.
    engine.delete(f"/{kind}s/{made['ID']}")
    assert {one["revision"]: one["missing"] for one in stage.told()} == {1: [f'{kind} "{needed}"'], 2: []}
    before = stage.cluster.service(stage.name)
    for check in (True, False):
        ran = stage.start("swarm_service_rollback", check=check, to="1").wait()
        assert (ran.failed, ran.changed) == (True, False)
        assert f'{kind} "{needed}"' in ran.msg
    assert stage.cluster.service(stage.name) == before
    assert sorted(stage.stored()) == [1, 2]


def test_a_removed_service_leaves_nothing(stage: Past):
    stage.releases("web:1", "web:2")
    planned = stage.service(state="absent", check=True)
    assert (planned.changed, len(stage.stored())) == (True, 2)
    assert stage.service(state="absent").changed
    assert stage.stored() == {}
    # Others remove it: its history waits for a service of that name, or for somebody to declare it absent.
    stage.have("web:1")
    stage.cluster.remove(stage.name)
    stage.have("web:2")
    assert stage.outcomes() == {1: "completed", 2: "completed"}
    assert stage.rollback(to="1").outcome == "completed"
    stage.cluster.remove(stage.name)
    gone = stage.service(state="absent")
    assert (gone.failed, gone.changed) == (False, True)
    assert "3 revisions" in gone.msg
    assert stage.stored() == {}
    assert stage.service(state="absent").changed is False


def test_a_service_that_is_created_anew_keeps_its_history(stage: Past):
    stage.have("web:1")
    ran = stage.service("web:2", mode="global", allow_recreate=True)
    assert (ran.failed, ran.rollout["revision"]) == (False, 2)
    assert stage.outcomes() == {1: "completed", 2: "completed"}
    back = stage.rollback(to="1")
    assert back.failed
    assert "allow_recreate" in back.msg
    assert stage.rollback(to="previous").result["error_kind"] == "nothing_to_go_back_to"


def test_names_that_begin_alike_have_histories_of_their_own(stage: Past):
    stem = stage.name + "x" * (62 - len(stage.name))
    for last in "ab":
        ran = stage.service("web:1", name=stem + last, update_config=QUICK, stop_grace_period="2s")
        assert (ran.outcome, ran.rollout["revision"]) == ("completed", 1), ran.output
    ran = stage.service("web:2", name=stem + "b")
    assert (ran.outcome, ran.rollout["revision"]) == ("completed", 2)
    assert [len(stage.info(name=stem + last, history=True)[0]["history"]) for last in "ab"] == [1, 2]


def test_without_a_cause_where_one_is_required(stage: Past):
    stage.have("web:1")
    before = stage.cluster.service(stage.name)
    changes: list[dict[str, Any]] = [{"image": "web:2"}, {"state": "absent"}]
    for options in changes:
        ran = stage.service(require_change_cause=True, change_cause=" ", **options)
        assert (ran.failed, ran.changed) == (True, False)
        assert "change_cause" in ran.msg
    assert stage.cluster.service(stage.name) == before
    assert sorted(stage.stored()) == [1]
    assert not stage.service("web:1", require_change_cause=True).failed, "nothing changes"


def test_the_record_pins_the_image_where_a_registry_answers(stage: Past):
    name = Lab(os.environ["SWARM_LAB"]).registry()["open"]["name"] + "/web:1"
    stage.have(name)
    image = stage.stored()[1]["spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
    assert re.fullmatch(re.escape(name) + "@sha256:[0-9a-f]{64}", image)
    assert stage.told()[0]["image"] == image
