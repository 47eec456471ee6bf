# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying a release out: wave after wave and, where a service fails, back again.

Whatever becomes of this process, the record says what was before and where it was going: the same task run again
goes on, or ends the way back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Mapping, Sequence

from ..._core import release as core
from ..._core import waves
from ..._core.cluster import JsonObject, Service
from ..._core.convergence import Verdict
from ..._core.errors import RolloutError
from ..._engine.looks import Together
from ..._engine.patiently import AT_THE_END, SECONDS
from .. import remove
from ..context import Context
from .abreast import abreast
from .book import Book
from .entries import ReleaseRequest
from .part import FAILED, SKIPPED, UNDER_WAY, WAITING, Part
from .scene import beside, list_services, marks, same


@dataclass(frozen=True)
class End:
    """How a release ended: an outcome, and why, as one clause."""

    outcome: str
    reason: str = ""


@dataclass
class Transaction:
    """`order` are the names of the parts, wave by wave; `at` is the number of the one under way.

    `lock` is the release's, held all through. `halted` ends the watches of those under way. `back`: it is undone.
    """

    ctx: Context
    request: ReleaseRequest
    parts: Mapping[str, Part]
    order: Sequence[tuple[str, ...]]
    lock: Any
    book: Book
    at: int = 0
    halted: Verdict | None = None
    failed_in: int = 0
    back: bool = False

    def run(self) -> End:
        """All waves, and what follows a failure. Raises `RolloutError` only where nobody could go on."""
        for number, wave in enumerate(self.order, 1):
            self.at = number
            active = [self.parts[name] for name in wave if name in self.parts and self._is_due(self.parts[name])]
            if not active:
                continue
            self.lock.check()
            self.ctx.voice.note(
                self.request.name,
                "wave %d/%d: %s" % (number, len(self.order), ", ".join(part.name for part in active)),
            )
            self._move(active)
            failed = [part for part in active if part.broken]
            if not failed:
                continue
            self.failed_in = self.failed_in or number
            action = self.request.policy.after_failure(passed=self.passed)
            if action == core.ROLLBACK:
                return self.go_back(self._blame(failed))
            if action == core.FREEZE:
                return self._freeze(failed)
            self._skip_dependents(failed)
        return self._finish()

    @property
    def passed(self) -> bool:
        """Whether the point of no return is behind."""
        part = self.parts.get(self.request.policy.point)
        return part is not None and part.moved

    def go_back(self, reason: str) -> End:
        """Undo what was changed, the last wave first. The record says so before anything is undone."""
        self.halted, self.back = None, True
        failed = [part.name for part in self.parts.values() if part.broken]
        why = "%s failed" % ", ".join(failed) if failed else reason
        self.ctx.voice.note(self.request.name, "rolling back: %s" % why)
        self.book.turn_back(reason)
        cause = "release %s %s goes back" % (self.request.name, self.book.number)
        there = self._there()
        for wave in reversed(self.order):
            members = [self.parts[name] for name in wave if name in self.parts]
            # What this run did not come to may be what an interrupted one changed.
            changed = [
                part
                for part in members
                if (part.changes or part.strayed)
                and (part.begun or not same(_spec(there.get(part.name)), part.member.before))
            ]
            if not changed:
                continue
            self.lock.check()
            self._each([partial(self._put_back, part, cause) for part in changed], changed, lambda: True)
        for part in self.parts.values():
            if part.changes and part.member.before is None and part.undo_outcome in ("completed", "unchanged"):
                remove.forget(self.ctx, part.name)
        bad = [part for part in self.parts.values() if part.undo_error is not None]
        if not bad:
            return End(core.ROLLED_BACK, reason)
        theirs = all(part.undo_outcome == core.SUPERSEDED for part in bad)
        words = "; ".join(part.undo_error.message for part in bad if part.undo_error is not None)
        return End(core.SUPERSEDED if theirs else core.ROLLBACK_FAILED, "%s; going back: %s" % (reason, words))

    @staticmethod
    def _put_back(part: Part, cause: str, ctx: Context) -> None:
        part.go_back(ctx, cause)
        ctx.voice.ended(part.name, part.undo_outcome.replace("_", " "))

    def _is_due(self, part: Part) -> bool:
        return not part.idle and part.status == WAITING

    def _move(self, active: Sequence[Part]) -> None:
        def work(part: Part) -> Callable[[Context], None]:
            def run(ctx: Context) -> None:
                part.run(ctx)
                ctx.voice.ended(part.name, part.told)
                if part.broken:
                    self._on_failure(part)

            return run

        self._each([work(part) for part in active], active, self._may_begin)

    def _each(
        self, work: Sequence[Callable[[Context], None]], parts: Sequence[Part], go_on: Callable[[], bool]
    ) -> None:
        contexts: list[Context] = []
        looks = Together(self.ctx.clock.sleep) if len(parts) > 1 else self.ctx.looks

        def with_context(one: Callable[[Context], None], part: Part) -> Callable[[Any], None]:
            def run(api: Any) -> None:
                ctx = beside(
                    self.ctx,
                    api,
                    patience=part.entry.patience if part.entry is not None else self.request.patience,
                    voice=self.ctx.voice.within(
                        release=self.request.name, wave=(self.at, len(self.order)), undone=self.back
                    ),
                    # A job that runs is never cut off: its end decides whether there is a way back.
                    halt=(lambda: None) if part.member.job else (lambda: self.halted),
                    looks=looks,
                )
                ctx.interrupt = ctx.over
                contexts.append(ctx)
                one(ctx)

            return run

        try:
            pairs = zip(work, parts)
            abreast(self.ctx, [with_context(one, part) for one, part in pairs], self.request.at_once, go_on)
        finally:
            for ctx in contexts:
                for text in ctx.warnings:
                    self.ctx.warn(text)

    def _may_begin(self) -> bool:
        """Whether one more service of the wave may begin: not after a failure, unless the rest is to go on."""
        failed = any(part.broken for part in self.parts.values())
        return self.request.policy.on_failure == core.CONTINUE or not failed

    def _on_failure(self, part: Part) -> None:
        """Those under way stop where they are when the release is certain to go back."""
        point = self.parts.get(self.request.policy.point)
        here = point is not None and point.name in self.order[self.at - 1]
        decides = here and point is not None and point.status in (WAITING, UNDER_WAY)
        if self.request.policy.on_failure == core.ROLLBACK and not decides and not self.passed:
            self.halted = Verdict("paused", "the release goes back, since %s failed" % part.name)

    def _freeze(self, failed: Sequence[Part]) -> End:
        point = self.request.policy.point
        why = "%s is done and is the point of no return" % point if self.passed else "on_failure is freeze"
        for part in self.parts.values():
            if self._is_due(part):
                part.status = SKIPPED
        return End(core.FROZEN, "%s; %s, so all stays where it is" % (self._blame(failed), why))

    def _skip_dependents(self, failed: Sequence[Part]) -> None:
        depends = {name: part.member.depends_on for name, part in self.parts.items()}
        for name in waves.dependents(depends, [part.name for part in failed]):
            if self._is_due(self.parts[name]):
                self.parts[name].status = SKIPPED

    def _finish(self) -> End:
        """The history of a removed service goes only now: until all is through it may have to return."""
        failed = [part for part in self.parts.values() if part.status == FAILED]
        if failed:
            return End(core.FAILED, self._blame(failed))
        for part in self.parts.values():
            if part.moved and part.member.after is None:
                remove.forget(self.ctx, part.name)
        return self._verify()

    def _verify(self) -> End:
        """One last listing: what was converged in the first wave may be somebody else's by the end of the last."""
        there = self._there()
        changed = [
            name
            for name, part in self.parts.items()
            if not part.member.job and not same(_spec(there.get(name)), part.member.after)
        ]
        if changed:
            return End(core.SUPERSEDED, "somebody else changed %s meanwhile" % ", ".join(changed))
        return End(core.COMPLETED)

    def marks(self) -> dict[str, str]:
        """The revision labels of all services as they are now; empty where nobody answers."""
        try:
            return marks(self.parts, self._there(AT_THE_END))
        except RolloutError:
            return {}

    def _there(self, patience: float = SECONDS) -> dict[str, Service]:
        """All services as they are; services have been changed by now, so that one call that is lost ends nothing."""
        return self.ctx.patiently(lambda: list_services(self.ctx, list(self.parts)), patience)

    @staticmethod
    def _blame(failed: Sequence[Part]) -> str:
        """The first that failed by itself: those that were stopped for its sake say so."""
        stopped = [part for part in failed if "the release goes back" in str(part.error)]
        return next((part for part in failed if part not in stopped), failed[0]).why


def _spec(service: Service | None) -> JsonObject | None:
    return None if service is None else service.spec
