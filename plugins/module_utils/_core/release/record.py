# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One recorded release: what every service of it had before and has afterwards, in a Swarm config object.

The record is written before the first service is: it alone is enough to finish the release or to undo it, whatever
became of the controller and of the services' own histories. What becomes known later are labels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from ..cluster import JsonObject, mode_of
from ..masking import mask_text
from ..naming import config_name
from ..packing import index_of, mapping, pack, seconds, texts_by_name, unpack
from ..shape import Named, Record, misfit
from ..shapes import SERVICE_SPEC
from ..units import digits_of

LABEL = "swarm.rollout.release"
NUMBER_LABEL = LABEL + ".number"
OUTCOME_LABEL = LABEL + ".outcome"
REASON_LABEL = LABEL + ".reason"
BACK_LABEL = LABEL + ".back"
DURATION_LABEL = LABEL + ".duration"
PIN_LABEL = LABEL + ".pinned"
REVISIONS_LABEL = LABEL + ".revisions"
# Outcomes of a release; those of a rollout mean the same here. A frozen one stopped where it was.
PENDING = "pending"
COMPLETED = "completed"
ROLLED_BACK = "rolled_back"
ROLLBACK_FAILED = "rollback_failed"
FROZEN = "frozen"
FAILED = "failed"
SUPERSEDED = "superseded"
# Interrupted, and another release was declared before it was at its end; that one knows what was before both.
ABANDONED = "abandoned"
FORMAT = 1
_SERVICES = Named(Record({"before": SERVICE_SPEC, "after": SERVICE_SPEC, "found": SERVICE_SPEC}))
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Member:
    """One service of a release: its specification before and afterwards, None for a service that is not there.

    `found` is what an interrupted release had made of it when this one began; None where none had.
    """

    before: JsonObject | None = field(repr=False)
    after: JsonObject | None = field(repr=False)
    depends_on: tuple[str, ...] = ()
    found: JsonObject | None = field(default=None, repr=False)

    @property
    def job(self) -> bool:
        """Whether it runs to its end instead of for ever, now or before."""
        return any(one is not None and mode_of(one).endswith("-job") for one in (self.before, self.after))

    @property
    def specs(self) -> tuple[JsonObject, ...]:
        """All its specifications that are known."""
        return tuple(one for one in (self.before, self.after, self.found) if one is not None)


@dataclass(frozen=True)
class Composition:
    """One recorded release. `members` are its services by name, `unlisted` those of earlier ones that still run.

    `waves` are the names in the order in which they moved, `point` the point of no return. `restores` is the number
    of the release that was put back. `back` says that it is on its way back, for `reason`. `revisions` are the
    labels that say which revision each service was in the end. `networks` has the names by ID of the networks that
    they are attached to, since one that is made again has another ID. Times are RFC 3339 text, `created_at` by the
    clock of the controller and `stored_at` by that of the Swarm; `duration` is in seconds.
    """

    release: str
    number: int
    members: Mapping[str, Member] = field(repr=False)
    waves: tuple[tuple[str, ...], ...] = ()
    unlisted: tuple[str, ...] = ()
    point: str = ""
    created_at: str = ""
    cause: str = ""
    actor: Mapping[str, str] = field(default_factory=dict)
    restores: int | None = None
    networks: Mapping[str, str] = field(default_factory=dict)
    outcome: str = PENDING
    reason: str = ""
    back: bool = False
    duration: float | None = None
    pinned: bool = False
    revisions: Mapping[str, str] = field(default_factory=dict)
    object_id: str = ""
    version: int = 0
    stored_at: str = ""

    @property
    def good(self) -> bool:
        """Whether going back to it is going back to something that worked."""
        return self.outcome == COMPLETED

    @property
    def stands(self) -> bool:
        """Whether its services are what it made of them, or part of them: not where all of it was taken back."""
        return self.outcome not in (ROLLED_BACK, ABANDONED)

    @property
    def open(self) -> bool:
        """Whether the same task run again goes on with it."""
        return self.outcome in (PENDING, FROZEN)

    @property
    def present(self) -> tuple[str, ...]:
        """The services that it has in the end."""
        return tuple(name for name, member in self.members.items() if member.after is not None)

    @property
    def listed(self) -> tuple[str, ...]:
        """The services that it has in the end.

        While it is open, those too that it is to remove: nobody knows how far it came.
        """
        leaving = (name for name, member in self.members.items() if self.open and member.before is not None)
        return tuple(dict.fromkeys((*self.present, *leaving)))

    @property
    def belonging(self) -> tuple[str, ...]:
        """All services that belong to the release, those included that were left when they were no longer listed."""
        return tuple(dict.fromkeys((*self.present, *self.unlisted, *self.listed)))


def object_name(release: str, number: int) -> str:
    """The name of the config object: unique, so that two writers cannot take the same number."""
    return config_name(release, "release-r%d" % number)


def encode(one: Composition) -> dict[str, Any]:
    """The ConfigSpec for `POST /configs/create`. Raises `ValueError` when it does not fit."""
    services = {}
    for name, member in one.members.items():
        # Before and afterwards are mostly alike; side by side they compress to little more than one.
        entry: dict[str, Any] = {"after": member.after, "depends_on": list(member.depends_on)}
        if member.before != member.after:
            entry["before"] = member.before
        if member.found is not None:
            entry["found"] = member.found
        services[name] = entry
    record: dict[str, Any] = {
        "format": FORMAT,
        "release": one.release,
        "number": one.number,
        "order": list(one.members),
        "services": services,
        "waves": [list(wave) for wave in one.waves],
        "unlisted": list(one.unlisted),
        "point": one.point,
        "created_at": one.created_at,
        "cause": mask_text(one.cause),
        "actor": {key: mask_text(value) for key, value in one.actor.items()},
        "restores": one.restores,
    }
    if one.networks:
        record["networks"] = dict(one.networks)
    return {"Name": object_name(one.release, one.number), "Labels": labels(one), "Data": pack(record)}


def labels(one: Composition) -> dict[str, str]:
    """The labels of the config object: what it belongs to, and what became known after it was written."""
    found = {LABEL: one.release, NUMBER_LABEL: str(one.number), OUTCOME_LABEL: one.outcome}
    if one.reason:
        found[REASON_LABEL] = mask_text(one.reason)[:_LONGEST_REASON]
    if one.back:
        found[BACK_LABEL] = "true"
    if one.duration is not None:
        found[DURATION_LABEL] = "%.3f" % one.duration
    if one.pinned:
        found[PIN_LABEL] = "true"
    if one.revisions:
        found[REVISIONS_LABEL] = " ".join("%s=%s" % pair for pair in one.revisions.items())
    return found


def release_of(raw: Any) -> str:
    """The release that a config object's labels say it belongs to, without reading its data; empty for none."""
    return str(_marks(raw).get(LABEL) or "")


def number_of(raw: Any) -> int:
    """The number that a config object's labels say, without reading its data; 0 where they say none."""
    return digits_of(str(_marks(raw).get(NUMBER_LABEL) or "")) or 0


def _marks(raw: Any) -> Mapping[str, Any]:
    return mapping(mapping(mapping(raw).get("Spec")).get("Labels"))


def decode(raw: Any) -> Composition | None:
    """From one entry of `GET /configs`; None for an object that is no record or cannot be read.

    Anybody may have written over it: nothing in it is trusted to be there or of its type.
    """
    outer = mapping(raw)
    spec = mapping(outer.get("Spec"))
    record = unpack(spec.get("Data"), FORMAT)
    if record is None:
        return None
    number, services = record.get("number"), record.get("services")
    if not isinstance(number, int) or not 0 < number < 2**63 or not record.get("release"):
        return None
    if not isinstance(services, dict) or misfit(services, _SERVICES):
        return None
    members = {name: _member(entry) for name, entry in services.items()}
    # Whoever goes back to it would get another service.
    if any(one["Name"] != name for name, member in members.items() for one in member.specs):
        return None
    marks = mapping(spec.get("Labels"))
    names = [name for name in _texts(record.get("order")) if name in services]
    restores = record.get("restores")
    return Composition(
        release=str(record["release"]),
        number=number,
        members={name: members[name] for name in dict.fromkeys((*names, *services))},
        waves=tuple(_texts(wave) for wave in _list(record.get("waves"))),
        unlisted=_texts(record.get("unlisted")),
        point=str(record.get("point") or ""),
        created_at=str(record.get("created_at") or ""),
        cause=str(record.get("cause") or ""),
        actor={str(key): str(value) for key, value in mapping(record.get("actor")).items()},
        restores=restores if isinstance(restores, int) else None,
        networks=texts_by_name(record.get("networks")),
        outcome=str(marks.get(OUTCOME_LABEL) or PENDING),
        reason=str(marks.get(REASON_LABEL) or ""),
        back=marks.get(BACK_LABEL) == "true",
        duration=seconds(marks.get(DURATION_LABEL)),
        pinned=marks.get(PIN_LABEL) == "true",
        revisions=dict(part.partition("=")[::2] for part in str(marks.get(REVISIONS_LABEL) or "").split()),
        object_id=str(outer.get("ID") or ""),
        version=index_of(outer),
        stored_at=str(outer.get("CreatedAt") or ""),
    )


def _member(raw: Any) -> Member:
    entry = mapping(raw)
    after = entry.get("after")
    before, found = entry.get("before", after), entry.get("found")
    return Member(
        before if isinstance(before, dict) else None,
        after if isinstance(after, dict) else None,
        _texts(entry.get("depends_on")),
        found if isinstance(found, dict) else None,
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value))
