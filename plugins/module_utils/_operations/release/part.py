# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One service's part in a release: what is done with it, and how that went."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..._core import history
from ..._core.account import why
from ..._core.cluster import Service
from ..._core.errors import RolloutError, RolloutFailed
from ..._core.release import ROLLBACK_FAILED, SUPERSEDED, Member
from ..._engine import look
from ..apply import Decision, carry_out, decide
from ..availability import measured
from ..context import Context
from ..ledger import Keeping
from . import job
from .bring import Bring
from .entries import Entry
from .scene import same

WAITING, UNDER_WAY, DONE, FAILED, SKIPPED = "waiting", "under way", "done", "failed", "skipped"


@dataclass
class Part:
    """`member` is what it had before the release and has afterwards, `current` the service as it was read.

    `decision` is there where it is declared; without one it is put back, or removed.

    `idle`: it is there already; `noted` is what became of its registry login then. `ran`: a job that had failed was
    run once more without a change. `undone` is what going back made of it.
    """

    name: str
    member: Member
    keeping: Keeping = field(default_factory=Keeping)
    current: Service | None = None
    entry: Entry | None = None
    decision: Decision | None = None
    idle: bool = False
    noted: str = ""
    status: str = WAITING
    result: dict[str, Any] = field(default_factory=dict)
    error: RolloutError | None = None
    ran: bool = False
    ended: dict[str, Any] | None = None
    undone: dict[str, Any] | None = None
    undo_error: RolloutError | None = None

    @property
    def changes(self) -> bool:
        """Whether the release makes something else of it."""
        return not same(self.member.before, self.member.after)

    @property
    def stays(self) -> bool:
        """Whether going back leaves it alone: a job that was there before."""
        return self.member.job and self.member.before is not None

    @property
    def moved(self) -> bool:
        """Whether it is through, and it took something to get there."""
        return (self.status == DONE or self.idle) and (self.changes or self.ran)

    @property
    def strayed(self) -> bool:
        """Whether it was not what going back leads to when this run began: an interrupted one had changed it."""
        return not same(self.current.spec if self.current is not None else None, self.member.before)

    @property
    def begun(self) -> bool:
        """Whether this run came to it."""
        return self.status in (UNDER_WAY, DONE, FAILED)

    @property
    def why(self) -> str:
        """What went wrong, as one clause that begins with its name."""
        if self.error is None:
            return self.name
        rollout = self.error.partial.get("rollout")
        text = why(self.name, rollout) if rollout else self.error.message
        return text if text.startswith("%s: " % self.name) else "%s: %s" % (self.name, text)

    @property
    def told(self) -> str:
        """How it went, as one clause."""
        if self.error is not None:
            return self.why
        return "%s in %.1f s" % (self.outcome, (self.result.get("rollout") or {}).get("duration") or 0.0)

    @property
    def outcome(self) -> str:
        """The outcome of its rollout."""
        found = self.error.partial.get("rollout") if self.error is not None else self.result.get("rollout")
        if found:
            return str(found["outcome"])
        return "failed" if self.error is not None else "unchanged"

    @property
    def undo_outcome(self) -> str:
        """What became of going back; empty where nobody tried."""
        if self.undo_error is None:
            return str(self.undone["rollout"]["outcome"]) if self.undone is not None else ""
        found = self.undo_error.partial.get("rollout")
        if found:
            return str(found["outcome"])
        return SUPERSEDED if self.undo_error.kind == SUPERSEDED else ROLLBACK_FAILED

    @property
    def broken(self) -> bool:
        """Whether it failed by what the release did, so that the release has to act."""
        return self.error is not None and not (isinstance(self.error, RolloutFailed) and self.error.blameless)

    @property
    def written(self) -> bool:
        """Whether this run wrote something of it."""
        found = self.error.partial if self.error is not None else self.result
        return bool(found.get("changed"))

    def run(self, ctx: Context) -> None:
        """Do it; what goes wrong is kept, not raised."""
        self.status = UNDER_WAY
        try:
            self.result = self._run(ctx)
        except RolloutError as exc:
            exc.partial.setdefault("changed", self.name in ctx.wrote)
            self.error = exc
        self.status = DONE if self.error is None else FAILED
        if self.member.job and self.member.after is not None and self.decision is not None:
            self.ended = job.ended(ctx, self.name)

    def go_back(self, ctx: Context, cause: str) -> None:
        """Make it what it was before the release; what goes wrong is kept."""
        keeping = replace(self.keeping, cause=cause)
        try:
            self.undone = Bring(self.name, self.member.before, keeping, self._mine).run(ctx)
        except RolloutError as exc:
            self.undo_error = exc

    def _run(self, ctx: Context) -> dict[str, Any]:
        if self.decision is None or self.entry is None:
            return Bring(self.name, self.member.after, self.keeping, self._mine).run(ctx)
        decision = self.decision
        if decision.quiet and self.member.job and decision.current is not None:
            decision = self._once_more(ctx, decision)
        # What a plan had to hold to was looked at before the release began.
        request = replace(decision.request, strict=False, plan_id=None, keeping=self.keeping)
        decision = replace(decision, request=request)
        return dict(measured(ctx, self.entry.params, lambda inner, _params: carry_out(inner, decision)))

    def _once_more(self, ctx: Context, decision: Decision) -> Decision:
        """A job that did not succeed and does not run any more is run again; one that runs is waited for."""
        current = ctx.patiently(lambda: look.find(ctx.api, self.name))
        if current is None or not job.needs_a_run(ctx, current):
            return decision
        self.ran = True
        return decide(ctx, replace(decision.request, force=True), current)

    def _mine(self, service: Service) -> bool:
        """Whether it is as this release left it, or as it found it: an interrupted one may have been there before."""
        found = self.current.spec if self.current is not None else None
        if any(same(service.spec, one) for one in (self.member.before, self.member.after, found)):
            return True
        marker = history.read(service.spec)
        if marker is None or not marker.intact:
            return False
        known = self.error.partial if self.error is not None else self.result
        own = (known.get("rollout") or {}).get("revision")
        return marker.stepping or marker.returning or marker.number == own
