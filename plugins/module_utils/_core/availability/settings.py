# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `availability`: its table, and its values as they are worked with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Pattern

from ..errors import OptionError
from ..http import EXPECT_ARGUMENTS, Expect, parse_pattern, shown_url, url_problem
from ..units import MILLISECOND, SECOND, parse_duration
from .budget import Budget

OPTION = "availability"
SHORTEST_INTERVAL = 10 * MILLISECOND

_OPTIONS: dict[str, Any] = {
    "url": {"type": "str", "required": True},
    "interval": {"type": "str", "default": "500ms"},
    "timeout": {"type": "str", "default": "2s"},
    "expect": EXPECT_ARGUMENTS,
    "budget": {"type": "str"},
    "version": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
}
AVAILABILITY_ARGUMENTS: dict[str, Any] = {"type": "dict", "options": _OPTIONS}


@dataclass(frozen=True)
class Settings:
    """What is asked, how often (seconds), and what is good enough; without a budget it is only measured."""

    url: str = field(repr=False)
    interval: float = 0.5
    timeout: float = 2.0
    expect: Expect = field(default_factory=Expect)
    budget: Budget | None = None
    version: Pattern[str] | None = None
    validate_certs: bool = True


def parse(raw: Mapping[str, Any] | None, option: str = OPTION) -> Settings | None:
    """The settings; None where the option is not given. Raises `OptionError` with the full name of the option."""
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise OptionError(option, raw, "write a dict with at least a url")
    certs = raw.get("validate_certs")
    return Settings(
        url=_url(raw.get("url"), option + ".url"),
        interval=_seconds(raw, "interval", option),
        timeout=_seconds(raw, "timeout", option),
        expect=Expect.parse(raw.get("expect"), option + ".expect"),
        budget=Budget.parse(raw.get("budget"), option + ".budget"),
        version=_version(raw.get("version"), option + ".version"),
        validate_certs=True if certs is None else bool(certs),
    )


def needs_waiting(option: str = OPTION) -> OptionError:
    """The complaint about a task that does not wait for the end of what it would have to measure."""
    return OptionError(option, "wait: false", "availability is measured until the rollout ends; set wait to true")


def _url(value: Any, option: str) -> str:
    text = value if isinstance(value, str) else ""
    problem = url_problem(text)
    if problem:
        raise OptionError(option, shown_url(text), problem)
    return text


def _version(value: Any, option: str) -> Pattern[str] | None:
    pattern = parse_pattern(value, option)
    if pattern is not None and pattern.groups > 1:
        advice = "nobody knows which of its %d groups is the version; write (?:...) for the others" % pattern.groups
        raise OptionError(option, value, advice)
    return pattern


def _seconds(raw: Mapping[str, Any], key: str, option: str) -> float:
    value = raw.get(key)
    if value is None:
        value = _OPTIONS[key]["default"]
    name = "%s.%s" % (option, key)
    try:
        found = parse_duration(value)
    except ValueError as error:
        raise OptionError(name, value, str(error)) from None
    if found < SHORTEST_INTERVAL:
        raise OptionError(name, value, "write at least 10ms")
    return found / SECOND
