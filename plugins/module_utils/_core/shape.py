# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether JSON has the shape that it must have: objects, lists, texts and numbers where they belong.

Whatever reads the Engine's objects further in takes their shape for granted. What is unknown is never looked at, and
null is the same as absent: the Engine leaves out what is empty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Mapping, Tuple

# Beyond these no Engine keeps a number.
_LEAST = -(2**63)
_MOST = 2**64 - 1


class Shape:
    """Base of all shapes; by itself anything at all."""

    def misfit(self, value: Any) -> Misfit | None:
        """Where the value, which is not None, is something else, and what was expected there; None for nowhere."""
        return None


# The way there, from the inside out, and what was expected at its end.
Misfit = Tuple["list[str]", str]


def is_utf8(text: str) -> bool:
    """Whether it can be written as UTF-8: half of a surrogate pair comes from bytes that are none."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


class _Text(Shape):
    def misfit(self, value: Any) -> Misfit | None:
        return None if isinstance(value, str) and is_utf8(value) else ([], "a text in UTF-8")


class _Flag(Shape):
    def misfit(self, value: Any) -> Misfit | None:
        return None if isinstance(value, bool) else ([], "true or false")


class _Whole(Shape):
    def misfit(self, value: Any) -> Misfit | None:
        fits = isinstance(value, int) and not isinstance(value, bool) and _LEAST <= value <= _MOST
        return None if fits else ([], "a whole number of 64 bits")


class _Number(Shape):
    def misfit(self, value: Any) -> Misfit | None:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return None if number and _LEAST <= value <= _MOST and math.isfinite(value) else ([], "a number")


ANY, TEXT, FLAG, WHOLE, NUMBER = Shape(), _Text(), _Flag(), _Whole(), _Number()


@dataclass(frozen=True)
class Listed(Shape):
    """A list of things of one shape, none of which is null."""

    item: Shape

    def misfit(self, value: Any) -> Misfit | None:
        """As of every shape."""
        if not isinstance(value, list):
            return [], "a list"
        for place, item in enumerate(value):
            found = ([], "not null") if item is None else self.item.misfit(item)
            if found is not None:
                return [*found[0], "[%d]" % place], found[1]
        return None


@dataclass(frozen=True)
class Named(Shape):
    """An object whose keys are somebody's own, with values of one shape."""

    item: Shape

    def misfit(self, value: Any) -> Misfit | None:
        """As of every shape."""
        if not isinstance(value, dict):
            return [], "an object"
        for key, item in value.items():
            if TEXT.misfit(key):
                return [], "an object whose keys are UTF-8"
            found = None if item is None else self.item.misfit(item)
            if found is not None:
                return [*found[0], key], found[1]
        return None


@dataclass(frozen=True)
class Record(Shape):
    """An object with known keys among others; those in `needed` have to be there and must not be empty."""

    known: Mapping[str, Shape]
    needed: tuple[str, ...] = field(default=())

    def misfit(self, value: Any) -> Misfit | None:
        """As of every shape."""
        if not isinstance(value, dict):
            return [], "an object"
        for key in self.needed:
            if value.get(key) in (None, ""):
                return [key], "not empty"
        for key, shape in self.known.items():
            item = value.get(key)
            found = None if item is None else shape.misfit(item)
            if found is not None:
                return [*found[0], key], found[1]
        return None


def misfit(value: Any, shape: Shape) -> str:
    """What is wrong with a value, as `Spec.Mode should be an object`; empty where nothing is. Null is wrong here."""
    found = ([], "not null") if value is None else shape.misfit(value)
    if found is None:
        return ""
    way, expected = found
    return "%s should be %s" % (".".join(reversed(way)).replace(".[", "[") or "it", expected)
