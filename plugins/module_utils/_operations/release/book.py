# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeping the record of a release while it is carried out.

It is stored before the first service is written, and says what was before and what is to come. All of it is written
by whoever holds the release's lock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

from ..._core.errors import RolloutError
from ..._core.masking import mask_text
from ..._core.release import ABANDONED, PENDING, Composition, Member, to_prune
from ..._core.times import written
from ..._engine import releases
from ..._engine.patiently import AT_THE_END
from ..._engine.records import NumberTaken
from ..context import Context
from .entries import ReleaseRequest

_ATTEMPTS = 20


class Book:
    """`own` is the record of this run's release, once it has one."""

    def __init__(self, ctx: Context, request: ReleaseRequest, in_force: Composition | None, highest: int) -> None:
        self._ctx = ctx
        self._request = request
        self._before = in_force
        self._next = highest + 1
        self.own: Composition | None = None

    @property
    def number(self) -> int | None:
        """The number of the release; None before it has one."""
        return self.own.number if self.own is not None else None

    @property
    def previous(self) -> int | None:
        """The number of the release that stood before."""
        if self._before is None or (self.own is not None and self._before.number == self.own.number):
            return None
        return self._before.number

    def begin(self, composition: Mapping[str, Any]) -> None:
        """Store the record. Raises `RolloutError` when it cannot be: then nothing may be changed."""
        keeping = self._request.keeping
        one = Composition(
            release=self._request.name,
            number=self._next,
            created_at=written(self._ctx.clock.time()),
            cause=keeping.cause,
            actor=keeping.actor,
            pinned=keeping.pin,
            networks=self._networks(composition["members"]),
            **composition,
        )
        for _attempt in range(_ATTEMPTS):
            try:
                releases.store(self._ctx.api, one)
            except NumberTaken:
                one = replace(one, number=one.number + 1)
                continue
            except ValueError as exc:
                raise RolloutError(
                    "release %s cannot be recorded, and without its record there is no way back; nothing was changed: "
                    "%s; split it into several" % (self._request.name, exc)
                ) from exc
            break
        else:
            raise RolloutError("release %s: others record releases of this name at the same time" % self._request.name)
        self.own = one
        if self._before is not None and self._before.outcome == PENDING:
            self._say(_abandoned(self._before, one.number))

    def _networks(self, members: Mapping[str, Member]) -> Mapping[str, str]:
        """The names of their networks by ID, mostly known by now; a record without them is better than none."""
        try:
            specs = [one for member in members.values() for one in member.specs]
            return self._ctx.lookup.network_names(self._ctx.api, *specs)
        except RolloutError:
            return {}

    def resume(self, one: Composition) -> None:
        """Go on with the record of a run that was interrupted or froze."""
        self.own = replace(one, outcome=PENDING, reason="", back=one.back)
        if one.outcome != PENDING:
            releases.relabel(self._ctx.api, self.own)

    def turn_back(self, reason: str) -> None:
        """From now on an interrupted run is ended by undoing it."""
        if self.own is not None:
            self.own = replace(self.own, back=True, reason=mask_text(reason))
            # A record that somebody deleted keeps nobody from going back.
            self._say(self.own)

    def end(self, outcome: str, reason: str, duration: float, revisions: Mapping[str, str]) -> None:
        """Write how it ended, and prune. The services are what they are: nothing that fails here fails the task."""
        if self.own is None:
            return
        self.own = replace(
            self.own,
            outcome=outcome,
            reason=mask_text(reason),
            back=False,
            duration=duration,
            revisions=dict(revisions),
        )
        self._say(self.own)
        try:
            known = releases.decoded(releases.listing(self._ctx.api, self._request.name))
            for one in known:
                if one.outcome == PENDING and one.number < self.own.number:
                    # Its successor was gone before it could say so.
                    self._say(_abandoned(one, self.own.number))
            for one in to_prune(known, self._request.keeping.limit, self.own.number):
                releases.drop(self._ctx.api, one)
        except RolloutError as exc:
            self._ctx.warn("release %s: old records could not be deleted: %s" % (self._request.name, exc.message))

    def _say(self, one: Composition) -> None:
        try:
            # Writing the same labels twice does no harm.
            self._ctx.patiently(lambda: releases.relabel(self._ctx.api, one), AT_THE_END)
        except RolloutError as exc:
            self._ctx.warn("release %s: how it ended is not recorded: %s" % (self._request.name, exc.message))


def _abandoned(one: Composition, successor: int) -> Composition:
    return replace(one, outcome=ABANDONED, back=False, reason="release %d took its place" % successor)
