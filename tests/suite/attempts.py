# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of tests that have needed a second attempt: a debt, kept in the repository until its cause is mended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

FILE = Path(__file__).with_name("second_attempts.json")
# Dates that are kept of one test.
MOST_DATES = 20


def load(path: Path = FILE) -> dict[str, list[str]]:
    """The dates on which each test needed a second attempt, oldest first."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def added(known: Mapping[str, list[str]], names: Iterable[str], today: date) -> dict[str, list[str]]:
    """The list with what was needed today; a test twice in two runs of a day is twice there."""
    found = {name: list(dates) for name, dates in known.items()}
    for name in names:
        found[name] = [*found.get(name, []), today.isoformat()][-MOST_DATES:]
    return dict(sorted(found.items()))


def save(found: Mapping[str, list[str]], path: Path = FILE) -> None:
    """Write the list."""
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def told(name: str, known: Mapping[str, list[str]]) -> str:
    """One test of the list for a person."""
    dates = known.get(name, [])
    return f"{name}: {len(dates)} times since {dates[0]}" if dates else f"{name}: never before"
