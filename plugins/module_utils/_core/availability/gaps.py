# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spans of time in which nobody got a good answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from ..times import instant, written
from .probe import Probe

# Task events within so many seconds of a gap are shown beside it: clocks of nodes differ a little.
AROUND = 2.0
MOST_GAPS = 20
_MOST_EVENTS = 20
_MOST_FAULTS = 10


@dataclass(frozen=True)
class Gap:
    """From the beginning of the last good probe to that of the first good one after; seconds since the epoch.

    This is the longest that the outage can have been. Where there is no good probe before or after, it
    reaches to the edge of what was measured.
    """

    began: float
    ended: float
    failed: tuple[Probe, ...]

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.ended - self.began

    def shown(self, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """As results show it."""
        return {
            "began_at": written(self.began),
            "seconds": round(self.seconds, 3),
            "failures": len(self.failed),
            "faults": tally([probe.fault for probe in self.failed], _MOST_FAULTS),
            "events": [dict(event) for event in events if self._beside(event)][:_MOST_EVENTS],
        }

    def _beside(self, event: Mapping[str, Any]) -> bool:
        at = instant(str(event.get("at", "")))
        return at is not None and self.began - AROUND <= at <= self.ended + AROUND


def find_gaps(probes: Sequence[Probe]) -> list[Gap]:
    """The gaps in order of time; the probes are in the order in which they began."""
    gaps: list[Gap] = []
    failed: list[Probe] = []
    good: float | None = None
    for probe in probes:
        if not probe.ok:
            failed.append(probe)
            continue
        if failed:
            gaps.append(Gap(failed[0].began if good is None else good, probe.began, tuple(failed)))
            failed = []
        good = probe.began
    if failed:
        edge = max(probe.began + probe.seconds for probe in failed)
        gaps.append(Gap(failed[0].began if good is None else good, edge, tuple(failed)))
    return gaps


def tally(words: Sequence[str], most: int) -> dict[str, int]:
    """How often each word is there, the most frequent first; those beyond so many are added up."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    if len(ordered) > most:
        ordered = [*ordered[:most], ("others", sum(count for word, count in ordered[most:]))]
    return dict(ordered)
