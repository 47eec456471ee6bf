# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was run, when, and how it ended: one JSON file in the repository, an entry per row.

An entry put together by hand, of runs of single tests, says so with `pieces`, and
names in `left` the tests of its row that were not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.matrix.rows import ROWS, Row

FILE = Path(__file__).parent / "results.json"
Entry = dict[str, Any]


def load(file: Path = FILE) -> dict[str, Entry]:
    """What is known, by the name of the row; rows that are no more are left out."""
    known: dict[str, Entry] = json.loads(file.read_text()) if file.exists() else {}
    return {row.name: known[row.name] for row in ROWS if row.name in known}


def note(row: Row, entry: Entry, file: Path = FILE) -> None:
    """Replace what is known of a row."""
    known = {**load(file), row.name: entry}
    ordered = {one.name: known[one.name] for one in ROWS if one.name in known}
    file.write_text(json.dumps(ordered, indent=1) + "\n")


def verdict(entry: Entry | None) -> str:
    """One word, or a few."""
    if entry is None:
        return "not run"
    if not entry["passed"]:
        return "FAILED"
    if entry.get("left"):
        return "passed in part"
    again = sum(len(part["again"]) for part in (entry["units"], entry["tests"]) if part)
    return f"passed, {again} at the second attempt" if again else "passed"
