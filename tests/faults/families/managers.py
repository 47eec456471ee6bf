# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managers die while the module, which knows all of them (`docker_hosts`), is at work.

The tasks of the services are placed on other nodes than those that are lost, as far as the choice is ours: what
becomes of tasks that are lost with their node is the family of workers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from tests.faults.fault import ANY, Fault
from tests.integration.cluster import Json
from tests.integration.running import Running
from tests.lab.errors import LabError

Found = TypeVar("Found")


class Managers(Fault):
    """Something happens to managers; the module is given all of them, the first of `order` first."""

    family = "managers"
    deadline = 400.0
    alone = True

    def prepare(self) -> None:
        """Choose who is lost."""
        self.leader, self.others = self.scene.roles()
        self.lost = self.choose()
        self.scene.always = {"placement": {"constraints": [f"node.hostname != {name}" for name in self.lost]}}

    def choose(self) -> list[str]:
        """The managers that are lost, in their turn."""
        raise NotImplementedError

    def order(self) -> list[str]:
        """The managers as the module is given them: first the one that is lost first."""
        return [*self.lost, *(name for name in (self.leader, *self.others) if name not in self.lost)]

    def connection(self) -> Json:
        """All managers."""
        return {"docker_hosts": [self.scene.addresses[name] for name in self.order()]}

    def patience(self) -> Json:
        """An election takes its time, and a Swarm without a quorum stands still."""
        return {"progress_deadline": "120s", "timeout": 20}

    def stop(self, name: str) -> None:
        """Lose a node; it comes back when all is healed, at the latest."""
        self.undo.callback(self.scene.lab.start, name)
        self.scene.lab.stop(name)


class TalkedTo(Managers):
    """The one that it talks to, which does not lead: the task goes on with another one."""

    name = "talked-to"
    title = "the one it talks to killed, at a random moment"

    def choose(self) -> list[str]:
        """One that does not lead."""
        return self.others[:1]

    def strike(self, running: Running) -> None:
        """At any moment."""
        self.scene.moment(running, self.strategy.least)
        self.stop(self.lost[0])


class Leader(Managers):
    """The leader, which it talks to as well: the others elect one, and the task goes on."""

    name = "leader"
    title = "the leader killed, at a random moment"

    def choose(self) -> list[str]:
        """The leader."""
        return [self.leader]

    def strike(self, running: Running) -> None:
        """At any moment."""
        self.scene.moment(running, self.strategy.least)
        self.stop(self.lost[0])


class LeaderTwice(Managers):
    """The leader, and as soon as the former one is back the new one: tasks may be lost with it."""

    name = "leader-twice"
    title = "the leader killed, then the new leader once the former is back"
    settles = True
    # The second may have had tasks.
    ends = {ANY: ("completed", "rolled_back")}

    def choose(self) -> list[str]:
        """The first of them."""
        return [self.leader]

    def strike(self, running: Running) -> None:
        """The second is struck whether the module has ended by then or not."""
        self.scene.moment(running, self.strategy.least)
        self.stop(self.leader)
        new = self._new_leader()
        self.scene.lab.start(self.leader)
        self._reachable(self.leader)
        self.stop(new)

    def _new_leader(self) -> str:
        return self._wait("a new leader", lambda: self.scene.roles()[0], lambda name: name != self.leader)

    def _reachable(self, name: str) -> None:
        def reachable() -> bool:
            nodes = self.scene.cluster.engine.get("/nodes")
            mine = next(node for node in nodes if node["Description"]["Hostname"] == name)
            return bool(mine["ManagerStatus"].get("Reachability") == "reachable")

        self._wait("the former leader is back", reachable, bool)

    def _wait(self, what: str, ask: Callable[[], Found], good: Callable[[Found], bool]) -> Found:
        """Ask until the answer is good; managers that elect a leader do not answer."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(LabError, StopIteration):
                found = ask()
                if good(found):
                    return found
            time.sleep(0.2)
        raise AssertionError(f"not within 60 s: {what}")


class Quorum(Managers):
    """Two of three are lost, and come back after ten seconds: the task waits for them."""

    name = "quorum"
    title = "quorum lost at a random moment, back after 10 s"
    ends = {ANY: ("completed", "error", "timed_out")}

    def choose(self) -> list[str]:
        """The leader and another one; all tasks are on the third."""
        return [self.leader, self.others[0]]

    def order(self) -> list[str]:
        """First the one that stays."""
        return list(reversed(super().order()))

    def strike(self, running: Running) -> None:
        """Both at once."""
        self.scene.moment(running, self.strategy.least)
        for name in self.lost:
            self.stop(name)
        time.sleep(10)
        self.undo.close()


FAULTS = (TalkedTo, Leader, LeaderTwice, Quorum)
