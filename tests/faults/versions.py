# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is under test here."""

from __future__ import annotations

import importlib.metadata

from tests.faults import record
from tests.lab.lab import Lab


def under_test(lab: Lab) -> record.Under:
    """The versions of all that a run consists of."""
    engine = str(lab.manager().get("/version")["Version"]).partition("+")[0]
    ansible, docker = (importlib.metadata.version(name) for name in ("ansible-core", "docker"))
    return record.Under(record.digest(), engine, ansible, docker)
