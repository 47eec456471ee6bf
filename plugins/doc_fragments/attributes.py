# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Every module says for itself how far it supports these
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description:
      - Can run in check mode, plans the real change and returns the same keys without touching the cluster.
  diff_mode:
    description: Returns what changed, or would change in check mode, in option names.
  idempotent:
    description:
      - Run a second time with the same options, it changes nothing, as long as nobody else changes the
        cluster in between.
"""

    # For modules that only read; together with the one above
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Reads only.
  diff_mode:
    support: N/A
    details:
      - Reads only.
  idempotent:
    support: full
    details:
      - Reads only.
"""

    ACTIONGROUP_SWARM = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/swarm.rollout.swarm) in C(module_defaults) to set connection options for all modules of
        this collection. Defaults of C(group/community.docker.docker) apply as well.
    support: full
    membership:
      - swarm.rollout.swarm
"""
