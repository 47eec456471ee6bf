# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Telling what happens while it happens, each thing once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Iterable, Mapping

from ..account import FAILURES_SHOWN
from ..checks.result import INCONCLUSIVE, CheckResult
from ..cluster import Task
from ..convergence import Goal, State
from ..errors import sentence
from ..masking import mask_text
from .line import END, NOTE, STATE, Line
from .words import Where, failure_text, name_of, state_line

# Longer lines are cut: a terminal shows a few of its own, a log one.
LONGEST = 500
# Seconds between two lines that differ in their count only.
_OFTEN = 1.0

Emit = Callable[[Line], None]
Nodes = Callable[[], Mapping[str, str]]


class Narrator:
    """Says what changes of one service or, one after the other, of several. Without `emit` it says nothing.

    `now` gives monotonic seconds.
    """

    def __init__(
        self, emit: Emit | None = None, now: Callable[[], float] = lambda: 0.0, where: Where | None = None
    ) -> None:
        self._emit = emit
        self._now = now
        self._where = where or Where()
        self._last: Line | None = None
        self._at = -_OFTEN
        self._told: set[str] = set()
        self._nodes: Mapping[str, str] | None = None

    @property
    def heard(self) -> bool:
        """Whether somebody listens."""
        return self._emit is not None

    def within(self, **more: Any) -> Narrator:
        """One that speaks of a service in another place (see `Where`), beside this one."""
        return Narrator(self._emit, self._now, replace(self._where, **more))

    def move(self, **more: Any) -> None:
        """What is told from now on is at another place."""
        self._where = replace(self._where, **more)
        self._at = -_OFTEN

    def watch(self, goal: Goal, state: State, nodes: Nodes) -> None:
        """One more look: new failures, and how the service stands where that has changed.

        `nodes` gives the names of nodes by ID; it is asked once, when the first task fails.
        """
        self.failed(name_of(goal), state.failures, nodes)
        self.failed(name_of(goal), state.setbacks, nodes, back=True)
        self._stand(state_line(self._where, goal, state, self._now()))

    def failed(self, service: str, tasks: Iterable[Task], nodes: Nodes, *, back: bool = False) -> None:
        """Which tasks failed; `back`: those of the specification that Swarm puts back."""
        for task in tasks:
            if task.id not in self._told and len(self._told) < FAILURES_SHOWN:
                if self._nodes is None:
                    self._nodes = nodes()
                self._told.add(task.id)
                self._say(Line(service, failure_text(self._where, service, task, self._nodes, back=back), NOTE))

    def doing(self, service: str, what: str) -> None:
        """Something begins that takes its time."""
        self._stand(self._line(service, what, STATE))

    def note(self, service: str, what: str) -> None:
        """Something happened."""
        self._say(self._line(service, what, NOTE))

    def aside(self, what: str) -> None:
        """Something that concerns the whole Swarm and holds everything up."""
        self._say(Line("", what, NOTE))

    def ended(self, service: str, what: str) -> None:
        """The service is through; what is told later is of others."""
        self._last = None
        self._say(self._line(service, what, END))

    def going_back(self, service: str, why: str) -> None:
        """The service is put back from now on."""
        self.move(back=True)
        self.note(service, why)

    def checked(self, service: str, result: CheckResult) -> None:
        """A check has ended."""
        if result.status == INCONCLUSIVE:
            self.note(service, result.named)
        else:
            self.note(service, "check %s %s: %s" % (result.name, result.status, result.text))

    def _line(self, service: str, what: str, kind: str) -> Line:
        # Many of the sentences given begin with the name as well.
        clause = what[len(service) + 2 :] if what.startswith("%s: " % service) else what
        return Line(service, "%s: %s" % (self._where.of(service), clause), kind)

    def _stand(self, line: Line) -> None:
        last, now = self._last, self._now()
        if last is not None:
            if (line.text, line.doing) == (last.text, last.doing):
                return
            if now - self._at < _OFTEN and _only_counts(last, line):
                return
        self._last, self._at = line, now
        self._say(line)

    def _say(self, line: Line) -> None:
        if self._emit is None:
            return
        # A terminal would obey what some servers and tasks say.
        text = mask_text(sentence(line.text))
        self._emit(replace(line, text=text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"))


def _only_counts(one: Line, other: Line) -> bool:
    """Whether both say the same with other numbers. What is told too soon is told at the next look."""
    bare = [line.text.translate(_NO_DIGITS) for line in (one, other)]
    return (bare[0], one.doing) == (bare[1], other.doing)


_NO_DIGITS = {ord(digit): None for digit in "0123456789"}
