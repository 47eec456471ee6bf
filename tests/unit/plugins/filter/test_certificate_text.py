# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate as it is printed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.filter.certificate_text import FilterModule
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import Budget, Settings
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.certificate import certificate
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.events import task_events
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.probe import Probe
from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task

text = FilterModule().filters()["certificate_text"]
# 2023-11-14T22:13:20Z
T0 = 1700000000.0

PRINTED = """\
availability of http://vote.example.org/
  probes    20, one each 500 ms, from 22:13:20.000 to 22:13:29.820
  failed    2; success rate 90.000%
  budget    1% of the probes may fail: OVER BUDGET
  longest gap 1.50 s from 22:13:21.500: HTTP 502 (1), timed out (1)
    22:13:21.250  task t2 of slot 1 on node2 created
    22:13:21.750  task t1 of slot 1 on node1 failed: task: non-zero exit (1)
  latency      p50     p95     p99
  old        20 ms   20 ms   20 ms
  new       320 ms  320 ms  320 ms
  all        20 ms  320 ms  320 ms
  versions  1.0 (12), 2.0 (6)"""


def task(name: str, node: str, created: str, changed: str, status: dict[str, Any]) -> Task:
    stamp = "2023-11-14T22:13:%sZ"
    status = {**status, "Timestamp": stamp % changed}
    return Task.of({"ID": name, "Slot": 1, "NodeID": node, "CreatedAt": stamp % created, "Status": status})


def made(**more: Any) -> dict[str, Any]:
    probes = []
    for number in range(20):
        fault = {4: "HTTP 502", 5: "timed out"}.get(number, "")
        version = "" if fault else "1.0" if number < 14 else "2.0"
        probes.append(Probe(T0 + number / 2, 0.0, 0.02 if number < 14 else 0.32, fault, version))
    tasks = [
        task("t1", "n1", "00", "21.75", {"State": "failed", "Err": "task: non-zero exit (1)"}),
        task("t2", "n2", "21.25", "26", {"State": "running"}),
    ]
    settings = Settings("http://vote.example.org/", budget=Budget.parse("1%", "b"))
    events = task_events(tasks, {"n1": "node1", "n2": "node2"})
    return {**certificate(settings, probes, events, T0 + 1.2), **more}


def test_it_is_printed() -> None:
    assert text(made()) == PRINTED


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"budget": None, "within_budget": None}, "  budget    none, only measured"),
        ({"budget": "5", "within_budget": True}, "  budget    5 failures allowed: kept"),
        ({"failures": 0, "success_rate": 100.0}, "  failed    none; success rate 100%"),
        ({"gaps": []}, "  gaps      none"),
        ({"late": {"probes": 3, "longest": 0.42}}, "  late      3 probes, by up to 420 ms"),
        ({"missed": 7}, "  left out  7 probes, for which there was no time"),
        ({"probes": 0}, "  nothing was measured"),
    ],
)
def test_what_else_may_be_said(more: dict[str, Any], line: str) -> None:
    assert line in text(made(**more)).splitlines()


def test_many_gaps_and_events_are_cut() -> None:
    event = {"at": "2023-11-14T22:13:21.000Z", "task": "t1", "slot": None, "node": None, "what": "running"}
    gap = {"began_at": event["at"], "seconds": 0.05, "failures": 1, "faults": {"HTTP 500": 1}, "events": [event] * 12}
    lines = text(made(gaps=[gap] * 5)).splitlines()
    assert lines.count("    22:13:21.000  task t1 running") == 24
    assert lines.count("    ... 4 more events") == 3
    assert "  gap 50 ms from 22:13:21.000: HTTP 500 (1)" in lines
    assert "  ... 2 shorter gaps" in lines


def test_without_versions_old_and_new_are_left_out() -> None:
    quantiles = {"p50": 0.01, "p95": 0.0123, "p99": 1.5}
    printed = text(made(latency={"all": quantiles, "old": None, "new": None}, versions={}))
    assert "old" not in printed
    assert "  all       10 ms  12.3 ms  1.50 s" in printed.splitlines()
    assert "latency" not in text(made(latency={"all": None, "old": None, "new": None}))


@pytest.mark.parametrize("nothing", [None, {}, ""])
def test_no_certificate_no_text(nothing: Any) -> None:
    assert text(nothing) == ""


@pytest.mark.parametrize("other", ["text", 5, {"probes": 1}, [1]])
def test_anything_else_is_refused(other: Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"rollout\.availability"):
        text(other)
