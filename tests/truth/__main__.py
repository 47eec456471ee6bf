# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random rollouts on a real Swarm: `tests/tools/with-lab dev python3 -m tests.truth --cases 100 --seed 7`.

Each case is drawn by its seed: `--seed 7` gives the seeds 7, 8, … A lie is tried again with smaller cases. Figures are
added to docs/truth.json, from which docs/reliability.md is written.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path

from tests.faults import keeper, page
from tests.faults import record as matrix
from tests.faults.versions import under_test
from tests.lab.lab import Lab, lab_of_environment
from tests.truth import record
from tests.truth.case import Case, draw, simpler, sort_of
from tests.truth.record import Lie, Run
from tests.truth.trial import Result

# Of so many cases one has a fault on a node, and the Swarm for itself.
ON_NODES = 10
DEADLINE = 200.0
Try = Callable[[Case], Result]


def once(case: Case, lab: Lab) -> Result:
    """One case, in a process of its own."""
    begun = time.monotonic()
    said = keeper.apart(["-m", "tests.truth.alone", case.text()], DEADLINE, lab)
    if isinstance(said, str):
        return Result(case.text(), seconds=round(time.monotonic() - begun, 1), broken=said)
    return Result(**said)


def drawn(seed: int, number: int) -> list[Case]:
    """So many cases, every tenth with a fault on a node."""
    return [draw(one, nodes=(one - seed) % ON_NODES == ON_NODES - 1) for one in range(seed, seed + number)]


def run_all(cases: Sequence[Case], run: Try, jobs: int) -> Iterator[Result]:
    """All cases: those that leave nodes alone side by side, then the others one by one."""
    with ThreadPoolExecutor(jobs) as workers:
        for done in as_completed([workers.submit(run, case) for case in cases if not case.on_nodes]):
            yield done.result()
    for case in cases:
        if case.on_nodes:
            yield run(case)


def smallest(result: Result, run: Try, tries: int) -> Case:
    """The smallest case that shows a lie of the same sort, as far as so many tries find one."""
    best = Case.of(result.case)
    sorts = {sort_of(one) for one in result.complaints}
    left = tries
    while left > 0:
        for case in simpler(best):
            left -= 1
            if sorts & {sort_of(one) for one in run(case).complaints}:
                best = case
                break
            if left <= 0:
                break
        else:
            break
    return best


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.truth", description=__doc__)
    parser.add_argument("--cases", type=int, default=100, help="how many (default: 100)")
    parser.add_argument("--seed", type=int, help="of the first case (default: SEED, else by the clock)")
    parser.add_argument("--case", action="append", default=[], help="this one, as a run prints it; may be repeated")
    parser.add_argument("--jobs", type=int, default=4, help="cases at a time that leave nodes alone (default: 4)")
    parser.add_argument("--shrink", type=int, default=12, help="tries to make a case smaller (default: 12; 0: none)")
    parser.add_argument("--record", type=Path, default=record.PATH, help="the figures (default: docs/truth.json)")
    parser.add_argument("--dry", action="store_true", help="record nothing")
    parser.add_argument("--compare", action="store_true", help="only observe what others say, and write docs/truth.md")
    return parser


def main() -> int:
    """Run what is asked for, tell and record it."""
    given = options().parse_args()
    lab = lab_of_environment("run tests/tools/with-lab NAME python3 -m tests.truth")
    if given.compare:
        from tests.truth import compare

        return compare.main(lab, given.record)
    seed = given.seed if given.seed is not None else int(os.environ.get("SEED") or time.time())
    cases = [Case.of(text) for text in given.case] or drawn(seed, given.cases)
    print(f"{len(cases)} cases, seeds from {seed}, code {matrix.digest()}", flush=True)

    def run(case: Case) -> Result:
        return once(case, lab)

    results = []
    for result in run_all(cases, run, given.jobs):
        print(line(result), flush=True)
        results.append(result)
    lies = list(told(results, run, given.shrink))
    print(f"{len(results)} cases, {sum(1 for one in results if one.broken)} could not be run, {len(lies)} lied")
    for lie in lies:
        print(f"LIE {lie.case}\n  smallest: {lie.smallest}\n  " + "\n  ".join(lie.complaints))
    if not given.dry and not given.case:
        note(given.record, seed, results, lies, under_test(lab))
    return 1 if lies else 0


def told(results: Iterable[Result], run: Try, tries: int) -> Iterator[Lie]:
    """The lies among the results, each with its smallest case."""
    for result in results:
        if result.complaints:
            least = smallest(result, run, tries) if tries else Case.of(result.case)
            yield Lie(result.case, least.text(), tuple(result.complaints), result.said)


def note(path: Path, seed: int, results: Sequence[Result], lies: Sequence[Lie], under: matrix.Under) -> None:
    """Add the figures, and write the page that tells of them."""
    run = Run(
        datetime.now(UTC).strftime("%Y-%m-%d"),
        seed,
        len(results),
        under.engine,
        under.ansible_core,
        under.docker,
        under.code,
        record.counted(one.outcome for one in results if not one.broken),
        record.counted(kind for one in results for kind in one.struck),
        sum(1 for one in results if one.broken),
        lies,
    )
    record.add(run, path)
    found = matrix.read()
    # The tables are of the matrix, and of what was under test in its last run.
    last = max(found.values(), key=lambda entry: entry.date).under if found else under
    page.write(found, matrix.PATH.with_suffix(".md"), last)


def line(result: Result) -> str:
    """A case for a person."""
    if result.broken:
        return f"BROKEN {result.case}: {result.broken}"
    how = "LIED  " if result.complaints else "ok    "
    text = f"{how} {result.case}: {result.outcome}, {result.seconds:.0f} s"
    return f"{text}: {'; '.join(result.complaints)}" if result.complaints else text


if __name__ == "__main__":
    sys.exit(main())
