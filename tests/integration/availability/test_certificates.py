# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody who asks all through a change notices is certified, and a budget ends what costs too much."""

from __future__ import annotations

from tests.integration.availability.door import Measured, certificate

# A page that takes half a second, from a server that leaves when it is told to.
SLEEPY = r"""
mkdir -p /www/cgi-bin
printf '#!/bin/sh\nsleep 0.5\nprintf "Content-Type: text/plain\\r\\n\\r\\nversion=sleepy"\n' > /www/cgi-bin/index.cgi
chmod +x /www/cgi-bin/index.cgi
trap 'kill $!; exit' TERM
httpd -f -p 80 -h /www & wait $!
"""
# The edge asks again for a second and a half before it gives up, so an interruption has to be longer to be seen.
# Swarm watches until it is over.
LATE = {"command": ["sh", "-c", "sleep 3; exec /bin/service page web 2"]}
LONG_ENOUGH = "6s"


def test_an_interruption_is_certified_with_what_happened_to_tasks(stage: Measured):
    stage.prepared("web:1", 1, "stop-first", LONG_ENOUGH)
    (old,) = stage.cluster.running_ids(stage.name)
    ran = stage.roll("web:2", LATE, version=r"version=(\S+)")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:2": 1}
    (new,) = stage.cluster.running_ids(stage.name)
    cert = certificate(ran)
    assert cert["failures"] > 0
    assert cert["success_rate"] < 100
    assert (cert["budget"], cert["within_budget"]) == (None, None)
    assert cert["versions"].keys() == {"1", "2"}
    longest = cert["gaps"][0]
    assert cert["longest_gap"] == longest["seconds"] > 0
    assert sum(longest["faults"].values()) == longest["failures"]
    seen = {(event["task"], event["what"]) for event in longest["events"]}
    assert {(old[:12], "stopped"), (new[:12], "started")} <= seen
    assert [event["at"] for event in longest["events"]] == sorted(event["at"] for event in longest["events"])
    assert "; availability %.3f%% (%d of %d probes failed, longest gap " % (
        cert["success_rate"],
        cert["failures"],
        cert["probes"],
    ) in ran.msg  # fmt: skip


def test_a_budget_of_none_takes_an_interruption_back(stage: Measured):
    stage.prepared("web:1", 1, "stop-first", LONG_ENOUGH)
    ran = stage.roll("web:2", LATE, budget="0")
    assert (ran.failed, ran.changed, ran.outcome) == (True, True, "rolled_back"), ran.msg
    assert "over the budget of 0" in ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    cert = certificate(ran)
    assert (cert["budget"], cert["within_budget"]) == ("0", False)
    assert cert["failures"] > 0


def test_old_and_new_latencies_stand_side_by_side(stage: Measured):
    stage.prepared("web:1", 3)
    sleepy = {"command": ["sh", "-c", SLEEPY]}
    ran = stage.roll("web:2", sleepy, version=r"version=(\S+)", budget="50%")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    cert = certificate(ran)
    assert cert["within_budget"] is True
    assert cert["versions"].keys() == {"1", "sleepy"}
    old, new = cert["latency"]["old"], cert["latency"]["new"]
    assert new["p50"] >= 0.5
    assert old["p50"] < new["p50"]
    assert old["p50"] <= old["p95"] <= old["p99"]
    again = stage.roll("web:2", sleepy, budget="0")
    assert (again.changed, again.outcome) == (False, "unchanged")
    assert "availability" not in again.rollout, "what changes nothing is not measured"


def test_steps_over_budget_are_taken_back(stage: Measured):
    stage.prepared("web:1", 2)
    wrong = {"body": "version=1"}
    ran = stage.roll("web:2", {"steps": [1], "step_pause": "60s"}, budget="3", expect=wrong)
    assert (ran.failed, ran.changed, ran.outcome) == (True, True, "rolled_back"), ran.msg
    assert "over the budget of 3" in ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    faults = {fault for gap in certificate(ran)["gaps"] for fault in gap["faults"]}
    assert 'body does not match "version=1"' in faults


def test_a_rollback_is_certified_as_well(stage: Measured):
    stage.prepared("web:1", 2)
    assert stage.service("web:2").outcome == "completed"
    stage.answers_only("version=2")
    ran = stage.rollback(availability=stage.asked(version=r"version=(\S+)"))
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    cert = certificate(ran)
    assert list(cert["versions"])
    assert cert["versions"].keys() == {"1", "2"}
    assert cert["latency"]["old"] is not None
    assert cert["latency"]["new"] is not None


def test_without_waiting_there_is_nothing_to_measure(stage: Measured):
    ran = stage.service("web:1", wait=False, availability={"url": "http://127.0.0.1:1/"})
    assert ran.failed
    assert "availability" in ran.msg
    assert "wait" in ran.msg
    assert stage.cluster.find(stage.name) is None
