# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorded past of services, read for all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Collection, Mapping, Sequence

from .._core import history, spec
from .._core.cluster import Service, Task
from .._core.history import Revision
from .context import Context
from .readiness import Surroundings


@dataclass(frozen=True)
class Book:
    """All recorded revisions by service, and what exists of that which they refer to."""

    revisions: Mapping[str, Sequence[Revision]]
    existing: history.Existing


def read_all(ctx: Context, names: Collection[str]) -> Book:
    """Two calls, however many services: the configs hold the records, and are what records refer to.

    Up to three more where revisions of the services of those names are attached to networks that are not known yet.
    """
    configs = ctx.api.get_list("/configs")
    secrets = ctx.api.get_list("/secrets")
    revisions: dict[str, list[Revision]] = {}
    for raw in configs:
        revision = history.decode(raw)
        if revision is not None:
            revisions.setdefault(revision.service, []).append(revision)
    told = [one for name in names for one in revisions.get(name, ())]
    networks = ctx.lookup.networks(ctx.api, history.names_of(told), [one.spec for one in told])
    return Book(revisions, history.Existing({"config": _ids(configs), "secret": _ids(secrets)}, networks))


def tell(book: Book, service: Service, references: spec.References, now: float) -> dict[str, Any]:
    """The history of one service and its drift, as results show them."""
    own = book.revisions.get(service.name, ())
    drift = history.drift(own, service, references)
    return {
        "history": history.entries(own, service, book.existing, now),
        "drift": drift,
        "drifted": drift is not None,
    }


def number(book: Book, service: Service, tasks: Sequence[Task], slots: Sequence[dict[str, Any]]) -> None:
    """Give each slot the number of the revision that its task runs; None where no record has that specification.

    Revisions that differ in nothing that a task sees, such as the number of replicas, are told by the newest one.
    """
    own = sorted(book.revisions.get(service.name, ()), key=lambda one: one.number, reverse=True)
    marker = history.read(service.spec)
    running = {task.id: task.spec for task in tasks}
    for slot in slots:
        if slot["updated"] and marker is not None and marker.intact:
            slot["revision"] = marker.number
            continue
        task_spec = running[slot["task"]]
        slot["revision"] = next((one.number for one in own if spec.same_task_spec(task_spec, one.spec)), None)


def way_back(
    book: Book, service: Service, references: spec.References, around: Surroundings, now: float
) -> dict[str, Any] | None:
    """Where `to: previous` leads from here, and whether it would get there; None where it leads nowhere."""
    settled = history.settled(book.revisions.get(service.name, ()), service, now)
    own = history.brought_up(settled, book.existing.networks)
    chosen = history.choose(own, service.spec, history.Aim())
    if chosen is None:
        return None
    target = history.restoration(chosen.spec, service.spec, keep_replicas=True)
    missing = history.missing(chosen.spec, book.existing)
    return {
        "revision": chosen.number,
        "changes": [change.option for change in spec.differences(service.spec, target, references)],
        **around.answer(service, target, missing),
    }


def _ids(found: Sequence[Any]) -> frozenset[str]:
    return frozenset(str(raw.get("ID")) for raw in found if isinstance(raw, dict))
