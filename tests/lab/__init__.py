# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Docker Swarms of several nodes on one machine, for tests, benchmarks and demonstrations."""

from __future__ import annotations

from .errors import LabError
from .lab import Lab

__all__ = ["Lab", "LabError"]
