# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on a task's or service's answers."""

from __future__ import annotations

from typing import Any, Sequence

from .answers import Sample, Tally, by_target, nothing_from, out_of_reach, silent, tally
from .numbers import milliseconds, percents
from .result import FAILED, PASSED, CheckResult, inconclusive, verdict
from .settings import Check, HttpSettings
from .targets import NETWORK


def judge_http(check: Check, settings: HttpSettings, samples: Sequence[Sample], wanted: int) -> CheckResult:
    """The verdict on `samples` out of the `wanted` number.

    Fewer are enough to fail, once so many failed that the rest could not make up for it; never to pass.
    """
    counted = tally(samples, settings.expect)
    details = {**counted.as_dict(), "targets": by_target(samples, settings.expect)}
    unreachable = out_of_reach(samples)
    if unreachable:
        return inconclusive(check, unreachable, **details)
    dead = _dead(settings, samples)
    if too_many(counted, settings, wanted) or dead:
        return _failed(check, settings, counted, dead or nothing_from(samples), details)
    if counted.requests < wanted:
        return inconclusive(check, "%d of at least %d samples" % (counted.requests, wanted), **details)
    return _by_latency(check, settings, counted, details)


def too_many(counted: Tally, settings: HttpSettings, wanted: int) -> bool:
    """Whether more failed than is allowed of the wanted number, whatever the rest would say."""
    return counted.failed > settings.max_failure * max(wanted, counted.requests)


def decided(settings: HttpSettings, samples: Sequence[Sample], wanted: int) -> bool:
    """Whether further samples cannot change the verdict: too many failed, or nobody can be heard at all."""
    if any(sample.target.reach == NETWORK for sample in samples) and not any(s.answer.status for s in samples):
        # Perhaps this host is not in that network: every task is asked before that is said.
        return unheard(samples)
    return too_many(tally(samples, settings.expect), settings, wanted)


def unheard(samples: Sequence[Sample]) -> bool:
    """Whether every target was asked three times and none of them ever answered."""
    asks: dict[str, int] = {}
    for sample in samples:
        asks[sample.target.key] = asks.get(sample.target.key, 0) + 1
    return len(silent(samples)) == len(asks) and min(asks.values(), default=0) >= 3


def _dead(settings: HttpSettings, samples: Sequence[Sample]) -> str:
    """A task without a single good answer is not hidden by others that do well."""
    if settings.max_failure >= 1 or settings.target != "tasks":
        return ""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.target.key, []).append(sample)
    for group in groups.values():
        counted = tally(group, settings.expect)
        if not counted.good and counted.requests >= 3:
            target = group[0].target
            return nothing_from(group) or "no good answer from %s at %s (%s)" % (
                target.label,
                target.address,
                counted.faults[0][0],
            )
    return ""


def _failed(check: Check, settings: HttpSettings, counted: Tally, reason: str, details: dict[str, Any]) -> CheckResult:
    rate, limit = 1 - counted.failure, 1 - settings.max_failure
    if rate < limit:
        text = "success rate %s < %s" % percents(rate, limit)
        text += ": " + (reason or "%d of %d requests failed (%s)" % (counted.failed, counted.requests, _first(counted)))
    else:
        text = reason
    return verdict(check, FAILED, text, float(rate), float(limit), details=details)


def _first(counted: Tally) -> str:
    return counted.faults[0][0] if counted.faults else "no reason known"


def _by_latency(check: Check, settings: HttpSettings, counted: Tally, details: dict[str, Any]) -> CheckResult:
    """The verdict where few enough failed."""
    rate, limit = 1 - counted.failure, 1 - settings.max_failure
    text = "success rate %s >= %s" % percents(rate, limit)
    if settings.max_latency is None:
        return verdict(check, PASSED, text, float(rate), float(limit), details=details)
    p95 = counted.p95
    if p95 is None:
        return inconclusive(check, "no good answer whose latency could be judged", **details)
    shown = milliseconds(p95, settings.max_latency)
    if p95 > settings.max_latency:
        slow = "p95 latency %s > %s" % shown
        return verdict(check, FAILED, slow, p95, settings.max_latency, details=details)
    text += ", p95 latency %s <= %s" % shown
    return verdict(check, PASSED, text, float(rate), float(limit), details=details)
