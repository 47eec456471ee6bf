# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of the state machine: goal, observation, state, verdict."""

from __future__ import annotations

from dataclasses import dataclass

from ..cluster import JsonObject, Node, Service, Task

# A slot that fails so often without ever serving is given up where Swarm itself never gives up:
# on create, on scale, and after an update whose failure action watched nothing.
FAILURES_PER_SLOT = 5
# A stop-first rollback waits for up to a minute for the end of a task that no node ever took (swarmkit).
WAY_BACK = 90.0

# So many seconds after Swarm's own watch should have ended, tasks that all serve are a good end without its word.
OVERDUE = 30.0

# Tasks that serve in the place of failed ones have to outlive them, for so many seconds at most.
OUTLIVE = 60.0

# The verdict of who ends a watch because too many requests failed; results call it failed.
OVER_BUDGET = "over_budget"
# The verdict on a step that Swarm left half-way although nothing failed; who drives it writes the rest.
HALTED = "halted"

UPDATE_ENDED_WELL = ("", "completed", "rollback_completed")
UPDATE_MOVING = ("updating", "rollback_started")


@dataclass(frozen=True)
class Goal:
    """What a write was meant to reach, and how patiently and strictly that is judged. Times in seconds.

    `wanted` and `former` are the specifications after and before the write (`former` is None for a
    create). `monitor` is how long a task that moved must serve before it counts; `min_healthy` asks
    for more than the orchestrator's own watch; `last_watch` is how long that takes once the last
    task serves and its delay is over, `healthy_after` how long a task may take to be healthy by what is declared.
    `started` is monotonic, `wall` the wall clock then. `unplaced` counts the tasks that had found no node before the
    write; which of them find one afterwards is chance.

    `places` makes it one step of a progressive rollout: so many places of the wanted specification are
    enough while Swarm's updater sleeps, and a single failure among them is too many. `since` is when that
    step was written (wall clock of the leader), where that was not now.
    """

    action: str
    wanted: JsonObject
    former: JsonObject | None
    monitor: float
    started: float
    wall: float
    progress_deadline: float
    wait_timeout: float | None = None
    min_healthy: float | None = None
    watched: bool = True
    longest_delay: float = 0.0
    last_watch: float = 0.0
    healthy_after: float = 0.0
    unplaced: int = 0
    places: int | None = None
    since: float | None = None

    def stall_after(self, state: State) -> float:
        """Seconds without progress that are a stall.

        A long delay between batches is none, nor is the watch after the last one, nor the time that a declared health
        check or the end of a former task takes, nor the minute of which the way back may need one.
        """
        back = state.rolling_back or self.action == "rollback"
        patience = max(self.progress_deadline, WAY_BACK if back else 0.0) + self.longest_delay + self.healthy_after
        return patience + self.last_watch if state.updated >= state.desired > 0 else patience


@dataclass(frozen=True)
class Observation:
    """One look at the cluster: the service (None: it is gone) and its tasks of the current spec.

    `holds` says whose spec the service carries: `wanted`, `former` or `other`. `history` has all
    tasks of the service, looked up only when something went wrong, `every` where places may be over (see `wanted`).
    `nodes` are those of the Swarm, for what runs on each node. `told` are the update states that events spoke of since
    the last look, in their order.
    """

    at: float
    service: Service | None
    holds: str
    tasks: tuple[Task, ...]
    history: tuple[Task, ...] = ()
    told: tuple[str, ...] = ()
    nodes: tuple[Node, ...] | None = None
    every: tuple[Task, ...] | None = None


@dataclass(frozen=True)
class Seen:
    """One update state as it was seen; states are latched, since the Engine overwrites them."""

    at: float
    state: str
    message: str


@dataclass(frozen=True)
class Verdict:
    """How it ended, in the vocabulary of outcomes, and why, as one clause.

    `blameless`: what is missing was missing before the change, so that taking it back would mend nothing.
    """

    outcome: str
    reason: str
    blameless: bool = False


@dataclass(frozen=True)
class Waiting:
    """What holds a rollout up: a clause, and since when (wall clock of a node; None where nobody told).

    `unplaced`: a task finds no node. `checked` is the ID of the container whose health check has not passed.
    """

    text: str
    since: float | None
    unplaced: bool = False
    checked: str = ""

    def told(self, now: float) -> str:
        """The clause with how long it has been so by now (wall clock)."""
        return self.text if self.since is None else "%s for %.0f s" % (self.text, max(now - self.since, 0.0))


@dataclass(frozen=True)
class State:
    """What the watch knows so far; `initial` begins one.

    `waiting` is what holds it up now, `stalled_on` what did when there was no progress for too long.
    """

    progress_at: float
    unsettled_at: float
    cut: float | None = None
    states: tuple[Seen, ...] = ()
    failures: tuple[Task, ...] = ()
    setbacks: tuple[Task, ...] = ()
    places: frozenset[str] = frozenset()
    updated: int = 0
    most_updated: int = 0
    desired: int = 0
    running: int = 0
    ended: int = 0
    paused: tuple[Node, ...] = ()
    rolling_back: bool = False
    waiting: Waiting | None = None
    stalled_on: str = ""
    settled_at: float | None = None
    look_at: float | None = None
    swap: float | None = None

    @staticmethod
    def initial(goal: Goal) -> State:
        """The state at the moment of the write."""
        return State(progress_at=goal.started, unsettled_at=goal.started)
