# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Medians, spreads and ratios of paired figures, as JSON and as a table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from tests.bench.cases import quantities


def spread(values: Sequence[float]) -> dict[str, float]:
    """The median and the extremes."""
    return {"median": round(median(values), 3), "least": round(min(values), 3), "most": round(max(values), 3)}


def summary(measured: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Every quantity, and the ratios of those that were measured in pairs, round by round."""
    found = {name: spread(values) for name, values in measured.items()}
    for name, (above, below) in quantities().items():
        pairs = zip(measured[above], measured[below], strict=True)
        found[f"ratio: {name}"] = spread([one / other for one, other in pairs])
    return found


def table(report: Mapping[str, Any]) -> str:
    """The report for a terminal, which is also valid Markdown."""
    head = (
        f"{report['date']}: Engine {report['engine']} (API {report['api']}, {report['nodes']} nodes), "
        f"CLI {report['cli']}, ansible-core {report['ansible_core']}, Docker SDK {report['docker_sdk']}, "
        f"Python {report['python']}, Linux {report['kernel']}, {report['processors']} processors, "
        f"{report['idle_before']:.0%} idle before, {report['rounds']} rounds"
    )
    names = report["figures"]
    width = max(len(name) for name in names)
    lines = [head, "", f"| {'quantity'.ljust(width)} | median |  least |   most |"]
    lines.append(f"|{'-' * (width + 2)}|-------:|-------:|-------:|")
    for name, figure in names.items():
        values = " | ".join(f"{figure[key]:6.2f}" for key in ("median", "least", "most"))
        lines.append(f"| {name.ljust(width)} | {values} |")
    return "\n".join(lines)
