# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account of a rollout: the result's `rollout` and the one sentence that sums it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from .cluster import JsonObject, Task, image_of
from .convergence import State, Verdict, Waiting
from .convergence.readings import is_job
from .masking import mask_text
from .times import instant, written

# Outcomes that are what the user asked for; every other one fails the task.
# A crash loop over many slots would drown the result; `tasks.failed` has the full number.
FAILURES_SHOWN = 20
GOOD = ("unchanged", "planned", "applied", "completed")


@dataclass(frozen=True)
class Now:
    """A service as it was read when everything was done; without a specification where it is not there.

    `desired`, `filled` and `running` count its places, those that are as Swarm wants them and the tasks that run;
    `ended` those of the filled places whose task ended well. `others` are how many tasks run another image. `unknown`
    says why nothing could be read.
    """

    spec: JsonObject | None = None
    desired: int | None = None
    filled: int | None = None
    running: int | None = None
    ended: int = 0
    others: tuple[tuple[str, int], ...] = ()
    unknown: str = ""

    @property
    def tasks(self) -> dict[str, int | None]:
        """The part of a result's `rollout.tasks` that tells who runs what."""
        return {"desired": self.desired, "updated": self.filled, "running": self.running}


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
    """The `rollout` of a result; `states` are the watches in the order they ran (update, then rollback).

    Its counts are those of `Now`.
    """
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
        "tasks": {"desired": None, "updated": None, "running": None, "failed": len(failures)},
        "stalled_on": next((mask_text(state.stalled_on) for state in states if state.stalled_on), None),
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


def sentence(name: str, rollout: Mapping[str, Any], now: Now | None = None, advice: str = "") -> str:
    """The result's `msg`: outcome, what failed first, what runs now, and what to do next."""
    parts = [why(name, rollout), "" if now is None else running_now(now), advice]
    return "; ".join(part for part in parts if part)


def next_step(outcome: str, *, created: bool, waiting: Waiting | None) -> str:
    """What to do after such an outcome, as the last clause of a message; empty after a good one.

    `created`: nothing was before, so there is nothing to go back to. `waiting` is what held it up.
    """
    if outcome == "paused":
        if created:
            return "declare a specification that works"
        return "go back with swarm_service_rollback, or declare a specification that works"
    if outcome == "stalled":
        mend = "correct the cause"
        if waiting is not None and waiting.unplaced:
            mend = "make room or relax its placement"
        elif waiting is not None and waiting.checked:
            mend = "look at its log and its health check"
        again = "%s and run the task again" % mend
        return again if created else "%s, or go back with swarm_service_rollback" % again
    return _ADVICE.get(outcome, "")


_ADVICE = {
    "rolled_back": "",
    "rollback_failed": "look at its tasks with swarm_service_info, then declare a specification that works",
    "timed_out": "the rollout goes on in the cluster; run the task again to wait on",
    "failed": "correct the cause and run the task again",
    "superseded": "agree on who deploys, then run the task again",
}


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
    if outcome == "planned":
        return "would be changed (%s)" % moved
    if outcome == "applied":
        return "applied, not waited for (%s)" % moved
    if outcome == "unchanged":
        return "nothing to change"
    return "%s after %s (%s), %s" % (outcome.replace("_", " "), seconds, moved, rollout["reason"])


def running_now(now: Now) -> str:
    """What the service does at the end, as one clause; empty where nobody counted."""
    if now.unknown:
        return "what runs now is not known: %s" % now.unknown
    if now.spec is None:
        return "the service is not there now"
    if now.desired is None or now.filled is None:
        return ""
    image = short_image(image_of(now.spec))
    if is_job(now.spec):
        return "%d of %d tasks of %s completed" % (now.filled, now.desired, image)
    others = "".join(", %d %s %s" % (count, "runs" if count == 1 else "run", other) for other, count in now.others)
    if now.ended:
        over = "%d of %d tasks of %s ended with status 0" % (now.ended, now.desired, image)
        return over + (" and %d run now" % (now.filled - now.ended) if now.filled > now.ended else "") + others
    return "%d of %d tasks run %s now%s" % (now.filled, now.desired, image, others)
