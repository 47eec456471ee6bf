# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Published ports: one canonical entry per port, whatever short form or range it came from."""

from __future__ import annotations

import re
from typing import Any, Mapping, Sequence

from .entries import Entries, Entry, Sub
from .forms import IN_QUOTES, fields_of, lowered, of_two_equal, refuse, unpacked, whole_number
from .kinds import Choice, Count, Kind

PROTOCOLS = ("tcp", "udp", "sctp")
PUBLISH_MODES = ("ingress", "host")
_LAST_PORT = 65535
_SHORT = re.compile(r"(?:(?P<published>[\d-]+):)?(?P<target>[\d-]+)(?:/(?P<protocol>\w+))?")
_ADVICE = "write ports such as 80, 8080:80, 8080:80/udp or 8000-8010:80-90, without an address"


class Port(Count):
    """A port number; ranges are taken apart before an entry is made."""

    def argument(self) -> dict[str, Any]:
        return {"type": "raw"}


_CLI_NAMES = {"published": "published_port", "target": "target_port"}
_SUBS: tuple[Sub, ...] = (
    Sub("published_port", Port(0, _LAST_PORT), ("PublishedPort",), 0),
    Sub("target_port", Port(1, _LAST_PORT), ("TargetPort",), 0, required=True),
    Sub("protocol", Choice(choices=PROTOCOLS), ("Protocol",), "tcp", shown_default="tcp"),
    Sub("mode", Choice(choices=PUBLISH_MODES), ("PublishMode",), "ingress"),
)


class Ports(Entries):
    """The list of published ports."""

    def argument(self) -> dict[str, Any]:
        # Of a number in place of a list Ansible would make a text, and nobody would see that YAML may have made it.
        return {"type": "raw"}

    def items(self, value: Any, option: str) -> Sequence[Any]:
        return super().items([value] if _is_number(value) else value, option)

    def doubts(self, value: Any, option: str) -> tuple[str, ...]:
        numbers = [item for item in self.items(unpacked(value), option) if _is_number(item) and item >= 60]
        return tuple(
            "%s: %d without quotes is taken as a port of the tasks, for which Swarm chooses one to the outside; write "
            '"%d" if that is meant, and "%d:%02d" if both ports are, which YAML reads as the same number'
            % (option, number, number, number // 60, number % 60)
            for number in numbers
        )

    def entries(self, item: Any, where: str) -> Sequence[Entry]:
        if _is_number(item):
            if of_two_equal(item):
                refuse(where, item, IN_QUOTES % (of_two_equal(item), item))
            if item > _LAST_PORT:
                refuse(where, item, 'put ports in quotes, such as "2222:22", which YAML reads as a number without them')
            item = str(item)
        written = item
        given = dict(self.short(item, where)) if isinstance(item, str) else item
        if not isinstance(given, Mapping):
            refuse(where, item, _ADVICE)
        named = {_CLI_NAMES.get(str(name), str(name)): value for name, value in given.items()}
        pairs = _pairs(named.get("published_port"), named.get("target_port"), where)
        return [
            self.entry({**named, "published_port": published, "target_port": target}, where, written)
            for published, target in pairs
        ]

    def short(self, text: str, where: str) -> Mapping[str, Any]:
        if "=" in text:
            found = fields_of(text, where)
        else:
            match = _SHORT.fullmatch(text.strip())
            if match is None:
                refuse(where, text, _ADVICE)
            found = {name: value for name, value in match.groupdict().items() if value}
        return {name: lowered(value) if name in ("protocol", "mode") else value for name, value in found.items()}

    def show_entry(self, entry: Entry, refs: Any) -> dict[str, Any]:
        shown = {sub.option: entry[sub.option] for sub in self.subs}
        shown["published_port"] = shown["published_port"] or None
        return shown

    def write_entry(self, entry: Entry, raw: Mapping[str, Any]) -> dict[str, Any]:
        written = super().write_entry(entry, raw)
        # Complete entries, as the CLI sends them: an older Engine does not fill protocol and mode in.
        for sub in self.subs:
            if entry[sub.option] and sub.path[0] not in written:
                written[sub.path[0]] = entry[sub.option]
        return written


def _is_number(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool)


def _pairs(published: Any, target: Any, where: str) -> list[tuple[int, int]]:
    if target is None or target == "":
        refuse(where, target, "target_port is missing")
    targets = _span(target, where, 1)
    if published in (None, "", 0, "0"):
        return [(0, port) for port in targets]
    outside = _span(published, where, 1)
    if len(targets) == 1:
        # A whole range in front of one port, as the CLI takes 8000-8010:80.
        return [(port, targets[0]) for port in outside]
    if len(outside) != len(targets):
        refuse(where, "%s:%s" % (published, target), "give both ranges the same length")
    return list(zip(outside, targets))


def _span(value: Any, where: str, least: int) -> range:
    first, dash, last = str(value).partition("-") if isinstance(value, str) else (value, "", "")
    numbers = [whole_number(first), whole_number(last) if dash else whole_number(first)]
    start, end = numbers
    if start is None or end is None or not least <= start <= end <= _LAST_PORT:
        refuse(where, value, _ADVICE)
    return range(start, end + 1)


_WORDS = ("published", "target", "protocol", "mode")
PORTS: Kind = Ports(subs=_SUBS, key=("published_port", "target_port", "protocol", "mode"), words=_WORDS)
