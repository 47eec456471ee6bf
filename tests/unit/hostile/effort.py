# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much is tried: the same few dozen cases in every run, or thousands of new ones with `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The cases of a run of `make fuzz`, per test.
MANY = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
TOLERATED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large)


def effort(few: int) -> settings:
    """The settings of a test that tries `few` cases in an ordinary run."""
    return settings(
        max_examples=MANY if DEEP else few,
        derandomize=not DEEP,
        database=None,
        deadline=None,
        suppress_health_check=TOLERATED,
    )
