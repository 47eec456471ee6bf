# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases of the shop, one after the other, that succeed, fail, freeze and are killed: never a third state.

    tests/tools/with-lab dev python3 -m tests.soak.releases --runs 30

After each run the cluster is asked: what runs is what was declared, or what was before. The first that is neither ends
the soak with an error; nothing is tried twice.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

from tests.bench.machine import lab_versions
from tests.bench.record import keep
from tests.integration.cluster import Json, image
from tests.integration.release.shop import WAVES, Shop, outcome
from tests.lab.lab import lab_of_environment

BROKEN_WAVE_2: Json = {"catalog": {"image": "exit:1.0", "replicas": 2}}
BROKEN_WAVE_3: Json = {"api": {"image": "shop/api:broken"}}


class Runs:
    """The shop between two versions; the schema is that of the later one from the first change on."""

    def __init__(self, shop: Shop, chance: random.Random) -> None:
        self.shop = shop
        self.chance = chance
        self.version = 1
        # Each run declares something new, so that its migration is due.
        self.number = 0

    def wanted(self, **other: Json) -> list[Json]:
        """The other version, as the repository would declare it."""
        self.number += 1
        job = {"env": {"DATABASE_HOST": f"tasks.{self.shop.full('db')}", "RUN": str(self.number)}}
        mail = {"image": f"web:{3 - self.version}"}
        return self.shop.services(3 - self.version, **{"migrate": job, "mail": mail, **other})

    def good(self) -> str:
        """A release that succeeds."""
        wanted = self.wanted()
        ran = self.shop.release(wanted)
        assert outcome(ran) == "completed", ran.msg
        return self.arrived(wanted)

    def broken(self, **other: Json) -> str:
        """A release that fails and goes back."""
        before = self.shop.snapshot()
        ran = self.shop.release(self.wanted(**other))
        assert outcome(ran) == "rolled_back", ran.msg
        self.shop.is_as(before)
        return "rolled_back"

    def frozen(self) -> str:
        """A release that fails after its migration, is mended and goes on."""
        point = self.shop.full("migrate")
        before = self.shop.snapshot()
        wanted = self.wanted(**BROKEN_WAVE_3)
        ran = self.shop.release(wanted, point_of_no_return=point)
        assert outcome(ran) == "frozen", ran.msg
        self.shop.tasks_run_their_service()
        now = self.shop.snapshot()
        declared = {one["name"].removeprefix(f"{self.shop.name}-"): one for one in wanted}
        for name in ("db", "mail", "catalog", "cart"):
            serving = self.shop.cluster.serving(self.shop.full(name))
            assert set(serving) == {declared[name]["image"]}, (name, serving)
        assert (now["api"], now["web"]) == (before["api"], before["web"])
        self.number -= 1
        wanted = self.wanted()
        ran = self.shop.release(wanted, point_of_no_return=point)
        assert outcome(ran) == "completed", ran.msg
        return f"frozen, then {self.arrived(wanted)}"

    def killed(self, wave: int, **other: Json) -> str:
        """A release that is killed somewhere in a wave and run again, to its end or back."""
        before = self.shop.snapshot()
        wanted = self.wanted(**other)
        running = self.shop.begin(wanted)
        self.until(wave, wanted)
        time.sleep(self.chance.uniform(0.0, 2.0))
        running.kill()
        ran = self.shop.release(wanted)
        if other:
            # Killed after it was back already, it is tried once more, and goes back once more.
            assert outcome(ran) == "rolled_back", ran.msg
            self.shop.is_as(before)
            return f"killed in wave {wave}, rolled_back"
        assert outcome(ran) in ("completed", "unchanged"), ran.msg
        return f"killed in wave {wave}, {self.arrived(wanted)}"

    def back(self) -> str:
        """The whole shop back to the release before."""
        ran = self.shop.release(to="previous")
        assert outcome(ran) in ("completed", "unchanged"), ran.msg
        self.shop.tasks_run_their_service()
        now = self.shop.snapshot()
        versions = {image(now[name]).rpartition(":")[2] for name in ("api", "web", "catalog", "cart", "worker")}
        assert len(versions) == 1, versions
        self.version = int(versions.pop())
        return f"to: previous, {outcome(ran)}"

    def until(self, wave: int, wanted: list[Json]) -> None:
        """Until a service of that wave moves, or the release has ended before."""
        name = self.shop.full({1: "mail", 2: "migrate", 3: "worker", 4: "web"}[wave])
        declared = next(one for one in wanted if one["name"] == name)
        begun = time.monotonic()
        while time.monotonic() - begun < 30:
            tasks = self.shop.cluster.tasks(name)
            if any(image(task["Spec"]) == declared["image"] for task in tasks[-3:]):
                return
            if not self.shop.running[-1].under_way:
                return
            time.sleep(0.05)

    def arrived(self, wanted: list[Json]) -> str:
        """What was declared is what runs."""
        self.shop.is_declared(wanted)
        self.version = 3 - self.version
        assert self.shop.lock_is_free()
        return "completed"


def kinds(runs: Runs) -> list[tuple[str, Callable[[], str]]]:
    """What a run may be."""
    waves = range(1, len(WAVES) + 1)
    return [
        ("good", runs.good),
        ("fails in wave 2", lambda: runs.broken(**BROKEN_WAVE_2)),
        ("fails in wave 3", lambda: runs.broken(**BROKEN_WAVE_3)),
        ("fails after the point of no return", runs.frozen),
        *((f"killed in wave {wave}", lambda wave=wave: runs.killed(wave)) for wave in waves),
        *(
            (f"killed in wave {wave}, broken", lambda wave=wave: runs.killed(wave, **BROKEN_WAVE_3))
            for wave in waves[:3]
        ),
        ("put back", runs.back),
    ]


def main() -> int:
    """So many runs in a row, in an order that the seed tells."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.soak.releases", description=__doc__)
    parser.add_argument("--runs", type=int, default=30, help="how many (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the order and the moments (default: 1)")
    given = parser.parse_args()
    lab = lab_of_environment("tests/tools/with-lab dev python3 -m tests.soak.releases")
    lab.clean()
    chance = random.Random(given.seed)
    shop = Shop(lab)
    counted: Counter[str] = Counter()
    told = lab_versions(shop.cluster.engine)
    begun = time.monotonic()
    try:
        shop.have(1)
        runs = Runs(shop, chance)
        order: list[tuple[str, Callable[[], str]]] = []
        for number in range(1, given.runs + 1):
            if not order:
                order = kinds(runs)
                chance.shuffle(order)
            kind, act = order.pop()
            since = time.monotonic()
            ended = act()
            counted[kind] += 1
            print(f"run {number} of {given.runs}: {kind}: {ended}, {time.monotonic() - since:.1f} s", flush=True)
    finally:
        shop.close()
    rows = [[kind, str(count)] for kind, count in sorted(counted.items())]
    keep(
        "releases",
        {"head": ("what was done", "runs, all declared or as before"), "rows": rows, "seed": given.seed},
        told,
    )
    print(f"{sum(counted.values())} runs in {time.monotonic() - begun:.0f} s, all declared or as before:")
    for kind, count in sorted(counted.items()):
        print(f"  {kind}: {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
