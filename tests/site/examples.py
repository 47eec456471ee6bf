# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in documents: fenced blocks, and the tasks, roles and variables in them. Nothing here touches a file."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.site.links import prose

_OPENING = re.compile(r"^ *(?:```+|~~~+) *([a-z]*)")
_ROLE_TASKS = ("ansible.builtin.import_role", "ansible.builtin.include_role")
_OURS = "swarm.rollout."


@dataclass(frozen=True)
class Block:
    """A fenced block: the line it begins at, its language, its text."""

    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Use:
    """Something of the collection in use: the kind (module or role), its short name, what it is given."""

    kind: str
    name: str
    given: Mapping[str, Any]


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a document."""
    found: list[Block] = []
    begun, lines = 0, list[str]()
    for number, (is_prose, line) in enumerate([*prose(text), (True, "")], start=1):
        if is_prose and begun:
            opening = _OPENING.match(lines[0])
            language = opening[1] if opening else ""
            found.append(Block(begun, language, textwrap.dedent("".join(lines[1:-1]))))
            begun, lines = 0, []
        elif not is_prose:
            begun = begun or number
            lines.append(line)
    return found


def uses(value: Any) -> Iterator[Use]:
    """All modules and roles of this collection that stand in a piece of YAML."""
    if isinstance(value, list):
        for one in value:
            yield from uses(one)
    elif isinstance(value, Mapping):
        yield from _used_here(value)
        for key, one in value.items():
            if isinstance(key, str) and key.startswith(_OURS):
                yield Use("module", key.removeprefix(_OURS), one or {})
            else:
                yield from uses(one)


def _used_here(value: Mapping[str, Any]) -> Iterator[Use]:
    """A role in a list of roles, or a task that brings one in."""
    named = value.get("role")
    for task in _ROLE_TASKS:
        if isinstance(value.get(task), Mapping):
            named = value[task].get("name")
    if isinstance(named, str) and named.startswith(_OURS):
        yield Use("role", named.removeprefix(_OURS), value.get("vars") or {})


def templated(value: Any) -> bool:
    """Whether a value is known only when a playbook runs."""
    return isinstance(value, str) and "{{" in value


def filled(arguments: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    """The options given, with something fitting in place of each template, so that the others can be validated."""
    known = {name: own for option, own in arguments.items() for name in (option, *(own.get("aliases") or ()))}
    return {option: _filled(known.get(option, {}), value) for option, value in given.items()}


def _filled(own: Mapping[str, Any], value: Any) -> Any:
    kind = own.get("type", "str")
    if templated(value):
        some: dict[str, Any] = {"list": [], "dict": {}, "bool": True}
        return own["choices"][0] if own.get("choices") else some.get(kind, re.sub(r"\{\{.*?\}\}", "1", value))
    inner = own.get("options")
    if inner and isinstance(value, Mapping):
        return filled(inner, value)
    if isinstance(value, list):
        element = {"type": own.get("elements", "raw"), "options": inner}
        return [_filled(element, one) for one in value]
    return value


def code(text: str) -> Iterator[str]:
    """What a document shows as commands and names: its console blocks, line by line, and its inline code."""
    for block in blocks(text):
        if block.language in ("console", "sh", "bash"):
            yield from re.sub(r"\\\n *", " ", block.text).splitlines()
    for is_prose, line in prose(text):
        if is_prose:
            yield from re.findall(r"`([^`]+)`", line)
