# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progressive rollouts of a service that is asked all the time: through, aborted, and killed again and again."""

from __future__ import annotations

import random
import time
from typing import Any

from tests.integration.cluster import image
from tests.integration.running import Running
from tests.soak.place import OPTIONS, REPLICAS, SERVICE, Place, Soaked

STEPS: list[Any] = [1, "50%", "100%"]
# Seconds; longer than a new task takes from its creation until it serves.
_AT_REST = 5.0
GOOD, NEXT, SLOW = "vote:indent", "vote:movies", "vote:slowly"


class NotAsPromised(AssertionError):
    """The cluster is not where it has to be."""


def expect(condition: bool, what: str) -> None:
    """Stop the scenario where a promise is broken."""
    if not condition:
        raise NotAsPromised(what)


def through(place: Place, requests: int = 0) -> Soaked:
    """A good version in three steps, with requests checked after each; at least so many requests in all."""
    url = place.have(GOOD)
    checks = [{"http": {"url": url, "samples": 50, "interval": "20ms", "max_failure": "0%"}}]
    with place.load(url) as load:
        place.around()
        # The pauses between the steps make it last as long as the requests do.
        pause = "%.1fs" % (requests / place.rate / (len(STEPS) - 1))
        ran = place.service(NEXT, steps=STEPS, checks=checks, step_pause=pause)
        place.around()
    expect(ran.outcome == "completed", ran.msg)
    expect(place.cluster.serving(SERVICE) == {NEXT: REPLICAS}, "every task runs the next version")
    return Soaked("progressive, good", load.report, [ran])


def aborted(place: Place, requests: int = 0) -> Soaked:
    """A version that answers well but late: the check of the first step finds out, and it is taken back."""
    url = place.have(GOOD)
    before = place.cluster.running_ids(SERVICE)
    # Long enough for the edge to have heard of the new task.
    checks = [{"http": {"url": url, "samples": 150, "interval": "50ms", "max_latency_p95": "250ms"}}]
    with place.load(url) as load:
        place.around()
        ran = place.service(SLOW, steps=STEPS, checks=checks)
        place.reach(load, requests)
    expect(ran.outcome == "rolled_back", ran.msg)
    expect("p95 latency" in ran.msg, ran.msg)
    expect(place.cluster.serving(SERVICE) == {GOOD: REPLICAS}, "every task runs the stable version again")
    moved, kept = ran.rollout["steps"][-1]["moved"], len(before & place.cluster.running_ids(SERVICE))
    expect(kept == REPLICAS - moved, f"{REPLICAS - kept} tasks were replaced for {moved} that moved: {_ends(place)}")
    return Soaked("progressive, aborted", load.report, [ran])


def killed(place: Place, times: int = 20, seed: int | None = None) -> Soaked:
    """Killed at random moments: the cluster is at a step each time, and the last run ends where it is declared."""
    chance = random.Random(seed)
    url = place.have(GOOD)
    with place.load(url) as load:
        place.around()
        wanted, kills = NEXT, 0
        while kills < times:
            running = Running("swarm_service", _task(place, wanted))
            ended = _wait(running, chance.uniform(0.3, 9.0))
            if ended:
                running.wait()
            else:
                running.kill()
                kills += 1
            _at_a_step(place, wanted)
            if place.cluster.serving(SERVICE) == {wanted: REPLICAS}:
                wanted = GOOD if wanted == NEXT else NEXT
        ran = place.module("swarm_service", **_task(place, wanted))
        place.around()
    expect(ran.outcome in ("completed", "unchanged"), ran.msg)
    expect(place.cluster.serving(SERVICE) == {wanted: REPLICAS}, "the last run ends at what is declared")
    return Soaked(f"killed {kills} times", load.report, [ran])


def _ends(place: Place) -> list[str]:
    """What became of the tasks that are no more."""
    gone = [task for task in place.cluster.tasks(SERVICE) if task["DesiredState"] != "running"]
    return [f"{task['Slot']} {image(task['Spec'])} {task['Status']}" for task in gone]


def _task(place: Place, wanted: str) -> dict[str, Any]:
    return {**OPTIONS, "docker_host": place.host, "name": SERVICE, "image": wanted, "steps": STEPS}


def _wait(running: Running, seconds: float) -> bool:
    """Whether it ended by itself in that time."""
    until = time.monotonic() + seconds
    while running.under_way and time.monotonic() < until:
        time.sleep(0.02)
    return not running.under_way


def _at_a_step(place: Place, wanted: str) -> None:
    """Swarm ends the step it was told to make, and then nothing moves any more."""
    targets = (0, 1, 3, REPLICAS)
    since = time.monotonic()
    before: set[str] = set()

    def settled() -> bool:
        serving = place.cluster.serving(SERVICE)
        return sum(serving.values()) == REPLICAS and serving.get(wanted, 0) in targets

    def at_rest() -> bool:
        """A step that was written a moment ago has moved nothing yet: the same tasks have to serve for a while."""
        nonlocal since, before
        now, serving = time.monotonic(), place.cluster.running_ids(SERVICE)
        if serving != before or not settled():
            since, before = now, serving
        return now - since >= _AT_REST

    place.cluster.wait("a step", at_rest)
    seen = place.cluster.running_ids(SERVICE)
    time.sleep(1.0)
    expect(settled(), "it stays at its step")
    expect(len(seen & place.cluster.running_ids(SERVICE)) >= REPLICAS - 3, "nothing moves on by itself")
