# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strips: when nobody got a good answer, how fast the answers came, and the services of a release side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from ansible_collections.swarm.rollout.plugins.module_utils._core.times import instant

from .gantt import Band, Bar
from .scale import Tick, scale_for
from .words import latency_text, seconds_text

QUANTILES = ("p50", "p95", "p99")
_SIDES = ("old", "new", "all")


@dataclass(frozen=True)
class Strip:
    """The time that was measured; `gaps` are when no answer was good, `changed` is when the change began."""

    ticks: list[Tick]
    gaps: list[Band]
    changed: float | None


@dataclass(frozen=True)
class Latency:
    """One quantile of one side: how long its bar is in percent, and its value in words."""

    quantile: str
    side: str
    width: float
    text: str


@dataclass(frozen=True)
class Line:
    """One service of a release on its time axis."""

    name: str
    wave: str
    span: Bar
    title: str


def strip(cert: Mapping[str, Any]) -> Strip | None:
    """The strip of a certificate; None where nothing was measured."""
    begin, end = instant(str(cert["started_at"] or "")), instant(str(cert["finished_at"] or ""))
    if begin is None or end is None or not cert["probes"]:
        return None
    scale = scale_for([end - begin])
    gaps = []
    for gap in cert["gaps"]:
        moment = instant(str(gap.get("began_at") or ""))
        if moment is not None:
            seconds = float(gap.get("seconds") or 0.0)
            title = "%s without a good answer, %s of the requests failed" % (seconds_text(seconds), gap.get("failures"))
            gaps.append(Band(*scale.stretch(moment - begin, moment - begin + seconds), "", title, "bad"))
    changed = instant(str(cert["changed_at"] or ""))
    return Strip(scale.ticks(), gaps, None if changed is None else scale.at(changed - begin))


def latencies(cert: Mapping[str, Any]) -> list[Latency]:
    """Old and new beside each other, quantile by quantile; of all answers where no version told them apart."""
    sides = {side: cert["latency"].get(side) for side in _SIDES if cert["latency"].get(side)}
    if len(sides) > 1:
        sides.pop("all", None)
    longest = max((values.get(one) or 0.0 for values in sides.values() for one in QUANTILES), default=0.0)
    return [
        Latency(
            one,
            side,
            round(100 * (values.get(one) or 0.0) / longest, 2) if longest else 0.0,
            latency_text(values.get(one)),
        )
        for one in QUANTILES
        for side, values in sides.items()
    ]


def release_lines(sections: Sequence[Mapping[str, Any]]) -> tuple[list[Line], list[Tick]]:
    """The services that something was done with, each where it began and as long as it took."""
    moved = [one for one in sections if one["started_at"] and one["outcome"] not in ("unchanged", "skipped", "planned")]
    scale = scale_for([one["offset"] + one["duration"] for one in moved])
    lines = [
        Line(
            one["name"],
            str(one["wave"] or ""),
            Bar(*scale.stretch(one["offset"], one["offset"] + one["duration"]), one["tone"]),
            "%s: %s, from %s for %s"
            % (one["name"], one["word"], seconds_text(one["offset"]), seconds_text(one["duration"])),
        )
        for one in moved
    ]
    return lines, scale.ticks()
