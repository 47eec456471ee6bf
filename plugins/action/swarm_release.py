# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs on the controller before the module: says who acts, as for `swarm_service`."""

from __future__ import annotations

from ansible_collections.swarm.rollout.plugins.action.swarm_service import ActionModule as Recorded


class ActionModule(Recorded):
    """Runs the module of the same name with its `actor` filled in."""
