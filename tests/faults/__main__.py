# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault matrix on a real Swarm: `tests/tools/with-lab dev python3 -m tests.faults 'update*/api:*' --times 3`.

Each cell is one way to change services under one fault. Nothing is tried twice. What passed is added to
docs/reliability.json, from which docs/reliability.md is written.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

from tests.faults import keeper, page, record
from tests.faults.cell import Result
from tests.faults.matrix import Place, selected
from tests.faults.versions import under_test
from tests.lab.lab import Lab, lab_of_environment

Run = Callable[[Place, int], Result]


def rounds(places: Sequence[Place], counts: dict[str, int], times: int, *, resume: bool) -> Iterator[list[Place]]:
    """Batches of cells: every cell once in each. `resume`: only what is missing, those with the fewest runs first."""
    done = dict(counts) if resume else {}
    for _round in range(times):
        lacking = [place for place in places if done.get(place.name, 0) < times]
        least = min((done.get(place.name, 0) for place in lacking), default=0)
        batch = [place for place in lacking if not resume or done.get(place.name, 0) == least]
        if not batch:
            return
        # What has the lab for itself comes last, so that the others can run side by side.
        yield sorted(batch, key=lambda place: place.fault.alone)
        for place in batch:
            done[place.name] = done.get(place.name, 0) + 1


def work(batch: Iterable[Place], run: Run, jobs: int, seeds: random.Random, until: float) -> Iterator[Result]:
    """Run the cells of a batch, so many at a time; those that need the lab for themselves alone."""
    together = [place for place in batch if not place.fault.alone]
    alone = [place for place in batch if place.fault.alone]
    with ThreadPoolExecutor(jobs) as workers:
        under_way: set[Future[Result]] = set()
        while (together and time.monotonic() < until) or under_way:
            while together and len(under_way) < jobs and time.monotonic() < until:
                under_way.add(workers.submit(run, together.pop(0), seeds.randrange(1 << 31)))
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()
    for place in alone:
        if time.monotonic() < until:
            yield run(place, seeds.randrange(1 << 31))


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.faults", description=__doc__)
    parser.add_argument("cell", nargs="*", help="STRATEGY/FAMILY:FAULT, with * where any will do (default: all)")
    parser.add_argument("--times", type=int, default=10, help="how often each, in a row (default: 10)")
    parser.add_argument("--minutes", type=float, help="begin no further cell after so many")
    parser.add_argument("--resume", action="store_true", help="only what is missing to --times, fewest runs first")
    parser.add_argument("--jobs", type=int, default=3, help="cells at a time that leave nodes alone (default: 3)")
    parser.add_argument("--seed", type=int, help="of the moments and chances (default: by the clock)")
    parser.add_argument("--list", action="store_true", help="only print the names of the cells")
    parser.add_argument("--record", type=Path, default=record.PATH, help="the record (default: docs/reliability.json)")
    parser.add_argument("--dry", action="store_true", help="record nothing")
    return parser


def main() -> int:
    """Run what is asked for, tell and record it."""
    given = options().parse_args()
    try:
        places = selected(given.cell)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if given.list:
        print("\n".join(place.name for place in places))
        return 0
    lab = lab_of_environment("run tests/tools/with-lab NAME python3 -m tests.faults")
    keeper.mend(lab)
    results = []
    for result in run_all(given, places, lab, under_test(lab)):
        print(line(result), flush=True)
        results.append(result)
    failures = [result for result in results if not result.passed]
    print(f"{len(results) - len(failures)} passed, {len(failures)} failed")
    for result in failures:
        print(f"FAILED {result.cell} (seed {result.seed}): {record.sentence(result)}")
    return 1 if failures else 0


def run_all(given: argparse.Namespace, places: Sequence[Place], lab: Lab, under: record.Under) -> Iterator[Result]:
    """Every run, recorded as soon as it has ended."""
    known = record.read(given.record)
    beside = given.record.with_suffix(".md")
    until = time.monotonic() + given.minutes * 60 if given.minutes else float("inf")
    alone = {place.name for place in places if place.fault.alone}
    counts = {place.name: record.runs(known, place.name, under) for place in places}
    seed = given.seed if given.seed is not None else int(time.time())
    seeds = random.Random(seed)
    print(f"{len(places)} cells, up to {given.times} times, seed {seed}, code {under.code}", flush=True)
    for number, batch in enumerate(rounds(places, counts, given.times, resume=given.resume), 1):
        if time.monotonic() >= until:
            return
        print(f"round {number}: {len(batch)} cells", flush=True)
        for result in work(batch, lambda place, seed: keeper.run(place, seed, lab), given.jobs, seeds, until):
            if record.digest() != under.code:
                raise SystemExit("the code under test was changed while it ran: what runs now proves nothing of either")
            if not given.dry:
                today = datetime.now(UTC).strftime("%Y-%m-%d")
                record.add(given.record, result, under, today, lambda found: page.write(found, beside, under))
            yield result
            if not result.passed and result.cell in alone:
                keeper.mend(lab)


def line(result: Result) -> str:
    """A run for a person."""
    how = "ok    " if result.passed else "FAILED"
    text = f"{how} {result.cell}: {result.outcome}, {result.seconds:.0f} s"
    return text if result.passed else f"{text}, seed {result.seed}: {record.sentence(result)}"


if __name__ == "__main__":
    sys.exit(main())
