# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds whose value is names with values: labels, options, environment variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .. import masking
from .forms import doubtful_numbers, items_of, pairs_of, refuse, text_of, unpacked
from .kinds import NO_REFERENCES, Canonical, Json, Kind, References


@dataclass(frozen=True)
class Pairs(Kind):
    """Names with values. Given as a dict, a list of `name=value`, or that list as one text with commas.

    `loose` also takes booleans and fractions (driver options, where `true` can only mean "true").
    """

    loose: bool = False

    def argument(self) -> dict[str, Any]:
        return {"type": "raw"}

    def parse(self, value: Any, option: str) -> dict[str, str]:
        return {name: self._value(item, "%s.%s" % (option, name)) for name, item in pairs_of(value, option)}

    def _value(self, value: Any, option: str) -> str:
        if self.loose and isinstance(value, bool):
            return "true" if value else "false"
        if self.loose and isinstance(value, float):
            return repr(value)
        return "" if value is None else text_of(value, option)

    def read(self, raw: Json) -> dict[str, str]:
        return {str(name): str(value) for name, value in raw.items()}

    def write(self, value: Canonical, raw: Json) -> Json:
        return dict(value)

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return dict(value)

    def hide(self, shown: Any) -> Any:
        return masking.mask_pairs(shown)

    def contrast(self, before: Canonical, after: Canonical) -> tuple[Canonical, Canonical]:
        return contrast_of_mappings(before, after)


# Labels of this collection: invisible to users and never touched by an overlay.
HIDDEN_LABELS = "swarm.rollout."
# Labels that make a service part of a stack: kept unless named, or the service falls out of its stack.
STACK_LABELS = "com.docker.stack."
# What `docker stack deploy` compares the image of its file with, where it is told not to ask the registry.
STACK_IMAGE = STACK_LABELS + "image"


class Labels(Pairs):
    """Labels of a service or of its containers."""

    def parse(self, value: Any, option: str) -> dict[str, str]:
        labels = super().parse(value, option)
        for name in labels:
            if name.startswith(HIDDEN_LABELS):
                refuse(option, name, "labels that begin with %s belong to this collection" % HIDDEN_LABELS)
        return labels

    def doubts(self, value: Any, option: str) -> tuple[str, ...]:
        return doubtful_numbers(value, option) if isinstance(value, Mapping) else ()

    def settle(self, wanted: Canonical, current: Canonical, refs: References, option: str) -> Canonical:
        kept = {name: value for name, value in current.items() if name.startswith(STACK_LABELS)}
        return {**kept, **wanted}


class Env(Kind):
    """Environment variables; the last of several of one name wins, as in a container.

    A bare name in list form takes away the variable that the image sets.
    """

    def parse(self, value: Any, option: str) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        value = unpacked(value)
        if isinstance(value, Mapping):
            for name, item in value.items():
                # The value stays out of the message: it may be the secret itself.
                advice = 'quote its value; write "" for an empty one'
                if isinstance(item, bool) or not isinstance(item, (str, int)):
                    refuse("%s.%s" % (option, name), type(item).__name__, advice)
                found[text_of(name, option)] = str(item)
        else:
            for line in items_of(value, option):
                name, equals, text = text_of(line, option).partition("=")
                found[name.strip()] = text if equals else None
        for name in found:
            if not name or "=" in name or "\0" in name:
                refuse(option, name, "write each variable as NAME=value")
        return found

    def doubts(self, value: Any, option: str) -> tuple[str, ...]:
        return doubtful_numbers(value, option) if isinstance(value, Mapping) else ()

    def read(self, raw: Json) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for line in raw:
            name, equals, text = str(line).partition("=")
            found[name] = text if equals else None
        return found

    def write(self, value: Canonical, raw: Json) -> Json:
        left = dict(value)
        kept = []
        for line in raw or ():
            name = str(line).partition("=")[0]
            if name in left:
                kept.append(_assignment(name, left.pop(name)))
        return kept + [_assignment(name, text) for name, text in left.items()]

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        if None in value.values():
            return [_assignment(name, text) for name, text in value.items()]
        return dict(value)

    def hide(self, shown: Any) -> Any:
        if isinstance(shown, Mapping):
            return masking.mask_pairs(shown)
        return [_assignment(name, text) for name, text in masking.mask_pairs(self.read(shown)).items()]

    def legacy(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return sorted(_assignment(name, text) for name, text in masking.mask_pairs(value).items())

    def contrast(self, before: Canonical, after: Canonical) -> tuple[Canonical, Canonical]:
        return contrast_of_mappings(before, after)


def _assignment(name: str, text: str | None) -> str:
    return name if text is None else "%s=%s" % (name, text)


def contrast_of_mappings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both mappings without the entries that they share."""
    return (
        {name: value for name, value in before.items() if name not in after or after[name] != value},
        {name: value for name, value in after.items() if name not in before or before[name] != value},
    )
