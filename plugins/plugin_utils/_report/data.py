# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of a report: everything that its pages show, with every secret hidden."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ansible_collections.swarm.rollout.plugins.module_utils._core.masking import hidden
from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant, written

from .section import service_section
from .words import clock_text, file_stem, image_text, next_steps, outcome_word, rate_text, seconds_text

KINDS = ("rollout", "rollback", "verify")
# Of a history so many revisions are shown.
_REVISIONS = 5
SCHEMA = 1


def report_data(run: Any, now: float) -> dict[str, Any]:
    """The data of a report on `run`; `now` is the moment (seconds since the epoch). Raises ValueError.

    `run` has `kind`, `name` and `result`, and may have `plan`, `verify`, `status`, `change_cause` and `actor`.
    """
    if not isinstance(run, Mapping) or not isinstance(run.get("result"), Mapping):
        raise ValueError("it takes a dictionary with kind, name and the result of a module")
    if run.get("kind") not in KINDS:
        raise ValueError("kind is %r; give one of %s" % (run.get("kind"), ", ".join(KINDS)))
    name = str(run.get("name") or "")
    if not name:
        raise ValueError("name is empty; give the name of the service or release")
    shown: dict[str, Any] = hidden("", _plain(run))
    result = shown["result"]
    plan = _mapping(shown.get("plan")) or _mapping(result.get("plan"))
    release = _mapping(result.get("release"))
    sections = _sections(name, result, plan, release)
    whole = release or _mapping(result.get("rollout"))
    checks = [*(result.get("checks") or ()), *(_mapping(shown.get("verify")).get("checks") or ())]
    outcome = _outcome(shown["kind"], result, whole, checks)
    word = outcome_word(outcome)
    started = whole.get("started_at") or written(now)
    subject = "release" if release else "service"
    data = {
        "schema": SCHEMA,
        "kind": shown["kind"],
        "subject": subject,
        "name": name,
        "outcome": outcome,
        "word": word.word,
        "tone": word.tone,
        "icon": word.icon,
        "message": str(result.get("msg") or ""),
        "reason": str(whole.get("reason") or ""),
        "changed": bool(result.get("changed")),
        "from_image": image_text(whole.get("from_image")) or None,
        "to_image": image_text(whole.get("to_image")) or None,
        "revision": whole.get("revision"),
        "previous_revision": whole.get("previous_revision"),
        "change_cause": str(shown.get("change_cause") or "") or None,
        "actor": _actor(shown.get("actor")),
        "started_at": started,
        "finished_at": whole.get("finished_at"),
        "duration": whole.get("duration"),
        "restored": _mapping(result.get("target")) or None,
        "waves": [list(wave) for wave in release.get("waves") or ()],
        "failed_wave": release.get("failed_wave"),
        "point_of_no_return": _mapping(release.get("point_of_no_return")) or None,
        "services": sections,
        "checks": [_mapping(one) for one in checks],
        "warnings": [_text(one) for one in result.get("warnings") or ()],
        "status": _status(_mapping(shown.get("status"))),
        "next": next_steps(
            shown["kind"], subject, name, [one["name"] for one in sections], outcome, bool(result.get("failed"))
        ),
        "generated_at": written(now),
    }
    data["figures"] = _figures(data)
    data["file"] = file_stem(name, data["revision"] if data["changed"] else None, started)
    return data


def report_on(run: Any, now: float) -> dict[str, Any]:
    """The data of a report on `run`, which may be such data already. Raises ValueError."""
    if isinstance(run, Mapping) and run.get("schema") == SCHEMA and "services" in run:
        found: dict[str, Any] = _plain(run)
        return found
    return report_data(run, now)


def _plain(value: Any) -> Any:
    """Plain lists, dictionaries and texts of what Ansible hands over, whose values may be lazy or marked."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _outcome(
    kind: str, result: Mapping[str, Any], whole: Mapping[str, Any], checks: Sequence[Mapping[str, Any]]
) -> str:
    if kind == "verify":
        bad = result.get("failed") or any(one.get("status") != "passed" for one in checks)
        return "not_passed" if bad else "passed"
    return str(whole.get("outcome") or ("failed" if result.get("failed") else "unchanged"))


def _sections(
    name: str, result: Mapping[str, Any], plan: Mapping[str, Any], release: Mapping[str, Any]
) -> list[dict[str, Any]]:
    begun = instant(str(release.get("started_at") or "")) if release else None
    if not release:
        return [service_section(name, result, plan, begun)] if result.get("rollout") else []
    plans = {
        str(_mapping(one).get("service")): _mapping(one)
        for wave in plan.get("waves") or ()
        for one in _mapping(wave).get("services") or ()
    }
    given = result.get("diff")
    diffs = {str(one.get("before_header")): one for one in map(_mapping, given if isinstance(given, list) else ())}
    found = []
    for one in map(_mapping, result.get("services") or ()):
        own = str(one.get("name"))
        found.append(service_section(own, {"diff": diffs.get(own), **one}, plans.get(own, {}), begun))
    return sorted(found, key=lambda one: one["wave"] or 0)


def _actor(actor: Any) -> str | None:
    """Who it was: a text, or the dictionary of the option `actor`."""
    if isinstance(actor, Mapping):
        return ", ".join("%s: %s" % (key, value) for key, value in actor.items() if value) or None
    return str(actor) if actor else None


def _text(warning: Any) -> str:
    """A warning; Ansible 2.19 has dictionaries for them."""
    if isinstance(warning, Mapping):
        event = _mapping(warning.get("event"))
        return str(event.get("msg") or warning.get("msg") or warning)
    return str(warning)


def _status(status: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the service is now, of the entry that swarm_service_info returns."""
    if not status:
        return None
    revisions = [
        {
            "revision": one.get("revision"),
            "current": bool(one.get("current")),
            "outcome": outcome_word(str(one.get("outcome") or "")).word,
            "created_at": clock_text(one.get("created_at")),
            "image": image_text(one.get("image")),
            "cause": str(one.get("cause") or ""),
            "by": str(one.get("by") or ""),
        }
        for one in map(_mapping, status.get("history") or ())
    ]
    return {
        "image": image_text(status.get("image")),
        "mode": status.get("mode"),
        "revision": status.get("revision"),
        "tasks": _mapping(status.get("tasks")) or None,
        "drifted": bool(status.get("drifted")),
        "history": revisions[:_REVISIONS],
        "older": max(len(revisions) - _REVISIONS, 0),
    }


def _figures(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The few numbers that come first, as they are shown."""
    found: list[tuple[str, str, str]] = []
    sections: Sequence[Mapping[str, Any]] = data["services"]
    if data["duration"] is not None and data["kind"] != "verify":
        found.append(("Duration", seconds_text(data["duration"]), ""))
    if data["subject"] == "release":
        moved = sum(1 for one in sections if one["changed"])
        found.append(("Services changed", "%d of %d" % (moved, len(sections)), ""))
        waves = len({one["wave"] for one in sections if one["changed"]})
        found.append(("Waves changed", "%d of %d" % (waves, len(data["waves"])), ""))
    elif data["kind"] != "verify" and sections and sections[0]["tasks"].get("desired") is not None:
        found.append(_tasks_figure(sections[0]["tasks"], data["outcome"]))
    if sections and data["kind"] != "verify":
        failed = sum(one["failed_tasks"] for one in sections)
        found.append(("Failed tasks", str(failed), "bad" if failed else ""))
        if len(sections) == 1 and sections[0]["steps"]:
            found.append(_steps_figure(sections[0]["steps"]))
        found += _availability_figures(sections)
    if data["checks"]:
        good = sum(1 for one in data["checks"] if one.get("status") == "passed")
        tone = "good" if good == len(data["checks"]) else "bad"
        found.append(("Checks passed", "%d of %d" % (good, len(data["checks"])), tone))
    return [{"label": label, "value": value, "tone": tone} for label, value, tone in found]


def _tasks_figure(tasks: Mapping[str, Any], outcome: str) -> tuple[str, str, str]:
    there = tasks.get("updated") if tasks.get("updated") is not None else tasks.get("running")
    short = (there or 0) < tasks["desired"]
    label = "Tasks updated" if outcome in ("paused", "timed_out") else "Tasks serving"
    return label, "%d of %d" % (there or 0, tasks["desired"]), "wary" if short else ""


def _steps_figure(steps: Sequence[Mapping[str, Any]]) -> tuple[str, str, str]:
    done = [one["step"] for one in steps if one["status"] == "verified"]
    return "Steps verified", "%d of %d" % (max(done, default=0), steps[-1]["of"] or len(steps)), ""


def _availability_figures(sections: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    certs = [one["availability"] for one in sections if one["availability"] and one["availability"]["probes"]]
    if not certs:
        return []
    worst = min(certs, key=lambda cert: cert["success_rate"])
    lost = sum(cert["failures"] for cert in certs)
    over = any(cert["within_budget"] is False for cert in certs)
    label = "Availability" if len(certs) == 1 else "Lowest availability"
    return [
        (label, rate_text(worst["success_rate"]), "bad" if over else "" if lost else "good"),
        ("Requests lost", "%d of %d" % (lost, sum(cert["probes"] for cert in certs)), "bad" if over else ""),
    ]
