# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is run on an empty system, and what is read from it: pure, without a system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.suite.summary import took

SUITES = ("bookworm", "trixie")


@dataclass(frozen=True)
class Step:
    """One command. `shows` is what somebody who watches it waits for."""

    name: str
    command: str
    expected: str
    shows: str = ""


# Each part starts on a root of its own, so a command cannot live on what another one installed.
PARTS: Mapping[str, tuple[Step, ...]] = {
    "units": (
        Step("make help", "make help", "1 s"),
        Step("make units", "make units", "6 min"),
    ),
    "demo": (
        Step("make demo", "make demo", "6 min", shows=r"rolled back after"),
        Step("make demo again", "make demo", "4 min", shows=r"rolled back after"),
    ),
    "tests": (
        Step("make lab", "make lab LAB=dev", "3 min"),
        Step("SSH", "make integration ARGS='tests/integration/engine/test_ssh.py -q'", "1 min"),
        Step(
            "Docker's command", "make integration ARGS='tests/integration/traps/test_traps.py -q -k rollback'", "2 min"
        ),
        Step("make lab-down", "make lab-down LAB=dev", "5 s"),
    ),
    "docs": (
        Step("make docs", "make docs", "2 min"),
        Step("browser", "tests/tools/run pytest -q tests/integration/report/test_browser.py", "1 min"),
    ),
}

# How programs say that another one is not there.
_MISSING = (
    re.compile(r"(?:^|[\s:])(?:line )?\d+: ([\w./+-]+): (?:command )?not found"),
    re.compile(r"([\w./+-]+): command not found"),
    re.compile(r"make(?:\[\d+\])?: ([\w./+-]+): No such file or directory"),
    re.compile(r"FileNotFoundError: .*No such file or directory: '([\w./+-]+)'"),
    re.compile(r"exec: \"?([\w./+-]+)\"?: executable file not found"),
    re.compile(r"env: [\u2018'`]([\w./+-]+)['\u2019]: No such file or directory"),
    re.compile(r"No such file or directory: b?'([\w./+-]+)'"),
    re.compile(r"error while loading shared libraries: ([\w.+-]+): "),
)
_SKIPPED = re.compile(r"^SKIPPED \[\d+\] (\S+?): (.*)$")
_REQUESTED = re.compile(r"^Commandline: apt-get (?:\S+ )*?install (.*)$", re.MULTILINE)


def missing(text: str) -> list[str]:
    """The programs that a command looked for in vain, from what it printed."""
    found = [match for line in text.splitlines() for pattern in _MISSING for match in pattern.findall(line)]
    return list(dict.fromkeys(name for name in found if "/" not in name or name.startswith(("/bin/", "/usr/"))))


def skipped(text: str) -> list[str]:
    """The tests that were left out, each with why, from what pytest printed."""
    return [
        f"{where}: {why}"
        for where, why in (match.groups() for match in map(_SKIPPED.match, text.splitlines()) if match)
    ]


def requested(history: str) -> list[str]:
    """The packages that were asked for, from apt's history, in their order."""
    words = [word for line in _REQUESTED.findall(history) for word in line.split()]
    return list(dict.fromkeys(word for word in words if not word.startswith("-") and "=" not in word))


def packages(listing: str) -> frozenset[str]:
    """The installed packages, from a list of `STATUS NAME` lines."""
    fields = (line.split() for line in listing.splitlines())
    return frozenset(words[1] for words in fields if len(words) == 2 and words[0].startswith("ii"))


def first_shown(lines: Iterable[tuple[float, str]], pattern: str) -> float | None:
    """When a line first matched."""
    return next((seconds for seconds, line in lines if re.search(pattern, line)), None)


@dataclass(frozen=True)
class Result:
    """What came of one step on one suite."""

    suite: str
    step: Step
    status: int
    seconds: float
    work: float
    shown: float | None
    missing: tuple[str, ...]
    skipped: tuple[str, ...]
    asked: tuple[str, ...]
    added: int

    @property
    def good(self) -> bool:
        """Tell whether it did what it does on a machine that has everything."""
        return self.status == 0 and not self.missing

    @property
    def word(self) -> str:
        """The result in a word or two."""
        if self.status:
            return f"exit {self.status}"
        return "missing" if self.missing else "ok"

    @property
    def installed(self) -> str:
        """The packages that were asked for, and how many came with them."""
        more = self.added - len(self.asked)
        return " ".join(self.asked) + (f" (+{more})" if more > 0 else "") or "-"


def table(results: Sequence[Result]) -> str:
    """One line for each step, then what was missing or left out."""
    head = ("SUITE", "STEP", "RESULT", "TOOK", "PROCESSORS", "SHOWN AFTER", "INSTALLED BY IT")
    rows = [head] + [
        (
            one.suite,
            one.step.name,
            one.word,
            took(one.seconds),
            took(one.work),
            "-" if one.shown is None else took(one.shown),
            one.installed,
        )
        for one in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    for one in results:
        lines += [f"{one.suite}, {one.step.name}: found no {name}" for name in one.missing]
        lines += [f"{one.suite}, {one.step.name}: left out {what}" for what in one.skipped]
    return "\n".join(lines)
