# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which services other releases list, and what that keeps a release from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

from ..times import instant
from .record import Composition


@dataclass(frozen=True)
class Claim:
    """Another release that lists a service in its record in force.

    `last`: it listed the service later than the release that asks, or that one does not list it.
    """

    release: str
    last: bool

    def bars(self, *, removal: bool) -> bool:
        """Whether the release that asks leaves the service alone, although its own records have it.

        It goes back to what it was only in the release that listed it last. As long as two list it, neither removes
        it.
        """
        return self.last or removal


def claims(release: str, in_force: Iterable[Composition]) -> dict[str, Claim]:
    """What the others of those releases list, by service; of several that list one, the last."""
    every = {one.release: one for one in in_force}
    own = every.pop(release, None)
    listed = set(own.listed) if own is not None else set()
    found: dict[str, Claim] = {}
    for one in sorted(every.values(), key=_stored):
        for name in one.listed:
            found[name] = Claim(one.release, own is None or name not in listed or _stored(one) >= _stored(own))
    return found


def _stored(one: Composition) -> float:
    """By the clock of the Swarm: those of two controllers may differ."""
    return instant(one.stored_at) or 0.0
