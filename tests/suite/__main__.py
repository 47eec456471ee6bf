# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check and test: what `make test` and continuous integration run.

Lanes run side by side (see `steps`). All steps run even when one fails; the summary names what failed, what was over
its budget, and what cost most. Logs and reports stay in `.ansible/test`. KEEP=1 leaves the Swarms up.

    python3 -m tests.suite [--durations | --table]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from tests.integration.phases import DURATIONS
from tests.suite import attempts, junit, summary
from tests.suite.running import Suite, lab_down
from tests.suite.steps import LANES, ROOT

FOLDER = ROOT / ".ansible" / "test"
# Shorter tests need no place in the order.
LONG = 5.0


def integration_cases() -> list[junit.Case]:
    """The integration tests of the last run."""
    return [case for path in sorted(FOLDER.glob("integration-*.xml")) for case in junit.cases(path)]


def write_durations(path: Path = DURATIONS) -> None:
    """Write the seconds of long tests, from which the next run takes its order."""
    found = {
        case.nodeid.removeprefix("tests/integration/"): round(case.seconds)
        for case in integration_cases()
        if case.seconds >= LONG
    }
    path.write_text(json.dumps(dict(sorted(found.items())), indent=2) + "\n", encoding="utf-8")


def tables() -> list[str]:
    """What the tests of the last run cost."""
    found = integration_cases()
    skipped = [f"  {count} skipped: {reason}" for reason, count in junit.skipped(found).items()]
    return [
        "The dearest integration tests:",
        *summary.dearest_table(junit.dearest(found)),
        "",
        "Integration tests by folder (CPU: of tests and modules, not of the Engines):",
        *summary.folders_table(junit.folders(found)),
        *skipped,
        "",
    ]


def main() -> int:
    """Run the suite; 0 where it passed."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.suite", description=__doc__)
    parser.add_argument("--durations", action="store_true", help="only keep the last run's durations for the order")
    parser.add_argument("--table", action="store_true", help="only print the tables of the last run")
    given = parser.parse_args()
    if given.durations:
        write_durations()
        return 0
    if given.table:
        print("\n".join(tables()))
        return 0
    suite = Suite(LANES, FOLDER, os.environ.get("SWARM_LAB", "test"))

    def interrupted(number: int, _frame: FrameType | None) -> None:
        suite.stop()
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    try:
        run = suite.run()
    finally:
        if os.environ.get("KEEP"):
            print(f"[test] these labs stay up; make lab-down LAB=NAME ends one: {', '.join(suite.labs)}")
        else:
            for name in suite.labs:
                lab_down(name)
    return told(run)


def told(run: summary.Run) -> int:
    """Print the summary and keep it; the exit status."""
    again = [name for one in run.ended for name in one.again]
    known = attempts.load()
    lines = [*tables(), *summary.steps_table(run)]
    if again:
        lines += ["", "Passed at the second attempt only, which is a debt (tests/suite/second_attempts.json):"]
        lines += [f"  {attempts.told(name, known)}" for name in again]
        attempts.save(attempts.added(known, again, datetime.now(UTC).date()))
    lines.append("")
    lines += [f"[test] FAILED: {one}" for one in run.complaints]
    lines.append(
        f"[test] {len(run.ended)} steps, {len(run.complaints) or 'none'} failed, in {summary.took(run.seconds)}"
    )
    text = "\n".join(lines)
    (FOLDER / "summary.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    return 1 if run.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
