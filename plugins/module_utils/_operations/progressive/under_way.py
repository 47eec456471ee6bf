# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A progressive rollout as the cluster has it: its label, its record, and the record to go back to."""

from __future__ import annotations

from dataclasses import dataclass

from ..._core import history, steps
from ..._core.account import short_image
from ..._core.cluster import JsonObject, Service, Task
from ..._core.convergence.readings import live
from ..._core.convergence.wanted import wanted
from ..._core.errors import RolloutError
from ..._core.history import Revision
from ..._engine import records
from ..._engine.tasks import current_exactly, list_nodes, list_tasks
from ..context import Context


class InProgress(RolloutError):
    """A progressive rollout of the service is under way, and what was asked for would cut across it."""

    kind = "in_progress"


@dataclass(frozen=True)
class UnderWay:
    """A rollout between its steps. `own` recorded what it leads to, `stable` what an abort puts back.

    `intact`: nobody else wrote the service meanwhile.
    """

    service: Service
    progress: steps.Progress
    own: Revision
    stable: Revision
    intact: bool

    @property
    def name(self) -> str:
        """The service's name."""
        return self.service.name

    @property
    def final(self) -> JsonObject:
        """What the service will carry in the end."""
        return history.marked(self.own.spec, self.own.number)

    @property
    def whole(self) -> JsonObject:
        """The specification that is declared now: the final one or, where others wrote since, theirs.

        The step's update configuration is nobody's declaration.
        """
        if self.intact:
            return self.own.spec
        return history.with_own_config(self.service.spec, self.own.spec)

    @property
    def waits(self) -> bool:
        """Whether its last step is verified and somebody has to let it go on."""
        return self.own.outcome == "paused"

    def describe(self) -> str:
        """One clause: what leads where, at which step."""
        return "a progressive rollout to revision %d (%s) is at step %d of %d" % (
            self.own.number,
            short_image(self.own.image),
            self.progress.at,
            len(self.progress.schedule.steps),
        )


def look_at(ctx: Context, current: Service) -> UnderWay | None:
    """The rollout under way of a service; one call where there is one, else none."""
    if not steps.stepping(current.spec):
        return None
    marker, progress = history.read(current.spec), steps.read(current.spec)
    if marker is None or progress is None:
        return None
    by_number = {revision.number: revision for revision in records.list_records(ctx.api, [current.name])}
    own, stable = by_number.get(marker.number), by_number.get(progress.stable)
    if own is None or stable is None:
        ctx.warn(
            "%s: the record of revision %d was deleted by others, so its progressive rollout cannot be gone on with; "
            "declare its update_config, which is still that of a step"
            % (current.name, progress.stable if own else marker.number)
        )
        return None
    return UnderWay(current, progress, own, stable, marker.intact)


@dataclass(frozen=True)
class Places:
    """Who fills the places of a service now: `new` tasks run its present specification, `old` ones do not.

    `recent` are all tasks of the present specification that Swarm remembers, those that ended too.
    """

    new: tuple[Task, ...]
    old: tuple[Task, ...]
    total: int
    recent: tuple[Task, ...] = ()

    @property
    def serving(self) -> int:
        """How many tasks run the present specification."""
        return sum(1 for task in self.new if task.running)

    @property
    def serving_as_before(self) -> int:
        """How many tasks run another one."""
        return sum(1 for task in self.old if task.running)

    @property
    def counts(self) -> dict[str, int]:
        """The part of a result's `rollout.tasks` that tells who runs what."""
        return {
            "desired": self.total,
            "updated": self.serving,
            "running": self.serving + self.serving_as_before,
        }


def places(ctx: Context, service: Service, *, begun: bool = True) -> Places:
    """Two calls, for a global service three. `begun` is false before the first step: then all tasks count as old.

    A node that is paused keeps what it runs, so it is no place that a step could move (see `wanted`).
    """
    listed = ctx.patiently(lambda: list_tasks(ctx.api, [service.id]))
    present = live(listed)
    recent = ctx.patiently(lambda: current_exactly(ctx.api, service, listed)) if begun else []
    fresh = live(recent)
    nodes = ctx.patiently(lambda: list_nodes(ctx.api)) if service.mode == "global" else None
    found = wanted(service, service.spec, recent, nodes, listed)
    paused = {node.id for node in found.paused}
    new = tuple(task for place, task in sorted(fresh.items()))
    old = tuple(task for place, task in sorted(present.items()) if place not in fresh and place not in paused)
    return Places(new, old, found.desired, tuple(recent))


def commands(stable: Revision) -> str:
    """What can be done with a rollout that waits."""
    return "swarm_rollout with state advanced (one step), promoted (to the end) or aborted (back to %s)" % (
        short_image(stable.image)
    )


def warn_of_steps(ctx: Context, theirs: Service | None) -> None:
    """Warn where what others wrote has kept the way in which steps move."""
    if theirs is not None and steps.stepping(theirs.spec):
        ctx.warn(
            "%s: what others wrote has the update_config of the steps, with which Swarm moves no further tasks for "
            "a year; swarm_rollout with state aborted puts the stable revision back, and this task replaces theirs"
            % theirs.name
        )


def next_commands(stable: Revision) -> str:
    """The same, as the last clause of a message."""
    return "next: %s" % commands(stable)


def refuse(found: UnderWay) -> InProgress:
    """The error for a task that says nothing of steps while a rollout is between them."""
    return InProgress(
        "%s: %s; this task has no steps and would move every task at once; use %s, or declare it with steps to replace "
        "the rollout" % (found.name, found.describe(), commands(found.stable))
    )
