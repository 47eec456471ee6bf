# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Outcomes, times and shares as a report says them."""

from __future__ import annotations

import re
import shlex
from typing import Any, Mapping, NamedTuple, Sequence

from ansible_collections.swarm.rollout.plugins.module_utils._core.account import short_image
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability.certificate import percent


class Word(NamedTuple):
    """An outcome in words, its tone (`good`, `calm`, `wary` or `bad`), and the icon that goes with it."""

    word: str
    tone: str
    icon: str


_OUTCOMES = {
    "completed": Word("Completed", "good", "check"),
    "passed": Word("Verified", "good", "check"),
    "unchanged": Word("Nothing to change", "calm", "equal"),
    "applied": Word("Applied, not waited for", "calm", "dots"),
    "planned": Word("Planned, nothing done", "calm", "dots"),
    "skipped": Word("Not begun", "calm", "dots"),
    "paused": Word("Paused", "wary", "pause"),
    "rolled_back": Word("Rolled back", "wary", "back"),
    "superseded": Word("Superseded", "wary", "cross"),
    "timed_out": Word("Timed out", "wary", "dots"),
    "stalled": Word("Stalled", "bad", "cross"),
    "failed": Word("Failed", "bad", "cross"),
    "frozen": Word("Frozen", "bad", "pause"),
    "not_passed": Word("Not verified", "bad", "cross"),
    "rollback_failed": Word("Rollback failed", "bad", "cross"),
}


def outcome_word(outcome: str) -> Word:
    """The outcome as people read it; one that is not known is shown as it is."""
    return _OUTCOMES.get(outcome) or Word(outcome.replace("_", " ").capitalize() or "Unknown", "calm", "dots")


def seconds_text(seconds: float | None) -> str:
    """A duration: `21.4 s`, `2 min 05 s`, `1 h 04 min`."""
    if seconds is None:
        return "not known"
    if seconds < 10:
        return "%.2f s" % seconds
    if seconds < 120:
        return "%.1f s" % seconds
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return "%d min %02d s" % (minutes, rest)
    return "%d h %02d min" % divmod(minutes, 60)


def latency_text(seconds: float | None) -> str:
    """A latency: `3.1 ms`, `1.20 s`."""
    if seconds is None:
        return "none"
    if seconds >= 1:
        return "%.2f s" % seconds
    return "%.1f ms" % (seconds * 1000) if seconds < 0.1 else "%.0f ms" % (seconds * 1000)


def rate_text(rate: float | None) -> str:
    """A success rate in percent, as certificates write it."""
    return "not measured" if rate is None else "%s%%" % percent(rate)


def clock_text(stamp: str | None) -> str:
    """`2026-11-27 04:27:31 UTC` of an RFC 3339 text in UTC."""
    if not stamp:
        return ""
    return "%s UTC" % re.sub(r"(\.\d+)?Z$", "", str(stamp)).replace("T", " ")


def image_text(image: Any) -> str:
    """An image with the first digits of its digest only."""
    return short_image(str(image)) if image else ""


def value_text(value: Any) -> str:
    """A value of an option, in one line."""
    import json

    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def state_text(state: str) -> str:
    """A state of a task as people read it."""
    return state.replace("_", " ")


def spans_text(spans: Sequence[Mapping[str, Any]]) -> str:
    """The spans of a task in one line: `starting 0.05-0.84 s, running from 0.84 s`."""
    parts = []
    for span in spans:
        begin, end = span.get("from") or 0.0, span.get("to")
        state = state_text(str(span.get("state")))
        parts.append("%s from %.2f s" % (state, begin) if end is None else "%s %.2f-%.2f s" % (state, begin, end))
    return ", ".join(parts)


def next_steps(
    kind: str, subject: str, name: str, services: Sequence[str], outcome: str, failed: bool
) -> list[dict[str, str]]:
    """What to type next, the likeliest first: `text` says what for, `command` is the command.

    `services` are those that the run was about.
    """
    back = _playbook("rollback", **{"rollback_%s" % subject: name})
    status = {
        "text": "See what runs now",
        "command": _playbook("status", status_services=",".join(services or [name])),
    }
    going_back = {"text": "Go back to the revision before", "command": back}
    if outcome == "paused" and subject == "service":
        return [*_held(name), status]
    if outcome in ("stalled", "rollback_failed", "failed", "frozen", "timed_out"):
        return [status, going_back]
    if outcome == "completed" and kind == "rollout":
        return [{"text": "Should it turn out to be bad, go back", "command": back}, status]
    if outcome == "not_passed" or (failed and outcome not in ("rolled_back", "superseded")):
        return [status, going_back]
    return [status]


def _playbook(book: str, **answers: str) -> str:
    """The command that runs a playbook of this collection; what is no plain word is given as JSON."""
    import json

    told = []
    for key, value in answers.items():
        plain = re.fullmatch(r"[A-Za-z0-9_.,:/-]+", value)
        told.append("-e %s" % shlex.quote("%s=%s" % (key, value) if plain else json.dumps({key: value})))
    return "ansible-playbook swarm.rollout.%s %s" % (book, " ".join(told))


def _by_hand(module: str, **options: str) -> str:
    """The command that runs a module once; what is no plain word is quoted, first for Ansible, then for the shell."""
    told = " ".join("%s=%s" % (key, shlex.quote(value)) for key, value in options.items())
    return "ansible localhost -m swarm.rollout.%s -a %s" % (module, shlex.quote(told))


def _held(name: str) -> list[dict[str, str]]:
    return [
        {"text": text, "command": _by_hand("swarm_rollout", name=name, state=state)}
        for text, state in (("Go on to the next step", "advanced"), ("Put the stable revision back", "aborted"))
    ]


def file_stem(name: str, revision: Any, moment: str) -> str:
    """The file's name without its ending: the name, and its revision or else the time. Nothing but plain letters."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")[:80] or "report"
    mark = str(revision) if revision else re.sub(r"(\.\d+)|[^0-9TZ]", "", moment)
    return "%s-%s" % (plain, mark)
