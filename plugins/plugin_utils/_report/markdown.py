# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as Markdown, for tickets, chats and pull requests."""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, Sequence

from .strips import QUANTILES
from .words import clock_text, latency_text, rate_text, seconds_text, spans_text, state_text

_ICONS = {"good": "✅", "calm": "➡️", "wary": "⚠️", "bad": "❌"}
_SPECIAL = re.compile(r"([\\`*_\[\]#|~!])")
# Of a large service the first ones tell enough; the JSON has all.
_TASKS = 60


def report_markdown(data: Mapping[str, Any]) -> str:
    """The report as Markdown."""
    return "\n".join(_report(data)).rstrip() + "\n"


def _report(data: Mapping[str, Any]) -> Iterable[str]:
    yield "# %s %s: %s" % (_ICONS[data["tone"]], _text(data["name"]), data["word"])
    yield ""
    if data["message"]:
        yield _text(data["message"])
        yield ""
    yield from _table(("", ""), [(_text(one["label"]), _text(one["value"])) for one in _facts(data)])
    yield from _checks("Checks", data["checks"])
    if data["next"]:
        yield "## What to type next"
        yield ""
        for one in data["next"]:
            yield "%s:" % _text(one["text"])
            yield from _fenced([one["command"]])
    yield from _list("Warnings", data["warnings"])
    alone = data["subject"] != "release"
    for section in data["services"]:
        if not alone:
            yield "## %s %s: %s" % (_ICONS[section["tone"]], _text(section["name"]), section["word"])
            yield ""
            yield _text(section["message"])
            yield ""
        yield from _section(section)
    yield "Written %s by swarm.rollout" % clock_text(data["generated_at"])


def _facts(data: Mapping[str, Any]) -> Iterable[Mapping[str, str]]:
    kind = "Release" if data["subject"] == "release" else "Revision"
    images = " → ".join(image for image in (data["from_image"], data["to_image"]) if image)
    before = " (before: %s)" % data["previous_revision"] if data["previous_revision"] else ""
    told = [
        ("Images", images),
        (kind, "%s%s" % (data["revision"], before) if data["revision"] else ""),
        ("Why", data["change_cause"]),
        ("Who", data["actor"]),
        ("When", clock_text(data["started_at"])),
    ]
    yield from ({"label": label, "value": str(value)} for label, value in told if value)
    yield from data["figures"]


def _section(section: Mapping[str, Any]) -> Iterable[str]:
    if section["stalled_on"]:
        yield "### Why it stalled"
        yield ""
        yield _text(section["stalled_on"])
        yield ""
    if section["failures"]:
        yield "### What failed"
        yield ""
        for one in section["failures"]:
            where = "slot %s" % one["slot"] if one.get("slot") else "a task"
            text = "%s on %s: %s" % (where, one.get("node") or "no node", one.get("error") or one.get("state"))
            yield "- %s" % _text(text)
            if one.get("log"):
                yield from _fenced(one["log"])
    steps = [
        (
            "%s of %s" % (one["step"], one["of"]),
            _text(one["share"]),
            str(one["moved"] if one["moved"] is not None else ""),
            seconds_text(one["duration"]) if one["duration"] is not None else "",
            state_text(one["status"]),
            "<br>".join(_text(check.get("text") or check.get("name")) for check in one["checks"]),
        )
        for one in section["steps"]
    ]
    yield from _titled("Steps", ("Step", "Share", "Moved", "Took", "Outcome", "Checks"), steps)
    tasks = [
        (
            _text(entry.get("slot")),
            "`%s`" % _code(str(entry.get("task"))[:12]),
            "%s%s" % (_text(entry.get("image")), " (old)" if entry.get("old") else ""),
            _text(spans_text(entry["spans"])),
        )
        for entry in section["timeline"]
    ]
    yield from _titled("Tasks", ("Slot", "Task", "Image", "What it went through"), tasks[:_TASKS])
    if len(tasks) > _TASKS:
        yield "%d further tasks are in the JSON beside this file." % (len(tasks) - _TASKS)
        yield ""
    yield from _availability(section["availability"])
    changes = [(_text(one["option"]), _text(one["before"]), _text(one["after"])) for one in section["changes"]]
    yield from _titled("What was changed", ("Option", "Before", "After"), changes)


def _availability(cert: Mapping[str, Any] | None) -> Iterable[str]:
    if not cert or not cert["probes"]:
        return
    rows = [
        ("Good answers", rate_text(cert["success_rate"])),
        ("Requests", "%d, %d failed" % (cert["probes"], cert["failures"])),
        ("Longest gap", seconds_text(cert["longest_gap"])),
    ]
    if cert["budget"] is not None:
        rows.append(("Budget %s" % _text(cert["budget"]), "kept" if cert["within_budget"] else "exceeded"))
    for side in ("old", "new", "all"):
        found = cert["latency"].get(side)
        if found:
            values = ", ".join("%s %s" % (one, latency_text(found.get(one))) for one in QUANTILES)
            rows.append(("Latency, %s" % side, values))
    yield from _titled("Availability meanwhile", ("", ""), rows)


def _checks(title: str, checks: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    lines = [
        "%s %s" % ("✅" if one.get("status") == "passed" else "❌", one.get("text") or one.get("name"))
        for one in checks
    ]
    return _list(title, lines)


def _list(title: str, lines: Sequence[str]) -> Iterable[str]:
    if lines:
        yield from ("## %s" % title, "")
        yield from ("- %s" % _text(line) for line in lines)
        yield ""


def _titled(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    if rows:
        yield from ("### %s" % title, "")
        yield from _table(headings, rows)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    yield "| %s |" % " | ".join(headings)
    yield "|%s" % ("---|" * len(headings))
    yield from ("| %s |" % " | ".join(row) for row in rows)
    yield ""


def _fenced(lines: Sequence[str]) -> Iterable[str]:
    """A block of code that no line inside can end."""
    longest = max((len(run) for line in lines for run in re.findall("`+", str(line))), default=0)
    fence = "`" * max(3, longest + 1)
    yield from ("", fence, *(str(line) for line in lines), fence, "")


def _text(value: Any) -> str:
    """Text in which nothing is markup."""
    text = " ".join(str("" if value is None else value).split())
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", text)


def _code(text: str) -> str:
    return text.replace("`", "'").replace("|", "/")
