# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several results told as one."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.filter.joined import FilterModule
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import Budget, Settings
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.certificate import certificate
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.probe import Probe
from ansible_collections.swarm.rollout.plugins.plugin_utils.joined import join_certificates

joined = FilterModule().filters()["joined"]
# 2023-11-14T22:13:20Z
T0 = 1700000000.0


def result(second: int, outcome: str, **rollout: Any) -> dict[str, Any]:
    """A result of a run of three seconds that began at that second of the minute."""
    return {
        "changed": True,
        "msg": f"vote: {outcome}",
        "rollout": {
            "outcome": outcome,
            "started_at": f"2023-11-14T22:13:{second:02d}.000Z",
            "finished_at": f"2023-11-14T22:13:{second + 3:02d}.000Z",
            "duration": 3.0,
            "previous_revision": 7 if second < 30 else 8,
            "from_image": "vote:indent" if second < 30 else "vote:movies",
            "tasks": {"desired": 3, "updated": 1, "running": 3, "failed": 1},
            "failures": [],
            "states": [{"state": "updating", "message": "", "at": 0.5}],
            "timeline": [],
            "timeline_omitted": 1,
            **rollout,
        },
    }


def test_the_last_result_with_what_the_earlier_ones_tell():
    entry = {"task": "t1", "slot": 1, "spans": [{"state": "running", "from": 1.0, "to": None}]}
    told = joined(
        [
            result(20, "paused", steps=[{"step": 1, "status": "verified", "duration": 1}], timeline=[entry]),
            result(
                40,
                "completed",
                steps=[{"step": 1, "status": "verified", "duration": 2}, {"step": 2, "status": "verified"}],
                timeline=[{"task": "t2", "slot": 2, "spans": [{"state": "running", "from": 1.0, "to": 2.0}]}],
            ),
        ]
    )
    rollout = told["rollout"]
    assert (told["msg"], rollout["outcome"]) == ("vote: completed", "completed")
    assert (rollout["started_at"], rollout["finished_at"]) == ("2023-11-14T22:13:20.000Z", "2023-11-14T22:13:43.000Z")
    assert rollout["duration"] == 23.0
    assert (rollout["previous_revision"], rollout["from_image"]) == (7, "vote:indent")
    assert [(one["step"], one.get("duration")) for one in rollout["steps"]] == [(1, 2), (2, None)]
    assert [state["at"] for state in rollout["states"]] == [0.5, 20.5]
    assert [one["spans"][0] for one in rollout["timeline"]] == [
        {"state": "running", "from": 1.0, "to": None},
        {"state": "running", "from": 21.0, "to": 22.0},
    ]
    assert (rollout["tasks"]["failed"], rollout["timeline_omitted"]) == (2, 2)
    assert "availability" not in rollout


def test_a_failure_without_an_account_is_told_as_it_is():
    told = joined([result(20, "paused"), {"failed": True, "msg": "no manager answers"}])
    assert told == {"failed": True, "msg": "no manager answers", "changed": True}


@pytest.mark.parametrize("value", [None, [], ["completed"], [result(20, "paused"), {"rollout": {"tasks": 1}}]])
def test_what_is_no_result_is_refused(value: Any):
    with pytest.raises(AnsibleFilterError, match="joined takes"):
        joined(value)


@given(
    st.lists(st.lists(st.tuples(st.booleans(), st.floats(0.001, 0.4)), min_size=1, max_size=12), min_size=1, max_size=4)
)
def test_certificates_add_up(parts: list[list[tuple[bool, float]]]):
    settings = Settings("http://vote.example.org/", interval=0.5, budget=Budget.parse("3", "b"))
    made, began = [], T0
    for part in parts:
        probes = []
        for ok, seconds in part:
            probes.append(Probe(began, 0.0, seconds, "" if ok else "HTTP 500", "1"))
            began += 0.5
        made.append(certificate(settings, probes, [], T0))
        began += 30
    told = join_certificates(made)
    every = [probe for part in parts for probe in part]
    assert (told["probes"], told["failures"]) == (len(every), sum(not ok for ok, _seconds in every))
    good = [round(seconds, 4) for ok, seconds in every if ok]
    latency = told["latency"]["all"]
    assert latency is None if not good else latency["p99"] == max(good)
    assert told["within_budget"] == (told["failures"] <= 3)
    assert told["versions"] == {"1": len(every)}
    assert told["missed"] == 0
    assert (told["started_at"], told["finished_at"]) == (made[0]["started_at"], made[-1]["finished_at"])
