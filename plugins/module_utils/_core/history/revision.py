# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One recorded specification of one service, and how it is kept in a Swarm config object.

What never changes (number, specification, cause, actor) is the object's data; what becomes known later
(outcome, duration, pin) are its labels, the only part of a config that can be written again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from ..cluster import JsonObject, image_of
from ..masking import mask_text
from ..naming import config_name
from ..packing import index_of, mapping, pack, seconds, texts_by_name, unpack
from ..shape import misfit
from ..shapes import SERVICE_SPEC

LABEL = "swarm.rollout."
SERVICE_LABEL = LABEL + "service"
NUMBER_LABEL = LABEL + "number"
OUTCOME_LABEL = LABEL + "outcome"
DURATION_LABEL = LABEL + "duration"
SWAP_LABEL = LABEL + "swap"
PIN_LABEL = LABEL + "pinned"
# Outcomes of a record that a rollout's own outcomes do not have: not known yet, made by other hands, and
# recorded by a controller that was gone before it wrote anything to the service.
PENDING = "pending"
ADOPTED = "adopted"
ABANDONED = "abandoned"
GOOD = ("completed", "applied", ADOPTED)
FORMAT = 1


@dataclass(frozen=True)
class Revision:
    """One recorded specification. Times are RFC 3339 text, `duration` is in seconds, and so
    is `swap`: how long one task took from its creation until it served, at the median.

    `restores` is the revision that a rollback put back, `base` the version index of the service that the
    change was based on (0: a new one, or not known), `outside` that others made it. `networks` has the names of its
    networks by ID, since one that is made again has another. `object_id` and `version` are those of the config
    object that holds it; empty and 0 before it is stored.
    """

    service: str
    number: int
    spec: JsonObject = field(repr=False)
    created_at: str = ""
    cause: str = ""
    actor: Mapping[str, str] = field(default_factory=dict)
    restores: int | None = None
    base: int = 0
    outside: bool = False
    networks: Mapping[str, str] = field(default_factory=dict)
    outcome: str = PENDING
    duration: float | None = None
    swap: float | None = None
    pinned: bool = False
    object_id: str = ""
    version: int = 0

    @property
    def good(self) -> bool:
        """Whether going back to it is going back to something that worked."""
        return self.outcome in GOOD

    @property
    def image(self) -> str:
        """The image that its specification names."""
        return image_of(self.spec)


def object_name(service: str, number: int) -> str:
    """The name of the config object: unique, so that two writers cannot take the same number."""
    return config_name(service, "r%d" % number)


def encode(revision: Revision) -> dict[str, Any]:
    """The ConfigSpec for `POST /configs/create`. Raises `ValueError` when it does not fit."""
    record: dict[str, Any] = {
        "format": FORMAT,
        "service": revision.service,
        "number": revision.number,
        "created_at": revision.created_at,
        "cause": mask_text(revision.cause),
        "actor": {key: mask_text(value) for key, value in revision.actor.items()},
        "restores": revision.restores,
        "base": revision.base,
        "outside": revision.outside,
        "spec": revision.spec,
    }
    if revision.networks:
        record["networks"] = dict(revision.networks)
    return {
        "Name": object_name(revision.service, revision.number),
        "Labels": labels(revision),
        "Data": pack(record),
    }


def labels(revision: Revision) -> dict[str, str]:
    """The labels of the config object: what it belongs to, and what became known after it was written."""
    found = {
        SERVICE_LABEL: revision.service,
        NUMBER_LABEL: str(revision.number),
        OUTCOME_LABEL: revision.outcome,
    }
    if revision.duration is not None:
        found[DURATION_LABEL] = "%.3f" % revision.duration
    if revision.swap is not None:
        found[SWAP_LABEL] = "%.3f" % revision.swap
    if revision.pinned:
        found[PIN_LABEL] = "true"
    return found


def decode(raw: Any) -> Revision | None:
    """From one entry of `GET /configs`; None for an object that is no record or cannot be read.

    A record is written by this collection, but anybody may have written over it: nothing in it is
    trusted to be there or of its type.
    """
    outer = mapping(raw)
    spec = mapping(outer.get("Spec"))
    record = _record(spec.get("Data"))
    if record is None:
        return None
    marks = mapping(spec.get("Labels"))
    actor = record.get("actor")
    restores = record.get("restores")
    base = record.get("base")
    return Revision(
        service=str(record["service"]),
        number=record["number"],
        spec=record["spec"],
        created_at=str(record.get("created_at") or ""),
        cause=str(record.get("cause") or ""),
        actor={str(key): str(value) for key, value in actor.items()} if isinstance(actor, Mapping) else {},
        restores=restores if isinstance(restores, int) else None,
        base=base if isinstance(base, int) else 0,
        outside=record.get("outside") is True,
        networks=texts_by_name(record.get("networks")),
        outcome=str(marks.get(OUTCOME_LABEL) or PENDING),
        duration=seconds(marks.get(DURATION_LABEL)),
        swap=seconds(marks.get(SWAP_LABEL)),
        pinned=marks.get(PIN_LABEL) == "true",
        object_id=str(outer.get("ID") or ""),
        version=index_of(outer),
    )


def _record(data: Any) -> dict[str, Any] | None:
    record = unpack(data, FORMAT)
    if record is None:
        return None
    number = record.get("number")
    usable = isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**63
    if not usable or misfit(record.get("spec"), SERVICE_SPEC):
        return None
    # Whoever goes back to it would get another service.
    return record if record.get("service") == record["spec"]["Name"] else None
