# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secret values that a task knows, and texts that others wrote without them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterable, Mapping, Pattern
from urllib.parse import quote

from .masking import MASK, secrets_in

# Hiding shorter texts would hide half of what others say, and who has such a password has another problem.
SHORTEST = 4
# From which length on a line of a secret of several lines gives something away by itself.
_SHORTEST_LINE = 8


@dataclass(frozen=True)
class SecretValues:
    """Texts that must not be seen in what others say, such as an Engine or a container: there nothing tells names from
    secrets, so every occurrence is hidden, however common the word is.
    """

    values: frozenset[str] = frozenset()

    def hide(self, text: str) -> str:
        """The text without any of the values."""
        return _pattern(self.values).sub(MASK, text) if self.values and text else text

    def with_those_in(self, *specs: Any) -> SecretValues:
        """These, and the ones that specifications of services or tasks hold, as the Engine has or gets them."""
        found = frozenset().union(*(_secrets_of_spec(spec) for spec in specs))
        return self if found <= self.values else SecretValues(self.values | found)


NO_SECRETS = SecretValues()


def spelled(secrets: Iterable[str]) -> frozenset[str]:
    """The secrets in each way in which they may be written: quoted, escaped, in a URL, on one line, line by line.

    Too short ones are left out.
    """
    found: set[str] = set()
    for secret in map(str.strip, secrets):
        lines = secret.splitlines()
        found |= {
            secret,
            " ".join(secret.split()),
            json.dumps(secret)[1:-1],
            repr(secret)[1:-1],
            quote(secret, safe=""),
        }
        found.add(json.dumps(secret, ensure_ascii=False)[1:-1])
        if len(lines) > 1:
            found |= {line for line in map(str.strip, lines) if len(line) >= _SHORTEST_LINE}
    return frozenset(text for text in found if len(text) >= SHORTEST and text.strip("*"))


@lru_cache(maxsize=64)
def _pattern(values: frozenset[str]) -> Pattern[str]:
    """Finds any of them, the longest one where several begin."""
    return re.compile("|".join(re.escape(value) for value in sorted(values, key=len, reverse=True)))


def _secrets_of_spec(spec: Any) -> frozenset[str]:
    """The secrets in those parts of a service's or a task's specification that hold whatever their users want."""
    whole = _object(spec)
    template = _object(whole.get("TaskTemplate", whole))
    container = _object(template.get("ContainerSpec"))
    places = [container.get(key) for key in ("Env", "Command", "Args", "Labels", "Mounts")]
    places += [_object(container.get("Healthcheck")).get("Test"), _object(template.get("LogDriver")).get("Options")]
    places += [template.get("Networks"), whole.get("Labels")]
    return _secrets_of(json.dumps([place for place in places if place]))


@lru_cache(maxsize=64)
def _secrets_of(places: str) -> frozenset[str]:
    """The same of those parts as JSON: the tasks of a service, of which there may be thousands, share them."""
    return spelled(frozenset().union(*(secrets_in(place) for place in json.loads(places))))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
