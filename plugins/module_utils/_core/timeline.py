# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each task of a change went through: observations in, spans of time out.

Swarm keeps of a task its creation, its last state and the moment of that. The states between are known as far as a
look of the watch met them; a span is therefore exact at its ends that were seen and named after what was seen first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Callable, Mapping, NamedTuple, Sequence

from .account import Span, short_image
from .cluster import Task, image_of
from .masking import mask_text
from .times import instant
from .units import digits_of

# A result stays small, however large the service is.
MOST_ENTRIES = 500
_ERROR_COLUMNS = 200
# Tasks are created a moment before the watch that waits for them begins; only more than this is a clock that lags.
_LAG = 1.0
_PHASES = {
    "new": "pending",
    "allocated": "pending",
    "pending": "pending",
    "assigned": "preparing",
    "accepted": "preparing",
    "preparing": "preparing",
    "ready": "ready",
    "starting": "starting",
    "running": "running",
}
# What a task was doing before a state, where nothing but its creation was seen before that.
_BEFORE = {"ready": "preparing", "starting": "preparing", "running": "starting", "": "starting"}
_STOPPED = ("shutdown", "remove")
_LEAVING = ("shutdown", "remove")


@dataclass
class _Seen:
    """One task over all looks: the task as it was seen last, and when which state began. Seconds since the epoch."""

    task: Task
    marks: dict[str, float] = field(default_factory=dict)
    wanted_at: float | None = None
    leaving_at: float | None = None
    missing_at: float | None = None


class Sightings:
    """Notes of the looks of one watch. `lead` is by how many seconds the cluster's clock is ahead at the least."""

    def __init__(self) -> None:
        # Tasks of a watch's first look may be much older than the watch: they say nothing of the clocks.
        self._looked: float | None = None
        self._fresh: list[tuple[float, float]] = []
        self.tasks: dict[str, _Seen] = {}
        self.lead = 0.0

    def note(self, tasks: Sequence[Task], at: float, history: Sequence[Task] = ()) -> None:
        """One look: the tasks of the present specification, at that moment (seconds since the epoch, here).

        `history` are all tasks of the service, where somebody asked for them.
        """
        known = {task.id for task in tasks}
        for task in (*(one for one in history if one.id not in known), *tasks):
            seen = self.tasks.get(task.id)
            if seen is None and self._looked is not None and task.id in known:
                created = instant(task.created_at)
                if created is not None:
                    self._fresh.append((created, self._looked))
            if seen is None or seen.task.state != task.state or seen.task.desired_state != task.desired_state:
                seen = self._changed(task, seen, at)
            if task.desired_state not in _LEAVING:
                seen.wanted_at = at
            elif seen.leaving_at is None:
                seen.leaving_at = at
            seen.missing_at = None
        for task_id, seen in self.tasks.items():
            if task_id not in known and seen.missing_at is None:
                seen.missing_at = at
        self._looked = at

    def lag(self, cut: float) -> float:
        """Seconds that the cluster's clock is behind at the least: what appeared was created after the look before."""
        late = [looked - created for created, looked in self._fresh if created >= cut]
        return max(late, default=0.0)

    def _changed(self, task: Task, seen: _Seen | None, at: float) -> _Seen:
        if seen is None:
            seen = self.tasks[task.id] = _Seen(task)
        seen.task = task
        stamp = instant(task.timestamp)
        if stamp is not None:
            seen.marks.setdefault(task.state, stamp)
            self.lead = max(self.lead, stamp - at)
        return seen


class Timeline(NamedTuple):
    """The entries of `rollout.timeline`, and how many there was no room for."""

    entries: list[dict[str, Any]]
    omitted: int


class _Life(NamedTuple):
    """A task with all that is known of it. Seconds since the epoch by the cluster's clocks."""

    task: Task
    created: float
    marks: Mapping[str, float]
    ended: float | None
    leaving: bool
    wanted_at: float | None
    leaving_at: float | None

    @property
    def ran_at(self) -> float | None:
        return self.marks.get("running")


def timeline(
    listed: Sequence[Task] | None,
    looks: Sequence[Sightings],
    span: Span,
    cut: float | None,
    in_force: Callable[[Task], bool],
    node_names: Mapping[str, str],
) -> Timeline:
    """One entry for each task that was part of the change.

    `listed` are all tasks of the service afterwards, None where they could not be asked for. `cut` (seconds since the
    epoch, the leader's clock) parts the tasks that were there before from those of the change. `in_force` says whether
    a task is of the specification that the service has now: one from before that goes on serving it had no part.
    """
    begun = span.wall if cut is None else cut
    lives = _lives(listed, looks)
    shift = _shift(looks, begun) + span.wall
    places: dict[str, list[_Life]] = {}
    for life in sorted(lives, key=lambda one: (one.created, one.task.id)):
        places.setdefault(life.task.place, []).append(life)
    entries = []
    for place in sorted(places, key=lambda text: (digits_of(text) is None, digits_of(text) or 0, text)):
        row = places[place]
        for number, life in enumerate(row):
            old = life.created < begun
            if old and not life.leaving and life.ended is None and in_force(life.task):
                continue
            if life.ended is not None and life.ended - shift <= 0:
                continue
            spans = _spans(life, _asked_to_stop(life, row[number + 1 :], old), old, shift, span.duration)
            if spans:
                entries.append(_entry(life.task, old, spans, node_names))
    return _bounded(entries)


def _lives(listed: Sequence[Task] | None, looks: Sequence[Sightings]) -> list[_Life]:
    tasks = {task.id: task for task in listed or ()}
    marks: dict[str, dict[str, float]] = {}
    wanted: dict[str, float] = {}
    leaving: dict[str, float] = {}
    missing: dict[str, float] = {}
    for look in looks:
        for task_id, seen in look.tasks.items():
            if listed is None or task_id not in tasks:
                tasks[task_id] = seen.task
                if listed is not None and seen.missing_at is not None:
                    missing[task_id] = seen.missing_at + look.lead
            found = marks.setdefault(task_id, {})
            for state, stamp in seen.marks.items():
                found.setdefault(state, stamp)
            if seen.wanted_at is not None:
                wanted[task_id] = seen.wanted_at + look.lead
            if seen.leaving_at is not None:
                leaving.setdefault(task_id, seen.leaving_at + look.lead)
    return [
        _life(task, marks.get(task_id, {}), wanted.get(task_id), leaving.get(task_id), missing.get(task_id))
        for task_id, task in tasks.items()
        if instant(task.created_at) is not None
    ]


def _life(
    task: Task,
    marks: Mapping[str, float],
    wanted_at: float | None,
    leaving_at: float | None,
    missing_at: float | None,
) -> _Life:
    stamp = instant(task.timestamp)
    known = dict(marks)
    if stamp is not None:
        known.setdefault(task.state, stamp)
    ended = stamp if task.ended else missing_at
    leaving = task.desired_state in _LEAVING or missing_at is not None
    return _Life(task, instant(task.created_at) or 0.0, known, ended, leaving, wanted_at, leaving_at)


def _shift(looks: Sequence[Sightings], cut: float) -> float:
    """Seconds that the cluster's clock is ahead (negative: behind), as far as what was seen proves it."""
    lead = max((look.lead for look in looks), default=0.0)
    if lead > 0:
        return lead
    lag = max((look.lag(cut) for look in looks), default=0.0)
    return -lag if lag > _LAG else 0.0


def _asked_to_stop(life: _Life, later: Sequence[_Life], old: bool) -> float | None:
    """When Swarm asked the task to stop; None where it did not, or it had ended by itself.

    The Engine does not tell it. With stop-first the updater asks in the very transaction that creates the successor
    in the slot; with start-first it asks when the successor runs (swarmkit manager/orchestrator/update/updater.go,
    `updateTask`). Which of both it was shows in the stamps: with stop-first the successor is not started before the
    old task is gone. Without a successor, as when a service is scaled down, it is when it was last seen wanted. What
    was seen on its way out earlier was asked earlier.
    """
    by_itself = life.task.ended and life.task.state not in _STOPPED
    if not life.leaving or by_itself:
        return None
    ran = [one.ran_at for one in later if one.ran_at is not None]
    if ran and (life.ended is None or ran[0] <= life.ended):
        asked = ran[0]
    elif later:
        asked = later[0].created
    elif life.wanted_at is not None or old:
        asked = life.wanted_at or life.created
    else:
        return life.ended
    return asked if life.leaving_at is None else min(asked, life.leaving_at)


def _spans(life: _Life, asked: float | None, old: bool, shift: float, duration: float) -> list[dict[str, Any]]:
    """The spans of one task in seconds of the change, one after the other."""
    marks = [(stamp, _PHASES[state]) for state, stamp in life.marks.items() if state in _PHASES]
    marks.sort()
    first = marks[0][1] if marks else "running"
    # Swarm has forgotten what an old task was before; it was there, and served.
    marks.insert(0, (life.created, "running" if old and first == "running" else "pending"))
    # What was never seen beyond pending, or never had a node, was pending to its end.
    last = "" if len(marks) == 1 and life.task.node_id else "pending"
    following = [*(state for _stamp, state in marks[1:]), last]
    marks = [
        (stamp, _BEFORE.get(after, "pending") if state == "pending" else state)
        for (stamp, state), after in zip(marks, following)
    ]
    if asked is not None:
        stop = asked if life.ended is None else min(asked, life.ended)
        marks = [mark for mark in marks if mark[0] < stop] + [(max(stop, life.created), "draining")]
    if life.ended is not None:
        marks = [mark for mark in marks if mark[0] <= life.ended] or marks[:1]
        marks.append((max(life.ended, marks[-1][0]), "" if asked is not None else life.task.state))
    # The clocks of nodes differ a little: nothing ends before it began.
    moments = list(accumulate((_within(stamp - shift, duration) for stamp, _state in marks), max))
    found: list[dict[str, Any]] = []
    for place, (begin, (_stamp, state)) in enumerate(zip(moments, marks)):
        end = None if place + 1 == len(marks) else moments[place + 1]
        if not state or end == begin:
            continue
        if found and found[-1]["state"] == state:
            found[-1]["to"] = end
        else:
            found.append({"state": state, "from": begin, "to": end})
    return found


def _within(seconds: float, duration: float) -> float:
    return round(min(max(seconds, 0.0), duration), 2)


def _entry(task: Task, old: bool, spans: list[dict[str, Any]], node_names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "slot": task.slot or task.node_id,
        "task": task.id,
        "node": node_names.get(task.node_id, task.node_id) or None,
        "image": short_image(image_of({"TaskTemplate": task.spec})) or None,
        "old": old,
        "spans": spans,
        "error": mask_text(task.error)[:_ERROR_COLUMNS] or None,
    }


def _bounded(entries: list[dict[str, Any]]) -> Timeline:
    """As many as there is room for; what failed comes before what did not."""
    if len(entries) <= MOST_ENTRIES:
        return Timeline(entries, 0)
    places = sorted(range(len(entries)), key=lambda place: (entries[place]["error"] is None, place))
    kept = sorted(places[:MOST_ENTRIES])
    return Timeline([entries[place] for place in kept], len(entries) - MOST_ENTRIES)
