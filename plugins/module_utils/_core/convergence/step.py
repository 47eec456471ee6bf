# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One step of judging a rollout: what was seen before, one more look, and perhaps a verdict.

The Engine's update status is one witness; the tasks are the truth. It may say `completed` over a
rollback (observed on 20.10), stay `updating` for ever (no progress deadline), or be absent where
nothing had to be replaced. A verdict of `completed` is only given when every wanted place runs a task
of the wanted specification, for long enough, and the service still carries it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Iterable, Sequence

from ..cluster import JsonObject, Task, mode_of
from ..spec import same_task_spec
from ..times import instant
from . import readings
from .types import (
    FAILURES_PER_SLOT,
    HALTED,
    OUTLIVE,
    OVERDUE,
    UPDATE_ENDED_WELL,
    UPDATE_MOVING,
    Goal,
    Observation,
    Seen,
    State,
    Verdict,
    Waiting,
)
from .wanted import Wanted, wanted

# Clocks of one leader: the write itself is stamped within this time of the first look.
_CUT_SLACK = 0.25


def step(goal: Goal, state: State, seen: Observation) -> tuple[State, Verdict | None]:
    """The state after one more observation, and the verdict where one is due.

    `state.look_at` is when the next look can decide something (monotonic), or None.
    """
    if seen.service is None:
        return state, Verdict("superseded", "the service was removed by somebody else")
    state = _latch(goal, state, seen)
    if seen.holds == "other":
        return state, Verdict("superseded", "somebody else changed the specification meanwhile")
    found = _wanted(goal, state, seen)
    state = _count(goal, state, seen, found)
    verdict = _by_update_status(goal, state, seen) or _by_failures(goal, state, seen, found)
    if verdict is not None:
        return state, verdict
    state, verdict = _by_tasks(goal, state, seen, found)
    verdict = verdict or _by_patience(goal, state, seen, found)
    if verdict is not None and verdict.outcome == "stalled" and state.waiting is not None:
        state = replace(state, stalled_on=_held_up(goal, state.waiting, seen.at))
    return state, verdict


def expected(goal: Goal, state: State) -> JsonObject:
    """The specification the tasks are to run now: the wanted one, or while going back the former."""
    return goal.former if state.rolling_back and goal.former is not None else goal.wanted


def _latch(goal: Goal, state: State, seen: Observation) -> State:
    service = seen.service
    if service is None:
        return state
    status = service.update_status
    for told in seen.told:
        # The last one is what the service itself says now, with its message.
        if told != status.state and (not state.states or state.states[-1].state != told):
            state = replace(state, states=(*state.states, Seen(seen.at, told, "")), progress_at=seen.at)
    last = state.states[-1] if state.states else None
    if status.state and (last is None or (last.state, last.message) != (status.state, status.message)):
        state = replace(state, states=(*state.states, Seen(seen.at, status.state, status.message)))
        if last is None or last.state != status.state:
            state = replace(state, progress_at=seen.at)
    if state.cut is None:
        state = replace(state, cut=_cut(goal, instant(service.updated_at)))
    if seen.holds == "former" and not state.rolling_back:
        state = replace(state, rolling_back=True, progress_at=seen.at, most_updated=0, places=frozenset())
    return state


def _cut(goal: Goal, written_at: float | None) -> float | None:
    """From when on (wall clock of the leader) tasks belong to this rollout.

    Who joins a service that was written long ago must not count failures of last month.
    """
    if goal.since is not None:
        return goal.since
    if written_at is None:
        return None
    if goal.action == "join":
        return max(written_at - _CUT_SLACK, goal.wall - goal.progress_deadline)
    return written_at - _CUT_SLACK


def _count(goal: Goal, state: State, seen: Observation, found: Wanted) -> State:
    """Counts served places, remembers failures, and notes when something moved forward."""
    if seen.service is None:
        return state
    places = readings.live(seen.tasks)
    known = state.places | set(places)
    updated = found.filled
    if updated > state.most_updated or known != state.places:
        state = replace(state, progress_at=seen.at, most_updated=max(updated, state.most_updated))
    running = seen.service.running_tasks
    names = {node.id: node.hostname for node in seen.nodes or ()}
    return replace(
        state,
        places=frozenset(known),
        updated=updated,
        ended=len(found.ended),
        desired=found.desired,
        paused=found.paused,
        running=len(found.serving) if running is None else running,
        failures=_failures(goal, state, seen, found),
        setbacks=_setbacks(goal, state, seen, found),
        waiting=readings.waiting(seen.tasks, expected(goal, state), names),
    )


def _wanted(goal: Goal, state: State, seen: Observation) -> Wanted:
    """The places of the specification that the service is to have now."""
    if seen.service is None:
        return Wanted(0)
    found = wanted(seen.service, expected(goal, state), seen.tasks, seen.nodes, seen.every, state.cut)
    return found if goal.places is None else replace(found, desired=goal.places)


def _failures(goal: Goal, state: State, seen: Observation, found: Wanted) -> tuple[Task, ...]:
    """Each failed task of the wanted specification once, in the order in which they failed.

    While going back the current tasks are the former ones; only the history then has the culprits. The last task of a
    place that is over counts, however long ago it ended.
    """
    current = () if state.rolling_back else seen.tasks
    looked_at = (*current, *(task for task in seen.history if same_task_spec(task.spec, goal.wanted)))
    failed = readings.failures_among(looked_at, goal.wanted, state.cut)
    return _joined(state.failures, failed if state.rolling_back else (*failed, *found.spent))


def _setbacks(goal: Goal, state: State, seen: Observation, found: Wanted) -> tuple[Task, ...]:
    """The failed tasks of the former specification on the way back, which may not work any more."""
    if not state.rolling_back:
        return ()
    failed = readings.failures_among(seen.tasks, expected(goal, state), state.cut)
    return _joined(state.setbacks, (*failed, *found.spent))


def _joined(known: tuple[Task, ...], more: Iterable[Task]) -> tuple[Task, ...]:
    tasks = {task.id: task for task in (*more, *known)}
    return tuple(sorted(tasks.values(), key=lambda task: (task.timestamp, task.id)))


def _by_update_status(goal: Goal, state: State, seen: Observation) -> Verdict | None:
    status = seen.service.update_status if seen.service else None
    if status is None:
        return None
    if goal.places is not None:
        return _halted(goal, state, seen, status.state)
    if status.state == "paused":
        return Verdict("paused", "Swarm paused the update: %s" % status.message)
    if status.state == "rollback_paused":
        return Verdict("rollback_failed", "Swarm paused the rollback: %s" % status.message)
    return None


def _halted(goal: Goal, state: State, seen: Observation, status: str) -> Verdict | None:
    """Swarm pauses a step when a task of it ends, also when its node is drained (observed on 26.1).

    Which it was, the tasks tell. Paused in the middle, it moves none of the slots that are still missing.
    """
    waiting = any(not task.running for task in readings.live(seen.tasks).values())
    if status != "paused" or state.failures or waiting or state.updated >= (goal.places or 0):
        return None
    return Verdict(HALTED, "Swarm paused the step after %d of %d tasks" % (state.updated, goal.places or 0))


def _by_failures(goal: Goal, state: State, seen: Observation, found: Wanted) -> Verdict | None:
    """Gives up where Swarm would try for ever and has no failure action, and where it tries no more: create, scale,
    jobs, and what it calls a completed rollback although no task of the former specification runs.
    """
    status = seen.service.update_status.state if seen.service else ""
    failures = state.setbacks if state.rolling_back else state.failures
    if goal.places is not None:
        return Verdict("failed", "a task of the new specification failed") if failures else None
    if status in UPDATE_MOVING or not failures:
        return None
    spec = expected(goal, state)
    reason = _spent(spec, found.spent) or _hopeless(state, readings.live(seen.tasks), failures)
    if not reason:
        return None
    if state.rolling_back:
        reason = "the former specification does not work any more: %s (%s)" % (reason, failures[-1].error)
    return Verdict("rollback_failed" if state.rolling_back else "failed", reason)


def _spent(spec: JsonObject, spent: Sequence[Task]) -> str:
    """That Swarm starts nothing more in the place of tasks that ended badly, or empty."""
    if not spent:
        return ""
    condition, attempts = readings.restart_policy(spec)
    rule = "condition: none" if condition == "none" else "max_attempts: %d" % attempts
    places = "place" if len(spent) == 1 else "places"
    return "in %d %s the last task ended badly, and the restart policy (%s) allows no further attempt" % (
        len(spent),
        places,
        rule,
    )


def _hopeless(state: State, places: dict[str, Task], failures: tuple[Task, ...]) -> str:
    """Why further attempts will not help, or empty."""
    per_place: dict[str, list[Task]] = {}
    for task in failures:
        per_place.setdefault(task.place, []).append(task)
    for place in sorted(per_place):
        current = places.get(place)
        if (current is None or not current.running) and len(per_place[place]) >= FAILURES_PER_SLOT:
            return "slot %s failed %d times in a row" % (place, len(per_place[place]))
    # While a restart is delayed a place may have no task that is on its way (observed on 26.1).
    tried = {*places, *per_place}
    if state.updated == 0 and len(tried) >= state.desired and all(_image_missing(p, per_place) for p in tried):
        return "the image cannot be had on any node that was tried"
    return ""


def _image_missing(place: str, per_place: dict[str, list[Task]]) -> bool:
    failed = per_place.get(place)
    return bool(failed) and readings.image_is_missing(failed[-1]) if failed else False


def _by_tasks(goal: Goal, state: State, seen: Observation, found: Wanted) -> tuple[State, Verdict | None]:
    """The truth: every wanted place as Swarm wants it under the expected specification, for long enough."""
    if seen.service is None:
        return state, None
    status = seen.service.update_status.state
    if readings.is_job(expected(goal, state)):
        return replace(state, look_at=None), _end_of_job(found)
    if goal.places is None:
        serving, ended = found.reached, status in UPDATE_ENDED_WELL
    else:
        serving, ended = not found.starting and found.filled >= goal.places, True
    if not serving:
        return replace(state, unsettled_at=seen.at, settled_at=None, look_at=None), None
    served = list(found.serving)
    if not ended:
        # They serve while Swarm still watches: a look at this moment does not make it later that they began to.
        return _overdue(goal, replace(state, settled_at=None, look_at=None), seen, served)
    state = replace(state, swap=readings.swap_seconds(t for t in served if readings.moved_since(t, state.cut)))
    since = _settled_since(goal, state, seen, served)
    required = _required(goal, state, status)
    if since is None or since + required <= seen.at:
        state = replace(state, settled_at=seen.at if since is None else since, look_at=None)
        return state, _good_end(goal, state)
    return replace(state, settled_at=since, look_at=since + required), None


def _end_of_job(found: Wanted) -> Verdict | None:
    done = not found.starting and len(found.ended) >= found.desired and (found.ended or found.desired == 0)
    return Verdict("completed", "every task of the job completed") if done else None


def _overdue(goal: Goal, state: State, seen: Observation, served: list[Task]) -> tuple[State, Verdict | None]:
    """A good end that Swarm never notices: all serve, and its own watch should have been over long ago.

    Its updater waits for ever for a task whose node was lost before the task ran, although another task has
    taken that place (observed on 26.1). Until the next update the state stays `updating`. With start-first the
    old task of that place then serves on beside the new one, and that is no good end.
    """
    if state.running > state.desired:
        return state, None
    since = _settled_since(goal, state, seen, served)
    if since is None:
        since = state.unsettled_at
    watch = max(goal.longest_delay + goal.last_watch, goal.min_healthy or 0.0)
    due = since + watch + min(OVERDUE, goal.progress_deadline)
    if seen.at < due:
        return replace(state, look_at=due), None
    end = _good_end(goal, state)
    late = "Swarm still calls it %s %.0f s after that, as it does when a node is lost at the wrong moment" % (
        seen.service.update_status.state if seen.service else "",
        seen.at - since,
    )
    return replace(state, settled_at=since), replace(end, reason="%s; %s" % (end.reason, late))


def _settled_since(goal: Goal, state: State, seen: Observation, served: list[Task]) -> float | None:
    """Since when all tasks that moved serve; None where no task moved."""
    moved = [task for task in served if readings.moved_since(task, state.cut)]
    if not moved:
        # A place without any task (a global service that no node qualifies for) may just not be
        # planned yet: what is empty must stay empty for the whole time.
        settled = served or state.ended or mode_of(expected(goal, state)) == "replicated"
        return None if settled else state.progress_at
    offset = goal.wall - goal.started
    # Without a stamp it is what was found at the first look at which all was settled.
    unstamped = seen.at if state.settled_at is None else state.settled_at
    return max(
        readings.served_since(
            task, wall_offset=offset, earliest=state.unsettled_at, latest=seen.at, unstamped=unstamped
        )
        for task in moved
    )


def _required(goal: Goal, state: State, status: str) -> float:
    """How long the moved tasks must have served, in seconds.

    An update that Swarm watched (failure action pause or rollback) ended only after its own monitor
    time; anything else (create, scale, `continue`) nobody has watched yet. Where tasks failed on the way, those
    that serve now have to outlive them: that all run at one look is what a crash loop shows as well.
    """
    unwatched = 0.0 if status and goal.watched else goal.monitor
    usual = unwatched if goal.min_healthy is None else goal.min_healthy
    if state.rolling_back:
        # What failed is not what serves now.
        return usual
    return max(usual, min(max(map(readings.lived, state.failures), default=0.0), OUTLIVE))


def _good_end(goal: Goal, state: State) -> Verdict:
    if state.rolling_back:
        return Verdict("rolled_back", "the former specification is in place again")
    if state.ended:
        return Verdict(
            "completed",
            "%d of %d tasks ended with status 0, and the restart policy asks for no more"
            % (state.ended, state.desired),
        )
    return Verdict("completed", "every wanted task serves the wanted specification")


def _by_patience(goal: Goal, state: State, seen: Observation, found: Wanted) -> Verdict | None:
    """The two limits: no progress for too long, or the whole wait over."""
    if goal.wait_timeout is not None and seen.at - goal.started >= goal.wait_timeout:
        return Verdict("timed_out", "wait_timeout of %g s is over" % goal.wait_timeout)
    if state.settled_at is not None:
        return None
    if readings.is_job(goal.wanted) and any(t.state == "running" for t in readings.live(seen.tasks).values()):
        return None
    idle = seen.at - state.progress_at
    limit = goal.stall_after(state)
    if idle < limit:
        return None
    reason = "no progress for %.1f s (limit %g s)" % (idle, limit)
    if state.waiting is not None:
        reason += ": " + _held_up(goal, state.waiting, seen.at)
    before = _missing_before(goal, found.starting)
    if before:
        reason += "; as many had found no node before this change already"
    return Verdict("stalled", reason, blameless=before)


def _held_up(goal: Goal, waiting: Waiting, at: float) -> str:
    """What a rollout waits for, and for how long by now (monotonic)."""
    return waiting.told(goal.wall + at - goal.started)


def _missing_before(goal: Goal, held_up: Sequence[Task]) -> bool:
    """Whether all that is missing are tasks without a node, and no more of them than before the change."""
    return 0 < len(held_up) <= goal.unplaced and all(task.state in readings.NOT_PLACED for task in held_up)
