# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks at one service: its specification, status and counts, and its tasks."""

from __future__ import annotations

from typing import Callable, Mapping, Sequence

from .._core.cluster import Node, Service, Task
from .._core.convergence import Observation
from .._core.convergence.wanted import may_be_over
from .api import Api
from .looks import Looks
from .tasks import current_exactly, list_nodes, list_tasks

# From here on the tasks of the wanted specification may be gone from the up-to-date list, or soon will be.
_TROUBLE = ("paused", "rollback_started", "rollback_paused", "rollback_completed")


def find(api: Api, name: str) -> Service | None:
    """The service of that name with its task counts, in one call, or None.

    The listing is used since only it has `ServiceStatus` (`status=true`, API 1.41); its name filter
    matches prefixes, so the exact one is picked here.
    """
    return _listed(api, {"name": [name]}, lambda service: service.name == name)


def by_id(api: Api, service_id: str) -> Service | None:
    """The service of that full ID with its task counts, or None."""
    return _listed(api, {"id": [service_id]}, lambda service: service.id == service_id)


def listing(api: Api, names: Sequence[str] | None = None, labels: Mapping[str, str] | None = None) -> list[Service]:
    """Services with their task counts, in one call; names match as prefixes, labels all of them."""
    filters: dict[str, list[str]] = {}
    if names is not None:
        filters["name"] = list(names)
    if labels:
        filters["label"] = ["%s=%s" % pair if pair[1] else pair[0] for pair in labels.items()]
    return _list(api, filters)


def tasks_by_id(api: Api, task_ids: Sequence[str]) -> list[Task]:
    """Those of the tasks that still exist; works after their service is gone."""
    return [Task.of(raw, api.secrets) for raw in api.get_list("/tasks", {"filters": {"id": list(task_ids)}})]


def _list(api: Api, filters: Mapping[str, list[str]]) -> list[Service]:
    query = {"filters": dict(filters) or None, "status": True}
    return [Service.of(raw) for raw in api.get_list("/services", query)]


def _listed(api: Api, filters: Mapping[str, list[str]], wanted: Callable[[Service], bool]) -> Service | None:
    return next((service for service in _list(api, filters) if wanted(service)), None)


class Looker:
    """Observes one service through a rollout with as few calls as the question needs."""

    def __init__(self, api: Api, service_id: str, whose: Callable[[Service], str], looks: Looks) -> None:
        self._api = api
        self._looks = looks
        self._service_id = service_id
        self._whose = whose
        self._last: Service | None = None
        self._holds = "wanted"
        self._has_history = False
        self._nodes: tuple[Node, ...] | None = None
        # All tasks of the service, history included, where the last look happened to list them.
        self.listed: tuple[Task, ...] | None = None

    def look(self, now: float, *, fresh: bool, exact: bool = False) -> Observation:
        """One observation; `fresh` reads the service again, else only its tasks (one call).

        For what runs on each node the nodes are read as often as the service.

        `exact` tells apart the tasks that differ in their ports alone, at the price of another call; a step needs it,
        since no update state of Swarm tells its end.
        """
        history: tuple[Task, ...] = ()
        self.listed = None
        if fresh or self._last is None:
            self._last = by_id(self._api, self._service_id)
            self._holds = self._whose(self._last) if self._last else "gone"
            if self._last and self._last.mode.startswith("global"):
                self._nodes = tuple(list_nodes(self._api))
        if self._last is None:
            return Observation(now, None, "gone", ())
        in_trouble = self._holds == "former" or self._last.update_status.state in _TROUBLE
        if in_trouble and not self._has_history:
            # At once: Swarm keeps few tasks per slot and a rollback pushes the evidence out.
            history = tuple(list_tasks(self._api, [self._service_id]))
        tasks, every = self._tasks(self._last, exact)
        self.listed = every
        if every is None and may_be_over(self._last.spec, tasks):
            # Whether a task is the last one of its place only the tasks of all specifications tell.
            every = tuple(list_tasks(self._api, [self._service_id]))
        # A look that was lost half-way told nobody what it had listed.
        self._has_history = self._has_history or in_trouble
        return Observation(now, self._last, self._holds, tasks, history, nodes=self._nodes, every=every)

    def _tasks(self, service: Service, exact: bool) -> tuple[tuple[Task, ...], tuple[Task, ...] | None]:
        """The tasks of the present specification and, where they came along, all."""
        if exact:
            return tuple(current_exactly(self._api, service)), None
        listing = self._looks.tasks(self._api, service)
        return tuple(listing.current), listing.all_of(service.id)
