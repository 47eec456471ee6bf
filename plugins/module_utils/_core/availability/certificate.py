# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate as results show it, and in one clause."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..http import quantile, shown_url
from ..times import written
from .gaps import MOST_GAPS, find_gaps, tally
from .probe import Probe
from .settings import Settings

# A probe that begins later than this or than half an interval is late, in seconds.
LATE = 0.05
_MOST_VERSIONS = 20
_SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


def certificate(
    settings: Settings, probes: Sequence[Probe], events: Sequence[Mapping[str, Any]], changed_at: float
) -> dict[str, Any]:
    """What the probes say.

    `events` are those of `task_events`; `changed_at` is when the first write was sent (seconds since the
    epoch). Latencies are those of good answers, in seconds. Versions that answered before the change are
    old, others new; neither is told apart where no answer tells its version.
    """
    known = sorted(probes, key=lambda probe: probe.began)
    failures = sum(1 for probe in known if not probe.ok)
    gaps = find_gaps(known)
    late = [probe.late for probe in known if probe.late > max(LATE, settings.interval / 2)]
    budget = settings.budget
    return {
        "url": shown_url(settings.url),
        "interval": settings.interval,
        "probes": len(known),
        "failures": failures,
        "success_rate": success_rate(len(known), failures),
        "budget": None if budget is None else str(budget),
        "within_budget": None if budget is None else not budget.exceeded(len(known), failures),
        "longest_gap": round(max((gap.seconds for gap in gaps), default=0.0), 3),
        "gaps": [gap.shown(events) for gap in sorted(gaps, key=lambda gap: -gap.seconds)[:MOST_GAPS]],
        "latency": _latencies(known, changed_at),
        "versions": tally([probe.version for probe in known if probe.version], _MOST_VERSIONS),
        "late": {"probes": len(late), "longest": round(max(late, default=0.0), 3)},
        "missed": _missed(known, settings.interval),
        "started_at": written(known[0].began) if known else None,
        "changed_at": written(changed_at),
        "finished_at": written(max(probe.began + probe.seconds for probe in known)) if known else None,
    }


def sentence(cert: Mapping[str, Any]) -> str:
    """The certificate in one clause."""
    if not cert["probes"]:
        return "availability not measured (no probe was made)"
    parts = ["%d of %d probes failed" % (cert["failures"], cert["probes"])]
    if not cert["failures"]:
        parts = ["%d probes" % cert["probes"]]
    if cert["missed"]:
        parts.append("%d more could not be made in time" % cert["missed"])
    if cert["failures"]:
        parts.append("longest gap %.2f s" % cert["longest_gap"])
    verdict = ", over the budget of %s" % cert["budget"] if cert["within_budget"] is False else ""
    return "availability %s%% (%s)%s" % (percent(cert["success_rate"]), ", ".join(parts), verdict)


def percent(rate: float) -> str:
    """A rate with three digits, which only a full hundred does without."""
    return "100" if rate == 100 else "%.3f" % rate


def success_rate(probes: int, failures: int) -> float | None:
    """The share of good answers in percent, rounded down: a failure never disappears in it."""
    return (probes - failures) * 100000 // probes / 1000 if probes else None


def _latencies(probes: Sequence[Probe], changed_at: float) -> dict[str, Any]:
    before = {probe.version for probe in probes if probe.version and probe.began < changed_at}
    good = [probe for probe in probes if probe.ok]
    return {
        "all": _quantiles([probe.seconds for probe in good]),
        "old": _quantiles([probe.seconds for probe in good if probe.version in before]),
        "new": _quantiles([probe.seconds for probe in good if probe.version and probe.version not in before]),
    }


def _quantiles(seconds: Sequence[float]) -> dict[str, float | None] | None:
    if not seconds:
        return None
    ordered = sorted(seconds)
    found = {name: quantile(ordered, share) for name, share in _SHARES.items()}
    return {name: None if value is None else round(value, 4) for name, value in found.items()}


def _missed(probes: Sequence[Probe], interval: float) -> int:
    """Places of the schedule without a probe, between the first one and the last."""
    if not probes:
        return 0
    moments = [probe.at for probe in probes]
    return max(0, round((max(moments) - min(moments)) / interval) + 1 - len(moments))
