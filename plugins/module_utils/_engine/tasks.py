# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks and their last log lines, and nodes."""

from __future__ import annotations

import re
import struct
from typing import Any, Iterable, NamedTuple, Sequence

from .._core.cluster import JsonObject, Node, Service, Task
from .._core.errors import NotFound, RolloutError
from .._core.masking import mask_printed
from .._core.spec import has_placement, same_task_spec
from .api import Api, segment

LOG_SECONDS = 3.0
LOG_BYTES = 64 * 1024
LOG_COLUMNS = 1000
_FRAME_HEADER = 8
# Frames of the Engine itself ("Error grabbing logs: …"), which no task has written (moby pkg/stdcopy).
_SYSTEM_ERROR = 3
_UNPRINTABLE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


class Listing(NamedTuple):
    """The tasks of some services.

    `current` are those of their present specifications, also those that ended. `whole` are all tasks, history
    included, of the services in `complete` (full IDs).
    """

    current: list[Task]
    whole: list[Task]
    complete: frozenset[str]

    def of(self, service_id: str) -> Listing:
        """The part of one service."""
        current = [task for task in self.current if task.service_id == service_id]
        return Listing(current, list(self.all_of(service_id) or ()), self.complete & {service_id})

    def all_of(self, service_id: str) -> tuple[Task, ...] | None:
        """All tasks of one service; None where they were not listed."""
        if service_id not in self.complete:
            return None
        return tuple(task for task in self.whole if task.service_id == service_id)


def list_tasks(api: Api, service_ids: Iterable[str] | None = None, running: bool = False) -> list[Task]:
    """The tasks of those services (full IDs; None means all), history included.

    `running` leaves only those that are meant to run.
    """
    return _list(api, service_ids, {"desired-state": ["running"]} if running else {})


def look_at_tasks(api: Api, services: Sequence[Service]) -> Listing:
    """The tasks of the present specifications of those services, and what the answer told besides; a call or two.

    The manager tells which tasks are current (the filter `_up-to-date` of the Docker CLI): it knows whether the node
    of an older task still fits. A service without a placement is not asked about like this, since that can kill the
    manager (see `_core.spec.placement`); without constraints every node fits, so that its tasks can be told here, but
    for those that differ in ports or the endpoint mode alone, which tasks do not show.
    """
    placed = [service.id for service in services if has_placement(service.spec)]
    others = {service.id: service for service in services if not has_placement(service.spec)}
    found = _up_to_date(api, placed)
    whole = _list(api, list(others), {})
    for task in whole:
        service = others.get(task.service_id)
        if service is not None and same_task_spec(task.spec, service.spec):
            found.append(task)
    return Listing(found, whole, frozenset(others))


def current_exactly(api: Api, service: Service, listed: Sequence[Task] | None = None) -> list[Task]:
    """The same of one service, with those told apart that differ in ports or the endpoint mode alone.

    `listed` are all its tasks, which cost another call where nobody has them: when none has a placement, the
    manager can be asked without danger.
    """
    if not has_placement(service.spec):
        known = list_tasks(api, [service.id]) if listed is None else listed
        if any(has_placement({"TaskTemplate": task.spec}) for task in known):
            return [task for task in known if same_task_spec(task.spec, service.spec)]
    return _up_to_date(api, [service.id])


def _up_to_date(api: Api, service_ids: Iterable[str]) -> list[Task]:
    return _list(api, service_ids, {"_up-to-date": ["true"]})


def _list(api: Api, service_ids: Iterable[str] | None, more: dict[str, list[str]]) -> list[Task]:
    wanted = None if service_ids is None else list(service_ids)
    if wanted == []:
        return []
    filters = {**({} if wanted is None else {"service": wanted}), **more}
    query = {"filters": filters} if filters else None
    try:
        return [Task.of(raw, api.secrets) for raw in api.get_list("/tasks", query)]
    except NotFound:
        # The Engine refuses the whole list for one service that was removed since it was read (seen on 26.1).
        if wanted is None or len(wanted) == 1:
            raise
    return [task for one in wanted for task in _of_one(api, one, more)]


def _of_one(api: Api, service_id: str, more: dict[str, list[str]]) -> list[Task]:
    """The tasks of a service; none where it is gone."""
    try:
        return _list(api, [service_id], more)
    except NotFound:
        return []


def list_nodes(api: Api) -> list[Node]:
    """All nodes of the Swarm."""
    return [Node.of(raw) for raw in api.get_list("/nodes")]


def task_log_tail(api: Api, task_id: str, lines: int = 10, spec: JsonObject | None = None) -> list[str]:
    """The last `lines` log lines of a task, both streams, oldest first; [] if there are none to be had.

    Control characters and colours are removed, empty lines left out, long ones cut at 1000 characters. The secrets of
    the module's task are hidden, and those of `spec`, with which the container runs: many print what they were given.

    Reads at most 64 KiB and 3 s: a missing or endless log never holds up a rollout.
    """
    query = {"stdout": True, "stderr": True, "tail": lines, "follow": False}
    try:
        data = api.raw("/tasks/%s/logs" % segment(task_id), query, LOG_BYTES, LOG_SECONDS)
    except RolloutError:
        return []
    text = b"".join(_frames(data)).decode("utf-8", "replace")
    shown = api.secrets.with_those_in(spec or {}).hide(_UNPRINTABLE.sub("", text))
    found = [mask_printed(line).rstrip()[:LOG_COLUMNS] for line in shown.split("\n")]
    return [line for line in found if line][-lines:]


def _frames(data: bytes) -> Iterable[bytes]:
    """The payloads of the Engine's multiplexed stream: 8 bytes of header, then as many as it says.

    A log of a terminal is not multiplexed: what does not begin with a header is passed on as it is.
    """
    place = 0
    while place < len(data):
        header = data[place : place + _FRAME_HEADER]
        if len(header) < _FRAME_HEADER or header[0] > 3 or header[1:4] != b"\0\0\0":
            if place == 0:
                yield data
            return
        (size,) = struct.unpack(">L", header[4:])
        if header[0] != _SYSTEM_ERROR:
            yield data[place + _FRAME_HEADER : place + _FRAME_HEADER + size]
        place += _FRAME_HEADER + size


def get_node(api: Api, name_or_id: str) -> Node:
    """One node; raises `NotFound`."""
    answer: Any = api.get("/nodes/" + segment(name_or_id))
    return Node.of(answer)
