# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What JUnit reports of pytest tell: which tests failed, and what each cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Case:
    """One test: its node ID, how it ended (`passed`, `failed`, `skipped`), and what it took.

    `seconds`: by the clock, set-up and tear-down included. `cpu`: seconds of the processor, of the test's process and
    all that it started on this machine (not of the Engines); 0.0 where they were not noted. `modules`,
    `module_seconds`: how many module processes it ran, and for how long in all.
    """

    nodeid: str
    status: str
    seconds: float
    cpu: float = 0.0
    modules: int = 0
    module_seconds: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class Folder:
    """What the tests of one folder cost together."""

    name: str
    tests: int
    seconds: float
    cpu: float
    modules: int


def cases(path: Path) -> list[Case]:
    """The tests of a report; none where there is no whole report, since the run did not come to its end."""
    try:
        return parsed(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ElementTree.ParseError):
        return []


def parsed(xml: str) -> list[Case]:
    """The tests of a report's text. Raises `ElementTree.ParseError`."""
    # It was written by pytest a moment ago.
    found: dict[str, Case] = {}
    for element in ElementTree.fromstring(xml).iter("testcase"):
        one = _case(element)
        # A test whose tear-down failed as well is there twice.
        if one.nodeid not in found or one.status == "failed":
            found[one.nodeid] = one
    return list(found.values())


def _case(element: ElementTree.Element) -> Case:
    marks = {child.tag: child for child in element}
    noted = {one.get("name"): float(one.get("value") or 0) for one in element.iter("property") if _is_number(one)}
    skipped = marks.get("skipped")
    return Case(
        nodeid=_nodeid(element.get("classname") or "", element.get("name") or ""),
        status="failed" if marks.keys() & {"failure", "error"} else "passed" if skipped is None else "skipped",
        seconds=float(element.get("time") or 0),
        cpu=noted.get("cpu", 0.0),
        modules=int(noted.get("modules", 0)),
        module_seconds=noted.get("module_seconds", 0.0),
        reason="" if skipped is None else skipped.get("message") or "no reason",
    )


def _is_number(element: ElementTree.Element) -> bool:
    return element.get("name") in ("cpu", "modules", "module_seconds")


def _nodeid(classname: str, name: str) -> str:
    return f"{classname.replace('.', '/')}.py::{name}"


def failed(found: Iterable[Case]) -> list[str]:
    """The node IDs of the tests that failed."""
    return [case.nodeid for case in found if case.status == "failed"]


def skipped(found: Iterable[Case]) -> dict[str, int]:
    """How many tests were skipped for each reason."""
    reasons: dict[str, int] = {}
    for case in found:
        if case.status == "skipped":
            reasons[case.reason] = reasons.get(case.reason, 0) + 1
    return dict(sorted(reasons.items()))


def dearest(found: Iterable[Case], count: int = 20) -> list[Case]:
    """The tests that took longest by the clock."""
    return sorted(found, key=lambda case: -case.seconds)[:count]


def folders(found: Iterable[Case]) -> list[Folder]:
    """Integration tests by the folder below `tests/integration`, all others by their first three parts."""
    sums: dict[str, list[Case]] = {}
    for case in found:
        sums.setdefault(_folder(case.nodeid), []).append(case)
    return sorted(
        (
            Folder(
                name,
                len(some),
                round(sum(case.seconds for case in some), 1),
                round(sum(case.cpu for case in some), 1),
                sum(case.modules for case in some),
            )
            for name, some in sums.items()
        ),
        key=lambda one: -one.seconds,
    )


def _folder(nodeid: str) -> str:
    parts = nodeid.partition("::")[0].split("/")[:-1]
    return "/".join(parts[:3])
