# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the option availability share: a stage with a door to its service."""

from __future__ import annotations

from tests.integration.availability.door import Measured
from tests.integration.stage import stage_of

stage = stage_of(Measured)
