# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A random rollout under random faults: how it is drawn, written down, and made smaller. Pure."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

STRATEGIES = ("create", "update", "update", "steps", "release", "rollback")
MODES = ("replicated", "replicated", "replicated", "replicated", "global", "replicated-job", "global-job")
# What is declared, and as often as it is to be drawn. `ends` is a process that ends with status 0.
IMAGES = {
    "good": "web:2",
    "exits": "exit:1.0",
    "crashes": "crash:1.0",
    "unhealthy": "whoami:2.0",
    "missing": "nowhere:1",
    "ends": "job:ok",
}
DRAWN_IMAGES = ("good", "good", "good", "exits", "crashes", "unhealthy", "missing", "ends")
JOB_IMAGES = {"good": "job:ok", "exits": "job:fail", "missing": "nowhere:1"}
RESTARTS = ("any", "any", "any", "on-failure", "none")
AT_THE_DOOR = ("lost-before", "lost-after", "refused", "delayed")
CALLS = ("services", "writes", "reads", "any")
BY_OTHERS = ("other-image", "other-label", "other-scale", "other-rollback", "other-remove")
ON_TASKS = ("kill-task",)
ON_NODES = ("pause-node", "drain-node")
FAULTS = (*AT_THE_DOOR, *AT_THE_DOOR, *BY_OTHERS, *ON_TASKS, *ON_TASKS)


@dataclass(frozen=True)
class Strike:
    """One fault. At the door: to which calls, and to which share of them; else at which second of the run."""

    kind: str
    calls: str = ""
    share: float = 0.0
    second: float = 0.0

    @property
    def at_door(self) -> bool:
        """Whether it happens to calls."""
        return self.kind in AT_THE_DOOR


@dataclass(frozen=True)
class Case:
    """One rollout, whole: all that it takes to do it once more."""

    seed: int
    strategy: str = "update"
    mode: str = "replicated"
    image: str = "good"
    order: str = "stop-first"
    failure_action: str = "rollback"
    parallelism: int = 1
    replicas: int = 2
    restart: str = "any"
    strikes: tuple[Strike, ...] = ()

    @property
    def on_nodes(self) -> bool:
        """Whether it needs the Swarm for itself."""
        return any(strike.kind in ON_NODES for strike in self.strikes)

    @property
    def job(self) -> bool:
        """Whether it is to complete."""
        return self.mode.endswith("-job")

    def text(self) -> str:
        """As one line of JSON, in which nothing stands that is as in the smallest case."""
        plain = asdict(Case(self.seed))
        found = {key: value for key, value in asdict(self).items() if key == "seed" or value != plain[key]}
        if self.strikes:
            found["strikes"] = [
                {key: value for key, value in asdict(strike).items() if value} for strike in self.strikes
            ]
        return json.dumps(found)

    @staticmethod
    def of(text: str) -> Case:
        """From such a line."""
        data: dict[str, Any] = json.loads(text)
        strikes = tuple(Strike(**one) for one in data.pop("strikes", ()))
        return Case(**data, strikes=strikes)


def draw(seed: int, *, nodes: bool = False) -> Case:
    """The case of a seed; `nodes`: with a fault on a node."""
    chance = random.Random(f"{seed}{' on nodes' if nodes else ''}")
    case = Case(
        seed,
        chance.choice(STRATEGIES),
        chance.choice(MODES),
        chance.choice(DRAWN_IMAGES),
        chance.choice(("stop-first", "start-first")),
        chance.choice(("rollback", "rollback", "pause", "continue")),
        chance.choice((0, 1, 1, 2)),
        chance.choice((1, 2, 3)),
        chance.choice(RESTARTS),
    )
    kinds = [chance.choice(FAULTS) for _turn in range(chance.choice((0, 1, 1, 2)))]
    if nodes:
        kinds = [chance.choice(ON_NODES), *kinds[:1]]
    return sensible(replace(case, strikes=tuple(strike(kind, chance) for kind in kinds)))


def strike(kind: str, chance: random.Random) -> Strike:
    """One fault of a kind."""
    if kind in AT_THE_DOOR:
        return Strike(kind, chance.choice(CALLS), round(chance.choice((0.1, 0.3, 1.0)), 2))
    return Strike(kind, second=round(chance.uniform(0.1, 5.0), 1))


def sensible(case: Case) -> Case:
    """The nearest case that can be run: jobs know neither updates nor steps, what runs on each node no number."""
    if case.job:
        image = case.image if case.image in JOB_IMAGES else "good"
        strategy = case.strategy if case.strategy in ("create", "update") else "update"
        restart = "none" if case.restart == "any" else case.restart
        case = replace(case, image=image, strategy=strategy, restart=restart, failure_action="pause")
    if case.strategy == "rollback":
        case = replace(case, image="good")
    if case.strategy == "steps":
        # Steps decide themselves when the next tasks move, and what becomes of a failure.
        case = replace(case, parallelism=1, failure_action="rollback", replicas=max(case.replicas, 2))
    if case.mode == "global":
        case = replace(case, replicas=1)
    # A door at which everything is lost for good proves nothing but that.
    strikes = tuple(
        replace(one, share=0.3) if one.share == 1.0 and one.calls in ("reads", "any") and one.kind != "delayed" else one
        for one in case.strikes
    )
    return replace(case, strikes=strikes)


def simpler(case: Case) -> Iterator[Case]:
    """Cases that are smaller by one thing each, the greatest first."""
    for number in range(len(case.strikes)):
        yield replace(case, strikes=(*case.strikes[:number], *case.strikes[number + 1 :]))
    plain = Case(case.seed)
    for name in ("strategy", "mode", "image", "restart", "order", "failure_action", "parallelism"):
        if getattr(case, name) != getattr(plain, name):
            yield sensible(replace(case, **{name: getattr(plain, name)}))
    if case.replicas > 1:
        yield sensible(replace(case, replicas=case.replicas - 1))
    for number, one in enumerate(case.strikes):
        if one.at_door and one.share < 1.0:
            whole = (*case.strikes[:number], replace(one, share=1.0), *case.strikes[number + 1 :])
            smaller = sensible(replace(case, strikes=whole))
            if smaller != case:
                yield smaller


def sort_of(complaint: str) -> str:
    """What kind of lie a complaint is about: the same without names, numbers and quotations."""
    text = re.sub(r"'[^']*'|\"[^\"]*\"|\b[0-9a-z]{25}\b|\b\w+:\S+|\bf[0-9a-f]{6}\S*|\d+", "#", complaint)
    return " ".join(text.split()[:6])
