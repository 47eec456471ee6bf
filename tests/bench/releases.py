# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cases with many services: one `swarm_release`, beside the known alternative in a loop."""

from __future__ import annotations

from typing import Any

from tests.bench import names
from tests.bench.stand import Stand
from tests.bench.tasks import PING, service

MANY, CROWD = 20, 500
# Of five hundred services, every so manieth has a task: what is to be seen is the cost of services.
SERVING = 50


class Releases:
    """Twenty services that stay as they are, five hundred that do too, and twice twenty that are updated."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._image = "web:1"
        self.cases = (self.unchanged, self.crowd, self.update)

    def prepare(self) -> None:
        """Create all of them, each with what updates it later."""
        tasks = self._stand.tasks
        created = [
            tasks.release("bench-many", several("bench-many")),
            tasks.release("bench-ours", several("bench-ours")),
            tasks.theirs_looped(several("bench-theirs")),
            tasks.release("bench-crowd", crowd()),
        ]
        for task in created:
            self._stand.playbook(task, changes=True)
        self._stand.converge(services_named("bench-theirs"), self._image)

    def unchanged(self, number: int) -> None:
        """Nothing to do at one and the same twenty services."""
        ways = [self._unchanged_ours, self._unchanged_packed, self._unchanged_theirs]
        for way in ways if number % 2 == 0 else ways[::-1]:
            way()

    def _unchanged_ours(self) -> None:
        task = self._stand.tasks.release("bench-many", several("bench-many"))
        self._stand.note(names.MANY_OURS, self._stand.playbook(task, changes=False))
        self._stand.note(names.MANY_OURS_CALLS, len(self._stand.door.calls))

    def _unchanged_packed(self) -> None:
        task = self._stand.tasks.release("bench-many", several("bench-many"))
        self._stand.note(names.MANY_PACKED, self._stand.playbook(task, changes=False, packed=True))

    def _unchanged_theirs(self) -> None:
        task = self._stand.tasks.theirs_looped(several("bench-many"))
        self._stand.note(names.MANY_THEIRS, self._stand.playbook(task, changes=False))
        self._stand.note(names.MANY_THEIRS_CALLS, len(self._stand.door.calls))

    def crowd(self, number: int) -> None:
        """Nothing to do at five hundred services, and what Ansible takes for reading so many without the module."""
        task = self._stand.tasks.release("bench-crowd", crowd())
        self._stand.note(names.CROWD_OURS, self._stand.playbook(task, changes=False))
        self._stand.note(names.CROWD_OURS_CALLS, len(self._stand.door.calls))
        read = {**PING, "vars": {"services": crowd()}}
        self._stand.note(names.CROWD_READ, self._stand.playbook(read, changes=False))

    def update(self, number: int) -> None:
        """Two times twenty services of the same kind to the same other image."""
        self._image = "web:2" if self._image == "web:1" else "web:1"
        ways = [self._update_ours, self._update_theirs]
        for way in ways if number % 2 == 0 else ways[::-1]:
            way()

    def _update_ours(self) -> None:
        task = self._stand.tasks.release("bench-ours", several("bench-ours", self._image))
        self._stand.note(names.CHANGED_OURS, self._stand.playbook(task, changes=True))
        self._stand.note(names.CHANGED_OURS_CALLS, len(self._stand.door.calls))
        # It says that all of them serve; that it is so is seen at once.
        self._stand.converge(services_named("bench-ours"), self._image)
        self._stand.note(names.CHANGED_OURS_SWARM, self._stand.completed(*services_named("bench-ours"))[1])

    def _update_theirs(self) -> None:
        task = self._stand.tasks.theirs_looped(several("bench-theirs", self._image))
        seconds, well = self._stand.attempt(task)
        self._stand.note(names.CHANGED_THEIRS, seconds)
        self._stand.note(names.CHANGED_THEIRS_CALLS, len(self._stand.door.calls))
        # While Swarm is at work on the first services, the Engine was seen to answer 404 for one that is there, and
        # the known alternative fails then. Its loop goes through all services all the same, so the time counts.
        self._stand.note(names.CHANGED_THEIRS_FAILED, int(not well))
        for _again in range(5):
            well = well or self._stand.attempt(task)[1]
        # It does not wait, and what it left under way is not to burden the next case.
        self._stand.converge(services_named("bench-theirs"), self._image)


def services_named(prefix: str) -> list[str]:
    """The names of twenty services."""
    return [f"{prefix}-{number}" for number in range(MANY)]


def several(prefix: str, image: str = "web:1") -> list[dict[str, Any]]:
    """Twenty services of one replica."""
    return [service(name, image) for name in services_named(prefix)]


def crowd() -> list[dict[str, Any]]:
    """Five hundred services, few of which have a task."""
    return [service(f"bench-crowd-{number}", replicas=int(number % SERVING == 0)) for number in range(CROWD)]
