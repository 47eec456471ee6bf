# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long it will take, from what was measured or from assumptions that are said aloud."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any, Iterable, Mapping, Sequence

from ..cluster import JsonObject, Task
from ..convergence.readings import swap_seconds
from ..times import instant
from .pace import PATIENCE
from .types import Image, Timings

PULL, START, STOP = 3.0, 1.0, 1.0
# So many of the latest revisions count: older ones may have been other programs.
RECENT = 5
# The Engine's own defaults (moby daemon/health.go).
_INTERVAL, _START_INTERVAL = 30.0, 5.0
_START_INTERVAL_SINCE = (1, 44)
_PATIENT = "as long as Swarm waits for a task that has longer to stop"


@dataclass(frozen=True)
class Pacing:
    """Seconds of one replacement (`swap`), of a start from nothing (`begin`), of a stop, and where they come from."""

    swap: float
    begin: float
    stop: float
    source: str
    notes: tuple[str, ...] = ()


def learn(tasks: Iterable[Task], service_id: str, recorded: Sequence[float | None] = ()) -> Timings:
    """How long one task of a service takes from its creation until it serves.

    What earlier revisions measured (`recorded`, oldest first) tells best; where nothing is recorded, the
    tasks that run now do.
    """
    own = [task for task in tasks if task.service_id == service_id]
    measured = [swap for swap in recorded if swap is not None]
    swap = median(measured[-RECENT:]) if measured else swap_seconds(own)
    return Timings(swap=swap, stopped=stopped_seconds(own))


def stopped_seconds(tasks: Iterable[Task]) -> float | None:
    """How long replaced tasks took to stop, at the median; None where none tells.

    With stop-first Swarm asks a task to stop in the moment in which it creates the next one of its place.
    """
    places: dict[str, list[Task]] = {}
    for task in tasks:
        places.setdefault(task.place, []).append(task)
    spans = []
    for own in places.values():
        own.sort(key=lambda task: task.created_at)
        for former, following in zip(own, own[1:]):
            asked, ended = instant(following.created_at), instant(former.timestamp)
            if former.state == "shutdown" and asked is not None and ended is not None and ended > asked:
                spans.append(ended - asked)
    return median(spans) if spans else None


def pacing(
    timings: Timings,
    image: Image,
    spec: JsonObject,
    api_version: tuple[int, int],
    *,
    pulls: bool,
    stops: bool,
    slow: bool = False,
) -> Pacing:
    """The seconds to reckon with: whether nodes may have to get another image, and old tasks stop before.

    `slow`: the old tasks may take longer to stop than Swarm waits. Who lets them knows why, so that it is reckoned with
    unless they were seen to be quicker.
    """
    stop = STOP if timings.stop is None else timings.stop
    if slow:
        seen = timings.stopped if timings.stop is None else timings.stop
        stop = PATIENCE if seen is None else min(seen, PATIENCE)
    if timings.start is None and timings.swap is not None:
        if not slow or timings.swap > stop:
            return Pacing(timings.swap, timings.swap, stop, "measured")
        # It was measured where no task had to stop before.
        known = timings.stopped is not None
        notes = () if known else ("not measured yet, so assumed for each task: stop %g s, %s" % (stop, _PATIENT),)
        return Pacing(stop + timings.swap, timings.swap, stop, "measured" if known else "defaults", notes)
    probe = first_probe(spec, image, api_version)
    pull = (PULL if timings.pull is None else timings.pull) if pulls else 0.0
    start = START + probe if timings.start is None else timings.start
    guessed = {
        "pull %g s" % pull: pulls and timings.pull is None,
        "start %g s" % start: timings.start is None,
        ("stop %g s, %s" % (stop, _PATIENT) if slow else "stop %g s" % stop): stops and timings.stop is None,
    }
    assumed = [text for text, is_guess in guessed.items() if is_guess]
    swap = max(stop if stops else 0.0, pull) + start
    notes = ("not measured yet, so assumed for each task: %s" % ", ".join(assumed),) if assumed else ()
    return Pacing(swap, pull + start, stop, "defaults" if assumed else "measured", notes)


def first_probe(spec: JsonObject, image: Image, api_version: tuple[int, int]) -> float:
    """Seconds until the first health check of a task; 0 where there is none."""
    check = healthcheck(spec, image)
    if not check:
        return 0.0
    if _seconds(check, "StartPeriod") and api_version >= _START_INTERVAL_SINCE:
        return _seconds(check, "StartInterval") or _START_INTERVAL
    return _seconds(check, "Interval") or _INTERVAL


def healthcheck(spec: JsonObject, image: Image) -> Mapping[str, Any] | None:
    """The check that tasks will have, the specification's over the image's; {} for none, None: not known."""
    container = (spec.get("TaskTemplate") or {}).get("ContainerSpec") or {}
    own = {key: value for key, value in (container.get("Healthcheck") or {}).items() if value}
    test = list(own.get("Test") or ())
    if test[:1] == ["NONE"]:
        return {}
    if test:
        return {**_usable(image.healthcheck), **own}
    if not image.known:
        return None
    inherited = _usable(image.healthcheck)
    return {**inherited, **own} if inherited else {}


def _usable(check: Mapping[str, Any]) -> dict[str, Any]:
    test = list(check.get("Test") or ())
    return dict(check) if test and test[0] != "NONE" else {}


def _seconds(check: Mapping[str, Any], key: str) -> float:
    value = check.get(key)
    return value / 1e9 if isinstance(value, (int, float)) and value > 0 else 0.0
