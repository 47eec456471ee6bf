# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the cluster showed from before a run until after it, look by look: what a claim is held against."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from tests.faults.oracle import Seen
from tests.lab.errors import LabError

Json = dict[str, Any]
Look = Callable[[], tuple[Mapping[str, Seen], Sequence[Json]]]
# Between two looks.
PAUSE = 0.2


@dataclass(frozen=True)
class Frame:
    """The cluster as it was from one look to another, with nothing changed between them. Seconds since the epoch."""

    since: float
    until: float
    seen: Mapping[str, Seen]
    nodes: Sequence[Json] = ()

    @property
    def sign(self) -> object:
        """Equal as long as nothing has changed."""
        return [
            (name, _version(one.service or {}), sorted((task["ID"], _version(task)) for task in one.tasks))
            for name, one in sorted(self.seen.items())
        ], sorted((node["ID"], node["Spec"].get("Availability"), node["Status"].get("State")) for node in self.nodes)


def _version(data: Mapping[str, Any]) -> int:
    return int((data.get("Version") or {}).get("Index") or 0)


@dataclass
class Film:
    """Looks all the time until it is closed. `frames` are the different ones, in their order.

    Where nobody answered there is no frame: `blind` has the moments.
    """

    look: Look
    pause: float = PAUSE
    frames: list[Frame] = field(default_factory=list)
    blind: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Film:
        self.shoot()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Look once more, and no more."""
        if self._end.is_set():
            return
        self._end.set()
        self._thread.join(timeout=30)
        self.shoot()

    def shoot(self) -> None:
        """One look."""
        since = time.time()
        try:
            seen, nodes = self.look()
        except LabError:
            self.blind.append(since)
            return
        self.add(Frame(since, time.time(), seen, nodes))

    def add(self, frame: Frame) -> None:
        """Note a look; one that shows nothing new makes the last one longer."""
        last = self.frames[-1] if self.frames else None
        if last is not None and last.sign == frame.sign:
            self.frames[-1] = replace(last, until=frame.until)
        else:
            self.frames.append(frame)

    def _run(self) -> None:
        while not self._end.wait(self.pause):
            self.shoot()
