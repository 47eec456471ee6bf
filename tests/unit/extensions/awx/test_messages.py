# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWX can render every message of every notification, whatever it is about.

Nothing may raise an error. AWX renders messages in its workflow manager; it catches few kinds of errors there, and
fails itself where it does. The environments and what is defined in them are those of AWX 24.6.1.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from jinja2 import ChainableUndefined, StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.awx.documents import Json, documents

NOTIFICATIONS = documents()["controller_notifications"]
ABOUT_JOBS = ["started", "success", "error"]
ABOUT_APPROVALS = ["running", "approved", "denied", "timed_out"]
PARTS = {"webhook": "body", "slack": "message"}

# What would break JSON, or be taken for a template or for HTML, were it not escaped.
AWKWARD = "Swarm \"rollout\" \\ {{ job.id }} <b> 'ü' &\n\t\x1b"

# The fields of `job` that AWX gives for jobs and workflows alike.
COMMON: Json = {
    "id": 7,
    "type": "job",
    "url": "/api/v2/jobs/7/",
    "created": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    "name": AWKWARD,
    "description": "",
    "status": "failed",
    "failed": True,
    "launch_type": "manual",
    "started": "2026-01-01T00:00:00Z",
    "finished": None,
    "elapsed": 1.5,
    "job_explanation": "",
    "host_status_counts": {},
    "summary_fields": {},
}
BESIDE: Json = {
    "url": "https://awx.example.org/#/jobs/playbook/7/output?a=1&b=2",
    "job_friendly_name": "Job",
    "job_metadata": '{"id": 7}',
}
APPROVAL: Json = {
    "approval_node_name": AWKWARD,
    "workflow_url": "https://awx.example.org/#/jobs/workflow/8?a=1&b=2",
    "job_metadata": '{"id": 9}',
}

LEFT: Json = {
    "swarm_rollout_outcome": "rolled_back",
    "swarm_rollout_revision": 7,
    "swarm_rollout_report": "/reports/vote.html",
    "swarm_rollout_message": AWKWARD,
    "swarm_rollout_certificate": {"availability": 99.9},
}
WITHOUT_VALUES: Json = dict.fromkeys(LEFT)
JOBS: dict[str, Json] = {
    "a job that left all": {**COMMON, "artifacts": LEFT},
    "a job that left all without values": {**COMMON, "artifacts": WITHOUT_VALUES},
    "a job that left something else": {**COMMON, "artifacts": {"other": 1}},
    "a job that left nothing": {**COMMON, "artifacts": {}},
    "a job under no_log": {**COMMON, "artifacts": "hidden"},
    "a job without artifacts": {**COMMON, "artifacts": None},
    "a workflow": {**COMMON, "type": "workflow_job"},
}


def render(notification: Json, messages: Json, undefined: type[Undefined], given: Json) -> str:
    """What the notification tells, rendered as AWX does."""
    text: str = messages[PARTS[notification["notification_type"]]]
    return ImmutableSandboxedEnvironment(undefined=undefined).from_string(text).render(**given)


def each_notification(test: Any) -> Any:
    return pytest.mark.parametrize("notification", NOTIFICATIONS, ids=lambda one: one["name"])(test)


@each_notification
def test_there_is_a_message_for_each_event(notification: Json) -> None:
    messages: Json = notification["messages"]
    assert set(messages) == {*ABOUT_JOBS, "workflow_approval"}
    assert set(messages["workflow_approval"]) == set(ABOUT_APPROVALS)
    part = PARTS[notification["notification_type"]]
    every = [messages[event] for event in ABOUT_JOBS] + list(messages["workflow_approval"].values())
    assert [set(one) for one in every] == [{part}] * len(every)


@each_notification
def test_awx_accepts_every_message(notification: Json) -> None:
    """AWX tries a message before it accepts it: nothing undefined, a job without artifacts and an approval in one."""
    given = {**BESIDE, **APPROVAL, "approval_status": "approved", "job": JOBS["a job that left nothing"]}
    messages: Json = notification["messages"]
    for one in [messages[event] for event in ABOUT_JOBS] + list(messages["workflow_approval"].values()):
        assert "\n" not in one.get("message", "")
        assert render(notification, one, StrictUndefined, given)


@pytest.mark.parametrize("job", JOBS.values(), ids=list(JOBS))
@pytest.mark.parametrize("event", ABOUT_JOBS)
@each_notification
def test_awx_renders_every_message_about_a_job(notification: Json, event: str, job: Json) -> None:
    told = render(notification, notification["messages"][event], ChainableUndefined, {**BESIDE, "job": job})
    left = job.get("artifacts")
    artifacts: Json = left if isinstance(left, dict) else {}
    expected: Json
    if notification["notification_type"] == "webhook":
        expected = {"job": 7, "name": AWKWARD, "status": "started", "url": BESIDE["url"]}
        if event != "started":
            read = ("outcome", "revision", "report", "message")
            expected.update(status="failed", **{name: artifacts.get(f"swarm_rollout_{name}", "") for name in read})
        assert json.loads(told) == expected
    else:
        message = artifacts.get("swarm_rollout_message")
        lines = {
            "started": f"{AWKWARD} began: {BESIDE['url']}",
            "success": f"{AWKWARD}: {message or 'failed'} ({BESIDE['url']})",
            "error": f"{AWKWARD} failed: {message or 'see the output'} ({BESIDE['url']})",
        }
        assert told == lines[event]


@pytest.mark.parametrize("event", ABOUT_APPROVALS)
@each_notification
def test_awx_renders_every_message_about_an_approval(notification: Json, event: str) -> None:
    """Of an approval AWX gives no `job` and no `url`."""
    messages: Json = notification["messages"]["workflow_approval"]
    told = render(notification, messages[event], Undefined, {**APPROVAL, "approval_status": event})
    if notification["notification_type"] == "webhook":
        assert json.loads(told) == {"approval": AWKWARD, "status": event, "url": APPROVAL["workflow_url"]}
    else:
        assert told.startswith(f"{AWKWARD} was " if event != "running" else f"{AWKWARD} waits ")
        assert told.endswith(APPROVAL["workflow_url"]) is (event != "approved")
