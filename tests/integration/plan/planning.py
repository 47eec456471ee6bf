# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking a plan of a service and looking at what the cluster makes of it."""

from __future__ import annotations

from typing import Any

from tests.integration.stage import Stage

Json = dict[str, Any]


def plan(stage: Stage, image: str | None = None, **options: Any) -> Json:
    """The plan of check mode, which has to leave the service alone."""
    there = stage.cluster.find(stage.name)
    before = there and there["Version"]
    ran = stage.service(image, check=True, **options)
    assert not ran.failed, ran.output
    there = stage.cluster.find(stage.name)
    assert (there and there["Version"]) == before
    return dict(ran.result["plan"])


def codes(planned: Json) -> set[str]:
    """The codes of its warnings."""
    return {warning["code"] for warning in planned["warnings"]}


def write(stage: Stage, image: str | None = None, **options: Any) -> None:
    """Write the change and do not wait for it."""
    ran = stage.service(image, wait=False, **options)
    assert (ran.failed, ran.outcome) == (False, "applied"), ran.output


def slots(planned: Json) -> list[list[int]]:
    """The slots of each batch."""
    return [[spot["slot"] for spot in batch["slots"]] for batch in planned["batches"]]


def pending(stage: Stage) -> list[str]:
    """Why tasks of the service find no node, in the scheduler's words."""
    found = [task["Status"] for task in stage.cluster.tasks(stage.name) if task["Status"]["State"] == "pending"]
    return [status.get("Err") or "" for status in found if status.get("Err")]


def wait_pending(stage: Stage, reason: str) -> None:
    """Wait until a task of the service stays pending for that reason."""
    stage.cluster.wait("a task is pending: " + reason, lambda: any(reason in text for text in pending(stage)))
