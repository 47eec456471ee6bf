# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of a change: a row for each slot, a bar for what each of its tasks went through.

Across, places are percent of the axis; down, they are pixels. So the picture fits a phone and a sheet of paper without
a script, and its texts keep their size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .scale import Scale, Tick, scale_for
from .words import image_text, spans_text

# States in which a task has ended by itself.
ENDS = ("failed", "rejected", "orphaned", "complete")
# A plan that takes much longer than what happened would press that into a corner.
_PLAN_SHARE = 1.5
_DENSE = 40
_TOP = 8
_BAND = 26
_BOTTOM = 26
_LETTER = 7
_LONGEST_LABEL = 14
_ICON = 13
# In percent: below it a number does not fit into a band on a phone.
_WIDE_ENOUGH = 6


@dataclass(frozen=True)
class Bar:
    """One span; `kind` is the class that it is drawn by."""

    left: float
    width: float
    kind: str


@dataclass(frozen=True)
class Lane:
    """One task: its bars, where it ended by itself, and all of it in words."""

    y: float
    title: str
    bars: tuple[Bar, ...]
    mark: str = ""
    mark_at: float = 0.0


@dataclass(frozen=True)
class Row:
    """One slot."""

    label: str
    full: str
    y: float
    height: float
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Mark:
    """A check at the end of its step; `shift` pixels beside the place, where several share one."""

    at: float
    shift: int
    good: bool
    title: str


@dataclass(frozen=True)
class Band:
    """A step of a progressive rollout, or a batch of the plan."""

    left: float
    width: float
    label: str
    title: str
    tone: str = ""


@dataclass(frozen=True)
class Gantt:
    """All that is drawn. Heights in pixels."""

    scale: Scale
    ticks: list[Tick]
    rows: list[Row]
    height: float
    lane: float
    labels: int
    top: float
    bottom: float
    end: float
    plan: list[Band] = field(default_factory=list)
    plan_y: float = 0.0
    steps: list[Band] = field(default_factory=list)
    checks: list[Mark] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


def gantt(section: Mapping[str, Any]) -> Gantt | None:
    """The picture of one service; None where nothing was observed."""
    timeline = section["timeline"]
    if not timeline:
        return None
    duration = float(section["duration"])
    batches = _batches(section["plan"])
    steps = [one for one in section["steps"] if one["at"] is not None]
    moments = [duration, *_moments(timeline), *(one["at"] + (one["duration"] or 0.0) for one in steps)]
    if batches:
        moments.append(min(max(end for _begin, end, _slots in batches), _PLAN_SHARE * max(moments)))
    scale = scale_for(moments)
    places: dict[str, list[Mapping[str, Any]]] = {}
    for entry in timeline:
        places.setdefault(str(entry.get("slot")), []).append(entry)
    dense = len(places) > _DENSE
    lane, gap, pad = (6, 1, 3) if dense else (13, 3, 9)
    top = _TOP + _BAND * (bool(steps) + bool(batches))
    rows: list[Row] = []
    y = float(top)
    for place, entries in places.items():
        lanes = _lanes(entries, section, scale, duration, y + pad / 2, lane + gap)
        count = 1 + max(number for number, _lane in lanes)
        height = count * lane + (count - 1) * gap + pad
        name = _name(place, entries)
        rows.append(Row(_short(name), name, y, height, tuple(one for _number, one in lanes)))
        y += height
    kinds = {drawn.kind for row in rows for one in row.lanes for drawn in one.bars}
    kinds |= {one.mark for row in rows for one in row.lanes if one.mark}
    return Gantt(
        scale=scale,
        ticks=scale.ticks(),
        rows=rows,
        height=y + _BOTTOM,
        lane=lane,
        labels=max(30, max(len(row.label) for row in rows) * _LETTER + 12),
        top=top,
        bottom=y,
        end=scale.at(duration),
        plan=[_planned(batch, scale) for batch in batches],
        plan_y=4.0 + (_BAND if steps else 0),
        steps=[_band(one, scale) for one in steps],
        checks=[mark for one in steps for mark in _checks(one, scale)],
        kinds=sorted(kinds),
    )


def _moments(timeline: Sequence[Mapping[str, Any]]) -> list[float]:
    return [
        float(moment)
        for entry in timeline
        for span in entry.get("spans") or ()
        for moment in (span.get("from"), span.get("to"))
        if moment is not None
    ]


def _lanes(
    entries: Sequence[Mapping[str, Any]],
    section: Mapping[str, Any],
    scale: Scale,
    duration: float,
    y: float,
    step: float,
) -> list[tuple[int, Lane]]:
    """The tasks of a slot one below the other as far as they overlap, one after the other as far as they do not."""
    free: list[float] = []
    found = []
    for entry in sorted(entries, key=lambda one: one["spans"][0]["from"]):
        begin, end = entry["spans"][0]["from"], _end(entry["spans"][-1], duration)
        number = next((place for place, until in enumerate(free) if until <= begin), len(free))
        free[number : number + 1] = [end]
        found.append((number, _lane(entry, section, scale, duration, y + number * step)))
    return found


def _end(span: Mapping[str, Any], duration: float) -> float:
    """Until when a span reaches; one that is an end takes the room of its mark, and no more."""
    if span["to"] is not None:
        return float(span["to"])
    return float(span["from"]) if span["state"] in ENDS else max(duration, float(span["from"]))


def _lane(entry: Mapping[str, Any], section: Mapping[str, Any], scale: Scale, duration: float, y: float) -> Lane:
    bars, mark, mark_at = [], "", 0.0
    whose = _whose(entry, section)
    for span in entry["spans"]:
        state = str(span["state"])
        if state in ENDS:
            mark, mark_at = "done" if state == "complete" else "failed", scale.at(span["from"])
            continue
        kind = whose if state == "running" else state
        bars.append(Bar(*scale.stretch(span["from"], _end(span, duration)), kind))
    return Lane(y, _title(entry, whose), tuple(bars), mark, mark_at)


def _whose(entry: Mapping[str, Any], section: Mapping[str, Any]) -> str:
    """`old`, `new`, or `restored`: a task that the change made, of the image that it began with."""
    if entry.get("old"):
        return "old"
    before, after = section["from_image"], section["to_image"]
    return "restored" if before and before != after and image_text(entry.get("image")) == before else "new"


def _title(entry: Mapping[str, Any], whose: str) -> str:
    parts = [
        "slot %s" % entry.get("slot"),
        "task %s" % str(entry.get("task"))[:12],
        "node %s" % str(entry.get("node") or "none")[:40],
        "%s (%s)" % (entry.get("image"), whose),
    ]
    text = "%s: %s" % (", ".join(parts), spans_text(entry["spans"]))
    return "%s; %s" % (text, entry["error"]) if entry.get("error") else text


def _name(place: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """A slot's number, or of a global service the node: its name where it is known."""
    return place if place.isdigit() else str(entries[0].get("node") or place)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"


def _batches(plan: Mapping[str, Any] | None) -> list[tuple[float, float, int]]:
    """The batches of the plan: when each was expected to begin, when the next one, and how many slots it has.

    Which slots those are nobody knows before: Swarm takes them in no particular order.
    """
    batches = [one for one in (plan or {}).get("batches") or () if one.get("starts_at") is not None]
    ends = [*(one["starts_at"] for one in batches[1:]), (plan or {}).get("estimated_seconds")]
    found = []
    for batch, end in zip(batches, ends):
        begin = float(batch["starts_at"])
        found.append((begin, max(begin, float(end if end is not None else begin)), len(batch.get("slots") or ())))
    # A single moment without an end says nothing.
    return found if any(end > begin for begin, end, _slots in found) else []


def _planned(batch: tuple[float, float, int], scale: Scale) -> Band:
    begin, end, slots = batch
    left, width = scale.stretch(begin, end)
    title = "planned: %d %s from %.1f s" % (slots, "slot" if slots == 1 else "slots", begin)
    return Band(left, width, str(slots) if width >= _WIDE_ENOUGH else "", title)


def _band(step: Mapping[str, Any], scale: Scale) -> Band:
    left, width = scale.stretch(step["at"], step["at"] + (step["duration"] or 0.0))
    title = "step %s of %s, %s: %s" % (step["step"], step["of"], step["share"], step["status"].replace("_", " "))
    return Band(left, width, str(step["step"]), title, "good" if step["status"] == "verified" else "wary")


def _checks(step: Mapping[str, Any], scale: Scale) -> list[Mark]:
    end = scale.at(step["at"] + (step["duration"] or 0.0))
    checks = step["checks"]
    return [
        Mark(end, _ICON * (place - len(checks)), one.get("status") == "passed", str(one.get("text") or one.get("name")))
        for place, one in enumerate(checks)
    ]
