# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of records (mounts, ports, networks, configs, secrets, ulimits): a small table per entry.

An entry of the Engine's list that has the same key as a wanted one is changed in place, so that
what we do not know about it survives; sub-options that a wanted entry does not mention take their
default.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .field import OLDEST, look_up, put, remove
from .forms import fields_of, items_of, refuse, rejoined, unpacked
from .kinds import NO_REFERENCES, Canonical, Json, Kind, References

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Sub:
    """One sub-option of an entry: as a Field, inside the entry's JSON object."""

    option: str
    kind: Kind
    path: tuple[str, ...]
    default: Canonical = None
    required: bool = False
    since: tuple[int, int] = OLDEST
    aliases: tuple[str, ...] = ()
    shown_default: Any = None

    def argument(self) -> dict[str, Any]:
        """Its part of an argument spec."""
        argument = self.kind.argument()
        if self.required:
            argument["required"] = True
        if self.aliases:
            argument["aliases"] = list(self.aliases)
        if self.shown_default is not None:
            argument["default"] = self.shown_default
        return argument


@dataclass(frozen=True)
class Entries(Kind):
    """A list of records in which each key appears once and order means nothing."""

    subs: tuple[Sub, ...] = ()
    key: tuple[str, ...] = ()
    # The names that the short form of an entry uses.
    words: tuple[str, ...] = ()
    # The sub-option that the names of a dict of entries stand for, where there may be one.
    names: str = ""
    # What others call something, and what to write instead of it.
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def argument(self) -> dict[str, Any]:
        # Entries may be short text too, so that Ansible must not insist on dicts.
        return {"type": "list", "elements": "raw"}

    def suboptions(self) -> dict[str, dict[str, Any]]:
        return {sub.option: sub.argument() for sub in self.subs}

    # The user's form -----------------------------------------------------------------------------

    def parse(self, value: Any, option: str) -> tuple[Entry, ...]:
        found: dict[Any, Entry] = {}
        for index, item in enumerate(self.items(unpacked(value), option)):
            where = "%s[%d]" % (option, index)
            for entry in self.entries(item, where):
                if self.key_of(entry) in found:
                    refuse(where, self.name_of(entry), "name it once")
                found[self.key_of(entry)] = entry
        return tuple(found.values())

    def items(self, value: Any, option: str) -> Sequence[Any]:
        """The items of the user's list, which may also be one text, one entry alone, or a dict of entries."""
        if isinstance(value, Mapping):
            if not value:
                return []
            known = {name for sub in self.subs for name in (sub.option, *sub.aliases)}
            alone = not self.names or self.names in value or set(value) <= known
            return [value] if alone else [self.named(str(name), item, option) for name, item in value.items()]
        if isinstance(value, str):
            # Cut as Ansible does it. A field in quotes has commas of its own.
            value = value.split(",") if '"' not in value else [value]
        value = rejoined(value, self.words or (sub.option for sub in self.subs))
        items = [value] if isinstance(value, str) else items_of(value, option)
        stripped = [item.strip() if isinstance(item, str) else item for item in items]
        return [item for item in stripped if item != ""]

    def named(self, name: str, item: Any, where: str) -> Any:
        """One entry of a dict of entries, as an item of a list."""
        if item is not None and not isinstance(item, Mapping):
            refuse("%s.%s" % (where, name), item, "write a dict of %s" % self._options())
        return {**(item or {}), self.names: name}

    def entries(self, item: Any, where: str) -> Sequence[Entry]:
        """The canonical entries that one item of the user's list stands for."""
        given = self.short(item, where) if isinstance(item, str) else item
        if not isinstance(given, Mapping):
            refuse(where, item, "write a dict of %s" % self._options())
        entry = self.check(self.entry(given, where, item), where)
        return [entry]

    def short(self, text: str, where: str) -> Mapping[str, Any]:
        """The long form of a short text; by default `name=value,name=value` as the CLI has it."""
        return fields_of(text, where)

    def entry(self, given: Mapping[str, Any], where: str, written: Any) -> dict[str, Any]:
        """A canonical entry from a long one; `written` is what the user has written, for messages."""
        left = {str(name): value for name, value in given.items() if value is not None}
        for name, advice in self.elsewhere.items():
            if name in left:
                refuse(where, name, advice)
        entry = {}
        for sub in self.subs:
            names = [name for name in (sub.option, *sub.aliases) if name in left]
            values = [left.pop(name) for name in names]
            if any(value != values[0] for value in values[1:]):
                refuse(where, ", ".join(names), "name it once, these are the same")
            if not values and sub.required:
                refuse(where, written, "%s is missing" % sub.option)
            path = "%s.%s" % (where, sub.option)
            absent = not values or (isinstance(values[0], str) and not values[0])
            entry[sub.option] = sub.default if absent else sub.kind.parse(values[0], path)
        for name in left:
            refuse(where, name, "use one of %s" % self._options())
        return entry

    def _options(self) -> str:
        return ", ".join(sub.option for sub in self.subs)

    def check(self, entry: dict[str, Any], where: str) -> dict[str, Any]:
        """Rules between the sub-options of one entry; returns the entry, completed."""
        return entry

    def key_of(self, entry: Entry) -> Any:
        """What makes an entry the same one before and after."""
        return tuple(entry[name] for name in self.key)

    def name_of(self, entry: Entry) -> str:
        """The key as a person would name it."""
        return " ".join(str(entry[name]) for name in self.key)

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return [self.show_entry(entry, refs) for entry in value]

    def show_entry(self, entry: Entry, refs: References) -> dict[str, Any]:
        """The long form of one entry: its key and what is not default."""
        return {
            sub.option: sub.kind.show(entry[sub.option], refs)
            for sub in self.subs
            if sub.option in self.key or sub.required or not sub.kind.same(entry[sub.option], sub.default)
        }

    def hide(self, shown: Any) -> Any:
        return [
            {sub.option: sub.kind.hide(entry[sub.option]) for sub in self.subs if sub.option in entry}
            for entry in shown
        ]

    def legacy(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return self.hide(self.show(value, refs))

    # The Engine's form ---------------------------------------------------------------------------

    def read(self, raw: Json) -> tuple[Entry, ...]:
        return tuple(self.read_entry(item) for item in raw if isinstance(item, Mapping))

    def read_entry(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """A canonical entry from the Engine's."""
        entry = {}
        for sub in self.subs:
            found = look_up(raw, sub.path)
            entry[sub.option] = sub.default if found is None else sub.kind.read(found)
        return entry

    def write(self, value: Canonical, raw: Json) -> Json:
        wanted = {self.key_of(entry): entry for entry in value}
        written = []
        for item in raw or ():
            entry = wanted.pop(self.key_of(self.read_entry(item)), None)
            if entry is not None:
                written.append(self.write_entry(entry, item))
        return written + [self.write_entry(entry, {}) for entry in wanted.values()]

    def write_entry(self, entry: Entry, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The Engine's entry: the one that was there, with the wanted values laid over it."""
        present = self.read_entry(raw)
        result: dict[str, Any] = copy.deepcopy(dict(raw))
        for sub in self.subs:
            value = entry[sub.option]
            if raw and sub.kind.same(value, present[sub.option]):
                continue
            if sub.kind.same(value, sub.default):
                remove(result, sub.path)
            else:
                put(result, sub.path, sub.kind.write(value, look_up(result, sub.path)))
        return result

    # Comparison ----------------------------------------------------------------------------------

    def same(self, left: Canonical, right: Canonical) -> bool:
        if len(left) != len(right):
            return False
        others = {self.key_of(entry): entry for entry in right}
        return all(
            self.key_of(entry) in others and self.same_entry(entry, others[self.key_of(entry)]) for entry in left
        )

    def same_entry(self, left: Entry, right: Entry) -> bool:
        """Whether two entries of one key mean the same."""
        return all(sub.kind.same(left[sub.option], right[sub.option]) for sub in self.subs)

    def contrast(self, before: Canonical, after: Canonical) -> tuple[Canonical, Canonical]:
        return self._without(before, after), self._without(after, before)

    def _without(self, entries: Sequence[Entry], others: Sequence[Entry]) -> tuple[Entry, ...]:
        known = {self.key_of(entry): entry for entry in others}
        return tuple(
            entry
            for entry in entries
            if self.key_of(entry) not in known or not self.same_entry(entry, known[self.key_of(entry)])
        )

    def needs(self, value: Canonical, option: str) -> tuple[tuple[str, tuple[int, int]], ...]:
        found = {}
        for entry in value:
            for sub in self.subs:
                if sub.since > OLDEST and not sub.kind.same(entry[sub.option], sub.default):
                    found["%s.%s" % (option, sub.option)] = sub.since
        return tuple(found.items())
