# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks of former specifications: which are gone, and which were made again under their names.

A specification names a network by its ID alone, and Swarm gives one that is made again another ID.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, Mapping

from ..cluster import JsonObject
from .table import FIELDS

_PLACES = (("TaskTemplate", "Networks"), ("Networks",))


@dataclass(frozen=True)
class Networks:
    """What is known of the networks that specifications are attached to.

    `present` has the IDs of those that there are, by ID and by name. `names` is what those were called that records
    tell of, by ID; a network that no record names is known by its ID alone.
    """

    present: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def gone(self, spec: JsonObject) -> tuple[str, ...]:
        """The IDs of the networks of a specification that are gone, and that none of the same name stands for."""
        return tuple(one for one in network_ids(spec) if one and self._now(one) is None)

    def missing(self, spec: JsonObject) -> list[str]:
        """Those that are gone, as the history shows what a revision lacks."""
        return ['network "%s"' % self.names.get(one, one) for one in self.gone(spec)]

    def again(self, spec: JsonObject) -> list[str]:
        """The names of the networks of a specification that were made again since."""
        moved = ((one, self._now(one)) for one in network_ids(spec))
        return [self.names[one] for one, now in moved if now is not None and now != one]

    def brought_up(self, spec: JsonObject) -> JsonObject:
        """The specification with the networks of today: those that were made again by their present IDs."""
        if not self.again(spec):
            return spec
        found: dict[str, Any] = copy.deepcopy(dict(spec))
        for path in _PLACES:
            holder = found
            for key in path[:-1]:
                holder = holder.get(key) or {}
            for entry in holder.get(path[-1]) or ():
                entry["Target"] = self._now(entry.get("Target")) or entry.get("Target")
        return found

    def _now(self, one: str) -> str | None:
        """The ID that stands for a network now; None where nothing does."""
        if one in self.present.values():
            return one
        return self.present.get(one) or self.present.get(self.names.get(one, ""))


def network_ids(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """IDs of the networks that a spec attaches its tasks to."""
    return tuple(entry["id"] for entry in FIELDS["networks"].read(spec))
