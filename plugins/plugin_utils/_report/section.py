# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One service of a report: its part of a result, with the same keys whatever that has."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant

from .words import image_text, outcome_word, value_text

_CERTIFICATE: dict[str, Any] = {
    "url": "",
    "interval": None,
    "probes": 0,
    "failures": 0,
    "success_rate": None,
    "budget": None,
    "within_budget": None,
    "longest_gap": 0.0,
    "gaps": [],
    "latency": {},
    "versions": {},
    "late": {},
    "missed": 0,
    "started_at": None,
    "changed_at": None,
    "finished_at": None,
}
_STEP: dict[str, Any] = {
    "step": 0,
    "of": 0,
    "share": "",
    "target": None,
    "moved": None,
    "status": "planned",
    "started_at": None,
    "duration": None,
    "checks": [],
}


def service_section(name: str, told: Mapping[str, Any], plan: Mapping[str, Any], begun: float | None) -> dict[str, Any]:
    """What a report shows of one service.

    `told` is a module's result or one entry of a release, with `rollout`; `begun` is when the whole began (seconds
    since the epoch), None where it is the service itself that began it.
    """
    rollout = _mapping(told.get("rollout"))
    outcome = str(told.get("outcome") or rollout.get("outcome") or "unchanged")
    undone = _mapping(told.get("undone"))
    if undone and outcome == "completed":
        outcome = "rolled_back" if undone.get("outcome") in ("completed", "unchanged") else "rollback_failed"
    word = outcome_word(outcome)
    started = instant(str(rollout.get("started_at") or ""))
    plan = plan if plan.get("service") in (None, name) else {}
    return {
        "name": name,
        "wave": told.get("wave"),
        "outcome": outcome,
        "word": word.word,
        "tone": word.tone,
        "icon": word.icon,
        "message": str(told.get("msg") or ""),
        "changed": bool(told.get("changed")),
        "from_image": image_text(told.get("from_image") or rollout.get("from_image")) or None,
        "to_image": image_text(told.get("to_image") or rollout.get("to_image")) or None,
        "revision": rollout.get("revision"),
        "previous_revision": rollout.get("previous_revision"),
        "started_at": rollout.get("started_at"),
        "offset": 0.0 if begun is None or started is None else round(max(started - begun, 0.0), 2),
        "duration": rollout.get("duration") or 0.0,
        "restored_after": rollout.get("restored_after"),
        "tasks": _mapping(rollout.get("tasks")),
        "stalled_on": rollout.get("stalled_on"),
        "failed_tasks": _failed_tasks(rollout),
        "failures": [_mapping(one) for one in rollout.get("failures") or ()],
        "states": [_mapping(one) for one in rollout.get("states") or ()],
        "steps": _steps(rollout, started),
        "timeline": [_mapping(one) for one in rollout.get("timeline") or ()],
        "timeline_omitted": rollout.get("timeline_omitted") or 0,
        "availability": _certificate(rollout),
        "changes": _changes(told, plan),
        "plan": _plan(plan),
        "job": _mapping(told.get("job")) or None,
        "undone": undone or None,
    }


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _failed_tasks(rollout: Mapping[str, Any]) -> int:
    """How many tasks failed. Those that failed while the service went back already are in the timeline only."""
    ends = [_mapping((_mapping(one).get("spans") or [{}])[-1]).get("state") for one in rollout.get("timeline") or ()]
    told = _mapping(rollout.get("tasks")).get("failed") or 0
    return max(int(told), sum(1 for end in ends if end in ("failed", "rejected", "orphaned")))


def _steps(rollout: Mapping[str, Any], started: float | None) -> list[dict[str, Any]]:
    """The steps, each with `at`, the second of the rollout in which it began."""
    found = []
    for one in map(_mapping, rollout.get("steps") or ()):
        moment = instant(str(one.get("started_at") or ""))
        at = None if moment is None or started is None else round(max(moment - started, 0.0), 2)
        found.append({**_STEP, **one, "at": at})
    return found


def _certificate(rollout: Mapping[str, Any]) -> dict[str, Any] | None:
    given = _mapping(rollout.get("availability"))
    return {**_CERTIFICATE, **given} if given else None


def _changes(told: Mapping[str, Any], plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options that differ, before and after, from the plan or the diff; their names where there is neither."""
    planned = [_mapping(one) for one in plan.get("changes") or ()]
    if planned:
        return [
            {
                "option": str(one.get("option")),
                "before": value_text(one.get("before")),
                "after": value_text(one.get("after")),
                "replaces_tasks": one.get("replaces_tasks"),
            }
            for one in planned
        ]
    diff = _mapping(told.get("diff"))
    before, after = _mapping(diff.get("before")), _mapping(diff.get("after"))
    names = sorted({*before, *after}) or [str(one) for one in told.get("changes") or ()]
    return [
        {
            "option": name,
            "before": value_text(before.get(name)),
            "after": value_text(after.get(name)),
            "replaces_tasks": None,
        }
        for name in names
    ]


def _plan(plan: Mapping[str, Any]) -> dict[str, Any] | None:
    if not plan or plan.get("action") in (None, "nothing"):
        return None
    return {
        "action": plan.get("action"),
        "order": plan.get("order"),
        "parallelism": plan.get("parallelism"),
        "estimated_seconds": plan.get("estimated_seconds"),
        "lowest_serving": plan.get("lowest_serving"),
        "highest_running": plan.get("highest_running"),
        "batches": [_mapping(one) for one in plan.get("batches") or ()],
        "warnings": [_mapping(one) for one in plan.get("warnings") or ()],
    }
