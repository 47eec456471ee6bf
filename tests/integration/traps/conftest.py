# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of traps share."""

from __future__ import annotations

from tests.integration.stage import stage_of
from tests.integration.traps.docker_cli import Beside

stage = stage_of(Beside)
