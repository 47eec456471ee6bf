# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeping the history of one service: a record before each write, its outcome afterwards.

Cost of a change: one call that records it, one that lists the history and one that writes the outcome; one
more for each revision that is beyond the limit.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Mapping, Sequence

from .._core import history
from .._core.cluster import Service, replicas_of
from .._core.errors import NotFound, OptionError, OutOfSequence, RolloutError, UncertainWrite
from .._core.history import Revision
from .._core.times import written
from .._engine import look, records
from .._engine.patiently import AT_THE_END, SECONDS
from .context import Context

# Writers that come at the same time take one number after the other.
_ATTEMPTS = 50


@dataclass(frozen=True)
class Keeping:
    """What a task says about history. `limit` 0 keeps none."""

    cause: str = ""
    require_cause: bool = False
    limit: int = 10
    pin: bool = False
    actor: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse a change without a cause where one is required, and a negative limit. Raises `OptionError`."""
        if self.require_cause and not self.cause.strip():
            raise OptionError("change_cause", self.cause, "say why; require_change_cause is on")
        if self.limit < 0:
            raise OptionError("revision_history_limit", self.limit, "give 0 (no history) or more")


class Ledger:
    """The history of one service during one change."""

    def __init__(self, ctx: Context, name: str, keeping: Keeping) -> None:
        self._ctx = ctx
        self._name = name
        self._keeping = keeping
        self._before: Service | None = None
        self._mine: Revision | None = None
        self._wrote = ctx.wrote.count(name)
        self.previous: int | None = None

    @property
    def number(self) -> int | None:
        """The number of the revision that this change made; None before, and where none is kept."""
        return self._mine.number if self._mine else None

    @property
    def numbers(self) -> dict[str, int | None]:
        """The numbers of its revision and of the one before, as results have them."""
        return {"revision": self.number, "previous_revision": self.previous}

    def begin(
        self,
        current: Service | None,
        wanted: Mapping[str, Any],
        restores: int | None = None,
        known: Sequence[Revision] | None = None,
    ) -> Mapping[str, Any]:
        """Record the change that is about to be made; the specification to write, which carries its number.

        A specification that others wrote since is recorded first, as an adopted revision. A history that
        cannot be kept (no room, no right to write configs) is a warning and not a reason to stop. `known`
        are the recorded revisions, where they were read already.
        """
        if not self._keeping.limit:
            return wanted
        try:
            return self._begin(current, wanted, restores, known)
        except (RolloutError, ValueError) as exc:
            self._mine = None
            self._ctx.warn("%s: this change is not recorded in its history: %s" % (self._name, exc))
            return wanted

    def resume(self, current: Service, own: Revision, previous: int) -> None:
        """Go on with the record of a change that an earlier task began."""
        self._before = current
        self._mine = own
        self.previous = previous

    def end(
        self, outcome: str, duration: float | None, service: Service | None = None, swap: float | None = None
    ) -> None:
        """Write how the change ended, finish what interrupted writers left open, and prune.

        `duration` is that of the rollout and `swap` that of one task, in seconds. The rollout is over:
        nothing that fails here makes it a worse one.
        """
        if self._mine is None:
            return
        try:
            self._end(replace(self._mine, outcome=outcome, duration=duration, swap=swap), service)
        except RolloutError as exc:
            self._ctx.warn("%s: the outcome is not recorded in its history: %s" % (self._name, exc.message))

    def give_up(self) -> None:
        """An error ended the task: a change that never was leaves no record, and one that was written is `failed`.

        Unless the service carries it; then the next run sees how it ended.
        """
        if self._mine is None:
            return
        try:
            service = look.find(self._ctx.api, self._name)
        except RolloutError:
            return
        marker = history.read(service.spec) if service else None
        if marker is not None and marker.number == self._mine.number:
            return
        if self._ctx.wrote.count(self._name) > self._wrote:
            self.end("failed", None, service)
        else:
            self._forget(self._mine)

    def _forget(self, mine: Revision) -> None:
        """Nothing was written: the Engine refused it, or nobody was there to take it."""
        with suppress(RolloutError):
            for revision in self._known(AT_THE_END):
                if records.same(revision, mine):
                    records.drop(self._ctx.api, revision)
        self._mine = None

    def _begin(
        self,
        current: Service | None,
        wanted: Mapping[str, Any],
        restores: int | None,
        known: Sequence[Revision] | None,
    ) -> Mapping[str, Any]:
        marker = history.read(current.spec) if current else None
        self._before = current
        self.previous = marker.number if marker else None
        lost = known is not None and marker is not None and all(r.number != marker.number for r in known)
        if current is not None and (marker is None or not marker.intact or lost):
            number = self._adopt(current, marker, known)
        elif known is not None:
            number = _highest(known) + 1
        else:
            number = _next(current)
        self._mine = self._store(
            Revision(
                self._name,
                number,
                wanted,
                created_at=written(self._ctx.clock.time()),
                cause=self._keeping.cause,
                actor=self._keeping.actor,
                restores=restores,
                base=current.version if current else 0,
                networks=self._networks(wanted),
                pinned=self._keeping.pin,
            )
        )
        return history.marked(wanted, self._mine.number)

    def _networks(self, spec: Mapping[str, Any]) -> Mapping[str, str]:
        """The names of its networks by ID, mostly known by now; a record without them is better than none."""
        try:
            return self._ctx.lookup.network_names(self._ctx.api, spec)
        except RolloutError:
            return {}

    def _adopt(self, current: Service, marker: history.Marker | None, known: Sequence[Revision] | None) -> int:
        """Record what others wrote, before anything is overwritten; the next number to take."""
        from .._core.spec import differences

        if known is None:
            known = records.list_records(self._ctx.api, [self._name])
        own = next((r for r in known if marker and r.number == marker.number), None)
        if own is not None and not differences(own.spec, current.spec):
            return _highest(known) + 1

        def done_by_another(others: Sequence[Revision]) -> Revision | None:
            at_once = (r for r in others if r.outside and r.base == current.version)
            return next(at_once, history.recorded_already(others, current.spec, marker))

        adopted = done_by_another(known) or self._store(
            Revision(
                self._name,
                max(_highest(known), marker.number if marker else 0) + 1,
                current.spec,
                created_at=current.updated_at or written(self._ctx.clock.time()),
                cause="changed outside at index %d" % current.version,
                base=current.version,
                outside=True,
                networks=self._networks(current.spec),
                outcome=_worth(current),
            ),
            done_by_another,
        )
        self.previous = adopted.number
        return max(_highest(known), adopted.number) + 1

    def _store(
        self, revision: Revision, done: Callable[[Sequence[Revision]], Revision | None] = lambda others: None
    ) -> Revision:
        """Store it under its number or the next free one: the Engine lets each name exist once.

        `done` looks among the others for one that makes it needless.
        """
        for _attempt in range(_ATTEMPTS):
            try:
                records.store(self._ctx.api, revision)
                return revision
            except (records.NumberTaken, UncertainWrite) as exc:
                known = self._known(SECONDS)
                if isinstance(exc, UncertainWrite):
                    if any(records.same(other, revision) for other in known):
                        return revision
                    continue
            other = done(known)
            if other is not None:
                return other
            revision = replace(revision, number=max(_highest(known), revision.number) + 1)
        raise RolloutError("%d others record changes of this service at the same time" % _ATTEMPTS)

    def _known(self, seconds: float) -> list[Revision]:
        """The recorded revisions; one who has written, and does not know whether it arrived, asks until told."""
        return self._ctx.patiently(lambda: records.list_records(self._ctx.api, [self._name]), seconds)

    def _end(self, mine: Revision, service: Service | None) -> None:
        api = self._ctx.api
        known = self._known(AT_THE_END)
        own = next((revision for revision in known if revision.number == mine.number), None)
        if own is None:
            raise RolloutError("somebody deleted its record %d meanwhile" % mine.number)
        self._say(own, mine)
        if mine.outcome == "superseded":
            # What is in force is somebody else's change, and so is the order among the others.
            return
        kept = [replace(own, outcome=mine.outcome)]
        kept += [self._close(revision, mine) for revision in known if revision is not own]
        self._late_adoption(known)
        marker = history.read(service.spec) if service else None
        current = marker.number if marker else mine.number
        for revision in history.to_prune(kept, self._keeping.limit, current):
            records.drop(api, revision)

    def _say(self, own: Revision, ended: Revision) -> None:
        """Write the outcome; another controller may have taken this one for gone and written its own guess."""
        for _attempt in range(_ATTEMPTS):
            try:
                records.relabel(
                    self._ctx.api, replace(own, outcome=ended.outcome, duration=ended.duration, swap=ended.swap)
                )
            except (OutOfSequence, UncertainWrite):
                known = self._known(AT_THE_END)
                own = next((one for one in known if one.object_id == own.object_id), own)
            else:
                return
        raise RolloutError("others wrote to its record %d all the time" % own.number)

    def _close(self, revision: Revision, mine: Revision) -> Revision:
        """Finish a record that an interrupted writer left open. If it still lives, it has the last word itself."""
        if revision.outcome != history.PENDING or revision.number > mine.number:
            return revision
        ended = history.how_it_ended(revision, self._before)
        if ended == history.PENDING:
            carried = history.read(self._before.spec) if self._before else None
            still_on = carried is not None and carried.number == revision.number
            ended = "superseded" if still_on else history.ABANDONED
        closed = replace(revision, outcome=ended)
        try:
            records.relabel(self._ctx.api, closed)
        except (OutOfSequence, NotFound, UncertainWrite):
            # Its own writer or another one was first.
            return revision
        return closed

    def _late_adoption(self, known: Sequence[Revision]) -> None:
        """Record what was overwritten under the number it carried, if somebody had deleted its record."""
        before = self._before
        marker = history.read(before.spec) if before else None
        if before is None or marker is None or not marker.intact or any(r.number == marker.number for r in known):
            return
        lost = Revision(
            self._name,
            marker.number,
            before.spec,
            created_at=before.updated_at,
            cause="its record was deleted by others",
            outside=True,
            networks=self._networks(before.spec),
            outcome=_worth(before),
        )
        try:
            records.store(self._ctx.api, lost)
        except records.NumberTaken:
            return


def _highest(known: Sequence[Revision]) -> int:
    return max((revision.number for revision in known), default=0)


def _next(current: Service | None) -> int:
    """The number that is most likely free, known without a call: a wrong guess costs two more calls.

    After a rollback the specification carries an older number: those of what was gone back from, and of
    the rollback where a task made it, are taken.
    """
    if current is None:
        return 1
    found = (history.read(spec) for spec in (current.spec, current.previous_spec or {}))
    highest = max((marker.number for marker in found if marker), default=0)
    return highest + (2 if current.update_status.state.startswith("rollback") else 1)


def _worth(current: Service) -> str:
    """The outcome of what others wrote: only what works is worth going back to."""
    state = current.update_status.state
    if state in ("paused", "rollback_paused"):
        return "paused" if state == "paused" else "rollback_failed"
    if state in ("updating", "rollback_started"):
        return "superseded"
    # Right after a start-first update the former tasks still stop: more run than are wanted.
    wanted = replicas_of(current.spec) if current.mode == "replicated" else current.desired_tasks or 0
    serves = current.running_tasks is None or current.running_tasks >= wanted
    return history.ADOPTED if serves or current.mode.endswith("-job") else "superseded"
