# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task declares of a release: its services, their order, and what a failure leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from ..._core import availability, spec, steps
from ..._core.convergence import Patience, patience_of
from ..._core.errors import OptionError, RolloutError
from ..._core.release import Policy
from ..._core.waves import arrange
from .. import service
from ..draft import Request
from ..ledger import Keeping

# As those of services, so that the names of its records are told apart.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Entry:
    """One service as it is listed; `absent` asks for its removal."""

    name: str
    request: Request
    absent: bool = False
    depends_on: tuple[str, ...] = ()
    patience: Patience = field(default_factory=Patience)
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ReleaseRequest:
    """`at_once` services of a wave move at the same time (None: all). `to` puts an earlier release back instead."""

    name: str
    entries: Mapping[str, Entry] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    at_once: int | None = None
    prune: bool = False
    lock_wait: float = 120.0
    keeping: Keeping = field(default_factory=Keeping)
    patience: Patience = field(default_factory=Patience)
    to: str = ""
    keep_replicas: bool = True

    @property
    def depends(self) -> dict[str, tuple[str, ...]]:
        """What each listed service waits for."""
        return {name: entry.depends_on for name, entry in self.entries.items()}


def parse(params: Mapping[str, Any], services: Sequence[Mapping[str, Any]]) -> ReleaseRequest:
    """From the parameters; `services` are typed and complete already. Raises `OptionError`; asks no Engine."""
    name = params["name"]
    if not _NAME.fullmatch(name):
        raise OptionError("name", name, "use letters, digits, - and _, at most 63")
    at_once = params.get("parallel")
    if at_once is not None and at_once < 1:
        raise OptionError("parallel", at_once, "give 1 or more, or leave it out for all at once")
    keeping = service.keeping(params)
    if keeping.limit < 1:
        raise OptionError(
            "revision_history_limit", keeping.limit, "a release finds its way back in its record; give 1 or more"
        )
    entries: dict[str, Entry] = {}
    for one in services:
        entry = _entry(one)
        if entry.name in entries:
            raise OptionError("services", entry.name, "it is listed twice; merge the two entries")
        entries[entry.name] = entry
    point = params.get("point_of_no_return") or ""
    if point and (point not in entries or entries[point].absent):
        raise OptionError("point_of_no_return", point, "name one of the services that the release has")
    request = ReleaseRequest(
        name=name,
        entries=entries,
        policy=Policy(params["on_failure"], point),
        at_once=at_once,
        prune=bool(params.get("prune")),
        lock_wait=steps.parse(params)[1].lock_wait,
        keeping=keeping,
        patience=patience_of(params),
        to=str(params.get("to") or "").strip(),
        keep_replicas=bool(params.get("keep_replicas", True)),
    )
    arrange(request.depends)
    return request


def _entry(params: Mapping[str, Any]) -> Entry:
    name = str(params["name"])
    try:
        if params["state"] == "absent":
            return Entry(name, Request(name, spec.Desired()), True, _depends(params), patience_of(params), params)
        request = service.request(params)
        if request.way.manual:
            raise OptionError("step_pause", "manual", "a release goes through or back; give a duration")
        if request.keeping.limit < 0:
            request.keeping.check()
        availability.parse(params.get("availability"))
        return Entry(name, request, False, _depends(params), patience_of(params), params)
    except RolloutError as exc:
        raise about(name, exc) from exc


def about(name: str, exc: RolloutError) -> RolloutError:
    """The error with the name of the service that it concerns in front."""
    if not exc.message.startswith("%s: " % name):
        exc.message = "%s: %s" % (name, exc.message)
    return exc


def _depends(params: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name) for name in params.get("depends_on") or ()))
