# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value beside its limit, in as few digits as tell them apart.

A success rate of 98.99999 % is not written `99% < 99%`: rounding never moves a value onto its limit or
beyond it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Iterator

# Limits are shown as they were given; what comes out of a division ends somewhere.
_EXACT_DIGITS = 9
# Doubles differ within so many digits behind the point at the latest (5e-324).
_MOST_DIGITS = 400


def percents(value: Fraction, limit: Fraction) -> tuple[str, str]:
    """Two shares from 0 to 1 as percentages, such as `("98.69%", "99%")`."""
    shown = beside(value * 100, limit * 100, 2)
    return shown[0] + "%", shown[1] + "%"


def milliseconds(value: float, limit: float) -> tuple[str, str]:
    """Two spans given in seconds, such as `("412 ms", "300 ms")`."""
    # Through their shortest text: 0.3 s is 300 ms, not 299.999999999999988897769753748 ms.
    shown = beside(Fraction(repr(value)) * 1000, Fraction(repr(limit)) * 1000, 0)
    return shown[0] + " ms", shown[1] + " ms"


def beside(value: Fraction, limit: Fraction, digits: int) -> tuple[str, str]:
    """Both numbers with `digits` behind the point, or as many more as they need to stand in their true order."""
    for exact in range(_EXACT_DIGITS + 1):
        if limit * 10**exact == int(limit * 10**exact):
            digits = max(digits, exact)
            break
    while digits < _MOST_DIGITS and _order(value, limit) != _order(_rounded(value, digits), _rounded(limit, digits)):
        digits += 1
    return _text(value, digits), _text(limit, digits)


def numbers(value: float, limit: float) -> tuple[str, str]:
    """Two numbers of any size, such as `("0.0123", "0.01")` or `("+Inf", "1e+09")`."""
    shown_limit = next(text for text in _texts(limit, 6) if float(text) == limit)
    order = _order(value, limit)
    return next(text for text in _texts(value, 4) if _order(float(text), limit) == order), shown_limit


def _texts(value: float, digits: int) -> Iterator[str]:
    """The number in so many digits, then in more until it is exact, which it is with 17."""
    if math.isinf(value):
        yield "+Inf" if value > 0 else "-Inf"
    for precision in range(digits, 18):
        yield "%.*g" % (precision, value)


def _order(left: Fraction | float, right: Fraction | float) -> int:
    return (left > right) - (left < right)


def _rounded(value: Fraction, digits: int) -> Fraction:
    return Fraction(round(value * 10**digits), 10**digits)


def _text(value: Fraction, digits: int) -> str:
    whole = round(abs(value) * 10**digits)
    sign = "-" if value < 0 and whole else ""
    text = "%0*d" % (digits + 1, whole)
    if not digits:
        return sign + text
    return sign + (text[:-digits] + "." + text[-digits:]).rstrip("0").rstrip(".")
