# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a release does when a service of it fails."""

from __future__ import annotations

from dataclasses import dataclass

ROLLBACK, FREEZE, CONTINUE = "rollback", "freeze", "continue"


@dataclass(frozen=True)
class Policy:
    """`on_failure` is what the user asked for, `point` the service after whose success there is no way back."""

    on_failure: str = ROLLBACK
    point: str = ""

    def after_failure(self, *, passed: bool) -> str:
        """Go back, stop where it is, or go on with what does not depend on the failed one.

        `passed`: the point of no return is behind. What was changed before it would not work with what it did.
        """
        if self.on_failure == ROLLBACK and passed:
            return FREEZE
        return self.on_failure
