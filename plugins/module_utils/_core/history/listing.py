# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A history as people read it: one entry per revision, and what was changed outside of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from ..cluster import JsonObject, Service
from ..masking import mask_text
from ..spec import Networks, References, differences, object_ids
from ..times import instant
from .ending import settled
from .marker import Marker, read
from .revision import Revision


def current_number(revisions: Sequence[Revision], spec: JsonObject) -> int | None:
    """The number of the revision in force; None where what is in force was never recorded.

    After Swarm's own rollback the specification carries the number it had before; the revision that
    recorded the rollback is the later one that restores it.
    """
    marker = read(spec)
    if marker is None or not marker.intact:
        adopted = recorded_already(revisions, spec, marker)
        return adopted.number if adopted else None
    back = [r.number for r in revisions if r.restores == marker.number and r.good]
    other = [r.number for r in revisions if r.good and r.restores != marker.number]
    latest = max(back, default=0)
    return latest if latest > max(other, default=0) else marker.number


def recorded_already(revisions: Sequence[Revision], spec: JsonObject, marker: Marker | None) -> Revision | None:
    """The revision that holds a specification without a marker of its own.

    An earlier run recorded what others wrote and came no further, or Swarm's own rollback restored it.
    """
    after = marker.number if marker else 0
    for revision in sorted(revisions, key=lambda one: -one.number):
        if revision.number <= after:
            return None
        if (revision.outside or revision.good) and not differences(revision.spec, spec):
            return revision
        if revision.good:
            return None
    return None


@dataclass(frozen=True)
class Existing:
    """What there is of that which revisions refer to: the IDs of all configs and secrets by kind, and the networks."""

    objects: Mapping[str, frozenset[str]] = field(default_factory=dict)
    networks: Networks = field(default_factory=Networks)


def entries(revisions: Sequence[Revision], service: Service, existing: Existing, now: float) -> list[dict[str, Any]]:
    """The revisions, newest first; `now` is wall time."""
    known = settled(revisions, service, now)
    current = current_number(known, service.spec)
    newest_first = sorted(known, key=lambda one: -one.number)
    return [_entry(revision, revision.number == current, existing, now) for revision in newest_first]


def _entry(revision: Revision, current: bool, existing: Existing, now: float) -> dict[str, Any]:
    created = instant(revision.created_at)
    return {
        "revision": revision.number,
        "current": current,
        "created_at": revision.created_at,
        "age": None if created is None else round(max(now - created, 0.0), 1),
        "outcome": revision.outcome,
        "image": revision.image,
        "cause": mask_text(revision.cause) or None,
        "by": by(revision.actor),
        "actor": {key: mask_text(value) for key, value in revision.actor.items()},
        "duration": revision.duration,
        "restores": revision.restores,
        "pinned": revision.pinned,
        "missing": missing(revision.spec, existing),
    }


def missing(spec: JsonObject, existing: Existing) -> list[str]:
    """The configs, secrets and networks that a specification needs and that are gone."""
    objects = [
        '%s "%s"' % (what, name)
        for what, ids in object_ids(spec).items()
        for found, name in sorted(ids.items())
        if found not in existing.objects.get(what, frozenset())
    ]
    return [*objects, *existing.networks.missing(spec)]


def by(actor: Mapping[str, str]) -> str | None:
    """Who it was, in few words: user@host, and the job where there was one."""
    user, host = actor.get("awx_user") or actor.get("user"), actor.get("host")
    who = "@".join(part for part in (user, host) if part)
    job = actor.get("awx_job")
    return mask_text(" ".join(part for part in (who, "job %s" % job if job else "") if part)) or None


def drift(revisions: Sequence[Revision], service: Service, refs: References) -> dict[str, Any] | None:
    """What others changed since the last recorded revision, option by option; None where nothing.

    Where the label is gone (`docker stack deploy` writes its own labels), that is the last good one.
    """
    marker = read(service.spec)
    if (marker is not None and marker.intact) or recorded_already(revisions, service.spec, marker):
        return None
    if marker is not None:
        number: int | None = marker.number
    else:
        number = max((revision.number for revision in revisions if revision.good), default=None)
    if number is None:
        return None
    own = next((revision for revision in revisions if revision.number == number), None)
    changes = differences(own.spec, service.spec, refs) if own else ()
    if own is not None and not changes:
        return None
    return {
        "since_revision": number,
        "message": "changed outside at index %d" % service.version,
        "changes": [{"option": one.option, "before": one.before, "after": one.after} for one in changes],
    }
