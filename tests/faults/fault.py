# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a fault is: whom it strikes, when and how, how it is healed, and how a run may end under it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import ClassVar

from tests.faults.oracle import Facts
from tests.faults.scene import Scene
from tests.faults.strategies import Strategy, Versions
from tests.integration.cluster import Json
from tests.integration.running import Running
from tests.lab.door import Action, Call, Door, Intercept, Reply

ANY = "*"


class Fault:
    """One row of the matrix. An object of it strikes one cell once."""

    family: ClassVar[str]
    name: ClassVar[str]
    # As the table calls it.
    title: ClassVar[str]
    # Seconds for the whole cell, its scene included; then it is killed and has failed. With several labs side by side
    # there are moments in which all takes four times as long.
    deadline: ClassVar[float] = 150.0
    # Whether it does something to nodes or images, so that nothing else may run in the lab.
    alone: ClassVar[bool] = False
    # Strategies that it makes no sense for, and why.
    without: ClassVar[Mapping[str, str]] = {}
    # The outcomes that a run may have under it, by strategy.
    ends: ClassVar[Mapping[str, tuple[str, ...]]] = {ANY: ("completed",)}
    # Whether what is declared is itself the fault: then the task that is run again declares something good.
    broken: ClassVar[bool] = False
    # Whether tasks go on failing after the verdict, so that only specifications can be compared with it.
    restless: bool = False
    # Whether a service that was given up may come up by itself once the fault is healed, before anybody looks.
    recovers: ClassVar[bool] = False
    # Whether tasks may be lost after the verdict, so that Swarm has to be given the time to start others.
    settles: ClassVar[bool] = False
    # By how many seconds each call is held back: what a module tells it may have read long before its end.
    slow: ClassVar[float] = 0.0
    # Since when somebody else writes to the services (seconds since the epoch); None: nobody does.
    others_at: float | None = None
    # Whether the module itself is ended, and says nothing.
    silenced: ClassVar[bool] = False

    def __init__(self, scene: Scene, strategy: Strategy) -> None:
        self.scene = scene
        self.strategy = strategy
        self.undo = ExitStack()

    @classmethod
    def identity(cls) -> str:
        """Its name in selections and records."""
        return f"{cls.family}:{cls.name}"

    def expected(self) -> tuple[str, ...]:
        """How a run may end here."""
        return self.ends.get(self.strategy.name, self.ends.get(ANY, ()))

    def prepare(self) -> None:
        """Before the scene is set: choose nodes, make objects, say what every service declares."""

    def declares(self) -> Json:
        """Options that the service it aims at declares besides."""
        return {}

    def mended(self) -> Json:
        """Options that the good declaration needs, where what was declared is itself the fault."""
        return {}

    def arm(self) -> None:
        """The scene is set, and the module not yet started."""

    def connection(self) -> Json:
        """How the module is to reach the Swarm; opens the door that it goes through."""
        return {}

    def strike(self, running: Running) -> None:
        """The module has just started."""

    def heal(self) -> None:
        """Take back all that was done; may be called twice."""
        self.undo.close()

    def third(self) -> tuple[Facts, ...]:
        """What tasks may run besides, since somebody else says so."""
        return ()

    def patience(self) -> Json:
        """Options of the module that say how long it waits."""
        return {}

    def way_out(self) -> Strategy | None:
        """Another way to what was declared, where the same task cannot lead there any more."""
        return None

    def again(self) -> Json:
        """Options of the module when it is run again."""
        return {}

    def after(self, declared: Versions) -> list[str]:
        """What is wrong once the run has ended, in the terms of this fault alone, such as that it never struck."""
        del declared
        return []


class Doored(Fault):
    """A fault at the Engine's door."""

    door: Door

    def connection(self) -> Json:
        """Through the door; a proxy of the environment would not find it."""
        self.door = self.undo.enter_context(Door(self.scene.hosts[0], intercept=self.intercept()))
        return {"docker_host": self.door.docker_host}

    def intercept(self) -> Intercept | None:
        """What happens at the door."""
        return None

    def after(self, declared: Versions) -> list[str]:
        """A door that let everything pass proves nothing."""
        struck = any(call.intercepted for call in self.door.calls)
        return [*super().after(declared), *([] if struck else ["no call was struck"])]


def is_write(call: Call) -> bool:
    """Whether the call changes anything."""
    return call.method in ("POST", "DELETE", "PUT")


def is_service_write(call: Call) -> bool:
    """The write of a service: its create, update or rollback."""
    return call.method == "POST" and (
        call.route == "/services/create" or (call.route.startswith("/services/") and call.route.endswith("/update"))
    )


def kind_of(call: Call) -> str:
    """The kind of a call: its method and route without names and IDs."""
    first, *others = call.route.strip("/").split("/")
    return f"{call.method} {first} {others[-1] if len(others) > 1 or others[:1] == ['create'] else ''}"


def first_of_each_kind(action: Action, which: Callable[[Call], bool]) -> Intercept:
    """Do this to the first call of each kind among those."""
    seen: set[str] = set()

    def intercept(call: Call) -> Action | None:
        if not which(call) or kind_of(call) in seen:
            return None
        seen.add(kind_of(call))
        return action

    return intercept


def times(number: int, action: Action, which: Callable[[Call], bool]) -> Intercept:
    """Do this to the first so many of those calls."""
    left = [action] * number

    def intercept(call: Call) -> Action | None:
        return left.pop() if left and which(call) else None

    return intercept


def refused(text: str, status: int = 500) -> Reply:
    """An Engine's answer that refuses."""
    return Reply(status, json.dumps({"message": text}).encode())
