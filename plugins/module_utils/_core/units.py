# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Durations, sizes, CPUs, ratios and file modes: exact numbers from what people write, and back.

All functions are exact (`decimal`, not `float`) and raise `ValueError` with advice as its text; the
kinds of the option table turn that into an error that names the option.
"""

from __future__ import annotations

import re
import struct
from decimal import Decimal, InvalidOperation
from typing import Any

NANOSECOND = 1
MICROSECOND = 1000 * NANOSECOND
MILLISECOND = 1000 * MICROSECOND
SECOND = 1000 * MILLISECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR = 365 * DAY

_DURATION_UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "μs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_SIZE = re.compile(r"(-?\d+(?:\.\d*)?|-?\.\d+)\s*([a-zA-Z]*)")
_SIZE_LETTERS = "KMGTPE"
_INT64 = 2**63 - 1
_MOST_DIGITS = 40
# That of a float; with a few million, arithmetic of decimals overflows.
_LARGEST_EXPONENT = 308

# Texts that can only be octal, and digits that may be.
_OCTAL = re.compile(r"0(?:[oO][0-7]+|[0-7]*)")
_MODE_DIGITS = re.compile(r"[0-7]{3,4}")
_ALL_MODE_BITS = 0o7777

_DURATION_ADVICE = "write a duration such as 10s, 1m30s or 500ms, or a number of seconds"
_SIZE_ADVICE = "write a size such as 512M or 1.5G (K, M, G, T, P count in 1024s), or a number of bytes"


def digits_of(text: str) -> int | None:
    """The number that plain digits stand for; None for anything else, and for more of them than any number here has.

    `str.isdigit` takes digits that `int` refuses, and `int` refuses thousands of them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def decimal_of(value: Any, advice: str) -> Decimal:
    """An exact decimal from an int, a float or their text; raises ValueError with the advice given."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(advice)
    # repr() of a float is the shortest text that means it: 0.1 becomes 0.1, not 0.1000000000000000055.
    text = value.strip() if isinstance(value, str) else repr(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError(advice)
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(advice) from None
    if found.adjusted() > _LARGEST_EXPONENT:
        raise ValueError(advice)
    return found


def parse_duration(value: Any, longest: int = YEAR) -> int:
    """Nanoseconds from `10s`, `1m30s`, `500ms`, `1.5h`, or a number of seconds (int, float or text).

    More than `longest` has to be written with a unit: a bare number that large is one of nanoseconds, as other
    modules take it and as flat keys of results have it.
    """
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        total = _sum_of_parts(value.strip())
    else:
        number = decimal_of(value, _DURATION_ADVICE)
        total = number * SECOND
        if total > longest:
            raise ValueError(_seconds_advice(number))
    if total < 0 or total > _INT64:
        raise ValueError(_DURATION_ADVICE + ", not negative and below 292 years")
    if total != int(total):
        raise ValueError("a nanosecond is the smallest step of a duration")
    return int(total)


def _seconds_advice(number: Decimal) -> str:
    """What to write instead of a number that is too large for seconds."""
    days = int(number) // 86400
    told = "more than 292 years" if days > 106751 else "%d years" % (days // 365) if days >= 730 else "%d days" % days
    if number == int(number) and number <= _INT64:
        advice = "did you mean %s?" % format_duration(int(number))
    else:
        advice = "write a duration with its unit, such as 10s"
    return "numbers without a unit are seconds, not nanoseconds, and so many are %s; %s" % (told, advice)


def _sum_of_parts(text: str) -> Decimal:
    total, position = Decimal(0), 0
    while position < len(text):
        part = _DURATION_PART.match(text, position)
        if part is None:
            raise ValueError(_DURATION_ADVICE)
        total += Decimal(part.group(1)) * _DURATION_UNITS[part.group(2)]
        position = part.end()
    if not text:
        raise ValueError(_DURATION_ADVICE)
    return total


def format_duration(nanoseconds: int) -> str:
    """The shortest exact text of a duration: `0s`, `500ms`, `1.5s`, `1m30s`, `1h`."""
    if nanoseconds <= 0:
        return "0s"
    if nanoseconds < SECOND:
        for unit, size in (("ms", MILLISECOND), ("us", MICROSECOND)):
            if nanoseconds >= size:
                return _plain(Decimal(nanoseconds) / size) + unit
        return "%dns" % nanoseconds
    hours, rest = divmod(nanoseconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = []
    if hours:
        parts.append("%dh" % hours)
    if minutes:
        parts.append("%dm" % minutes)
    if rest:
        parts.append(_plain(Decimal(rest) / SECOND) + "s")
    return "".join(parts)


def parse_size(value: Any) -> int:
    """Bytes from `512M`, `1.5G`, `100KiB` or a number of bytes; every unit counts in 1024s, as Docker's do.

    A fraction of a byte is cut off. The sign is kept: whether a negative size means something is for
    the option to say.
    """
    if not isinstance(value, str):
        number = decimal_of(value, _SIZE_ADVICE)
        factor = 1
    else:
        match = _SIZE.fullmatch(value.strip())
        if match is None:
            raise ValueError(_SIZE_ADVICE)
        number = Decimal(match.group(1))
        factor = _size_factor(match.group(2))
    result = int(number * factor)
    if abs(result) > _INT64:
        raise ValueError(_SIZE_ADVICE + ", below 8 exbibytes")
    return result


def _size_factor(unit: str) -> int:
    letters = unit.upper()
    if letters in ("", "B"):
        return 1
    if letters[0] in _SIZE_LETTERS and letters[1:] in ("", "B", "IB"):
        return int(1024 ** (_SIZE_LETTERS.index(letters[0]) + 1))
    raise ValueError(_SIZE_ADVICE)


def format_size(count: int) -> str:
    """The shortest exact text of a number of bytes: `512M`, `1.5G`, `1000`."""
    best = str(count)
    for power, letter in enumerate(_SIZE_LETTERS, start=1):
        if abs(count) < 1024**power:
            break
        text = _plain(Decimal(count) / 1024**power) + letter
        if len(text) <= len(best) and parse_size(text) == count:
            best = text
    return best


def parse_cpus(value: Any) -> int:
    """Billionths of a CPU from `0.5`, `2` or their text; finer than a billionth is refused."""
    advice = "write a number of CPUs such as 0.5 or 2"
    nano = decimal_of(value, advice) * 10**9
    if nano < 0 or nano > _INT64:
        raise ValueError(advice)
    if nano != int(nano):
        raise ValueError("a billionth is the smallest share of a CPU")
    return int(nano)


def parse_ratio(value: Any) -> float:
    """A share from 0 to 1, also written `25%`, at the single precision that the Engine keeps."""
    advice = "write a share from 0 to 1, such as 0.25 or 25%"
    if isinstance(value, str) and value.strip().endswith("%"):
        number = decimal_of(value.strip()[:-1].strip(), advice) / 100
    else:
        number = decimal_of(value, advice)
    if number < 0 or number > 1:
        raise ValueError(advice)
    return single(float(number))


def single(number: float) -> float:
    """The number as the Engine gives it back after it went through a 32-bit float."""
    packed = struct.pack("<f", number)
    kept = float(struct.unpack("<f", packed)[0])
    for digits in range(1, 9):
        # The shortest decimal that the same 32 bits stand for: 0.3, not 0.30000001192092896.
        shortest = float("%.*g" % (digits, kept))
        if struct.pack("<f", shortest) == packed:
            return shortest
    return float("%.9g" % kept)


def parse_mode(value: Any) -> int:
    """Permission bits from `"0644"` or from the number 420, which YAML makes of `0644` without quotes.

    Whatever may be read in two ways is refused: the text `256`, which a template makes of `0400`, and the number 644,
    which has lost its leading 0.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(_mode_advice(0o644))
    text = value.strip() if isinstance(value, str) else _digits(value)
    if isinstance(value, str) and _OCTAL.fullmatch(text):
        bits = int(text.lower().replace("o", ""), 8)
    else:
        digits = int(text, 8) if _MODE_DIGITS.fullmatch(text) else None
        bits = _mode_of_number(value, digits) if isinstance(value, int) else _mode_of_digits(digits_of(text), digits)
    if not 0 <= bits <= _ALL_MODE_BITS:
        raise ValueError(_mode_advice(0o644))
    return bits


def format_mode(bits: int) -> str:
    """Permission bits in octal, as `parse_mode` takes them: `0644`, `1777`."""
    text = "%04o" % bits
    try:
        return text if parse_mode(text) == bits else "0" + text
    except ValueError:
        return "0" + text


def _digits(number: int) -> str:
    # Thousands of digits are no mode, and Python refuses to write them.
    return str(number) if 0 <= number <= 7777 else ""


def _mode_of_number(number: int, digits: int | None) -> int:
    """A number is what YAML made of octal digits, unless its own digits look like a mode: then they are octal ones."""
    if digits is not None and _is_mode(digits) and (_is_usual(digits) or not _is_usual(number)):
        raise ValueError("without quotes it is a number, which is the mode %04o; %s" % (number, _mode_advice(digits)))
    return number


def _mode_of_digits(number: int | None, digits: int | None) -> int:
    """Digits in a text are octal, unless a template may have made them of a number that was octal before."""
    before = number if number is not None and _is_mode(number) else None
    if digits is not None and _is_mode(digits) and before is None:
        return digits
    if before is None:
        raise ValueError(_mode_advice(0o644))
    meant = [before] if digits is None else [digits, before] if _is_mode(digits) else [before, digits]
    raise ValueError("a template makes such a text of %04o without quotes; %s" % (before, _mode_advice(*meant)))


def _mode_advice(*meant: int) -> str:
    return "write the mode in octal, with a leading 0 and in quotes, such as %s" % " or ".join(
        '"0%03o"' % bits for bits in meant
    )


def _is_mode(bits: int) -> bool:
    """Whether anybody means such a mode: the owner reads, nobody may more than who stands before them."""
    owner, group, others = (bits >> 6) & 7, (bits >> 3) & 7, bits & 7
    special = bits >> 9
    orderly = bool(owner & 4) and not group & ~owner and not others & ~group and bits <= _ALL_MODE_BITS
    return orderly and (not special or bool(owner & 1))


def _is_usual(bits: int) -> bool:
    """Whether it is a mode in which whoever may anything may read."""
    return _is_mode(bits) and all(share == 0 or share & 4 for share in ((bits >> 3) & 7, bits & 7))


def _plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
