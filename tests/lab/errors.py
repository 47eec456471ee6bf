# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error that the lab shows to its user."""

from __future__ import annotations


class LabError(Exception):
    """Something the user can act on, said in one sentence."""


class EngineError(LabError):
    """An Engine answered a call with an HTTP error."""

    def __init__(self, status: int, message: str, call: str) -> None:
        super().__init__(f"{call}: {message} (HTTP {status})")
        self.status = status
        self.message = message


class EngineGone(LabError):
    """Nothing answers at an Engine's address."""
