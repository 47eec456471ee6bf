# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  change_cause:
    description:
      - Why the change is made, recorded with the revision and shown in the history.
    type: str
    version_added: 0.1.0
  require_change_cause:
    description:
      - Refuse a change without a O(change_cause). A run that changes nothing needs none.
    type: bool
    default: false
    version_added: 0.1.0
  revision_history_limit:
    description:
      - How many revisions of the service are kept, as config objects of the Swarm. The oldest beyond the limit are
        deleted after a change, but never the one in force, the last good ones, and pinned ones.
      - V(0) records nothing.
    type: int
    default: 10
    version_added: 0.1.0
  pin:
    description:
      - Never delete the revision that this change makes.
    type: bool
    default: false
    version_added: 0.1.0
  actor:
    description:
      - Who makes the change, recorded with the revision. Filled in on the controller with the user and the host there
        and, where they are known, the AWX or Tower job, its user and the revision of its project.
      - Keys given here win over those that were filled in.
    type: dict
    version_added: 0.1.0
"""
