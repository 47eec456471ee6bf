# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of a web server: what is expected of one, which version gave it, how long many of them took."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Pattern, Sequence
from urllib.parse import urlsplit

from .errors import OptionError

# The option `expect` of checks and of the certificate.
EXPECT_ARGUMENTS: dict[str, Any] = {
    "type": "dict",
    "options": {
        "status": {"type": "list", "elements": "str", "default": ["200-399"]},
        "body": {"type": "str"},
    },
}
_STATUS = re.compile(r"(?:([1-5])[xX]{2}|([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?)")


@dataclass(frozen=True)
class Answer:
    """One answer; `seconds` is from the first attempt to connect until its end.

    Without one, `status` is 0 and `error` says why in a few words.
    """

    status: int
    body: str
    seconds: float
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Expect:
    """What a good answer looks like: a status in one of the ranges, and a body that matches."""

    status: tuple[tuple[int, int], ...] = ((200, 399),)
    body: Pattern[str] | None = None

    @staticmethod
    def parse(raw: Mapping[str, Any] | None, option: str) -> Expect:
        """From the option of that dotted name. Raises `OptionError`."""
        given = raw or {}
        entries = given.get("status")
        ranges = tuple(_range(entry, option + ".status") for entry in entries) if entries else Expect.status
        text = given.get("body")
        return Expect(ranges, pattern(text, option + ".body") if text else None)

    def fault(self, answer: Answer) -> str:
        """What is wrong with an answer, in a few words; empty where it is as expected."""
        if answer.error:
            return answer.error
        if not any(low <= answer.status <= high for low, high in self.status):
            return "HTTP %d" % answer.status
        if self.body is not None and not self.body.search(answer.body):
            return 'body does not match "%s"' % self.body.pattern
        return ""


def pattern(text: Any, option: str) -> Pattern[str]:
    """A regular expression from an option. Raises `OptionError`."""
    try:
        return re.compile(str(text))
    except (re.error, RecursionError, OverflowError) as exc:
        raise OptionError(option, text, "it is no regular expression (%s); correct it" % exc) from None


def version_of(answer: Answer, found_by: Pattern[str]) -> str:
    """What the expression finds in the headers (as `Name: value` lines) or the body: its first group where it
    has one, else the whole match; empty where it finds nothing.
    """
    lines = "".join("%s: %s\n" % item for item in answer.headers.items())
    match = found_by.search(lines) or found_by.search(answer.body)
    if match is None:
        return ""
    return str((match.group(1) if found_by.groups else match.group(0)) or "")


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest of the values that at least this share of them does not exceed (nearest rank); None of none."""
    if not values:
        return None
    rank = max(math.ceil(share * len(values)), 1)
    return sorted(values)[min(rank, len(values)) - 1]


def url_problem(url: str) -> str:
    """What to do about a URL that cannot be asked; empty where it can."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(ord(letter) <= 32 for letter in url):
        return "write a URL such as http://edge.example.org/health"
    return ""


def _range(entry: Any, option: str) -> tuple[int, int]:
    match = _STATUS.fullmatch(str(entry).strip())
    if match is None:
        raise OptionError(option, entry, "write a status such as 200, a range such as 200-299, or 2xx")
    hundred, low, high = match.groups()
    if hundred:
        return int(hundred) * 100, int(hundred) * 100 + 99
    first, last = int(low), int(high or low)
    if first > last:
        raise OptionError(option, entry, "a range begins with the smaller number")
    return first, last
