# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds whose value is several texts: lists, command lines, names with values, hosts."""

from __future__ import annotations

import ipaddress
import shlex
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from .. import masking
from .forms import items_of, refuse, text_of, unique, unpacked
from .kinds import NO_REFERENCES, Canonical, Json, Kind, References


@dataclass(frozen=True)
class TextList(Kind):
    """Texts; where Swarm ignores their order, so does the comparison."""

    ordered: bool = False
    normal: Callable[[str], str] | None = None

    def argument(self) -> dict[str, Any]:
        return {"type": "list", "elements": "str"}

    def parse(self, value: Any, option: str) -> tuple[str, ...]:
        items = [text_of(item, option).strip() for item in items_of(value, option)]
        return tuple(unique(self._normal(item) for item in items if item))

    def read(self, raw: Json) -> tuple[str, ...]:
        return tuple(unique(self._normal(str(item)) for item in raw))

    def _normal(self, item: str) -> str:
        return item if self.normal is None else self.normal(item)

    def write(self, value: Canonical, raw: Json) -> Json:
        present = [item for item in raw or () if self._normal(str(item)) in value]
        known = [self._normal(str(item)) for item in present]
        if self.ordered:
            return list(value)
        return present + [item for item in value if item not in known]

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return list(value)

    def hide(self, shown: Any) -> Any:
        return [masking.mask_text(item) for item in shown]

    def same(self, left: Canonical, right: Canonical) -> bool:
        return left == right if self.ordered else sorted(left) == sorted(right)


class Addresses(TextList):
    """IP addresses in their order; a name would only be refused by the nodes, when the old tasks are gone."""

    def parse(self, value: Any, option: str) -> tuple[str, ...]:
        found = super().parse(value, option)
        for address in found:
            if not is_address(address):
                refuse(option, address, "write IP addresses, such as 9.9.9.9 or 2620:fe::fe")
        return found


def is_address(text: str) -> bool:
    """Whether an Engine takes the text for an IP address, which has no zone (`%eth0`) there."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


class Words(Kind):
    """A command line: a list of words, or one text that is split as a shell splits it.

    A number alone is one word. Ansible is not told that it is a list, or it would cut a text at its commas.
    """

    def parse(self, value: Any, option: str) -> tuple[str, ...]:
        if isinstance(value, str):
            # JSON of a list, as surveys hand it in; anything else in brackets is for the shell's rules.
            value = unpacked(value)
        if isinstance(value, str):
            try:
                return tuple(shlex.split(value))
            except ValueError as error:
                refuse(option, value, "close the quotes or write a list of words (%s)" % error)
        if isinstance(value, int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, (list, tuple)):
            refuse(option, value, "write a list of words, or one text that a shell would understand")
        return tuple(text_of(item, option) for item in value)

    def read(self, raw: Json) -> tuple[str, ...]:
        return tuple(str(item) for item in raw)

    def write(self, value: Canonical, raw: Json) -> Json:
        return list(value)

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return list(value)

    def hide(self, shown: Any) -> Any:
        return masking.mask_words(shown)


# What the Engine of each node replaces with an address of its own.
_HOST_GATEWAY = "host-gateway"


class Hosts(Kind):
    """Extra lines of /etc/hosts: a dict of host to address (or addresses), or a list of `host:address`.

    An address may stand in brackets, as on the command line, where `host-gateway` is one as well.
    """

    def parse(self, value: Any, option: str) -> tuple[tuple[str, str], ...]:
        found = []
        value = unpacked(value)
        if isinstance(value, Mapping):
            for host, addresses in value.items():
                several = addresses if isinstance(addresses, (list, tuple)) else [addresses]
                found += [(text_of(host, option), text_of(address, option)) for address in several]
        else:
            for line in items_of(value, option):
                host, _mark, address = text_of(line, option).replace("=", ":", 1).partition(":")
                found.append((host.strip(), address.strip()))
        found = [(host, _without_brackets(address)) for host, address in found]
        for host, address in found:
            if not host or not address or " " in host + address:
                refuse(option, "%s:%s" % (host, address), "write each host as name: address")
            if address != _HOST_GATEWAY and not is_address(address):
                refuse(option, "%s:%s" % (host, address), "write an IP address after the name, or host-gateway")
        return tuple(unique(found))

    def read(self, raw: Json) -> tuple[tuple[str, str], ...]:
        return tuple(unique(pair for line in raw for pair in _host_pairs(str(line))))

    def write(self, value: Canonical, raw: Json) -> Json:
        kept = [line for line in raw or () if all(pair in value for pair in _host_pairs(str(line)))]
        known = [pair for line in kept for pair in _host_pairs(str(line))]
        return kept + ["%s %s" % (address, host) for host, address in value if (host, address) not in known]

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        shown: dict[str, Any] = {}
        for host, address in value:
            shown.setdefault(host, []).append(address)
        return {host: found[0] if len(found) == 1 else found for host, found in shown.items()}

    def same(self, left: Canonical, right: Canonical) -> bool:
        return sorted(left) == sorted(right)


def _without_brackets(address: str) -> str:
    inside = len(address) > 2 and address[0] == "[" and address[-1] == "]"
    return address[1:-1] if inside else address


def _host_pairs(line: str) -> list[tuple[str, str]]:
    """(host, address) of one line; some clients write `host:address` for `address host`."""
    words = line.split()
    if len(words) < 2:
        host, _mark, address = line.partition(":")
        return [(host, address)] if address else []
    return [(host, words[0]) for host in words[1:]]
