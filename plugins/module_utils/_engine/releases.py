# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded releases in Swarm config objects, beside the revisions of their services (see `records`)."""

from __future__ import annotations

from typing import Any, Sequence

from .._core.errors import EngineError, NotFound, OutOfSequence, UncertainWrite
from .._core.release import LABEL, Composition, decode, encode, labels, number_of, object_name, release_of
from .api import Api, segment
from .records import NumberTaken

_ATTEMPTS = 3


def listing(api: Api, release: str | None = None) -> list[Any]:
    """The config objects of a release (None: of all), as the Engine gives them; one call."""
    label = LABEL if release is None else "%s=%s" % (LABEL, release)
    return api.get_list("/configs", {"filters": {"label": [label]}})


def decoded(listed: list[Any]) -> list[Composition]:
    """Those of them that can be read, by release and number."""
    found = (decode(raw) for raw in listed)
    return sorted((one for one in found if one is not None), key=lambda one: (one.release, one.number))


def by_release(listed: list[Any]) -> dict[str, list[Any]]:
    """The same objects by the name of their release."""
    found: dict[str, list[Any]] = {}
    for raw in listed:
        found.setdefault(release_of(raw), []).append(raw)
    return found


def in_force(listed: Sequence[Any]) -> Composition | None:
    """The newest that was not taken back (see `current`); the data of older ones is not looked at."""
    for raw in sorted(listed, key=number_of, reverse=True):
        found = decode(raw)
        if found is not None and found.stands:
            return found
    return None


def store(api: Api, one: Composition) -> None:
    """Record it. Raises `NumberTaken`, and `ValueError` when it does not fit a config object.

    Where the answer is lost and no record is found, it never arrived and is sent again. Should the first come late
    after all, the Engine refuses the second, and the record is found then.
    """
    body = encode(one)
    uncertain: UncertainWrite | None = None
    for _attempt in range(_ATTEMPTS):
        try:
            api.post("/configs/create", body=body)
            return
        except UncertainWrite as exc:
            uncertain = exc
        except EngineError as exc:
            if not exc.name_in_use:
                raise
            if uncertain is None:
                raise NumberTaken from exc
        if any(number_of(raw) == one.number for raw in listing(api, one.release)):
            return
    raise uncertain or NumberTaken()


def find(api: Api, release: str, number: int) -> Composition | None:
    """The record of that number."""
    return next((one for one in decoded(listing(api, release)) if one.number == number), None)


def relabel(api: Api, one: Composition) -> None:
    """Write what became known of it. Only for whoever holds the release's lock; repeats what conflicts.

    Raises `NotFound` when somebody deleted it.
    """
    body = {"Name": object_name(one.release, one.number), "Labels": labels(one)}
    present: Composition | None = one
    for _attempt in range(_ATTEMPTS):
        if present is None or not present.object_id:
            present = find(api, one.release, one.number)
        if present is None:
            raise NotFound("the record of release %s %d was deleted by others" % (one.release, one.number), 404, "")
        try:
            api.post("/configs/%s/update" % segment(present.object_id), body=body, query={"version": present.version})
        except (OutOfSequence, UncertainWrite):
            present = None
        else:
            return
    raise EngineError("the record of release %s %d cannot be written" % (one.release, one.number), 500, "conflicts")


def drop(api: Api, one: Composition) -> None:
    """Delete a record; somebody else may have done so already."""
    try:
        api.delete("/configs/" + segment(one.object_id))
    except NotFound:
        return
