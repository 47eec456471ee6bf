# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # For filters that report on a run
    DOCUMENTATION = r"""
options:
  _input:
    description:
      - The run, with C(kind) (V(rollout), V(rollback) or V(verify)), C(name) of the service or release, and C(result),
        what the module returned.
      - It may have C(plan) (of a run in check mode before), C(verify) (the result of checks afterwards), C(status) (an
        entry of RV(swarm.rollout.swarm_service_info#module:services)), C(change_cause) and C(actor).
    type: dict
    required: true
"""
