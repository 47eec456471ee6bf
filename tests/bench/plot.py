# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Curves over sizes as one SVG picture, with both axes logarithmic: what grows with the size is a straight line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

# Three colours that people who see red and green alike can tell apart, on white and on black.
_COLOURS = ("#0077bb", "#ee7733", "#009988")
_WIDTH, _HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 34, 46
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#24292f}.grid{stroke:#8886;stroke-width:1}.title{font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#d6dde6}}"
)


@dataclass(frozen=True)
class Curve:
    """Points of size and seconds; both are above 0."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Plot:
    """Curves with the same axes."""

    title: str
    sizes: str
    curves: Sequence[Curve]


def svg(plots: Sequence[Plot]) -> str:
    """The plots beside each other."""
    most = max(len(plot.curves) for plot in plots)
    height = _HEIGHT + 18 * most + 6
    width = _WIDTH * len(plots)
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">',
        f"<title>{escape('; '.join(plot.title for plot in plots))}</title><style>{_STYLE}</style>",
    ]
    for place, plot in enumerate(plots):
        parts += [f'<g transform="translate({place * _WIDTH} 0)">', *_drawn(plot), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _drawn(plot: Plot) -> list[str]:
    sizes = sorted({size for curve in plot.curves for size, _seconds in curve.points})
    seconds = [value for curve in plot.curves for _size, value in curve.points]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    high = max(high, low + 1)
    wide, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(size: float) -> float:
        span = math.log10(sizes[-1] / sizes[0]) or 1.0
        return _LEFT + wide * math.log10(size / sizes[0]) / span

    def y(value: float) -> float:
        return _TOP + tall * (high - math.log10(value)) / (high - low)

    parts = [f'<text class="title" x="{_LEFT}" y="18">{escape(plot.title)}</text>']
    for power in range(low, high + 1):
        line = y(10.0**power)
        parts += [
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{line:.1f}" y2="{line:.1f}"/>',
            f'<text x="{_LEFT - 6}" y="{line + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>',
        ]
    for size in sizes:
        parts.append(f'<text x="{x(size):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{size:g}</text>')
    middle = _LEFT + wide / 2
    parts.append(
        f'<text x="{middle:.1f}" y="{_HEIGHT - _BOTTOM + 36}" text-anchor="middle">{escape(plot.sizes)}</text>'
    )
    for number, (curve, colour) in enumerate(zip(plot.curves, _COLOURS, strict=False)):
        spots = [(f"{x(size):.1f}", f"{y(value):.1f}") for size, value in curve.points]
        path = " ".join(",".join(spot) for spot in spots)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>')
        parts += [
            f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3.5" fill="{colour}"/>' for size, value in curve.points
        ]
        below = _HEIGHT + 14 + 18 * number
        parts += [
            f'<path d="M{_LEFT} {below - 4}h22" stroke="{colour}" stroke-width="3"/>',
            f'<text x="{_LEFT + 30}" y="{below}">{escape(curve.name)}</text>',
        ]
    return parts
