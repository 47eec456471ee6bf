# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account of a rollout: the result's `rollout` and the one sentence that sums it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from .cluster import JsonObject, Task, image_of
from .convergence import State, Verdict
from .masking import mask_text
from .times import instant, written

# Outcomes that are what the user asked for; every other one fails the task.
# A crash loop over many slots would drown the result; `tasks.failed` has the full number.
FAILURES_SHOWN = 20
GOOD = ("unchanged", "applied", "completed")


@dataclass(frozen=True)
class Span:
    """When it happened: wall clock and monotonic seconds at the start, monotonic seconds at the end."""

    wall: float
    started: float
    ended: float

    @property
    def duration(self) -> float:
        """Seconds between start and end."""
        return max(self.ended - self.started, 0.0)


def account(
    verdict: Verdict,
    former: JsonObject | None,
    wanted: JsonObject | None,
    span: Span,
    states: Sequence[State] = (),
    node_names: Mapping[str, str] | None = None,
    logs: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """The `rollout` of a result; `states` are the watches in the order they ran (update, then rollback)."""
    last = states[-1] if states else None
    failures = first_failures(states)
    return {
        "outcome": verdict.outcome,
        "reason": mask_text(verdict.reason),
        "revision": None,
        "previous_revision": None,
        "from_image": image_of(former) if former else None,
        "to_image": image_of(wanted) if wanted else None,
        "started_at": written(span.wall),
        "finished_at": written(span.wall + span.duration),
        "duration": round(span.duration, 3),
        "tasks": {
            "desired": last.desired if last else None,
            "updated": last.updated if last else None,
            "running": last.running if last else None,
            "failed": len(failures),
        },
        "failures": [failure(task, node_names or {}, logs or {}) for task in failures[:FAILURES_SHOWN]],
        "states": [
            {"state": seen.state, "message": seen.message, "at": round(seen.at - span.started, 3)}
            for state in states
            for seen in state.states
        ],
        "timeline": [],
        "timeline_omitted": 0,
    }


def first_failures(states: Sequence[State]) -> list[Task]:
    """The failed tasks of all watches, each once, the one that Swarm itself blames first."""
    tasks: dict[str, Task] = {}
    for state in states:
        for task in state.failures:
            tasks.setdefault(task.id, task)
    words = " ".join(seen.message for state in states for seen in state.states)
    return sorted(tasks.values(), key=lambda task: (task.id not in words, instant(task.timestamp) or 0.0))


def failure(task: Task, node_names: Mapping[str, str], logs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """One failed task as results show it."""
    return {
        "task": task.id,
        "slot": task.slot or None,
        "node": node_names.get(task.node_id, task.node_id) or None,
        "state": task.state,
        "exit_code": task.exit_code,
        "error": mask_text(task.error or task.message),
        "log": [mask_text(line) for line in logs.get(task.id, ())],
    }


def why(name: str, rollout: Mapping[str, Any]) -> str:
    """How a rollout ended, and what failed first."""
    text = "%s: %s" % (name, _headline(rollout))
    failures = rollout.get("failures") or []
    if failures and rollout["outcome"] not in GOOD:
        text += "; %s" % blame(name, failures[0])
    return text


def sentence(name: str, rollout: Mapping[str, Any], pending: str = "", advice: str = "") -> str:
    """The result's `msg`: outcome, what failed first, what runs now, and what to do next."""
    parts = [why(name, rollout)]
    if pending:
        parts.append('a task cannot be placed: "%s"' % mask_text(pending))
    parts.append(_running_now(rollout))
    if advice:
        parts.append(advice)
    return "; ".join(part for part in parts if part)


def blame(name: str, failed: Mapping[str, Any]) -> str:
    """Which task failed, where and why."""
    where = "%s.%s" % (name, failed["slot"]) if failed["slot"] else "of %s" % name
    text = "task %s (%s) on node %s %s" % (
        where,
        failed["task"][:12],
        failed["node"] or "none",
        failed["state"],
    )
    code = failed["exit_code"]
    if code is not None and "(%d)" % code not in failed["error"]:
        text += " with exit code %d" % code
    if failed["error"]:
        text += ': "%s"' % failed["error"]
    if failed["log"]:
        text += ", its last words: %s" % " | ".join(failed["log"][-2:])
    return text


def short_image(image: str | None) -> str:
    """The image as sentences name it: of a digest the first twelve digits."""
    name, at, digest = (image or "").partition("@sha256:")
    return "%s%s%s" % (name, at, digest[:12])


def _headline(rollout: Mapping[str, Any]) -> str:
    outcome = rollout["outcome"]
    seconds = "%.1f s" % rollout["duration"]
    before, after = short_image(rollout["from_image"]), short_image(rollout["to_image"])
    moved = "%s to %s" % (before, after) if rollout["from_image"] not in (None, rollout["to_image"]) else after
    if outcome == "completed":
        return "completed in %s (%s)" % (seconds, moved)
    if outcome == "applied":
        return "applied, not waited for (%s)" % moved
    if outcome == "unchanged":
        return "nothing to change"
    return "%s after %s (%s), %s" % (outcome.replace("_", " "), seconds, moved, rollout["reason"])


def _running_now(rollout: Mapping[str, Any]) -> str:
    tasks = rollout["tasks"]
    if tasks["desired"] is None or rollout["outcome"] in ("applied", "unchanged"):
        return ""
    if tasks["updated"] is None:
        return "%d of %d tasks run now" % (tasks["running"] or 0, tasks["desired"])
    image = rollout["from_image"] if rollout["outcome"] in ("rolled_back", "rollback_failed") else rollout["to_image"]
    return "%d of %d tasks run %s now" % (tasks["updated"], tasks["desired"], short_image(image))
