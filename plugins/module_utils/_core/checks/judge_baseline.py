# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on new tasks beside old ones, which were asked the same in the same span of time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Sequence

from ..http import version_of
from .answers import Sample, Tally, by_target, nothing_from, out_of_reach, tally
from .numbers import milliseconds, percents
from .result import FAILED, PASSED, CheckResult, inconclusive, verdict
from .settings import BaselineSettings, Check
from .targets import SERVICE


@dataclass(frozen=True)
class Sides:
    """Samples by who answered; `unknown` are those whose answer tells neither version."""

    new: tuple[Sample, ...]
    old: tuple[Sample, ...]
    unknown: tuple[Sample, ...]


def sides(settings: BaselineSettings, samples: Sequence[Sample]) -> Sides:
    """The samples sorted by the task asked, or where the service was asked by what the answers tell.

    Without a pattern for the old version every good answer that does not tell the new one is an old one;
    a failed answer that tells nothing is nobody's.
    """
    sorted_: dict[str, list[Sample]] = {"new": [], "old": [], "": []}
    for sample in samples:
        sorted_[_side(settings, sample)].append(sample)
    return Sides(tuple(sorted_["new"]), tuple(sorted_["old"]), tuple(sorted_[""]))


def _side(settings: BaselineSettings, sample: Sample) -> str:
    if sample.target.reach != SERVICE or settings.new is None:
        return sample.target.side
    if version_of(sample.answer, settings.new):
        return "new"
    if settings.old is not None:
        return "old" if version_of(sample.answer, settings.old) else ""
    return "" if settings.expect.fault(sample.answer) else "old"


def enough(settings: BaselineSettings, samples: Sequence[Sample]) -> bool:
    """Whether both sides have been heard as often as asked for."""
    found = sides(settings, samples)
    return min(len(found.new), len(found.old)) >= settings.samples


def nothing_left(check: Check) -> CheckResult:
    """The verdict where every task is new: there is nothing to be worse than, and that holds nothing up."""
    return verdict(check, PASSED, "no old tasks are left to compare with")


def judge_baseline(check: Check, settings: BaselineSettings, samples: Sequence[Sample]) -> CheckResult:
    """The verdict: failed where the new side is worse by more than a margin."""
    found = sides(settings, samples)
    new, old = tally(found.new, settings.expect), tally(found.old, settings.expect)
    unknown = tally(found.unknown, settings.expect)
    details: dict[str, Any] = {"new": new.as_dict(), "old": old.as_dict(), "unknown": unknown.as_dict()}
    if settings.target == "tasks":
        details["targets"] = by_target(samples, settings.expect)
    doubt = (
        out_of_reach(found.new)
        or out_of_reach(found.old)
        or _too_few(settings, new, old)
        or _nothing_good(new, old)
        or _nobodys(settings, unknown, len(samples))
    )
    if doubt:
        return inconclusive(check, doubt, **details)
    worse = new.failure - old.failure
    shown = percents(worse, settings.failure_margin)
    text = "failure rate %s against %s of the old tasks: %s" % (_percent(new), _percent(old), shown[0])
    value, limit = float(worse), float(settings.failure_margin)
    if worse > settings.failure_margin:
        text += " worse > %s" % shown[1]
        reason = nothing_from(found.new) or (new.faults[0][0] if new.faults else "")
        return verdict(check, FAILED, "%s (%s)" % (text, reason), value, limit, details=details)
    text += " worse <= %s" % shown[1]
    return _by_latency(check, settings, new, old, verdict(check, PASSED, text, value, limit, details=details))


def _by_latency(check: Check, settings: BaselineSettings, new: Tally, old: Tally, so_far: CheckResult) -> CheckResult:
    mine, theirs = new.p95, old.p95
    if mine is None or theirs is None:
        # One side has no good answer within the margin for failures: nothing is left to compare.
        return so_far
    limit = slowest(settings, theirs)
    shown = milliseconds(mine, limit)
    if mine > limit:
        text = "p95 latency %s > %s (old tasks: %s)" % (*shown, milliseconds(theirs, limit)[0])
        return verdict(check, FAILED, text, mine, limit, details=so_far.details)
    text = "%s, p95 latency %s <= %s" % (so_far.text, *shown)
    return verdict(check, PASSED, text, so_far.value, so_far.limit, details=so_far.details)


def slowest(settings: BaselineSettings, theirs: float) -> float:
    """The latency (s) that the new side may have where the old one has `theirs`.

    Between answers of a millisecond half as slow again is noise: the floor is allowed for in any case.
    """
    return max(theirs * float(1 + settings.latency_margin), theirs + settings.latency_floor)


def _percent(counted: Tally) -> str:
    return percents(counted.failure, Fraction(0))[0]


def _too_few(settings: BaselineSettings, new: Tally, old: Tally) -> str:
    for side, counted in (("new", new), ("old", old)):
        if counted.requests < settings.min_samples:
            text = "%d of at least %d samples of the %s tasks"
            return text % (counted.requests, settings.min_samples, side)
    return ""


def _nothing_good(new: Tally, old: Tally) -> str:
    if new.good or old.good:
        return ""
    reason = new.faults[0][0] if new.faults else "no answer"
    return "no request succeeded, neither to new nor to old tasks (%s)" % reason


def _nobodys(settings: BaselineSettings, unknown: Tally, total: int) -> str:
    """Failures that may be the new side's are not passed over."""
    if unknown.failed <= settings.failure_margin * total:
        return ""
    text = "%d of %d requests failed without telling a version; set target to tasks to see whose they are"
    return text % (unknown.failed, total)
