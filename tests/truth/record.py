# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What random rollouts have shown: a committed file of figures, from which docs/reliability.md tells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.record import ROOT, whole

PATH = ROOT / "docs" / "truth.json"
# So many runs are remembered.
KEPT = 30


@dataclass(frozen=True)
class Lie:
    """A claim that the cluster contradicts, with its case and the smallest one that shows the same."""

    case: str
    smallest: str
    complaints: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Run:
    """One run of so many cases. `seed` is that of the first case; the others follow."""

    date: str
    seed: int
    cases: int
    engine: str
    ansible_core: str
    docker: str
    code: str
    outcomes: Mapping[str, int] = field(default_factory=dict)
    struck: Mapping[str, int] = field(default_factory=dict)
    broken: int = 0
    lies: Sequence[Lie] = ()


def read(path: Path = PATH) -> dict[str, Any]:
    """What is stored: `runs`, and what `compare` observed."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {"runs": [], "compared": {}, **found}


def runs(path: Path = PATH) -> list[Run]:
    """The runs that are remembered, the oldest first."""
    return [Run(**{**one, "lies": tuple(_lie(lie) for lie in one["lies"])}) for one in read(path)["runs"]]


def _lie(stored: Mapping[str, Any]) -> Lie:
    return Lie(**{**stored, "complaints": tuple(stored["complaints"])})


def add(run: Run, path: Path = PATH) -> None:
    """Remember a run."""
    stored = read(path)
    store({**stored, "runs": [*stored["runs"], asdict(run)][-KEPT:]}, path)


def store(data: Mapping[str, Any], path: Path = PATH) -> None:
    """Write the file."""
    whole(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def counted(words: Iterable[str]) -> dict[str, int]:
    """How often each, the most frequent first."""
    return dict(Counter(words).most_common())


def section(found: Sequence[Run]) -> str:
    """The part of docs/reliability.md on random rollouts."""
    lines = [HEAD]
    if not found:
        return "\n".join([*lines, "None were run yet.", ""])
    lines += [
        "| when | Engine | digest | cases | seeds from | faults that struck | could not be run | lies |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {one.date} | {one.engine} | `{one.code}` | {one.cases} | {one.seed} | {sum(one.struck.values())} "
        f"| {one.broken} | {len(one.lies)} |"
        for one in found
    ]
    last = found[-1]
    ends = ", ".join(f"{outcome} {number}" for outcome, number in last.outcomes.items())
    struck = ", ".join(f"{kind} {number}" for kind, number in last.struck.items())
    lines += ["", f"The last ended: {ends}. Faults in it: {struck or 'none'}.", ""]
    if last.lies:
        lines += ["What the cluster contradicted in it, each with the smallest case that shows it:", ""]
        lines += [f"- `{one.smallest}`: {_plain('; '.join(one.complaints))}" for one in last.lies]
        lines.append("")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


HEAD = """## Random rollouts

`make truth` draws rollouts and what befalls them by chance: strategy, mode, order, failure action, parallelism,
replicas, restart policy, an image that is good, bad or missing; calls that are lost, refused or held back, tasks that
are killed, nodes that are paused or drained, other writers. Beside each a film of the cluster is taken, and every claim
of the result is held against it: the service option by option, images, every count, `changed`, the history, failures,
the timeline. A claim that the cluster contradicts is a lie. `SEED=` repeats a run.
"""
