# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every use case works with: the door to the Engine, the clock, the user's patience."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Iterable, TypeVar

from .._core.account import Span
from .._core.cluster import Service, Task
from .._core.convergence import Goal, Patience, State, Verdict
from .._core.errors import RolloutError
from .._core.progress import Narrator
from .._engine.api import Api
from .._engine.looks import Alone, Looks
from .._engine.patiently import SECONDS, patiently
from .._engine.tasks import list_nodes
from .lookup import Lookup

if TYPE_CHECKING:
    from .._engine.watch import Interrupt, Tell


Found = TypeVar("Found")


class SystemClock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Do nothing for so many seconds."""
        time.sleep(seconds)


def _unlimited() -> None:
    """Nothing is measured, so nothing is spent."""


@dataclass
class Context:
    """One task's surroundings; `warnings` grows as things are noticed that users should know.

    `voice` tells whoever listens what happens. `interrupt` may end a watch early; `budget` tells when more requests
    failed than the rollout may cost, and `measure` counts them (see `availability`), None where nobody does. `halt`
    tells when the release that the service belongs to goes back. `lookup` remembers names and digests, `looks` asks for
    tasks; several services share both. `wrote` names the service of each write that arrived, or may have: those that
    were refused are none.
    """

    api: Api
    wait: bool = True
    patience: Patience = field(default_factory=Patience)
    check_mode: bool = False
    clock: Any = field(default_factory=SystemClock)
    voice: Narrator = field(default_factory=Narrator)
    interrupt: Interrupt | None = None
    budget: Interrupt = _unlimited
    measure: Any = None
    halt: Interrupt = _unlimited
    lookup: Lookup = field(default_factory=Lookup)
    looks: Looks = field(default_factory=Alone)
    warnings: list[str] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)

    @property
    def tell(self) -> Tell | None:
        """What a watch calls at each look; None where nobody listens."""
        return self._tell if self.voice.heard else None

    def _tell(self, goal: Goal, state: State) -> None:
        with suppress(Exception):  # a rollout does not fail because of what is said of it
            self.voice.watch(goal, state, self._node_names)

    def failed(self, service: str, tasks: Iterable[Task]) -> None:
        """Tell of tasks that failed."""
        if self.voice.heard:
            with suppress(Exception):
                self.voice.failed(service, tasks, self._node_names)

    def _node_names(self) -> dict[str, str]:
        try:
            return {node.id: node.hostname for node in list_nodes(self.api)}
        except RolloutError:
            return {}

    def patiently(self, ask: Callable[[], Found], seconds: float = SECONDS) -> Found:
        """What it answers, asked again for so many seconds while managers fail.

        For whatever is asked once something was written: one lost answer must not end what is under way.
        """
        return patiently(self.clock, ask, seconds)

    def over(self) -> Verdict | None:
        """Why the change under way has to end early; None while it may go on."""
        return self.halt() or self.budget()

    def now(self) -> Span:
        """The present moment, as the beginning of a span that has not lasted yet."""
        moment = self.clock.monotonic()
        return Span(self.clock.time(), moment, moment)

    def since(self, begun: Span) -> Span:
        """The span from then until now."""
        return Span(begun.wall, begun.started, self.clock.monotonic())

    def about_to_write(self, service: Service) -> None:
        """Called before each write over a service that is there."""
        if self.measure is not None:
            self.measure.begin(service)

    def settle(self, service_id: str) -> Verdict | None:
        """After a change: measure until the last old task has gone. The verdict where that cost too much."""
        verdict: Verdict | None = self.measure.settle(service_id) if self.measure is not None else None
        return verdict

    def warn(self, text: str) -> None:
        """Note something once."""
        if text not in self.warnings:
            self.warnings.append(text)
