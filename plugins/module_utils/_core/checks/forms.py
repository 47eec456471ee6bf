# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of one check's options, read by name; every complaint names the option in full."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any, Mapping, Pattern

from ..errors import OptionError
from ..masking import MASK, hidden
from ..units import SECOND, decimal_of, parse_duration

_SHARE_ADVICE = "write a share such as 1% or 0.01"


class Given:
    """What a user gave as `option` (`checks[0].http`), with the defaults of its part of the table."""

    def __init__(self, raw: Any, option: str, table: Mapping[str, Mapping[str, Any]]) -> None:
        if not isinstance(raw, Mapping):
            raise OptionError(option, raw, "give a dict with the keys " + ", ".join(table))
        for key in raw:
            if key not in table:
                raise OptionError(
                    "%s.%s" % (option, key), hidden(str(key), raw[key]), "choose from " + ", ".join(table)
                )
        self._raw, self.option, self._table = raw, option, table
        for key, argument in table.items():
            if argument.get("required") and self.value(key) in (None, ""):
                raise self.refusal(key, "it is needed here")

    def named(self, key: str) -> str:
        """The full name of one of its options."""
        return "%s.%s" % (self.option, key)

    def refusal(self, key: str, advice: str) -> OptionError:
        """The error for one of its options; what looks secret in the value is hidden."""
        return OptionError(self.named(key), hidden(key, self.value(key)), advice)

    def value(self, key: str) -> Any:
        """The value given or else the default."""
        found = self._raw.get(key)
        return self._table[key].get("default") if found is None else found

    def text(self, key: str) -> str:
        """A text; empty where there is none."""
        value = self.value(key)
        if value is None:
            return ""
        if isinstance(value, (Mapping, list, tuple, bool)):
            raise self.refusal(key, "write a text")
        return str(value)

    def one_of(self, key: str) -> str:
        """One of the choices that the table has."""
        value, choices = self.text(key), self._table[key]["choices"]
        if value not in choices:
            raise self.refusal(key, "choose one of " + ", ".join(choices))
        return value

    def boolean(self, key: str) -> bool:
        """Yes or no."""
        value = self.value(key)
        if not isinstance(value, bool):
            raise self.refusal(key, "write true or false")
        return value

    def count(self, key: str, least: int, most: int = 10**6) -> int:
        """A whole number between the two."""
        value = self.value(key)
        try:
            number = decimal_of(value, "")
        except ValueError:
            number = None
        if number is None or number != int(number) or not least <= number <= most:
            raise self.refusal(key, "write a whole number from %d to %d" % (least, most))
        return int(number)

    def number(self, key: str) -> float | None:
        """Any number but NaN; None where none is given."""
        value = self.value(key)
        if value is None:
            return None
        try:
            number = float("nan" if isinstance(value, bool) else value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise self.refusal(key, "write a number")
        return number

    def nanoseconds(self, key: str, least: int = 0) -> int:
        """A duration of at least `least` nanoseconds."""
        value = self.value(key)
        try:
            found = parse_duration(value)
        except ValueError as error:
            raise self.refusal(key, str(error)) from None
        if found < least:
            raise self.refusal(key, "write a longer time, such as 1s or 100ms")
        return found

    def seconds(self, key: str, least: int = 0) -> float:
        """A duration, in seconds."""
        return self.nanoseconds(key, least) / SECOND

    def share(self, key: str, most: int | None = 1) -> Fraction:
        """A share from 0 to `most` (None: any), exact: `1%` is one hundredth."""
        value = self.value(key)
        text = value.strip() if isinstance(value, str) else value
        scale = 1
        if isinstance(text, str) and text.endswith("%"):
            text, scale = text[:-1].strip(), 100
        try:
            found = Fraction(decimal_of(text, _SHARE_ADVICE)) / scale
        except ValueError:
            raise self.refusal(key, _SHARE_ADVICE) from None
        if found < 0 or (most is not None and found > most):
            limits = "not negative" if most is None else "from 0%% to %d%%" % (most * 100)
            raise self.refusal(key, "%s, %s" % (_SHARE_ADVICE, limits))
        return found

    def pattern(self, key: str) -> Pattern[str] | None:
        """A regular expression; None where none is given."""
        text = self.text(key)
        if not text:
            return None
        try:
            return re.compile(text)
        except re.error as error:
            raise self.refusal(key, "it is no regular expression (%s)" % error) from None

    def pairs(self, key: str) -> dict[str, str]:
        """Names and texts."""
        value = self.value(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise OptionError(self.named(key), MASK, "write a dict of names and texts")
        found = {}
        for name, item in value.items():
            if isinstance(item, (Mapping, list, tuple)):
                raise OptionError("%s.%s" % (self.named(key), name), MASK, "write a text")
            found[str(name)] = "" if item is None else str(item).lower() if isinstance(item, bool) else str(item)
        return found
