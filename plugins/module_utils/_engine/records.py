# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revisions in Swarm config objects: the only store there is to run already.

Labels of a config can be written again, its data and name cannot (swarmkit manager/controlapi/config.go).
"""

from __future__ import annotations

from typing import Iterable

from .._core.errors import EngineError, NotFound
from .._core.history import SERVICE_LABEL, Revision, decode, encode, labels, object_name
from .api import Api, segment


class NumberTaken(Exception):
    """Somebody else recorded a revision of this number at the same moment."""


def list_records(api: Api, services: Iterable[str] | None = None) -> list[Revision]:
    """The recorded revisions of those services (None: of all), by service and number; one call.

    What cannot be read is left out: nobody's unreadable object keeps a service from being changed.
    """
    names = None if services is None else set(services)
    label = "%s=%s" % (SERVICE_LABEL, next(iter(names))) if names is not None and len(names) == 1 else SERVICE_LABEL
    found = (decode(raw) for raw in api.get_list("/configs", {"filters": {"label": [label]}}))
    kept = [revision for revision in found if revision and (names is None or revision.service in names)]
    return sorted(kept, key=lambda revision: (revision.service, revision.number))


def store(api: Api, revision: Revision) -> None:
    """Record a revision. Raises `NumberTaken`, and `ValueError` when it does not fit a config object."""
    try:
        api.post("/configs/create", body=encode(revision))
    except EngineError as exc:
        if exc.name_in_use:
            raise NumberTaken from exc
        raise


def same(stored: Revision, written: Revision) -> bool:
    """Whether a stored record is the one that was written: what goes into its data never changes."""
    return stored.number == written.number and encode(stored)["Data"] == encode(written)["Data"]


def relabel(api: Api, revision: Revision) -> None:
    """Write what became known of a stored revision (outcome, duration, pin)."""
    body = {"Name": object_name(revision.service, revision.number), "Labels": labels(revision)}
    api.post("/configs/%s/update" % segment(revision.object_id), body=body, query={"version": revision.version})


def drop(api: Api, revision: Revision) -> None:
    """Delete a stored revision; somebody else may have done so already."""
    try:
        api.delete("/configs/" + segment(revision.object_id))
    except NotFound:
        return
