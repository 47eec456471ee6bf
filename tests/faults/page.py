# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes docs/reliability.md from the record: what was shown, how often, with what, and what was not."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.fault import Fault
from tests.faults.matrix import FAULTS
from tests.faults.record import Entry, Under, whole
from tests.faults.strategies import STRATEGIES
from tests.truth.record import Run, runs, section

WANTED = 10
OLD = "†"
NOT_YET = "not run"
NO_SENSE = "\N{EN DASH}"

HEAD = """# What it survives

The fault matrix breaks a real Swarm of three managers in every way listed below while each strategy is under way, and
then asks the cluster, not the collection, whether all is well. A cell passes when

- every task, those that have ended included, ran what was declared or what was there before, never a third thing;
- what the module said is true: its outcome, `changed`, images, every count, the service option by option, failures,
  the timeline, the history that it wrote, each against a film of the cluster; there is no traceback;
- the outcome is one of those that are right under that fault, where there is more than one;
- after the fault is over, the same task run again (or, where the declaration itself was the fault, a good one) ends
  with every wanted task on exactly the declared specification, every revision with an outcome, and no lock left;
- one more run changes nothing;
- all of that within the deadline of the cell, after which it is killed and has failed.

The oracle reads the Engine's API only and shares no code with the collection. Nothing is tried twice.

`n/n · s` is the number of runs in a row that passed, each at the first attempt, and the median time from the start of
the module until all was as declared, the run after the fault included. A failure, or another version of anything
under test, begins at nothing again. {wanted} runs in a row are what is asked of each cell.
"""


def text(found: Mapping[str, Entry], now: Under, truth: Sequence[Run] = ()) -> str:
    """The page. `now`: what is under test at this moment; `truth`: the runs of random rollouts."""
    parts = [HEAD.format(wanted=WANTED), _standing(found, now), _tables(found, now), _legend(found, now)]
    parts += [_failures(found), _slowest(found), section(truth), REPEAT, LIMITS]
    return "\n".join(part for part in parts if part)


def write(found: Mapping[str, Entry], path: Path, now: Under) -> None:
    """Write the page."""
    whole(path, text(found, now, runs()))


def cells() -> list[str]:
    """The names of all cells that make sense."""
    return [
        f"{strategy}/{fault.identity()}" for fault in FAULTS for strategy in STRATEGIES if strategy not in fault.without
    ]


def _standing(found: Mapping[str, Entry], now: Under) -> str:
    """How far it is, in numbers that add up."""
    names = cells()
    entries = {name: found[name] for name in names if name in found}
    proved = [name for name, entry in entries.items() if entry.under == now and entry.runs >= WANTED]
    some = [name for name, entry in entries.items() if entry.runs and name not in proved]
    failed = [name for name, entry in entries.items() if not entry.runs]
    old = [name for name, entry in entries.items() if entry.under != now]
    dates = sorted(entry.date for entry in entries.values())
    lines = [
        "## Where it stands",
        "",
        (
            f"Of {len(names)} cells {len(proved)} have passed {WANTED} times in a row or more with the versions of the "
            f"last run, {len(some)} less often or with others, {len(failed)} failed last, and "
            f"{len(names) - len(entries)} were not run."
        ),
    ]
    if dates:
        counted = sum(entry.runs for entry in entries.values())
        lines.append(
            f"{counted} runs are counted, from {dates[0]} to {dates[-1]}. Under test in the last: modules and "
            f"judge with the digest `{now.code}`, Engine {now.engine}, ansible-core {now.ansible_core}, "
            f"Docker SDK {now.docker}."
        )
    if old:
        lines.append(f"{len(old)} cells were last run with other versions; they are marked {OLD}.")
    return "\n".join(lines) + "\n"


def _tables(found: Mapping[str, Entry], now: Under) -> str:
    """One table for each family of faults."""
    parts = ["## The matrix"]
    families = dict.fromkeys(fault.family for fault in FAULTS)
    for family in families:
        rows = [fault for fault in FAULTS if fault.family == family]
        head = [family.capitalize() if family != "api" else "API", *STRATEGIES]
        lines = [_row(head), _row(["---", *(["---:"] * len(STRATEGIES))])]
        lines += [_row([fault.title, *(_cell(found, fault, name, now) for name in STRATEGIES)]) for fault in rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _row(words: Sequence[str]) -> str:
    return "| " + " | ".join(words) + " |"


def _cell(found: Mapping[str, Entry], fault: type[Fault], strategy: str, now: Under) -> str:
    if strategy in fault.without:
        return NO_SENSE
    entry = found.get(f"{strategy}/{fault.identity()}")
    if entry is None:
        return NOT_YET
    mark = "" if entry.under == now else f" {OLD}"
    if not entry.runs:
        return f"failed{mark}"
    return f"{entry.runs}/{entry.runs} · {statistics.median(entry.seconds):.0f} s{mark}"


def _legend(found: Mapping[str, Entry], now: Under) -> str:
    """Why some cells make no sense."""
    lines = [f"`{NO_SENSE}` makes no sense, `{NOT_YET}` is no proof of anything."]
    if any(entry.under != now for entry in found.values()):
        unders = list(dict.fromkeys(entry.under for entry in found.values() if entry.under != now))
        told = "; ".join(
            f"digest `{one.code}`, Engine {one.engine}, ansible-core {one.ansible_core}, Docker SDK {one.docker}"
            for one in unders
        )
        lines.append(f"`{OLD}` was last run with other versions than the last run: {told}.")
    reasons: dict[str, list[str]] = {}
    for fault in FAULTS:
        for strategy, why in fault.without.items():
            reasons.setdefault(f"{fault.family}, {fault.title}: {why}", []).append(strategy)
    lines += ["", *(f"- {why} ({', '.join(names)})" for why, names in reasons.items())]
    return "\n".join(lines) + "\n"


def _failures(found: Mapping[str, Entry]) -> str:
    """What ever went wrong and is remembered: the last failure of each cell."""
    failed = {name: entry for name, entry in found.items() if entry.failure is not None}
    if not failed:
        return ""
    lines = ["## Failures", "", "The last failure of each cell that ever had one, and the runs in a row since.", ""]
    lines += [_row(["cell", "when", "since", "what"]), _row(["---", "---", "---:", "---"])]
    for name, entry in sorted(failed.items()):
        failure = entry.failure
        if failure is not None:
            said = failure.said.replace("|", "\\|").replace("<", "&lt;")
            lines.append(_row([f"`{name}`", f"{failure.date}, digest `{failure.code}`", str(entry.runs), said]))
    return "\n".join(lines) + "\n"


def _slowest(found: Mapping[str, Entry]) -> str:
    """The longest times: what a fault costs at worst."""
    timed = {name: max(entry.seconds) for name, entry in found.items() if entry.seconds}
    worst = sorted(timed.items(), key=lambda one: -one[1])[:5]
    if not worst:
        return ""
    told = ", ".join(f"`{name}` {seconds:.0f} s" for name, seconds in worst)
    return f"The longest runs that passed: {told}.\n"


REPEAT = """## How to repeat it

```console
$ make soak                                              # every cell ten times in a row; hours
$ make soak ARGS="'update*/api:*' --times 2"             # some of them
$ make soak ARGS='--resume --minutes 60'                 # an hour of those with the fewest runs so far
$ make soak ARGS=--list                                  # the names of all cells
$ make truth ARGS='--cases 60' SEED=7                    # random rollouts, the same ones with the same seed
```

It adds what it finds to `docs/reliability.json` and writes this page from it. `--dry` records nothing. A failure names
its seed; `ARGS='CELL --times 1 --seed N'` draws moments and chances from another one. Some cells of each family are
part of `make test`.
"""

LIMITS = """## What is not covered

- All nodes are containers on one machine: no real network with its delays, no disk that fills or lies, one clock.
- One Engine generation at a time, as named above; the others run the integration tests.
- Modules are run as processes of their own, as Ansible runs them on a host, not through a playbook.
- Services are small: three replicas, or two services of two and one in a release, with images that start at once.
- A fault strikes once or for as long as the run lasts; two different faults at the same time are not combined.
- Load on the services while they change is another proof: `make soak-load`.
"""
