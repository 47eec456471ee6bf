# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lock objects in the Swarm: read, create, compare-and-swap, delete.

`POST /configs/{id}/update?version=V` is a compare-and-swap in the leader's store: it refuses any version but the
present one (HTTP 500 "update out of sequence"), and of a config it writes the labels only. Requests take a name
in place of the ID; a write goes by ID, so that it cannot meet a later object of that name.
"""

from __future__ import annotations

from .._core.errors import EngineError, NotFound, OutOfSequence, UncertainWrite
from .._core.lock import Held, decode, encode, labels, object_name
from .api import Api, segment


def read(api: Api, key: str) -> Held | None:
    """The lock of that key, which may be free; None where there is none. One call."""
    try:
        return decode(api.get("/configs/" + segment(object_name(key))))
    except NotFound:
        return None


def create(api: Api, key: str, held: Held) -> bool:
    """Make the lock; False where another one was first, or where it is unknown whether it was made."""
    try:
        api.post("/configs/create", body=encode(key, held))
    except UncertainWrite:
        return False
    except EngineError as exc:
        if exc.name_in_use:
            return False
        raise
    return True


def swap(api: Api, key: str, held: Held) -> bool:
    """Write this state over the version that was read; False where the object is another one by now.

    Also False where it is unknown whether it was written: the caller reads it again.
    """
    body = {"Name": object_name(key), "Labels": labels(key, held)}
    try:
        api.post("/configs/%s/update" % segment(held.object_id), body=body, query={"version": held.version})
    except (OutOfSequence, NotFound, UncertainWrite):
        return False
    return True


def drop(api: Api, held: Held) -> None:
    """Delete the object. Only for whoever holds the lock: a deletion carries no version."""
    try:
        api.delete("/configs/" + segment(held.object_id))
    except NotFound:
        return
