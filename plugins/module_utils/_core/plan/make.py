# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the service as it is, what is wanted, and the cluster, to the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Sequence

from ..cluster import JsonObject, Node, Service, Task, image_of, mode_of
from ..convergence.readings import live
from ..spec import Overlay
from ..units import format_duration
from . import capacity as check
from .cautions import cautions
from .estimate import STOP, Pacing, healthcheck, pacing
from .identity import identify
from .moves import Moves, moves, spot
from .pace import PATIENCE, Pace, longest_grace
from .types import Batch, Capacity, Caution, Facts, Plan

ANY_ORDER = (
    "Swarm takes the slots of an update in no particular order: the sizes of the batches hold, which slots come first "
    "does not"
)
STEPWISE = "each batch is a step: the next one begins when it is verified, so nobody can foretell when"
ITS_CHOICE = "which slots are taken away is Swarm's choice: those shown are likely"


def nothing(current: Service) -> Plan:
    """The plan where nothing differs; needs no facts."""
    serving = current.running_tasks or 0
    return Plan(
        current.name, "nothing", serving=serving, wanted=serving, lowest_serving=serving, highest_running=serving
    )


def removal(current: Service, facts: Facts) -> Plan:
    """The plan to remove the service."""
    own = [task for task in live(_own(current, facts)).values() if task.running]
    identity = identify(current, {}, facts.nodes, own, Capacity())
    return Plan(
        current.name,
        "remove",
        id=identity,
        serving=len(own),
        highest_running=len(own),
        estimated_seconds=STOP if facts.timings.stop is None else facts.timings.stop,
        estimate_from="defaults" if facts.timings.stop is None else "measured",
    )


def make(
    name: str,
    current: Service | None,
    overlay: Overlay,
    facts: Facts,
    targets: Callable[[int], Sequence[int]] | None = None,
) -> Plan:
    """What writing the overlay will do.

    `targets` makes it a progressive rollout: from the number of places to how many run the new specification
    after each step.
    """
    if current is not None and not overlay.differs:
        return nothing(current)
    spec = overlay.spec
    moving = moves(current, overlay, facts.tasks, facts.nodes)
    own = _own(current, facts)
    present = list(live(own).values())
    pace = Pace.of(spec)
    sizes = _sizes(moving, pace, targets)
    largest = max(sizes, default=pace.parallelism) if targets else pace.parallelism
    room = check.rooms(current, spec, moving, facts.nodes, _others(current, overlay, facts))
    fits = check.check(spec, moving, room, pace.order, largest)
    action = _action(current, overlay, moving)
    pulls = current is None or image_of(current.spec) != image_of(spec)
    stops = bool(moving.dirty) and not pace.start_first
    overlap = pace.overlap(longest_grace(moving.dirty))
    slow = stops and overlap > 0
    speed = pacing(facts.timings, facts.image, spec, facts.api_version, pulls=pulls, stops=stops, slow=slow)
    serving = sum(1 for task in present if task.running)
    batches = _batches(moving, pace, speed, facts.nodes, sizes, overlap, stepwise=targets is not None)
    replacing = bool(moving.dirty)
    stays = 0 if action == "recreate" else sum(1 for task in (*moving.dirty, *moving.clean) if task.running)
    seconds = None if targets and replacing else _seconds(action, moving, pace, speed, spec, fits)
    counts = action not in ("in_place", "nothing") or moving.added
    return Plan(
        service=name,
        action=action,
        id=identify(current, spec, facts.nodes, present, fits),
        changes=overlay.changes if current else tuple(replace(change, before=None) for change in overlay.changes),
        order=pace.order if replacing else None,
        parallelism=largest if replacing else None,
        serving=serving,
        wanted=moving.wanted,
        batches=batches,
        lowest_serving=min([batch.serving_min for batch in batches] + [stays]),
        highest_running=max(serving, stays + moving.added + max([batch.surge for batch in batches] + [0])),
        estimated_seconds=seconds,
        estimate_from=speed.source if counts and seconds is not None else None,
        capacity=fits,
        cautions=_relevant(action, overlay, cautions(spec, moving, own, facts.image, facts.timings, fits)),
        notes=(
            *_notes(spec, action, moving, batches, speed, facts),
            *([_beside(longest_grace(moving.dirty))] if slow else []),
            *((STEPWISE,) if targets and replacing else ()),
        ),
    )


def _sizes(moving: Moves, pace: Pace, targets: Callable[[int], Sequence[int]] | None) -> tuple[int, ...]:
    """How many slots each batch moves."""
    slots = len(moving.dirty)
    if targets is None:
        size = max(pace.at_a_time(slots), 1)
        return tuple(min(size, slots - first) for first in range(0, slots, size))
    found, before = [], 0
    for target in targets(len(moving.dirty) + len(moving.clean)):
        found.append(min(target, slots) - before)
        before = min(target, slots)
    return tuple(size for size in found if size > 0)


def _action(current: Service | None, overlay: Overlay, moving: Moves) -> str:
    if current is None:
        return "create"
    if overlay.recreate:
        return "recreate"
    if moving.dirty or mode_of(overlay.spec).endswith("-job"):
        return "replace"
    return "in_place"


def _own(current: Service | None, facts: Facts) -> list[Task]:
    return [task for task in facts.tasks if current is not None and task.service_id == current.id]


def _others(current: Service | None, overlay: Overlay, facts: Facts) -> Sequence[Task]:
    """The tasks that hold room; those of a service that is created anew have left before."""
    if current is None or not overlay.recreate:
        return facts.tasks
    return [task for task in facts.tasks if task.service_id != current.id]


def _beside(grace: float) -> str:
    return (
        "a task has %s to stop, and with stop-first Swarm waits %s for it: one that takes longer still runs beside the "
        "new one" % (format_duration(round(grace * 1e9)), format_duration(round(PATIENCE * 1e9)))
    )


def _batches(
    moving: Moves,
    pace: Pace,
    speed: Pacing,
    nodes: Sequence[Node],
    sizes: Sequence[int],
    overlap: float,
    *,
    stepwise: bool,
) -> tuple[Batch, ...]:
    """The slots in the order of their numbers, so many at a time. When a later step begins, nobody can foretell.

    `overlap` is for how many seconds an old task may still stop when the new one of its place has been started.
    """
    serving = sum(1 for task in (*moving.dirty, *moving.clean) if task.running)
    found: list[Batch] = []
    leaving: list[int] = []
    first = 0
    # Batches come no sooner than this one after the other; of those that are not further back tasks may still stop.
    apart = max(speed.swap + pace.delay, PATIENCE)
    reach = -int(-overlap // apart)
    for size in sizes:
        tasks = moving.dirty[first : first + size]
        first += size
        running = sum(1 for task in tasks if task.running)
        starts_at = round(len(found) * (speed.swap + pace.delay), 1)
        leaving.append(running)
        beside = sum(leaving[-reach:]) if reach else 0
        found.append(
            Batch(
                spots=tuple(spot(task, nodes) for task in tasks),
                serving_min=serving if pace.start_first else serving - running,
                surge=len(tasks) if pace.start_first else beside,
                starts_at=None if stepwise and found else starts_at,
            )
        )
        # What did not serve before does so afterwards.
        serving += len(tasks) - running
    return tuple(found)


def _seconds(action: str, moving: Moves, pace: Pace, speed: Pacing, spec: JsonObject, fits: Capacity) -> float | None:
    """Until the collection calls it completed; None where that will not be."""
    if fits.blocked or mode_of(spec).endswith("-job"):
        return None
    created = speed.begin + pace.monitor if moving.added else 0.0
    if action == "recreate":
        return round(speed.stop + created, 1)
    if not moving.dirty:
        return round(created, 1)
    size = pace.at_a_time(len(moving.dirty))
    rounds = -(-len(moving.dirty) // size)
    return round(max(rounds * (speed.swap + pace.delay) + pace.last_watch, created), 1)


def _relevant(action: str, overlay: Overlay, found: Sequence[Caution]) -> tuple[Caution, ...]:
    """In place nothing is replaced now: only what the change itself brings about is said."""
    if action != "in_place":
        return tuple(found)
    touched = {change.option for change in overlay.changes}
    groups = {option.split(".")[0] for option in touched}
    return tuple(one for one in found if one.option in touched or one.option in groups or one.code == "capacity")


def _notes(
    spec: JsonObject, action: str, moving: Moves, batches: Sequence[Batch], speed: Pacing, facts: Facts
) -> tuple[str, ...]:
    notes = [ANY_ORDER] if len(batches) > 1 else []
    if moving.gone and mode_of(spec) == "replicated":
        notes.append(ITS_CHOICE)
    if (moving.dirty or moving.added) and healthcheck(spec, facts.image) is None:
        notes.append(
            "whether the image %s has a health check is not known: it is not on the manager %s"
            % (image_of(spec).split("@")[0], facts.image.asked or "in use")
        )
    if moving.dirty or moving.added or action == "recreate":
        notes += speed.notes
    if mode_of(spec).endswith("-job"):
        notes.append("how long a job runs is known to nobody but the job")
    return tuple(notes)
