# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers, counted: how many failed and why, how slow the good ones were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Iterable, Sequence

from ..http import Answer, Expect, quantile
from .targets import NETWORK, Target

_FAULTS_SHOWN = 3


@dataclass(frozen=True)
class Sample:
    """One request's answer, and whom it was made to."""

    target: Target
    answer: Answer


@dataclass(frozen=True)
class Tally:
    """Requests made and failed, the seconds of each good one, and the faults from the most frequent on."""

    requests: int
    failed: int
    latencies: tuple[float, ...]
    faults: tuple[tuple[str, int], ...]

    @property
    def good(self) -> int:
        """Requests that were answered as expected."""
        return self.requests - self.failed

    @property
    def failure(self) -> Fraction:
        """The share that failed; 0 where there was no request."""
        return Fraction(self.failed, self.requests) if self.requests else Fraction(0)

    @property
    def p95(self) -> float | None:
        """What 95 of 100 good requests did not exceed, in seconds; None where none was good."""
        return quantile(self.latencies, 0.95)

    def as_dict(self) -> dict[str, Any]:
        """The counts as results show them."""
        p95 = self.p95
        return {
            "requests": self.requests,
            "failed": self.failed,
            "latency_p95": None if p95 is None else round(p95, 6),
            "faults": [{"fault": fault, "count": count} for fault, count in self.faults[:_FAULTS_SHOWN]],
        }


def tally(samples: Iterable[Sample], expect: Expect) -> Tally:
    """The samples counted by what is expected of an answer."""
    requests = 0
    latencies: list[float] = []
    faults: Counter[str] = Counter()
    for sample in samples:
        requests += 1
        fault = expect.fault(sample.answer)
        if fault:
            faults[fault] += 1
        else:
            latencies.append(sample.answer.seconds)
    return Tally(requests, sum(faults.values()), tuple(latencies), tuple(faults.most_common()))


def silent(samples: Sequence[Sample]) -> tuple[Target, ...]:
    """The targets that answered nothing at all, not even wrongly."""
    asked = {sample.target.key: sample.target for sample in samples}
    heard = {sample.target.key for sample in samples if sample.answer.status}
    return tuple(target for key, target in asked.items() if key not in heard)


def out_of_reach(samples: Sequence[Sample]) -> str:
    """Why nothing can be said where a network's tasks were asked and none was heard: this host is not in it.

    One that answers proves that the network is reached: the others are then down. Empty: nothing of the kind.
    """
    inside = {sample.target.key for sample in samples if sample.target.reach == NETWORK}
    mute = [target for target in silent(samples) if target.key in inside]
    if not mute or len(mute) < len(inside):
        return ""
    return "no answer from %s: %s" % (_named(mute, samples), mute[0].advice)


def nothing_from(samples: Sequence[Sample]) -> str:
    """The targets that never answered, with the address tried, the last error and what to do; or empty."""
    mute = silent(samples)
    return "no answer from %s: %s" % (_named(mute, samples), mute[0].advice) if mute else ""


def by_target(samples: Sequence[Sample], expect: Expect) -> list[dict[str, Any]]:
    """The counts of each target, as results show them."""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.target.key, []).append(sample)
    return [
        {
            "target": group[0].target.label,
            "address": group[0].target.address,
            "side": group[0].target.side,
            **tally(group, expect).as_dict(),
        }
        for group in groups.values()
    ]


def _named(targets: Sequence[Target], samples: Sequence[Sample]) -> str:
    first = targets[0]
    errors = [sample.answer.error for sample in samples if sample.target.key == first.key and sample.answer.error]
    reason = " (%s)" % errors[-1] if errors else ""
    more = " and %d more" % (len(targets) - 1) if len(targets) > 1 else ""
    return "%s at %s%s%s" % (first.label, first.address, reason, more)
