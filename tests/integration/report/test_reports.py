# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports on what really happened: their times are those that the cluster stamped, their figures those of the JSON."""

from __future__ import annotations

import pytest

from tests.integration.cluster import Json
from tests.integration.report.desk import Desk

QUOTED = "{{ '{{' }} 7 * 191 {{ '}}' }}"
PACE: Json = {"monitor": "1s", "parallelism": 1}


def spans_of(section: Json, state: str) -> list[Json]:
    """All spans of a state."""
    return [span for entry in section["timeline"] for span in entry["spans"] if span["state"] == state]


def test_a_rollout_with_steps_and_availability(stage: Desk):
    stage.prepared("web:1", 4)
    options: Json = {
        "image": "web:2",
        "resolve_image": "false",
        "steps": [1, "50%"],
        "checks": [{"tasks": {"healthy_for": "1s"}}],
        "availability": stage.asked(budget="50%", version=r"version=(\S+)"),
        "change_cause": "release 2",
    }
    report = stage.reported("swarm_service", options, change_cause="release 2", actor={"name": "anna"})
    data = report.data
    (section,) = data["services"]
    assert (data["outcome"], data["revision"], report.name) == ("completed", 2, f"{stage.name}-2")
    assert stage.cluster.serving(stage.name) == {"web:2": 4}
    assert {entry["task"] for entry in section["timeline"] if not entry["old"]} == stage.cluster.running_ids(stage.name)
    assert len(section["timeline"]) == 8
    assert stage.is_as_stamped(section) >= 4
    assert [step["status"] for step in section["steps"]] == ["verified"] * 3
    assert all(step["at"] is not None for step in section["steps"])
    assert section["availability"]["probes"] > 0
    for text in ("release 2", "name: anna", "Availability meanwhile", "Steps"):
        assert text in report.text
    assert "<script" not in report.page


@pytest.mark.parametrize("order", ["stop-first", "start-first"])
def test_old_tasks_drain_when_swarm_asked_them_to_stop(stage: Desk, order: str):
    stage.have("web:1", 2, update_config={**PACE, "order": order})
    report = stage.reported("swarm_service", {"image": "web:2", "resolve_image": "false"})
    (section,) = report.data["services"]
    assert stage.is_as_stamped(section) >= 2
    for slot in (1, 2):
        old, new = (
            next(one for one in section["timeline"] if one["slot"] == slot and one["old"] is which)
            for which in (True, False)
        )
        (draining,) = (span for span in old["spans"] if span["state"] == "draining")
        ran = next(span["from"] for span in new["spans"] if span["state"] == "running")
        if order == "stop-first":
            assert draining["from"] == pytest.approx(new["spans"][0]["from"], abs=0.05)
            assert draining["to"] is not None
            assert draining["to"] <= ran
        else:
            assert draining["from"] == pytest.approx(ran, abs=0.05)


def test_an_update_that_failed_and_went_back(stage: Desk):
    stage.have("web:1", 2)
    options: Json = {
        "image": "web:2",
        "resolve_image": "false",
        # What the task writes looks like a template; the play has to quote that.
        "command": ["sh", "-c", "echo '<b>no database</b> at postgres://vote:hunter2@db'; echo '%s'; exit 3" % QUOTED],
        "update_config": {**PACE, "failure_action": "rollback", "order": "start-first"},
    }
    report = stage.reported("swarm_service", options, fails=True)
    (section,) = report.data["services"]
    assert (report.data["outcome"], report.data["tone"]) == ("rolled_back", "wary")
    assert stage.cluster.serving(stage.name) == {"web:1": 2}
    failed = {task["ID"] for task in stage.cluster.tasks(stage.name) if task["Status"]["State"] == "failed"}
    told = {one["task"] for one in section["timeline"] if one["spans"][-1]["state"] == "failed"}
    assert told
    assert told <= failed
    assert spans_of(section, "failed")
    assert "<b>no database</b>" in report.text
    assert "<b>no" not in report.page
    assert "{{ 7 * 191 }}" in report.text
    assert "1337" not in report.text
    for text in (report.page, report.markdown, str(report.data)):
        assert "hunter2" not in text
    back = stage.reported("swarm_service_rollback", {"to_image": "web:1"}, "rollback")
    assert back.data["outcome"] == "unchanged"
    assert back.data["services"][0]["timeline"] == []


def test_a_rollback_and_a_verification(stage: Desk):
    stage.have("web:1", 2)
    stage.service("web:2", resolve_image="false")
    report = stage.reported("swarm_service_rollback", {"change_cause": "too slow"}, "rollback", change_cause="too slow")
    (section,) = report.data["services"]
    assert (report.data["outcome"], report.data["restored"]["revision"]) == ("completed", 1)
    assert stage.is_as_stamped(section) >= 2
    checks = [{"tasks": {"healthy_for": "1s"}}]
    verified = stage.reported("swarm_rollout", {"state": "verified", "checks": checks}, "verify")
    assert (verified.data["outcome"], len(verified.data["checks"])) == ("passed", 1)
    assert verified.data["checks"][0]["text"] in verified.text


def test_a_release_has_one_section_for_each_service(stage: Desk):
    names = [f"{stage.name}-{part}" for part in ("db", "api", "web")]
    pace = {**PACE, "order": "start-first"}
    services: list[Json] = [
        {"name": name, "image": "web:1", "resolve_image": "false", "update_config": pace, "stop_grace_period": "1s"}
        for name in names
    ]
    services[1]["depends_on"] = names[:1]
    services[2]["depends_on"] = names[1:2]
    first = stage.reported("swarm_release", {"services": services})
    assert [(one["name"], one["wave"]) for one in first.data["services"]] == list(zip(names, (1, 2, 3), strict=True))
    assert all(name in first.text for name in names)
    for one in services[1:]:
        one["image"] = "web:2"
    second = stage.reported("swarm_release", {"services": services})
    assert (second.data["subject"], second.data["outcome"]) == ("release", "completed")
    assert [one["outcome"] for one in second.data["services"]] == ["unchanged", "completed", "completed"]
    for section in second.data["services"][1:]:
        assert stage.is_as_stamped(section) >= 1
        assert stage.cluster.serving(section["name"]) == {"web:2": 1}
    assert second.data["services"][1]["offset"] < second.data["services"][2]["offset"]


def test_check_mode_writes_nothing_and_says_what_it_would(stage: Desk):
    stage.have("web:1")
    report, printed = stage.report("swarm_service", {"image": "web:2", "resolve_image": "false"}, check=True)
    assert report is None
    assert "Would write" in printed
    assert ".html" in printed
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
