# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of a plan: what goes in, what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..cluster import JsonObject, Node, Task
from ..spec import Change


@dataclass(frozen=True)
class Timings:
    """How long tasks of a service took, in seconds; None: not measured.

    `start` is from the start of the process until it serves. `swap` is the whole way of a task from its
    creation until it serves, pulling and the stop of its predecessor included; it is used where the
    others are not known. `stopped` is how long predecessors took to stop, as the task list tells; it is used where
    they may take longer than Swarm waits.
    """

    pull: float | None = None
    start: float | None = None
    stop: float | None = None
    swap: float | None = None
    stopped: float | None = None


@dataclass(frozen=True)
class Image:
    """What the manager in use knows of the wanted image; `known` is false where it does not have it."""

    known: bool = False
    healthcheck: JsonObject = field(default_factory=dict)
    asked: str = ""


@dataclass(frozen=True)
class Facts:
    """The cluster as it is: all nodes, all tasks of all services with their history, the wanted image."""

    nodes: tuple[Node, ...] = ()
    tasks: tuple[Task, ...] = ()
    image: Image = field(default_factory=Image)
    timings: Timings = field(default_factory=Timings)
    api_version: tuple[int, int] = (1, 41)


@dataclass(frozen=True)
class Spot:
    """A slot (None for a global service) and the name of the node it is on, or None."""

    slot: int | None
    node: str | None

    def __str__(self) -> str:
        if self.slot is None:
            return "the task on %s" % self.node
        return "slot %d (now on %s)" % (self.slot, self.node) if self.node else "slot %d" % self.slot

    def as_dict(self) -> dict[str, Any]:
        """As results show it."""
        return {"slot": self.slot, "node": self.node}


@dataclass(frozen=True)
class Batch:
    """Slots that move together: how few tasks serve meanwhile, how many run beyond the usual, and from when on."""

    spots: tuple[Spot, ...]
    serving_min: int
    surge: int
    starts_at: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """As results show it."""
        return {
            "slots": [spot.as_dict() for spot in self.spots],
            "serving_min": self.serving_min,
            "surge": self.surge,
            "starts_at": self.starts_at,
        }


@dataclass(frozen=True)
class Capacity:
    """Whether every task of every batch finds a node; `largest_parallelism` is the largest that does (0: none)."""

    fits: bool = True
    problems: tuple[str, ...] = ()
    largest_parallelism: int | None = None
    proposal: str | None = None

    @property
    def blocked(self) -> bool:
        """Whether tasks would stay pending for ever, not just until others have moved."""
        return not self.fits and not self.largest_parallelism

    def as_dict(self) -> dict[str, Any]:
        """As results show it."""
        return {
            "fits": self.fits,
            "problems": list(self.problems),
            "largest_parallelism": self.largest_parallelism,
            "proposal": self.proposal,
        }


@dataclass(frozen=True)
class Caution:
    """A risk of the change: a code for programs, the option it comes from, the consequence and the remedy."""

    code: str
    option: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """As results show it."""
        return {"code": self.code, "option": self.option, "message": self.message}


@dataclass(frozen=True)
class Plan:
    """What a change will do. `estimated_seconds` is None where no end can be foreseen."""

    service: str
    action: str
    id: str | None = None
    changes: tuple[Change, ...] = ()
    order: str | None = None
    parallelism: int | None = None
    serving: int = 0
    wanted: int = 0
    batches: tuple[Batch, ...] = ()
    lowest_serving: int = 0
    highest_running: int = 0
    estimated_seconds: float | None = 0.0
    estimate_from: str | None = None
    capacity: Capacity = field(default_factory=Capacity)
    cautions: tuple[Caution, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The result key `plan`."""
        return {
            "id": self.id,
            "service": self.service,
            "action": self.action,
            "changes": [
                {
                    "option": change.option,
                    "before": change.before,
                    "after": change.after,
                    "replaces_tasks": change.replaces_tasks,
                }
                for change in self.changes
            ],
            "order": self.order,
            "parallelism": self.parallelism,
            "serving": self.serving,
            "wanted": self.wanted,
            "batches": [batch.as_dict() for batch in self.batches],
            "lowest_serving": self.lowest_serving,
            "highest_running": self.highest_running,
            "estimated_seconds": self.estimated_seconds,
            "estimate_from": self.estimate_from,
            "capacity": self.capacity.as_dict(),
            "warnings": [caution.as_dict() for caution in self.cautions],
            "notes": list(self.notes),
        }
