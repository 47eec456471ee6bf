# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a kind of option is, and the kinds whose value is one thing: text, number, time, size.

A kind knows four forms of a value and the ways between them:

- the user's: whatever a task, an AWX survey or a Compose file hands in (`parse`);
- canonical: one Python value per meaning, compared with `==` unless `same` says otherwise;
- the Engine's: what stands in the ServiceSpec's JSON (`read`, `write`);
- shown: the user's form again, the shortest one (`show`), so that `parse(show(x)) == x`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from .. import masking, units
from .forms import IN_QUOTES, flag_of, of_two_equal, refuse, text_of, whole_number

Canonical = Any
Json = Any


@dataclass(frozen=True)
class References:
    """Names and IDs of the objects that a service refers to, as the Swarm has them now."""

    networks: Mapping[str, str] = field(default_factory=dict)
    network_names: Mapping[str, str] = field(default_factory=dict)
    configs: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


NO_REFERENCES = References()


class Kind:
    """Base of all kinds: a value that means the same in every form."""

    def argument(self) -> dict[str, Any]:
        """The part of an Ansible argument spec: type, elements, choices, options."""
        return {"type": "raw"}

    def suboptions(self) -> dict[str, dict[str, Any]]:
        """Sub-options to be documented where the argument spec leaves their check to the kind."""
        return {}

    def parse(self, value: Any, option: str) -> Canonical:
        """Canonical from the user's form; raises OptionError."""
        return value

    def doubts(self, value: Any, option: str) -> tuple[str, ...]:
        """What a user is told about a form that is taken, but may mean something else than it looks like."""
        return ()

    def read(self, raw: Json) -> Canonical:
        """Canonical from the Engine's form."""
        return raw

    def write(self, value: Canonical, raw: Json) -> Json:
        """The Engine's form; `raw` is what stands there now (None: nothing), for what we do not know."""
        return value

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        """The user's form."""
        return value

    def hide(self, shown: Any) -> Any:
        """A shown value without secrets."""
        return masking.mask_text(shown) if isinstance(shown, str) else shown

    def legacy(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        """The value as the flat result keys of community.docker have it."""
        return self.hide(self.show(value, refs))

    def same(self, left: Canonical, right: Canonical) -> bool:
        """Whether two canonical values mean the same to Swarm."""
        return bool(left == right)

    def contrast(self, before: Canonical, after: Canonical) -> tuple[Canonical, Canonical]:
        """Both values, reduced to what differs, for a diff."""
        return before, after

    def settle(self, wanted: Canonical, current: Canonical, refs: References, option: str) -> Canonical:
        """What the user left open (a digest, an ID) filled in from the current value and the Swarm."""
        return wanted

    def needs(self, value: Canonical, option: str) -> tuple[tuple[str, tuple[int, int]], ...]:
        """Parts of the value that need a newer API than the option itself."""
        return ()


@dataclass(frozen=True)
class Text(Kind):
    """Text; a number is taken as its digits, as in `user: 1000`.

    A `pair` may have two parts with a colon between them, of which YAML makes a number. Ansible must not make a text of
    that one before it is looked at.
    """

    lower: bool = False
    pair: bool = False

    def argument(self) -> dict[str, Any]:
        return {"type": "raw" if self.pair else "str"}

    def parse(self, value: Any, option: str) -> str:
        both = of_two_equal(value) if self.pair else ""
        if both:
            refuse(option, value, IN_QUOTES % (both, value))
        text = text_of(value, option)
        return text.lower() if self.lower else text

    def read(self, raw: Json) -> str:
        return str(raw)

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return value or None


@dataclass(frozen=True)
class Choice(Kind):
    """One word out of a few."""

    choices: tuple[str, ...] = ()

    def argument(self) -> dict[str, Any]:
        return {"type": "str", "choices": list(self.choices)}

    def parse(self, value: Any, option: str) -> str:
        if value not in self.choices:
            refuse(option, value, "choose one of %s" % ", ".join(self.choices))
        return str(value)

    def read(self, raw: Json) -> str:
        return str(raw)


class Flag(Kind):
    """Yes or no; None where the Engine has a third state, its own default."""

    def argument(self) -> dict[str, Any]:
        return {"type": "bool"}

    def parse(self, value: Any, option: str) -> bool:
        return flag_of(value, option)

    def read(self, raw: Json) -> bool:
        return bool(raw)


class DaemonFlag(Flag):
    """Yes, no, or None: whatever the daemon of each node is set to.

    The Docker CLI always writes "no"; going back to the default does not replace tasks over that.
    """

    def settle(self, wanted: Canonical, current: Canonical, refs: References, option: str) -> Canonical:
        return current if wanted is None and current is False else wanted


@dataclass(frozen=True)
class Count(Kind):
    """A whole number within bounds."""

    minimum: int = 0
    maximum: int = 2**63 - 1

    def argument(self) -> dict[str, Any]:
        return {"type": "int"}

    def parse(self, value: Any, option: str) -> int:
        number = whole_number(value)
        if number is None or not self.minimum <= number <= self.maximum:
            limit = "" if self.maximum == 2**63 - 1 else " to %d" % self.maximum
            refuse(option, value, "write a whole number from %d%s" % (self.minimum, limit))
        return number

    def read(self, raw: Json) -> int:
        return int(raw)


class _Measured(Kind):
    """A number that people write with a unit; subclasses bring the two conversions."""

    def to_number(self, value: Any) -> Any:
        """Canonical from the user's form; raises ValueError with advice."""
        raise NotImplementedError

    def to_text(self, value: Any) -> Any:
        """The user's form from canonical."""
        return value

    def argument(self) -> dict[str, Any]:
        return {"type": "str"}

    def parse(self, value: Any, option: str) -> Any:
        try:
            return self.to_number(value)
        except ValueError as error:
            refuse(option, value, str(error))

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return None if value is None else self.to_text(value)

    def legacy(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return value


@dataclass(frozen=True)
class Duration(_Measured):
    """A time, canonical in nanoseconds; `zero_means` is what the Engine makes of 0.

    `longest` is the longest time that a number without a unit stands for; beyond it, it is one of nanoseconds.
    """

    zero_means: int = 0
    longest: int = 30 * units.DAY

    def to_number(self, value: Any) -> int:
        return units.parse_duration(value, self.longest) or self.zero_means

    def doubts(self, value: Any, option: str) -> tuple[str, ...]:
        if not self.zero_means or value == "" or units.parse_duration(value, self.longest):
            return ()
        taken = units.format_duration(self.zero_means)
        return ("%s: 0 does not switch monitoring off, the Engine takes it as %s; 1ns does" % (option, taken),)

    def to_text(self, value: Any) -> str:
        return units.format_duration(value)

    def read(self, raw: Json) -> int:
        return int(raw) or self.zero_means


@dataclass(frozen=True)
class Size(_Measured):
    """A number of bytes; -1 only where it means "without limit"."""

    unlimited: bool = False

    def to_number(self, value: Any) -> int:
        number = units.parse_size(value)
        if number < (-1 if self.unlimited else 0):
            raise ValueError("write a size such as 512M" + (", or -1 for no limit" if self.unlimited else ""))
        return number

    def to_text(self, value: Any) -> str:
        return units.format_size(value)


class Cpus(_Measured):
    """CPUs, canonical in billionths."""

    def argument(self) -> dict[str, Any]:
        return {"type": "float"}

    def to_number(self, value: Any) -> int:
        return units.parse_cpus(value)

    def to_text(self, value: Any) -> float:
        return float(value / 10**9)

    def legacy(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return self.show(value, refs)


class Ratio(_Measured):
    """A share from 0 to 1."""

    def argument(self) -> dict[str, Any]:
        # Not float: Ansible would refuse 25%.
        return {"type": "raw"}

    def to_number(self, value: Any) -> float:
        return units.parse_ratio(value)

    def read(self, raw: Json) -> float:
        return units.single(float(raw))


class FileMode(Kind):
    """Permission bits. YAML makes 420 of `0644`; the text `"0644"` is octal; what may be either is refused."""

    def parse(self, value: Any, option: str) -> int:
        try:
            return units.parse_mode(value)
        except ValueError as error:
            refuse(option, value, str(error))

    def read(self, raw: Json) -> int:
        return int(raw)

    def show(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return None if value is None else units.format_mode(value)

    def legacy(self, value: Canonical, refs: References = NO_REFERENCES) -> Any:
        return value
