# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/compatibility.md, made of the record and of the table of options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ansible_collections.swarm.rollout.plugins.module_utils._core.engines import engine_of
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.entries import Entries
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import TABLE
from tests.matrix.record import Entry, verdict
from tests.matrix.rows import CONTROLLER, ENGINE, HOST, ROWS, SMALL, WIDE, Row

FILE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"
# Every Engine that is supported speaks at least this.
_OLDEST = (1, 41)
_NONE = "-"

_HEAD = """# Compatibility

`make matrix` runs the tests below, each on a Swarm of three managers, and writes this page; `ARGS='engine-*'` picks
rows, `ARGS=--list` names them. A row tells the exact versions, and the day on which it was run. "Passed" means that no
test failed; what passed only at a second attempt, alone, is counted beside it, what a test left out is listed at the
end. A row that was not run says so.

| | supported |
|---|---|
| Docker Engine | 20.10 and newer, in Swarm mode |
| ansible-core on the controller | 2.18 and newer, with the Pythons that it supports |
| Python where the modules run | 3.8 and newer, as far as the controller's ansible-core supports it there |
| Docker SDK for Python, there | 7.0 and newer |
"""

_NEWER = """## What a newer Engine is needed for

An option that the manager's Engine does not know is refused before anything is written, with the version that it needs.
All others work on Engine 20.10.
"""


def page(known: Mapping[str, Entry]) -> str:
    """The whole page."""
    parts = [
        _HEAD,
        _section("Engines", _with(WIDE) + ", with the controller of this checkout.", _engines(known)),
        _section(
            "Controllers",
            f"Every pair of two columns occurs. The unit tests of the plugins, and {_with(SMALL)}.",
            _controllers(known),
        ),
        _section(
            "Pythons of the hosts",
            "The unit tests of modules and their utils, and playbooks that pack modules and run them on that Python.",
            _hosts(known),
        ),
        _NEWER,
        _table(("option", "Engine API", "Docker Engine"), _options()),
        _left_out(known),
    ]
    return "\n".join(part for part in parts if part)


def _with(tests: Sequence[str]) -> str:
    return ", ".join("`%s`" % test.removeprefix("tests/integration/") for test in tests)


def _section(title: str, text: str, table: str) -> str:
    return f"## {title}\n\n{text}\n\n{table}"


def _rows(kind: str) -> list[Row]:
    return [row for row in ROWS if row.kind == kind]


def _versions(entry: Entry | None, *names: str) -> list[str]:
    return [(entry or {}).get("versions", {}).get(name, _NONE) for name in names]


def _count(entry: Entry | None, part: str) -> str:
    return str(entry[part]["passed"]) if entry and entry[part] else _NONE


def _end(entry: Entry | None) -> list[str]:
    return [verdict(entry), entry["date"] if entry else _NONE]


def _engines(known: Mapping[str, Entry]) -> str:
    lines = []
    for row in _rows(ENGINE):
        entry = known.get(row.name)
        versions = _versions(entry, "engine", "api", "ansible-core", "python", "docker")
        lines.append((row.name.removeprefix("engine-"), *versions, _count(entry, "tests"), *_end(entry)))
    head = ("Engine", "version", "API", "ansible-core", "Python", "SDK", "tests passed", "result", "date")
    return _table(head, lines)


def _controllers(known: Mapping[str, Entry]) -> str:
    lines = []
    for row in _rows(CONTROLLER):
        entry = known.get(row.name)
        core, python, sdk, requests, engine = _versions(entry, "ansible-core", "python", "docker", "requests", "engine")
        lines.append(
            (
                row.core if core == _NONE else core,
                row.python if python == _NONE else python,
                row.sdk if sdk == _NONE else sdk,
                requests,
                engine,
                _count(entry, "units"),
                _count(entry, "tests"),
                *_end(entry),
            )
        )
    head = ("ansible-core", "Python", "SDK", "requests", "Engine", "units", "tests", "result", "date")
    return _table(head, lines)


def _hosts(known: Mapping[str, Entry]) -> str:
    lines = []
    for row in _rows(HOST):
        entry = known.get(row.name)
        python, sdk, core, engine = _versions(entry, "python", "docker", "ansible-core", "engine")
        lines.append(
            (
                row.python if python == _NONE else python,
                row.sdk if sdk == _NONE else sdk,
                core,
                engine,
                _count(entry, "units"),
                _count(entry, "tests"),
                *_end(entry),
            )
        )
    head = ("Python", "SDK", "controller's ansible-core", "Engine", "units", "tests", "result", "date")
    return _table(head, lines)


def _options() -> list[tuple[str, str, str]]:
    """Every option that is newer than the oldest Engine."""
    found = []
    for row in TABLE:
        found.append((row.option, row.since))
        if isinstance(row.kind, Entries):
            found += [("%s.%s" % (row.option, sub.option), sub.since) for sub in row.kind.subs]
    newer = sorted((since, option) for option, since in found if since > _OLDEST)
    return [("`%s`" % option, "%d.%d" % since, engine_of(since) or _NONE) for since, option in newer]


def _left_out(known: Mapping[str, Entry]) -> str:
    lines = []
    for row in ROWS:
        entry = known.get(row.name)
        if entry is None:
            continue
        if entry.get("pieces"):
            lines.append((row.name, "-", "run in pieces, folder by folder, while others worked on the machine"))
        lines += [(row.name, "-", f"not run: `{test}`") for test in entry.get("left", ())]
        for part in ("units", "tests"):
            reasons = entry[part]["skipped"] if entry[part] else {}
            lines += [(row.name, str(number), reason.replace("|", "/")) for reason, number in reasons.items()]
            again = entry[part]["again"] if entry[part] else []
            lines += [(row.name, "1", f"at the second attempt: `{name}`") for name in again]
            failures = entry[part]["failures"] if entry[part] else []
            lines += [(row.name, "1", f"FAILED: `{name}`") for name in failures]
    if not lines:
        return ""
    return _section(
        "What was left out, failed, or passed at the second attempt",
        "Tests of a row, and why.",
        _table(("row", "tests", "why"), lines),
    )


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    shown = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines)]
    return "\n".join(shown) + "\n"
