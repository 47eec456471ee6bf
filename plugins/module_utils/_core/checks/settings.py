# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check asks for, read and exact: one class per kind. Times are in seconds, shares are fractions."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Mapping, Pattern, Union

from ..http import Expect


@dataclass(frozen=True)
class TasksSettings:
    """New tasks run for `healthy_for`, and at most `max_restarts` of them ended by themselves.

    With `oom` the exit code 137 of a kill (as for too much memory) fails at once.
    """

    healthy_for: float
    max_restarts: int
    oom: bool


@dataclass(frozen=True)
class Requests:
    """What is asked, and how: shared by the checks that make requests."""

    url: str
    target: str
    port: int | None
    samples: int
    interval: float
    timeout: float
    expect: Expect
    headers: Mapping[str, str] = field(repr=False)
    validate_certs: bool


@dataclass(frozen=True)
class HttpSettings(Requests):
    """Requests of which at most the share `max_failure` may fail; `max_latency` None: not judged."""

    max_failure: Fraction
    max_latency: float | None


@dataclass(frozen=True)
class BaselineSettings(Requests):
    """The same requests to old and new tasks; how much worse the new ones may be.

    `new` and `old` tell the versions apart where the service is asked and not its tasks.
    """

    new: Pattern[str] | None
    old: Pattern[str] | None
    min_samples: int
    failure_margin: Fraction
    latency_margin: Fraction
    latency_floor: float


@dataclass(frozen=True)
class PrometheusSettings:
    """A query whose every value lies between `minimum` and `maximum` (None: open)."""

    url: str
    query: str
    minimum: float | None
    maximum: float | None
    window: int
    timeout: float
    headers: Mapping[str, str] = field(repr=False)
    validate_certs: bool


@dataclass(frozen=True)
class CommandSettings:
    """A program that ends with `expect_rc` within `timeout`."""

    argv: tuple[str, ...] = field(repr=False)
    timeout: float
    expect_rc: int
    env: Mapping[str, str] = field(repr=False)


Settings = Union[TasksSettings, HttpSettings, BaselineSettings, PrometheusSettings, CommandSettings]


@dataclass(frozen=True)
class Check:
    """One check: what it is called, its kind, what it asks for."""

    name: str
    kind: str
    settings: Settings
