# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Medians, spreads, ratios and targets of paired figures, as JSON and as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from tests.bench import names
from tests.bench.targets import ROWS, Row

Measured = Mapping[str, Sequence[float]]
COLUMNS = ("median", "least", "most")


def spread(values: Sequence[float]) -> dict[str, float]:
    """The median and the extremes."""
    return {"median": round(median(values), 4), "least": round(min(values), 4), "most": round(max(values), 4)}


def summary(measured: Measured) -> dict[str, dict[str, float]]:
    """Every quantity, in the order in which they are declared and not in that of the first round."""
    declared = [name for key, name in vars(names).items() if key.isupper()]
    return {name: spread(measured[name]) for name in declared if name in measured}


def judged(measured: Measured, rows: Iterable[Row] = ROWS) -> list[dict[str, Any]]:
    """Every row whose quantities were measured: figures, what they are made of, the target and whether it is met."""
    found = []
    for row in rows:
        values = row.values(measured)
        if not values:
            continue
        figures = spread(values)
        found.append(
            {
                "name": row.name,
                **figures,
                "rounds": len(values),
                "numerator": str(row.numerator),
                "denominator": row.denominator and str(row.denominator),
                "target": row.target and str(row.target),
                "met": row.target and row.target.met(figures),
            }
        )
    return found


def above_floor(measured: Measured, rows: Iterable[Row] = ROWS) -> dict[str, dict[str, float]]:
    """The times above the floor that stand behind the ratios."""
    terms = {str(term): term for row in rows for term in (row.numerator, row.denominator) if term and term.above_floor}
    values = {name: term.values(measured) for name, term in terms.items()}
    return {name: spread(found) for name, found in values.items() if found}


def report_text(report: Mapping[str, Any]) -> str:
    """The report for a terminal, which is also valid Markdown."""
    head = (
        f"{report['date']}: Engine {report['engine']} (API {report['api']}, {report['nodes']} nodes), "
        f"CLI {report['cli']}, ansible-core {report['ansible_core']}, community.docker {report['community_docker']} "
        f"(of ansible {report['ansible']}), Docker SDK {report['docker_sdk']}, Python {report['python']}, "
        f"Linux {report['kernel']}, {report['processors']} processors, {report['idle_before']:.0%} idle before and "
        f"{report['idle_after']:.0%} after, {report['rounds']} rounds"
    )
    figures = {**report["figures"], **report["above_floor"]}
    quantities = table(("quantity", *COLUMNS), [(name, *_numbers(figure)) for name, figure in figures.items()])
    # A round without a ratio is missing from the figures, so how many there are is said.
    rows = [
        (row["name"], *_numbers(row), str(row["rounds"]), row["target"] or "", _verdict(row["met"]))
        for row in report["judged"]
    ]
    return "\n\n".join(
        [head, quantities, table(("ratio, round by round, or limit", *COLUMNS, "rounds", "target", ""), rows)]
    )


def _numbers(figure: Mapping[str, float]) -> list[str]:
    return [f"{figure[column]:.2f}" for column in COLUMNS]


def _verdict(met: bool | None) -> str:
    return "" if met is None else "met" if met else "missed"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 0) -> str:
    """A Markdown table that reads well as text too; figures stand to the right.

    `left` is how many columns hold words where the names of the others are none of the usual ones.
    """
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
    right = [place >= left if left else title in (*COLUMNS, "rounds") for place, title in enumerate(head)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(cells, widths, right, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = (f"{'-' * (width + 1)}{':' if to_right else '-'}" for width, to_right in zip(widths, right, strict=True))
    return "\n".join([line(head), f"|{'|'.join(rule)}|", *(line(row) for row in rows)])
