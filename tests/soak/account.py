# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a load amounts to: every request's fate, counted, with the times that most of them stayed below."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    """One request: when it was sent (Unix time), how long it took (seconds), who answered, and why it failed.

    A request failed when no complete answer came, or its status is not 200. `late` is by how many seconds
    it was sent after its time: the generator itself had no thread or no processor left.
    """

    at: float
    took: float
    version: str = ""
    reason: str = ""
    late: float = 0.0


def percentile(ascending: Sequence[float], share: float) -> float:
    """The least value that this share of all values does not exceed; 0 where there are none."""
    return ascending[max(0, math.ceil(share * len(ascending)) - 1)] if ascending else 0.0


def account(samples: Sequence[Sample], *, url: str, rate: float, seconds: float) -> dict[str, Any]:
    """The report of a load: plain data, times in seconds but the percentiles, which are milliseconds."""
    failed = sorted((sample for sample in samples if sample.reason), key=lambda sample: sample.at)
    times = sorted(sample.took for sample in samples if not sample.reason)
    return {
        "url": url,
        "rate": rate,
        "seconds": round(seconds, 3),
        "total": len(samples),
        "failed": len(failed),
        "failures": [{**asdict(sample), "at": round(sample.at, 3), "took": round(sample.took, 4)} for sample in failed],
        "reasons": dict(Counter(sample.reason for sample in failed)),
        **{f"p{share}": round(percentile(times, share / 100) * 1000, 1) for share in (50, 95, 99)},
        "versions": dict(Counter(sample.version for sample in samples if sample.version)),
        "late": round(max((sample.late for sample in samples), default=0.0), 3),
    }
