# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every claim of a result against what the cluster showed: specification, images, counts, change, history, tasks. Pure.

A module tells what it read last. So a claim is true when the cluster was so at some moment between that and the end
of the module; where nothing moved in that time, it has to be exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.faults import counts, shown
from tests.faults.counts import Count, short
from tests.faults.film import Frame
from tests.faults.oracle import REVISION, Record, Seen, facts_of, history, settings
from tests.faults.strategies import Versions
from tests.integration.running import Ran

Json = dict[str, Any]
# What lies between reading a task and being certain of the outcome, on a busy machine.
SLACK = 1.5
# A task that failed at the very end may not have been seen.
UNSEEN = 2.0

RUN = re.compile(r"(\d+) of (\d+) tasks run (\S+) now((?:, \d+ runs? [^\s,;]+)*)")
OVER = re.compile(
    r"(\d+) of (\d+) tasks of (\S+) ended with status 0(?: and (\d+) run now)?((?:, \d+ runs? [^\s,;]+)*)"
)
JOB = re.compile(r"(\d+) of (\d+) tasks of (\S+) completed")
OTHER = re.compile(r", (\d+) runs? ([^\s,;]+)")
GONE = "the service is not there now"
UNKNOWN = "what runs now is not known"
UNRECORDED = "not recorded in its history"
# What runs at the end by the outcome: the image that was asked for, or the one before.
AT_THE_NEW = ("completed", "unchanged", "applied")
AT_THE_OLD = ("rolled_back",)
# Outcomes that nobody waited for, so that nobody counted.
UNWATCHED = ("applied", "planned")
# What a history may say instead, as a rollout that waits at a step is not over.
ALSO = {"paused": ("pending", "")}
# How the timeline calls what a task does at the end.
PHASES = {
    "pending": ("new", "allocated", "pending"),
    "preparing": ("assigned", "accepted", "preparing"),
    "ready": ("ready",),
    "starting": ("starting", "ready", "assigned", "accepted", "preparing"),
    "running": ("running",),
}
LEAVING = ("shutdown", "remove")
# In the order in which a task goes through them (swarmkit api/types.proto).
TASK_STATES = (
    *("new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running"),
    *("complete", "shutdown", "failed", "rejected", "remove", "orphaned"),
)


@dataclass(frozen=True)
class Evidence:
    """What is known of one service from before a run until after it. Times are seconds since the epoch.

    `others_at`: since when somebody else wrote to it. `slow`: by how much each call was held back. `declared`: the
    image that was asked for. `warnings` are the module's.
    """

    frames: Sequence[Frame]
    begun: float
    ended: float
    records: Sequence[Record] = ()
    others_at: float | None = None
    slow: float = 0.0
    declared: str | None = None
    warnings: Sequence[str] = ()

    def within(self, since: float, until: float) -> list[Frame]:
        """The frames of that time, and those at both of its ends."""
        found = [frame for frame in self.frames if frame.until >= since and frame.since <= until]
        if found:
            first, last = self.frames.index(found[0]), self.frames.index(found[-1])
            # What lies between two looks belongs to both.
            begin = first - 1 if first and found[0].since > since else first
            return list(self.frames[begin : last + 1 + (found[-1].until < until)])
        return list(self.frames[-1:])


def instant(text: str) -> float:
    """Seconds since the epoch of a time such as `2026-11-22T18:03:15.120Z`, also with nine digits."""
    kept = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return datetime.fromisoformat(kept).timestamp()


def of_service(result: Mapping[str, Any], name: str, evidence: Evidence) -> list[str]:
    """What a result claims of one service and the cluster contradicts."""
    found = _changed(result, name, evidence)
    rollout = result.get("rollout")
    if not isinstance(rollout, Mapping):
        return found
    since = min(instant(str(rollout["finished_at"])), evidence.ended) - SLACK - 4 * evidence.slow
    window = evidence.within(since, evidence.ended)
    found += _shown(result, name, window)
    found += _outcome(rollout, name, window, evidence)
    found += _images(rollout, name, window, evidence)
    found += _counts(result, name, window)
    found += _silence(result, name, window)
    found += _history(rollout, name, evidence)
    found += _failures(rollout, name, evidence)
    found += _timeline(rollout, name, window, evidence)
    found += _times(rollout, evidence)
    return found


def of_release(result: Mapping[str, Any], evidence: Mapping[str, Evidence]) -> list[str]:
    """What a release claims of its services, each by the end of its own rollout."""
    found = []
    for part in result.get("services") or ():
        rollout = part.get("rollout")
        if not isinstance(rollout, Mapping) or part.get("undone"):
            continue
        mine = evidence[part["name"]]
        ended = min(instant(str(rollout["finished_at"])) + SLACK + 4 * mine.slow, mine.ended)
        told = {"msg": part.get("msg", ""), "changed": part.get("changed"), "rollout": rollout}
        found += [f"{part['name']}: {one}" for one in of_service(told, part["name"], replace(mine, ended=ended))]
    return found


def gathered(
    ran: Ran,
    versions: Versions,
    frames: Sequence[Frame],
    configs: Iterable[Json],
    begun: float,
    *,
    others_at: float | None,
    slow: float,
) -> dict[str, Evidence]:
    """What is known of each service of a run; `configs` are those of the Swarm, in which its history is."""
    every = list(configs)
    return {
        name: Evidence(frames, begun, ran.ended, history(every, name), others_at, slow, version.image, ran.warnings)
        for name, version in versions.items()
    }


def _tasks(frame: Frame, name: str) -> Sequence[Json]:
    return frame.seen.get(name, Seen(None)).tasks


def _specs(frames: Iterable[Frame], name: str) -> Iterator[Json]:
    for frame in frames:
        seen = frame.seen.get(name)
        if seen is not None and seen.service is not None:
            yield seen.spec


def _changed(result: Mapping[str, Any], name: str, evidence: Evidence) -> list[str]:
    """Whether it wrote what it says that it wrote."""
    if not evidence.frames:
        return []
    before = evidence.frames[0].seen.get(name, Seen(None)).service
    until = min(evidence.others_at or evidence.ended + SLACK, evidence.ended + SLACK)
    ours = [frame.seen.get(name, Seen(None)).service for frame in evidence.frames if frame.since <= until]
    written = [one for one in ours if (one or {}).get("Spec") != (before or {}).get("Spec")]
    if not result.get("changed") and written:
        return ["it says that nothing was changed, and the specification was"]
    if result.get("changed") and all(_index(one) == _index(before) for one in ours) and evidence.others_at is None:
        return ["it says that it changed the service, and nobody wrote to it"]
    return []


def _index(service: Mapping[str, Any] | None) -> int | None:
    return None if service is None else int((service.get("Version") or {}).get("Index") or 0)


def _shown(result: Mapping[str, Any], name: str, window: Sequence[Frame]) -> list[str]:
    """The service as it is shown, against each specification of that time: the nearest one tells what is wrong."""
    told = result.get("swarm_service")
    specs = list(_specs(window, name))
    if not told:
        return []
    if not specs:
        return ["it shows a service, and there is none"]
    whole = not result.get("failed")
    differences = [shown.contradictions(told, spec, whole=whole) for spec in specs]
    return min(reversed(differences), key=len)


def _outcome(rollout: Mapping[str, Any], name: str, window: Sequence[Frame], evidence: Evidence) -> list[str]:
    """The outcome itself: that all is as declared, that it is back, that somebody else was at work."""
    outcome = rollout.get("outcome")
    if outcome == "superseded" and evidence.others_at is None:
        return ["it ended superseded, and nobody else was at work"]
    there = [
        one for frame in window if (one := counts.count(frame.seen.get(name, Seen(None)), frame.nodes)) is not None
    ]
    if outcome in ("completed", "unchanged") and there and evidence.others_at is None:
        # A job's task that has ended is forgotten by no one, one that serves may be lost again at any time.
        moves = _moves(window, name) if len(there) > 1 else 0
        if all(one.desired - one.filled > moves for one in there):
            return [f"it ended {outcome}, and the cluster shows {_told(there)}"]
    before = next(_specs(evidence.frames[:1], name), None)
    if outcome == "rolled_back" and before is not None and evidence.others_at is None:
        former = settings(before, way=False)
        if all(settings(one, way=False) != former for one in _specs(window, name)):
            return ["it ended rolled_back, and the specification is not the former one"]
    return []


def _images(rollout: Mapping[str, Any], name: str, window: Sequence[Frame], evidence: Evidence) -> list[str]:
    """From which image to which."""
    found = []
    outcome, source, target = (rollout.get(key) for key in ("outcome", "from_image", "to_image"))
    now = {counts.image_of(spec["TaskTemplate"]) for spec in _specs(window, name)}
    ever = [counts.image_of(spec["TaskTemplate"]) for spec in _specs(evidence.frames, name)]
    # A run that goes on with the steps of another comes from what that one found.
    ever += [counts.image_of(one.spec["TaskTemplate"]) for one in evidence.records]
    if now and outcome in AT_THE_NEW and target not in now:
        found.append(f"to_image is {target}, and the cluster has {', '.join(sorted(now))}")
    if now and outcome in AT_THE_OLD and source is not None and source not in now:
        found.append(f"from_image is {source}, and the cluster has {', '.join(sorted(now))} again")
    if source is not None and source not in ever:
        found.append(f"from_image is {source}, and the service never had it")
    there_before = bool(evidence.frames) and evidence.frames[0].seen.get(name, Seen(None)).service is not None
    if there_before and source is None and evidence.others_at is None:
        found.append("from_image is none, and there was a service before")
    if evidence.declared is not None and _plain(target) != _plain(evidence.declared):
        found.append(f"to_image is {target}, and {evidence.declared} was asked for")
    return found


def _plain(image: object) -> str:
    return str(image or "").partition("@")[0]


def _counts(result: Mapping[str, Any], name: str, window: Sequence[Frame]) -> list[str]:
    """Every number of the sentence and of `rollout.tasks`."""
    found: list[str] = []
    msg, tasks = str(result.get("msg", "")), dict(result["rollout"].get("tasks") or {})
    seen = [counts.count(frame.seen.get(name, Seen(None)), frame.nodes) for frame in window]
    there = [one for one in seen if one is not None]
    claim = RUN.search(msg) or OVER.search(msg) or JOB.search(msg)
    if claim is not None:
        said = claim.group(0)
        if not there:
            return [f"it says {said!r}, and there is no service"]
        moves = _moves(window, name)
        if not any(_is_so(claim, one, moves if len(there) > 1 else 0, there) for one in there):
            found.append(f"it says {said!r}, and the cluster shows {_told(there)}")
    for key in ("desired", "updated", "running"):
        value = tasks.get(key)
        if isinstance(value, int) and there and not _within(value, there, _moves(window, name), key):
            found.append(f"rollout.tasks.{key} is {value}, and the cluster shows {_told(there)}")
    return found


def _told(there: Sequence[Count]) -> str:
    one = there[-1]
    others = "".join(f", {number} of {image}" for image, number in one.others.items())
    over = f" and {one.over} over" if one.over else ""
    return f"{one.serving} of {one.desired} serving {one.image}{over}, {one.running} running{others}"


def _moves(window: Sequence[Frame], name: str) -> int:
    """How many tasks did anything in that time: between two looks a number may have been off by as many."""
    states: dict[str, set[tuple[str, str]]] = {}
    for frame in window:
        for task in _tasks(frame, name):
            states.setdefault(task["ID"], set()).add((task["Status"]["State"], task["DesiredState"]))
    always = [{task["ID"] for task in _tasks(frame, name)} for frame in window]
    everywhere = set.intersection(*always) if always else set()
    return sum(1 for task, known in states.items() if len(known) > 1 or task not in everywhere)


def _range(values: Iterable[int], moves: int) -> tuple[int, int]:
    found = list(values)
    return min(found) - moves, max(found) + moves


def _is_so(claim: re.Match[str], one: Count, moves: int, there: Sequence[Count]) -> bool:
    """Whether a sentence fits this look, with its numbers within what the looks around it leave open."""
    told, desired, image = int(claim[1]), int(claim[2]), claim[3]
    if (desired, image) != (one.desired, one.image):
        return False
    if claim.re is JOB:
        return one.job and _open(told, [each.over for each in there], moves)
    kinds = [each for each in there if each.image == one.image]
    if claim.re is OVER:
        if not _open(told, [each.over for each in kinds], moves):
            return False
        served = int(claim[4] or 0)
        return _open(served, [each.serving for each in kinds], moves) and _others(claim[5], kinds, moves)
    return _open(told, [each.serving for each in kinds], moves) and _others(claim[4], kinds, moves)


def _others(text: str, there: Sequence[Count], moves: int) -> bool:
    return all(
        _open(int(number), [one.others.get(image, 0) for one in there], moves) for number, image in OTHER.findall(text)
    )


def _open(told: int, values: Iterable[int], moves: int) -> bool:
    low, high = _range(values, moves)
    return low <= told <= high


def _within(value: int, there: Sequence[Count], moves: int, key: str) -> bool:
    slack = moves if len(there) > 1 else 0
    if key == "desired":
        return value in {one.desired for one in there}
    if key == "updated":
        # Of a job that runs the tasks under way are as wanted as well.
        low, high = _range(
            (number for one in there for number in (one.filled, one.over if one.job else one.filled)), slack
        )
        return low <= value <= high
    # Whether a task that is on its way out runs is a matter of words.
    low, high = _range((number for one in there for number in (one.running, one.running - one.leaving)), slack)
    return low <= value <= high


def _silence(result: Mapping[str, Any], name: str, window: Sequence[Frame]) -> list[str]:
    """Where nobody could be asked the result has to say so, and may tell nothing else."""
    rollout, msg = result["rollout"], str(result.get("msg", ""))
    tasks = rollout.get("tasks") or {}
    numbers = [tasks.get(key) for key in ("desired", "updated", "running")]
    found = []
    if UNKNOWN in msg:
        if any(isinstance(one, int) for one in numbers):
            found.append("it says that nobody could be asked, and counts tasks")
        if result.get("swarm_service"):
            found.append("it says that nobody could be asked, and shows the service")
        return found
    there = bool(list(_specs(window, name)))
    if GONE in msg and there and all(frame.seen.get(name, Seen(None)).service for frame in window):
        found.append("it says that the service is not there, and it is")
    if "swarm_service" not in result or rollout.get("outcome") in UNWATCHED or GONE in msg:
        return found
    if not result["swarm_service"] and there:
        found.append("it shows no service, and does not say that nobody could be asked")
    if all(one is None for one in numbers) and there:
        found.append("it counts no tasks, and does not say that nobody could be asked")
    return found


def _history(rollout: Mapping[str, Any], name: str, evidence: Evidence) -> list[str]:
    """The record of this change, and which one was before."""
    number, outcome = rollout.get("revision"), str(rollout.get("outcome"))
    if any(UNRECORDED in one for one in evidence.warnings):
        return []
    found = []
    if number is not None:
        mine = next((one for one in evidence.records if one.number == number), None)
        if mine is None:
            told = [one.number for one in evidence.records]
            found.append(f"it made revision {number}, and recorded are {told}")
        elif mine.outcome != outcome and mine.outcome not in ALSO.get(outcome, ()):
            found.append(f"revision {number} ended {outcome}, and its record says {mine.outcome or 'nothing'}")
    previous = rollout.get("previous_revision")
    before = next(_specs(evidence.frames[:1], name), None)
    label, _dot, rest = str(((before or {}).get("Labels") or {}).get(REVISION, "")).partition(".")
    # Between two steps, or on its way back, it carries the number of what it leads to.
    on_its_way = [one.number for one in evidence.records] if "." in rest else []
    # What others had written before is recorded first, under a number of its own.
    adopted = [
        one.number for one in evidence.records if before and facts_of(one.spec["TaskTemplate"]) == _facts(before)
    ]
    if (
        previous is not None
        and label.isdigit()
        and evidence.others_at is None
        and previous not in (int(label), *adopted, *on_its_way)
    ):
        found.append(f"previous_revision is {previous}, and the service carried {label}")
    return found


def _facts(spec: Json) -> object:
    return facts_of(spec["TaskTemplate"])


def _every_task(evidence: Evidence, name: str) -> dict[str, list[Json]]:
    """Each task that was ever seen, in all of its states."""
    found: dict[str, list[Json]] = {}
    for frame in evidence.frames:
        for task in _tasks(frame, name):
            found.setdefault(task["ID"], []).append(task)
    return found


def _failures(rollout: Mapping[str, Any], name: str, evidence: Evidence) -> list[str]:
    """The tasks that are said to have failed, and whether others did."""
    found = []
    tasks = _every_task(evidence, name)
    told = list(rollout.get("failures") or ())
    for one in told:
        looks = tasks.get(one["task"])
        if looks is None:
            found.append(f"task {one['task']} is said to have failed, and there never was one")
        elif not any(_failed_so(one, task) for task in looks):
            last = looks[-1]["Status"]
            found.append(
                f"task {one['task']} is said to be {one['state']} ({one['exit_code']}, {one['error']!r}), and it is "
                f"{last['State']} ({last.get('Err') or last.get('Message')!r})"
            )
    number = (rollout.get("tasks") or {}).get("failed")
    if isinstance(number, int):
        if number < len(told):
            found.append(f"rollout.tasks.failed is {number}, and {len(told)} failures are told")
        found += _untold(rollout, tasks, number, evidence)
    return found


def _failed_so(told: Mapping[str, Any], task: Json) -> bool:
    status = task["Status"]
    code = (status.get("ContainerStatus") or {}).get("ExitCode")
    said = str(told["error"] or "")
    return bool(
        told["state"] == status["State"]
        and (told["exit_code"] is None or told["exit_code"] == (code or 0))
        and (shown.MASKED in said or said in (status.get("Err", ""), status.get("Message", "")))
        and (told["slot"] or 0) == (task.get("Slot") or 0)
    )


def _untold(rollout: Mapping[str, Any], tasks: Mapping[str, list[Json]], number: int, evidence: Evidence) -> list[str]:
    """Whether it says that nothing failed although tasks of this change did while it was watched."""
    if rollout.get("outcome") in (*UNWATCHED, "unchanged", "superseded") or evidence.others_at is not None:
        return []
    since, until = instant(rollout["started_at"]), instant(rollout["finished_at"]) - UNSEEN - 4 * evidence.slow
    failed = [
        looks[-1]
        for looks in tasks.values()
        if looks[-1]["Status"]["State"] in ("failed", "rejected")
        and since <= instant(looks[-1]["CreatedAt"])
        and instant(looks[-1]["Status"]["Timestamp"]) <= until
    ]
    # What goes on failing while it is taken back nobody counts; that nothing failed is another matter.
    if number > 0 or not failed:
        return []
    return [f"it counts {number} failed tasks, and {len(failed)} failed while it watched"]


def _timeline(rollout: Mapping[str, Any], name: str, window: Sequence[Frame], evidence: Evidence) -> list[str]:
    """Each entry against its task, and its last state against the end."""
    found = []
    tasks = _every_task(evidence, name)
    entries = list(rollout.get("timeline") or ())
    for entry in entries:
        looks = tasks.get(entry["task"])
        if looks is None:
            found.append(f"the timeline has a task {entry['task']} that never was")
            continue
        mine = [[task for task in _tasks(frame, name) if task["ID"] == entry["task"]] for frame in window]
        at_end = [task for found_in in mine for task in found_in] or looks[-1:]
        found += _entry(entry, looks, at_end, new=bool(mine) and not mine[0] and any(mine))
    if entries and not rollout.get("timeline_omitted"):
        known = {entry["task"] for entry in entries}
        finished = instant(rollout["finished_at"])
        last = {task["ID"]: task for frame in window[-1:] for task in _tasks(frame, name)}
        missed = [
            task
            for key, task in last.items()
            if key not in known
            and instant(rollout["started_at"]) + SLACK <= instant(task["CreatedAt"]) <= finished - SLACK
        ]
        found += [f"the timeline lacks task {task['ID']}, made meanwhile" for task in missed]
    return found


def _entry(entry: Mapping[str, Any], looks: Sequence[Json], at_end: Sequence[Json], *, new: bool) -> list[str]:
    found = []
    task = looks[-1]
    # The first slot of a job is left out, and so is the node of a task that waits for one.
    places = {one.get("Slot") or one.get("NodeID") or "" for one in looks}
    if entry["slot"] not in (places if task.get("Slot") else {*places, ""}):
        found.append(
            f"the timeline has task {entry['task']} in place {entry['slot']}, it is in {counts.place_of(task)}"
        )
    if entry["image"] != (short(counts.image_of(task["Spec"])) or None):
        found.append(
            f"the timeline says that task {entry['task']} is {entry['image']}, it is {counts.image_of(task['Spec'])}"
        )
    spans = entry["spans"]
    if spans and not _stands(spans[-1], at_end, new=new):
        states = sorted({f"{one['Status']['State']}/{one['DesiredState']}" for one in at_end})
        found.append(f"the timeline ends task {entry['task']} as {_word(spans[-1])}, and it is {', '.join(states)}")
    return found


def _word(span: Mapping[str, Any]) -> str:
    return str(span["state"]) if span["to"] is None else f"{span['state']} until it was stopped"


def _stands(span: Mapping[str, Any], looks: Sequence[Json], *, new: bool) -> bool:
    """Whether the last span of a task is what it did at some moment between those looks; `new`: it came meanwhile.

    States only ever move on, so that whatever lies between two of them was there for a moment.
    """
    first, last = looks[0], looks[-1]
    begin = 0 if new else _rank(first)
    leaving = last["DesiredState"] in LEAVING
    if span["to"] is not None:
        # It was stopped, or Swarm has forgotten it since.
        return _rank(last) > _rank_of("running") or leaving
    if span["state"] == "draining":
        return leaving and begin <= _rank_of("running")
    if span["state"] in PHASES:
        return any(begin <= _rank_of(state) <= _rank(last) for state in PHASES[span["state"]])
    return bool(span["state"] == last["Status"]["State"])


def _rank(task: Json) -> int:
    return _rank_of(task["Status"]["State"])


def _rank_of(state: str) -> int:
    return TASK_STATES.index(state)


def _times(rollout: Mapping[str, Any], evidence: Evidence) -> list[str]:
    """It began and ended while the module ran."""
    started, finished = instant(rollout["started_at"]), instant(rollout["finished_at"])
    if evidence.begun - 0.1 <= started <= finished <= evidence.ended + 0.1:
        return []
    return [f"it says that it lasted from {rollout['started_at']} to {rollout['finished_at']}, when it did not run"]
