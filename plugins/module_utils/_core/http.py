# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of HTTP servers: what is expected of one, what is wrong with it, which version gave it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Pattern, Sequence
from urllib.parse import urlsplit

from .errors import OptionError, describe
from .masking import mask_text

# A redirect is an answer: who wants only 2xx says so.
_DEFAULT_STATUS = ("200-399",)
_STATUS_ADVICE = "write a status such as 200, a class such as 2xx, or a range such as 200-299"
_STATUS = re.compile(r"(?P<low>[1-9]\d\d)(?:\s*-\s*(?P<high>[1-9]\d\d))?|(?P<kind>[1-9])xx", re.IGNORECASE)
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://|//)?[^/?#]*@")
_NO_URL_CHARACTER = re.compile(r"[\s\x00-\x1f\x7f]")

EXPECT_ARGUMENTS: dict[str, Any] = {
    "type": "dict",
    "options": {
        "status": {"type": "list", "elements": "str", "default": list(_DEFAULT_STATUS)},
        "body": {"type": "str"},
    },
}


@dataclass(frozen=True)
class Answer:
    """What came of one request.

    `status` is 0 and `error` one short phrase where there was no whole answer (refused, timed out,
    reset, TLS …). `seconds` is from the first step (resolving the name) to the last byte read. `body`
    may be cut off. Names of `headers` are written as the server wrote them.
    """

    status: int
    body: str
    seconds: float
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Expect:
    """What a good answer is: a status within one of the ranges, and a body in which the pattern is found."""

    status: tuple[tuple[int, int], ...] = ((200, 399),)
    body: Pattern[str] | None = None

    @staticmethod
    def parse(raw: Mapping[str, Any] | None, option: str) -> Expect:
        """From the option of that (dotted) name. Raises `OptionError`."""
        given = raw or {}
        if not isinstance(given, Mapping):
            raise OptionError(option, given, "write a dict with the keys status and body")
        entries = given.get("status")
        if entries is None or entries in ([], ""):
            entries = _DEFAULT_STATUS
        if isinstance(entries, (str, int)):
            entries = [entries]
        if not isinstance(entries, (list, tuple)):
            raise OptionError(option + ".status", entries, _STATUS_ADVICE)
        ranges = tuple(_status_range(entry, option + ".status") for entry in entries)
        return Expect(ranges, parse_pattern(given.get("body"), option + ".body"))

    def fault(self, answer: Answer) -> str:
        """What is wrong with the answer, in a few words; empty where it is as expected."""
        if answer.error:
            return answer.error
        if not any(low <= answer.status <= high for low, high in self.status):
            return "HTTP %d" % answer.status
        if self.body is not None and not self.body.search(answer.body):
            return "body does not match %s" % describe(self.body.pattern)
        return ""


def _status_range(entry: Any, option: str) -> tuple[int, int]:
    match = None if isinstance(entry, bool) else _STATUS.fullmatch(str(entry).strip())
    if match is None:
        raise OptionError(option, entry, _STATUS_ADVICE)
    if match.group("kind"):
        low = int(match.group("kind")) * 100
        return low, low + 99
    low = int(match.group("low"))
    high = int(match.group("high") or low)
    if high < low:
        raise OptionError(option, entry, "write the lower status first, as in 200-299")
    return low, high


def parse_pattern(text: Any, option: str) -> Pattern[str] | None:
    """A regular expression; None where there is none. Raises `OptionError`."""
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise OptionError(option, text, "write a regular expression as a text")
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise OptionError(option, text, "it is no regular expression (%s)" % error) from None


def version_of(answer: Answer, pattern: Pattern[str]) -> str:
    """Which version answered: the pattern's first group (or all of it) where it is first found, else empty.

    It is looked for in the headers, as lines `Name: value`, and after them in the body.
    """
    lines = ["%s: %s" % (name, value) for name, value in answer.headers.items()]
    match = pattern.search("\n".join([*lines, answer.body]))
    if match is None:
        return ""
    return (match.group(1) if pattern.groups else match.group()) or ""


def quantile(values: Sequence[float], share: float) -> float | None:
    """The least of the values that at least this share of them does not exceed (nearest rank); None of none."""
    if not values:
        return None
    # 0.07 * 100 is 7.000000000000001, and the seventh of a hundred is meant.
    rank = math.ceil(round(share * len(values), 9))
    return sorted(values)[min(max(rank, 1), len(values)) - 1]


def url_problem(url: str) -> str:
    """Why the URL cannot be asked, as advice that never repeats the URL; empty where it can."""
    if _NO_URL_CHARACTER.search(url):
        return "write a URL without blanks, such as http://vote.example.org/health"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "its host or port cannot be read; write it such as http://vote.example.org:8080/health"
    if parts.scheme not in ("http", "https"):
        return "write a URL that begins with http:// or https://"
    if not host or port == 0:
        return "write a URL with a host, such as http://vote.example.org/health"
    return ""


def shown_url(url: str) -> str:
    """The URL as it may be shown: without user and password, and with hidden secrets in its query."""
    return mask_text(_USER.sub(lambda match: match.group(1) or "", url))
