# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths into the Engine's JSON, and fields: an option, its kind and its place."""

from __future__ import annotations

# Not those of typing: whether a dict is one of them costs many times as much, and it is asked at every key of a path.
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from .kinds import Canonical, Json, Kind

Path = "tuple[str, ...]"
ALL_MODES = ("replicated", "global", "replicated-job", "global-job")
JOBS = ("replicated-job", "global-job")
SERVICES = ("replicated", "global")
# The oldest API that the collection speaks of; options that came later say so.
OLDEST = (1, 25)
# Objects that stay even when an overlay has emptied them: the Engine wants them.
_LASTING = 2


def look_up(data: Any, path: tuple[str, ...]) -> Json:
    """What stands at a path, or None; null is the same as absent to the Engine."""
    for key in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(key)
    return data


def put(data: MutableMapping[str, Any], path: tuple[str, ...], value: Json) -> None:
    """Set what stands at a path; objects on the way are made."""
    for key in path[:-1]:
        if not isinstance(data.get(key), dict):
            data[key] = {}
        data = data[key]
    data[path[-1]] = value


def remove(data: MutableMapping[str, Any], path: tuple[str, ...], lasting: int = 0) -> None:
    """Remove what stands at a path, and the objects that this leaves empty below the first `lasting` keys."""
    inner = look_up(data, path[:-1])
    if not isinstance(inner, dict) or path[-1] not in inner:
        return
    del inner[path[-1]]
    if not inner and len(path) - 1 > lasting:
        remove(data, path[:-1], lasting)


@dataclass(frozen=True)
class Place:
    """Where an option stands in a ServiceSpec."""

    path: tuple[str, ...]

    def get(self, spec: Mapping[str, Any]) -> Json:
        """The Engine's form of the option, or None when it is absent."""
        return look_up(spec, self.path)

    def put(self, spec: dict[str, Any], raw: Json) -> None:
        """Write the Engine's form."""
        put(spec, self.path, raw)

    def drop(self, spec: dict[str, Any]) -> None:
        """Make the option absent."""
        lasting = _LASTING if self.path[:2] == ("TaskTemplate", "ContainerSpec") else 1
        remove(spec, self.path, lasting if self.path[0] == "TaskTemplate" else 0)

    def inside(self, spec: Mapping[str, Any]) -> bool:
        """Whether the object that holds the option is there."""
        return isinstance(look_up(spec, self.path[:-1]), Mapping)


@dataclass(frozen=True)
class Field:
    """One option of a service. `option` is dotted where it is a sub-option.

    `default` is what absence means to the Engine; `partial` is what it means in an object that is
    there without the key, where that differs. `since` is the API version that brought it, `in_place`
    says that a change of it keeps the running tasks, `modes` are the service modes that know it; where
    `moot` is set, what it says is true of every service of the others. `legacy` is its flat name in
    the results of community.docker.
    """

    option: str
    kind: Kind
    place: Place
    default: Canonical = None
    partial: Canonical = None
    since: tuple[int, int] = OLDEST
    in_place: bool = False
    modes: tuple[str, ...] = ALL_MODES
    moot: bool = False
    legacy: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The option that this sub-option stands in, or nothing."""
        return self.option.rpartition(".")[0]

    def read(self, spec: Mapping[str, Any]) -> Canonical:
        """The canonical value in a spec."""
        raw = self.place.get(spec)
        if raw is not None:
            return self.kind.read(raw)
        if self.partial is not None and self.place.inside(spec):
            return self.partial
        return self.default

    def parse(self, value: Any) -> Canonical:
        """The canonical value of what the user gave; empty text unsets. Raises OptionError."""
        if isinstance(value, str) and not value:
            return self.default
        return self.kind.parse(value, self.option)

    def write(self, spec: dict[str, Any], value: Canonical, explicit: bool = False) -> None:
        """Put a canonical value into a spec; a default is left out unless `explicit`."""
        if self.kind.same(value, self.default) and not explicit:
            self.place.drop(spec)
        else:
            self.place.put(spec, self.kind.write(value, self.place.get(spec)))
