# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Engines, versions of ansible-core, Pythons and Docker SDKs: `make matrix`, or `make matrix ARGS='engine-*'`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any

from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.lab.progress import Progress
from tests.matrix import page, record
from tests.matrix.environments import Missing
from tests.matrix.rows import ROWS, Row, picked
from tests.matrix.running import run


def main() -> int:
    """Run the rows, one engine after the other; note each as it ends. 0 where all that was run passed."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.matrix", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="names of rows, with * and ?; all without any")
    parser.add_argument("--list", action="store_true", help="name the rows and how they ended last")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    parser.add_argument("--lab", default="matrix", help="what the names of the labs begin with (default: %(default)s)")
    given = parser.parse_args()
    if given.list or given.page:
        _show(list(ROWS), {})
        page.FILE.write_text(page.page(record.load()), encoding="utf-8")
        return 0
    try:
        rows = picked(given.rows)
    except ValueError as error:
        parser.error(str(error))
    missing: dict[str, str] = {}
    for engine, group in groupby(rows, key=lambda row: row.engine):
        with _lab(f"{given.lab}{engine.partition('.')[0]}", engine) as lab:
            for row in group:
                _one(row, lab, missing)
    _show(rows, missing)
    print(f"written to {record.FILE} and {page.FILE}")
    known = record.load()
    return 0 if all(row.name in missing or known[row.name]["passed"] for row in rows) else 1


@contextmanager
def _lab(name: str, engine: str) -> Iterator[Lab]:
    """A lab of that generation; one that was up stays up."""
    lab = Lab(name, progress=Progress(quiet=True))
    try:
        lab.settings()
        was_up = True
    except LabError:
        was_up = False
    lab.up(engine=engine, node_count=3, managers=3)
    try:
        yield lab
    finally:
        if not was_up:
            lab.down()


def _one(row: Row, lab: Lab, missing: dict[str, str]) -> None:
    print(f"{row.name} ...", flush=True)
    # What the row before left, lost nodes for example, is no part of this one.
    lab.up()
    lab.clean()
    try:
        entry = run(row, lab.name)
    except Missing as reason:
        missing[row.name] = str(reason)
        print(f"{row.name}: not run, {reason}", flush=True)
        return
    told: dict[str, Any] = lab.manager().get("/version")
    entry["versions"] |= {"engine": told["Version"], "api": told["ApiVersion"]}
    record.note(row, {"date": date.today().isoformat(), **entry})
    page.FILE.write_text(page.page(record.load()), encoding="utf-8")
    print(f"{row.name}: {record.verdict(entry)}, {entry['seconds']} s", flush=True)


def _show(rows: list[Row], missing: dict[str, str]) -> None:
    known = record.load()
    width = max(len(row.name) for row in rows)
    for row in rows:
        entry = known.get(row.name)
        word = f"not run, {missing[row.name]}" if row.name in missing else record.verdict(entry)
        since = f"  {entry['date']}" if entry and row.name not in missing else ""
        print(f"{row.name.ljust(width)}  {word}{since}")


if __name__ == "__main__":
    sys.exit(main())
