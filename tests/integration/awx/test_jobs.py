# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runbooks as jobs and as nodes of a workflow, through ansible-runner, with the texts that surveys answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.awx.documents import Json
from tests.awx.jobs import Awx
from tests.integration.stage import QUICK, Stage

WORKFLOW = "Swarm rollout with approval"
# No registry is in reach of the lab. A text in YAML, as somebody types it into a survey.
OPTIONS = '{resolve_image: "false", update_config: {monitor: 1s, parallelism: 0}}'
AT_ONCE = "[{tasks: {healthy_for: 1s}}]"
NOBODY = "http://127.0.0.1:9/"


@pytest.fixture
def stage(request: pytest.FixtureRequest, docker_hosts: list[str]) -> Iterator[Stage]:
    """A service `web:1` of two tasks, with a name of its own."""
    found = Stage(request.node.name, docker_hosts)
    found.have("web:1", 2, update_config=QUICK)
    yield found
    found.close()


@pytest.fixture
def awx(tmp_path: Path, docker_hosts: list[str]) -> Awx:
    """AWX with the configuration applied."""
    return Awx(tmp_path, docker_hosts)


def rollout(stage: Stage, **other: str) -> Json:
    """Answers to the survey of a rollout."""
    given = {"rollout_service": stage.name, "rollout_image": "web:2", "rollout_options": OPTIONS}
    return {**given, "rollout_verify_checks": AT_ONCE, **other}


def serving(stage: Stage) -> Json:
    """What serves, once nothing moves any more."""
    return dict(stage.cluster.serving(stage.name))


def test_a_service_forth_and_back_by_surveys(stage: Stage, awx: Awx) -> None:
    planned = awx.launch("Swarm plan", rollout(stage))
    assert planned.status == "successful", planned.output
    assert "web:1 -> web:2" in planned.output
    assert serving(stage) == {"web:1": 2}

    ran = awx.launch("Swarm rollout", rollout(stage, rollout_change_cause="more votes", rollout_steps="1,100%"))
    assert ran.status == "successful", ran.output
    assert serving(stage) == {"web:2": 2}
    assert ran.artifacts["swarm_rollout_outcome"] == "completed"
    (told,) = stage.info(name=stage.name, history=True)
    revision = told["history"][0]
    assert str(ran.artifacts["swarm_rollout_revision"]) == str(revision["revision"])
    assert revision["cause"] == "more votes"
    assert (revision["actor"]["awx_job"], revision["actor"]["awx_user"]) == ("78", "anna")

    shown = awx.launch("Swarm status", {"status_services": stage.name, "status_watch": "true"})
    assert shown.status == "successful", shown.output
    assert stage.name in shown.output
    assert "web:2" in shown.output

    good = awx.launch("Swarm verify", {"verify_service": stage.name, "verify_checks": AT_ONCE})
    bad = awx.launch("Swarm verify", {"verify_service": stage.name, "verify_url": NOBODY})
    assert (good.status, bad.status) == ("successful", "failed"), bad.output

    answers = {"rollback_service": stage.name, "rollback_from_image": "web:2", "rollback_checks": AT_ONCE}
    back = awx.launch("Swarm rollback", answers)
    assert back.status == "successful", back.output
    assert serving(stage) == {"web:1": 2}
    assert back.artifacts["swarm_rollout_outcome"] == "completed"
    again = awx.launch("Swarm rollback", answers)
    assert (again.status, again.artifacts["swarm_rollout_outcome"]) == ("successful", "unchanged"), again.output


def test_a_workflow_goes_through(stage: Stage, awx: Awx) -> None:
    ran = awx.workflow(WORKFLOW, rollout(stage))
    assert list(ran.jobs) == ["plan", "rollout", "verify", "status"], ran
    assert ran.status == "successful"
    assert serving(stage) == {"web:2": 2}


def test_a_denied_plan_changes_nothing(stage: Stage, awx: Awx) -> None:
    before = stage.cluster.service(stage.name)["Version"]
    ran = awx.workflow(WORKFLOW, rollout(stage), approve=False)
    assert (list(ran.jobs), ran.status) == (["plan"], "failed")
    assert stage.cluster.service(stage.name)["Version"] == before


def test_what_is_not_verified_later_goes_back_and_fails_the_workflow(stage: Stage, awx: Awx) -> None:
    ran = awx.workflow(WORKFLOW, rollout(stage, verify_url=NOBODY))
    assert list(ran.jobs) == ["plan", "rollout", "verify", "rollback", "failed"]
    statuses = [job.status for job in ran.jobs.values()]
    assert statuses == ["successful", "successful", "failed", "successful", "failed"], ran.jobs["rollback"].output
    assert ran.status == "failed"
    assert serving(stage) == {"web:1": 2}
    assert ran.jobs["rollback"].artifacts["swarm_rollout_outcome"] == "completed"


def test_what_went_back_by_itself_is_left_alone(stage: Stage, awx: Awx) -> None:
    options = '{resolve_image: "false", update_config: {monitor: 2s, failure_action: rollback}}'
    ran = awx.workflow(WORKFLOW, rollout(stage, rollout_image="exit:1.0", rollout_options=options))
    assert list(ran.jobs) == ["plan", "rollout", "rollback", "failed"]
    assert ran.jobs["rollout"].artifacts["swarm_rollout_outcome"] == "rolled_back"
    after = stage.cluster.service(stage.name)["Version"]
    assert ran.jobs["rollback"].status == "successful", ran.jobs["rollback"].output
    assert ran.jobs["rollback"].artifacts["swarm_rollout_outcome"] == "unchanged"
    assert (ran.status, serving(stage)) == ("failed", {"web:1": 2})
    assert stage.cluster.service(stage.name)["Version"] == after
