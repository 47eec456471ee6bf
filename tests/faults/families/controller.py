# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller dies: the module is ended by SIGKILL, and the same task is run again."""

from __future__ import annotations

from typing import ClassVar

from tests.faults.fault import Fault
from tests.integration.running import Running


class Killed(Fault):
    """At any moment; what was begun is finished by the same task run again, or was never begun."""

    family = "controller"
    name = "killed"
    title = "killed (SIGKILL) at a random moment, run again"
    silenced: ClassVar[bool] = True

    def strike(self, running: Running) -> None:
        """End it without a word."""
        self.scene.moment(running, self.strategy.least)
        running.kill()


FAULTS = (Killed,)
