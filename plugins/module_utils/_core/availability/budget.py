# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many probes may fail."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..errors import OptionError
from ..units import decimal_of

# A share is taken of at least so many probes: one failure among the first five is not 20%.
LEAST_PROBES = 100

_ADVICE = "write how many probes may fail, such as 0 or 5, or which share of them, such as 0.5%"


@dataclass(frozen=True)
class Budget:
    """A count of probes, or a share of them (0 to 1); exactly one of the two is there."""

    count: int | None = None
    share: Fraction | None = None

    @staticmethod
    def parse(raw: Any, option: str) -> Budget | None:
        """From `0`, `5` or `0.5%`; None where there is none. Raises `OptionError`."""
        if raw is None or raw == "":
            return None
        text = str(raw).strip()
        try:
            number = decimal_of(text[:-1].strip() if text.endswith("%") else text, _ADVICE)
        except ValueError:
            raise OptionError(option, raw, _ADVICE) from None
        if text.endswith("%"):
            # The exponent first: 1e999999999 as a fraction would fill the memory.
            if number < 0 or number > 100 or number.as_tuple().exponent < -9:  # type: ignore[operator]
                raise OptionError(option, raw, _ADVICE + ", from 0% to 100%")
            return Budget(share=Fraction(number) / 100)
        if number < 0 or number > 10**9 or number != int(number):
            raise OptionError(option, raw, _ADVICE)
        return Budget(count=int(number))

    def exceeded(self, probes: int, failures: int) -> str:
        """That more failed than may, in a few words; empty where it is not so.

        Of a share, that of `LEAST_PROBES` may always fail. The figures are exact: rounding never shows a rate
        that is over the budget as equal to it.
        """
        if self.share is not None:
            over = failures > self.share * max(probes, LEAST_PROBES)
        else:
            over = failures > (self.count or 0)
        if not over:
            return ""
        rate = _percent(Fraction(failures, max(probes, 1)), self.share)
        return "%d of %d probes failed (%s), over the budget of %s" % (failures, probes, rate, self)

    def __str__(self) -> str:
        """As people write it."""
        if self.share is None:
            return "%d" % (self.count or 0)
        text = format(Decimal(self.share.numerator * 100) / self.share.denominator, "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def _percent(rate: Fraction, limit: Fraction | None) -> str:
    """With two digits, or as many more as tell it from the limit below it."""
    digits = 2
    while limit is not None and limit < rate and round(rate * 100, digits) <= limit * 100 and digits < 12:
        digits += 1
    return "%.*f%%" % (digits, round(rate * 100, digits))
