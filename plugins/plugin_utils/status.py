# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service, its revisions and tasks as the lines of a tree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

Entry = Mapping[str, Any]

# What is said of a service or a task: icon, icon in ASCII, colour.
_KINDS = {
    "good": ("✔", "+", "32"),
    "busy": ("◌", "~", "36"),
    "waits": ("‖", "=", "33"),
    "bad": ("✖", "!", "31"),
    "off": ("○", "o", "2"),
}
_BRANCHES = (("├─ ", "│  "), ("└─ ", "   "))
_ASCII_BRANCHES = (("|- ", "|  "), ("`- ", "   "))
_STATES = {
    "updating": ("busy", "updating"),
    "rollback_started": ("busy", "rolling back"),
    "paused": ("bad", "update paused by Swarm"),
    "rollback_paused": ("bad", "rollback paused by Swarm"),
}
_ROLLOUTS = {
    "driven": ("busy", "progressing"),
    "paused": ("waits", "paused at a step, waits for swarm_rollout"),
    "interrupted": ("waits", "interrupted, the same task goes on"),
}
_FAILED = ("failed", "rejected", "orphaned")
# So many tasks of a revision are shown; those with a failure go first.
_MOST = 20
_WIDEST = 80


@dataclass(frozen=True)
class Style:
    """How lines are drawn."""

    ascii: bool = False
    colour: bool = False

    def mark(self, kind: str, text: str) -> str:
        """Icon and word."""
        icon, plain, code = _KINDS[kind]
        whole = "%s %s" % (plain if self.ascii else icon, text)
        return "\x1b[%sm%s\x1b[0m" % (code, whole) if self.colour else whole

    def branch(self, last: bool) -> tuple[str, str]:
        """What stands before the first line of an entry, and before those below it."""
        return (_ASCII_BRANCHES if self.ascii else _BRANCHES)[last]


def tree(service: Entry, style: Style, revisions: int) -> Iterable[str]:
    """All lines of one service."""
    kind, word = condition(service)
    yield "%s  %s" % (service["name"], style.mark(kind, word))
    entries: list[list[str]] = [
        ["strategy  %s" % _strategy(service)],
        ["images    %s" % _images(service)],
        ["tasks     %s" % _counts(service)],
    ]
    if service.get("drift"):
        entries.append(["drift     %s" % service["drift"]["message"]])
    for number, record, slots in _past(service, revisions):
        entries.append([_revision(service, number, record), *_tasks(slots, service["name"], style)])
    for place, lines in enumerate(entries):
        first, others = style.branch(place == len(entries) - 1)
        yield first + lines[0]
        yield from (others + line for line in lines[1:])


def condition(service: Entry) -> tuple[str, str]:
    """Kind and word for how a service is."""
    rollout = service.get("rollout")
    if rollout:
        kind, word = _ROLLOUTS[rollout["state"]]
        who = " by %s" % rollout["driver"] if rollout.get("driver") else ""
        strange = "" if rollout.get("intact", True) else "; others wrote to it meanwhile"
        return kind, word + who + strange
    if service["mode"].endswith("-job"):
        return _job(service)
    state = (service.get("update") or {}).get("state")
    if state in _STATES:
        return _STATES[state]
    tasks = service["tasks"]
    if tasks["running"] >= tasks["desired"]:
        if not tasks["desired"]:
            return "off", "scaled to nothing"
        return "good", "healthy" + (", rolled back by Swarm" if state == "rollback_completed" else "")
    failing = any(slot["failures"] or slot["error"] for slot in service["slots"])
    return ("bad", "degraded") if failing else ("busy", "starting")


def _job(service: Entry) -> tuple[str, str]:
    tasks = service["tasks"]
    if tasks["running"]:
        return "busy", "job runs"
    if any(slot["state"] in _FAILED for slot in service["slots"]):
        return "bad", "job failed"
    return ("good", "job completed") if tasks["completed"] else ("busy", "job begins")


def _strategy(service: Entry) -> str:
    if service["mode"].endswith("-job"):
        return service["mode"]
    settings = service["service"].get("update_config") or {}
    order = settings.get("order") or "stop-first"
    rollout = service.get("rollout")
    if rollout:
        return "progressive, step %d of %d (%s), %s" % (
            rollout["step"],
            rollout["of"],
            ", ".join(rollout["steps"]),
            order,
        )
    size = settings.get("parallelism", 1)
    return "rolling, %s, %s" % ("%d at a time" % size if size else "all at once", order)


def _images(service: Entry) -> str:
    rollout = service.get("rollout")
    if rollout:
        return "%s (stable), %s (canary)" % (_short(rollout["stable_image"]), _short(rollout["image"]))
    own = _short(service["image"])
    others = sorted({_short(slot["image"]) for slot in service["slots"] if not slot.get("updated", True)} - {own})
    settled = condition(service)[0] == "good"
    return ", ".join(["%s (stable)" % own if settled else own, *("%s (before)" % one for one in others)])


def _counts(service: Entry) -> str:
    tasks = service["tasks"]
    updated = sum(1 for slot in service["slots"] if slot.get("updated") and slot["state"] == "running")
    parts = ["%d desired" % tasks["desired"], "%d updated" % updated, "%d running" % tasks["running"]]
    if service["mode"].endswith("-job"):
        parts = ["%d desired" % tasks["desired"], "%d running" % tasks["running"], "%d completed" % tasks["completed"]]
    if tasks["failed"]:
        parts.append("%d failed of late" % tasks["failed"])
    return ", ".join(parts)


def _past(service: Entry, revisions: int) -> list[tuple[int | None, Entry | None, list[Entry]]]:
    """Number, record and tasks of each revision that is shown, the newest first, what no record has last."""
    records = {one["revision"]: one for one in service["history"]}
    running: dict[int | None, list[Entry]] = {}
    for slot in service["slots"]:
        running.setdefault(slot.get("revision"), []).append(slot)
    latest = sorted(records, reverse=True)[: max(revisions, 0)]
    numbers = sorted({*latest, *(number for number in running if number is not None)}, reverse=True)
    shown: list[tuple[int | None, Entry | None, list[Entry]]] = [
        (number, records.get(number), running.get(number, [])) for number in numbers
    ]
    return [*shown, *([(None, None, running[None])] if None in running else [])]


def _revision(service: Entry, number: int | None, record: Entry | None) -> str:
    if number is None:
        return "not recorded"
    rollout = service.get("rollout") or {}
    role = ""
    if number == rollout.get("revision"):
        role = " (canary)"
    elif number == (rollout.get("stable_revision") if rollout else service.get("revision")):
        role = " (stable)" if rollout or condition(service)[0] == "good" else " (wanted)"
    if record is None:
        return "revision %d%s" % (number, role)
    outcome = str(record.get("outcome") or "").replace("_", " ")
    if record.get("restores"):
        outcome += ", back to %s" % record["restores"]
    parts = ["%s ago" % age(record.get("age")), _short(str(record.get("image") or "")), outcome]
    if record.get("cause"):
        parts.append(_cut(str(record["cause"])))
    if record.get("by"):
        parts.append("by %s" % record["by"])
    return "revision %d%s  %s" % (number, role, "  ".join(part for part in parts if part))


def _tasks(slots: Sequence[Entry], name: str, style: Style) -> Iterable[str]:
    ordered = sorted(slots, key=lambda slot: not _troubled(slot))
    shown = ordered[:_MOST]
    lines = [_task(slot, name, style) for slot in shown]
    if len(ordered) > _MOST:
        lines.append("... %d more tasks" % (len(ordered) - _MOST))
    for place, line in enumerate(lines):
        yield style.branch(place == len(lines) - 1)[0] + line


def _troubled(slot: Entry) -> bool:
    return bool(slot.get("failures") or slot.get("error"))


def _task(slot: Entry, name: str, style: Style) -> str:
    state = str(slot["state"])
    kind = "bad" if state in _FAILED else "good" if state in ("running", "complete") else "busy"
    which = name if slot.get("slot") is None else "%s.%s" % (name, slot["slot"])
    where = " on %s" % slot["node"] if slot.get("node") else ""
    text = "%s%s  %s" % (style.mark(kind, which), where, state)
    if slot.get("age") is not None:
        text += " for %s" % age(slot["age"])
    error = slot.get("error") or slot.get("last_error")
    if slot.get("failures"):
        text += ", failed %d times of late" % slot["failures"] if slot["failures"] > 1 else ", failed once of late"
    return text + (": %s" % _cut(str(error)) if error else "")


def age(seconds: Any) -> str:
    """A span of time in the largest unit that says enough."""
    whole = int(float(seconds or 0))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if whole >= 2 * size:
            return "%d %s" % (whole // size, unit)
    return "%d s" % whole


def _short(image: str) -> str:
    """The image with the first digits of its digest only."""
    name, at, digest = image.partition("@sha256:")
    return "%s@%s" % (name, digest[:8]) if at else name


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."
