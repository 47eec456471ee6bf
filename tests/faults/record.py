# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of what the matrix has shown: a committed file, added to by every run, that forgets nothing bad.

Runs of a cell add up as long as the same is under test: the code of the collection, the Engine, ansible-core and the
Docker SDK. A failure, or another version of any of them, begins again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tests.faults.cell import Result

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs" / "reliability.json"
# What a module consists of on the host where it runs, and who judges it: what a milder judge let pass proves less.
CODE = ("plugins/modules", "plugins/module_utils")
JUDGE = tuple(f"tests/faults/{name}.py" for name in ("cell", "claims", "counts", "film", "judge", "oracle", "shown"))
# Enough for the median and the slowest of the runs that are asked for.
KEPT = 50


@dataclass(frozen=True)
class Under:
    """What is under test. `code` is a digest of the modules, their utils, and the judge."""

    code: str
    engine: str
    ansible_core: str
    docker: str


@dataclass(frozen=True)
class Failure:
    """The last time that a cell failed."""

    date: str
    code: str
    seed: int
    said: str


@dataclass(frozen=True)
class Entry:
    """A cell: how often in a row it passed, each at the first attempt, and in how many seconds."""

    runs: int
    date: str
    under: Under
    seconds: tuple[float, ...] = ()
    failure: Failure | None = None


Record = dict[str, Entry]


def digest(root: Path = ROOT) -> str:
    """Twelve digits that change with any module's code or the judge's, committed or not."""
    found = hashlib.sha256()
    files = [path for folder in CODE for path in sorted((root / folder).rglob("*.py"))]
    for path in [*files, *(root / name for name in JUDGE if (root / name).exists())]:
        found.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


def added(record: Mapping[str, Entry], result: Result, under: Under, date: str) -> Record:
    """The record with one more run of a cell. `date` is YYYY-MM-DD."""
    before = record.get(result.cell)
    kept = before if before is not None and before.under == under else None
    last = before.failure if before is not None else None
    if result.passed:
        seconds = (*(kept.seconds if kept else ()), result.seconds)[-KEPT:]
        entry = Entry((kept.runs if kept else 0) + 1, date, under, seconds, last)
    else:
        entry = Entry(0, date, under, (), Failure(date, under.code, result.seed, sentence(result)))
    return {**record, result.cell: entry}


def sentence(result: Result) -> str:
    """What went wrong, on one line."""
    text = " ".join("; ".join(result.complaints).split())
    return text if len(text) <= 400 else text[:397] + "..."


def runs(record: Mapping[str, Entry], cell: str, under: Under) -> int:
    """How often in a row a cell passed with what is under test now."""
    entry = record.get(cell)
    return entry.runs if entry is not None and entry.under == under else 0


def read(path: Path = PATH) -> Record:
    """The record as it is stored; empty where there is none yet."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    unders = {name: Under(**one) for name, one in stored["under"].items()}
    return {name: _entry(one, unders) for name, one in stored["cells"].items()}


def add(path: Path, result: Result, under: Under, date: str, also: Callable[[Record], None]) -> None:
    """Add a run to the stored record; two suites may add to it at the same time. `also` what is made of the record."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        found = added(read(path), result, under, date)
        write(found, path)
        also(found)
    finally:
        os.close(folder)


def write(record: Mapping[str, Entry], path: Path = PATH) -> None:
    """Store the record, whole or not at all; one line for each cell."""
    unders = {entry.under: "" for entry in record.values()}
    names = {under: f"v{number}" for number, under in enumerate(unders, 1)}
    lines = [f"  {json.dumps(name)}: {json.dumps(asdict(under))}" for under, name in names.items()]
    cells = [f"  {json.dumps(cell)}: {json.dumps(_plain(record[cell], names))}" for cell in sorted(record)]
    text = '{\n "under": {\n%s\n },\n "cells": {\n%s\n }\n}\n' % (",\n".join(lines), ",\n".join(cells))
    whole(path, text)


def whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _plain(entry: Entry, names: Mapping[Under, str]) -> dict[str, Any]:
    found = asdict(replace(entry, under=Under("", "", "", "")))
    found["under"] = names[entry.under]
    return {key: value for key, value in found.items() if value is not None}


def _entry(stored: Mapping[str, Any], unders: Mapping[str, Under]) -> Entry:
    failure = stored.get("failure")
    return Entry(
        int(stored["runs"]),
        str(stored["date"]),
        unders[stored["under"]],
        tuple(stored.get("seconds") or ()),
        Failure(**failure) if failure else None,
    )
