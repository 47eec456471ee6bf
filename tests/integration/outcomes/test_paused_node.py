# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that is paused keeps what it runs: Swarm leaves it out, and so does every judgement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.cluster import available
from tests.integration.stage import QUICK, Stage

pytestmark = pytest.mark.alone
BACK: dict[str, Any] = {**QUICK, "failure_action": "rollback"}


@pytest.fixture
def paused(stage: Stage) -> Iterator[str]:
    """The name of a node that is paused while a global service runs everywhere."""
    stage.have("web:1", mode="global", update_config=BACK)
    node = stage.cluster.engine.get("/nodes")[-1]
    available(stage.cluster, node["ID"], "pause")
    yield node["Description"]["Hostname"]
    available(stage.cluster, node["ID"], "active")


def test_a_good_update_of_a_global_service_is_not_taken_back(stage: Stage, paused: str):
    ran = stage.service("web:2", progress_deadline="15s")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
    assert stage.cluster.serving(stage.name) == {"web:1": 1, "web:2": 2}
    assert any(paused in text and "paused" in text for text in ran.warnings)
    assert ran.rollout["tasks"]["desired"] == 2
    again = stage.service("web:2", progress_deadline="15s")
    assert (again.failed, again.changed, again.outcome) == (False, False, "unchanged"), again.output
    assert stage.info()[0]["at_rest"] is True


def test_steps_leave_it_out(stage: Stage, paused: str):
    ran = stage.service("web:2", steps=[1, "100%"], progress_deadline="15s")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
    assert [step["target"] for step in ran.rollout["steps"]] == [1, 2]
    assert stage.cluster.serving(stage.name) == {"web:1": 1, "web:2": 2}
