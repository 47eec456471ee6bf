# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one cell: sets the scene, strikes, heals, asks the cluster, runs the task again, and asks once more."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tests.faults import judge, oracle
from tests.faults.claims import gathered
from tests.faults.fault import Fault
from tests.faults.film import Film
from tests.faults.oracle import Known, Seen
from tests.faults.scene import Scene
from tests.faults.strategies import Strategy, Versions
from tests.integration.cluster import Json
from tests.integration.health import wait_until_well
from tests.integration.running import Ran
from tests.lab.lab import Lab

# How long things may move after a verdict, after everything is healed.
SETTLING = 60.0
# Swarm goes on by itself where a module gave up: nothing has moved for this long then.
AT_REST = 3.0


@dataclass(frozen=True)
class Result:
    """How a cell ended. `seconds`: from the module's start under the fault until all was as declared."""

    cell: str
    seed: int
    seconds: float
    outcome: str = ""
    complaints: list[str] = field(default_factory=list)
    said: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.complaints

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class Cell:
    """One strategy under one fault, once."""

    def __init__(self, fault: type[Fault], strategy: Strategy, lab: Lab, seed: int) -> None:
        self.lab = lab
        self.seed = seed
        self.strategy = strategy
        self.name = f"{strategy.name}/{fault.identity()}"
        self.scene = Scene(lab, seed)
        self.fault = fault(self.scene, strategy)
        self.complaints: list[str] = []
        self.former: dict[str, Known] = {}
        self.declared: dict[str, Known] = {}
        self.others: tuple[oracle.Facts, ...] = ()

    def run(self) -> Result:
        """All of it. Whatever is wrong is in the result; what goes wrong with the cell itself is raised."""
        try:
            self.fault.prepare()
            versions = self.strategy.declared(self.scene, **self.fault.declares())
            self._set_up(versions)
            begun = time.monotonic()
            told = self._struck(versions)
            good = self.strategy.declared(self.scene, **self.fault.mended()) if self.fault.broken else versions
            self._run_again(good)
            seconds = time.monotonic() - begun
            self._once_more(good)
        finally:
            self.fault.heal()
            self.scene.close()
        outcome, said = (told.outcome, told.msg) if told else ("killed", "")
        return Result(self.name, self.seed, round(seconds, 1), outcome, self.complaints, said)

    def _set_up(self, versions: Versions) -> None:
        aim, before = self.strategy.set_up(self.scene, versions)
        former = self.strategy.former(self.scene)
        self.former = {name: oracle.known(former[name], spec) for name, spec in before.items()}
        self._declare(versions, aim)
        self.fault.arm()

    def _declare(self, versions: Versions, aim: dict[str, Json] | None = None) -> None:
        """What is declared from here on. The whole specification is known where it was seen before."""
        for name, version in versions.items():
            around = self.former[name].spec if name in self.former else None
            whole = (aim or {}).get(name) or (self.declared[name].spec if name in self.declared else None)
            self.declared[name] = oracle.known(version, whole, around)

    def _struck(self, versions: Versions) -> judge.Told | None:
        """The run under the fault, its healing, and whether what it said is true."""
        options = {**self.fault.connection(), **self.fault.patience()}
        begun = time.time()
        told: judge.Told | None = None
        with self._film() as film:
            running = self.strategy.start(self.scene, versions, **options)
            self.fault.strike(running)
            if not self.fault.silenced:
                ran = running.wait()
                told = judge.Told.of(ran.result, ran.output)
        self.complaints += self.fault.after(versions)
        self.fault.heal()
        if self.fault.alone:
            wait_until_well(self.lab)
        if told is None:
            return None
        others = self.fault.others_at
        self._claimed(ran, film, begun, versions, slow=self.fault.slow, others_at=others)
        if told.outcome not in self.fault.expected():
            self.complaints.append(
                f"it ended {told.outcome}, expected {' or '.join(self.fault.expected())}: {told.msg}"
            )
        moving = told.outcome not in (*judge.GREEN, "rolled_back")
        seen = self._look(at_rest=moving, restless=self.fault.restless)
        self.complaints += judge.true_to(
            told, self._places(seen), loose=self.fault.restless, recovers=self.fault.recovers
        )
        self._nothing_else(seen)
        self._remembered(seen, told.outcome, ran)
        return told

    def _film(self) -> Film:
        """What the cluster shows from now on."""
        return self.scene.film(self.strategy.services(self.scene))

    def _claimed(
        self,
        ran: Ran,
        film: Film,
        begun: float,
        versions: Versions,
        *,
        slow: float = 0.0,
        others_at: float | None = None,
    ) -> None:
        """Whether every claim of a result is so. What the history says is read now."""
        configs = self.scene.cluster.engine.get("/configs")
        evidence = gathered(ran, versions, film.frames, configs, begun, others_at=others_at, slow=slow)
        self.complaints += judge.contradicted(ran.result, evidence)

    def _remembered(self, seen: dict[str, Seen], outcome: str, ran: Ran) -> None:
        """Whether the history says what the module said."""
        configs = self.scene.cluster.engine.get("/configs")
        theirs = self.fault.third()
        for name, one in seen.items():
            if one.service is None or oracle.facts_of(one.spec["TaskTemplate"]) not in theirs:
                self.complaints += oracle.remembered(one, oracle.history(configs, name), ended=False)
        if outcome not in ("completed", "rolled_back"):
            return
        if self.strategy.name == "release":
            told = oracle.releases(configs, self.scene.name)
            if not told or told[max(told)] != outcome:
                self.complaints.append(f"the release ended {outcome}, and the history says {told}")
            return
        (name,) = seen
        records = oracle.history(configs, name)
        number = (ran.result.get("rollout") or {}).get("revision")
        # A run that found the same written by another one, and waited with it, made no revision.
        if number is not None and not any(record.number == number and record.outcome == outcome for record in records):
            told_of = {record.number: record.outcome for record in records}
            self.complaints.append(f"revision {number} ended {outcome}, and the history says {told_of}")

    def _run_again(self, good: Versions) -> None:
        """The same task again, or one that declares something good: everything has to be as declared then."""
        self.others = self._facts_so_far()
        self._declare(good)
        other = self.fault.way_out()
        if other is not None:
            # It leads to the same facts, and moves tasks at its own pace.
            self.declared = {name: replace(one, spec=None) for name, one in self.declared.items()}
        self.strategy = other or self.strategy
        begun = time.time()
        with self._film() as film:
            ran = self.strategy.start(self.scene, good, **self.fault.again()).wait()
        told = judge.Told.of(ran.result, ran.output)
        self._claimed(ran, film, begun, good)
        if told.outcome not in judge.GREEN:
            self.complaints.append(f"run again it ended {told.outcome}: {told.msg}")
        seen = self._look()
        places = self._places(seen, way=other is None)
        self.complaints += [f"run again: {one}" for one in judge.true_to(told, places)]
        self._nothing_else(seen)
        configs = self.scene.cluster.engine.get("/configs")
        for name, one in seen.items():
            self.complaints += oracle.astray(one)
            self.complaints += oracle.remembered(one, oracle.history(configs, name), ended=True)
        self.complaints += oracle.locks(configs, self.scene.name)

    def _once_more(self, good: Versions) -> None:
        """Nothing is left to do."""
        begun = time.time()
        with self._film() as film:
            ran = self.strategy.start(self.scene, good, **self.fault.again()).wait()
        told = judge.Told.of(ran.result, ran.output)
        self._claimed(ran, film, begun, good)
        if (told.outcome, told.changed) != ("unchanged", False):
            self.complaints.append(f"a further run ended {told.outcome}, changed: {told.changed}: {told.msg}")

    def _facts_so_far(self) -> tuple[oracle.Facts, ...]:
        """What tasks may have run in this cell: a broken declaration stays in Swarm's memory."""
        return tuple(known.facts for known in self.declared.values())

    def _look(self, *, at_rest: bool = False, restless: bool = False) -> dict[str, Seen]:
        """Every service, once nothing is on its way; a service whose tasks never rest, as it is."""
        until = time.monotonic() + SETTLING
        since, before = time.monotonic(), self._seen()
        while not restless:
            quiet = all(one.quiet and (one.full or not self.fault.settles) for one in before.values())
            if quiet and (not at_rest or time.monotonic() - since >= AT_REST):
                break
            if time.monotonic() > until:
                self.complaints.append(f"tasks still move {SETTLING:g} s after the verdict: {_counts(before)}")
                break
            time.sleep(0.1)
            now = self._seen()
            if _ids(now) != _ids(before):
                since = time.monotonic()
            before = now
        return before

    def _seen(self) -> dict[str, Seen]:
        cluster = self.scene.cluster
        found = {}
        for name in self.strategy.services(self.scene):
            service = cluster.find(name)
            found[name] = Seen(service, cluster.tasks_of(service["ID"]) if service else ())
        return found

    def _places(self, seen: dict[str, Seen], *, way: bool = False) -> dict[str, str]:
        return {
            name: oracle.place(one, self.former.get(name), self.declared[name], way=way, theirs=self.fault.third())
            for name, one in seen.items()
        }

    def _nothing_else(self, seen: dict[str, Seen]) -> None:
        """No task ever ran a third specification."""
        others = (*self.others, *self.fault.third())
        for name, one in seen.items():
            self.complaints += oracle.strangers(one, self.former.get(name), self.declared[name], others)


def _counts(seen: dict[str, Seen]) -> str:
    """How many tasks are in which state, and which is wanted of them."""
    found = Counter(f"{task['Status']['State']}/{task['DesiredState']}" for one in seen.values() for task in one.tasks)
    return ", ".join(f"{count} {states}" for states, count in sorted(found.items()))


def _ids(seen: dict[str, Seen]) -> dict[str, set[tuple[str, str]]]:
    return {name: {(task["ID"], task["Status"]["State"]) for task in one.tasks} for name, one in seen.items()}
