# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is told while a task waits: lines for people, made where the cluster is watched, shown on the controller."""

from __future__ import annotations

from .line import END, NOTE, STATE, VARIABLE, Line
from .narrator import Narrator
from .words import Where

__all__ = ["END", "NOTE", "STATE", "VARIABLE", "Line", "Narrator", "Where"]
