# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: joined
short_description: Tell a rollout that several tasks made as one
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - A progressive rollout may be made by M(swarm.rollout.swarm_service) with C(step_pause=manual) and
    M(swarm.rollout.swarm_rollout) with C(state=advanced), one task for each step. This joins their results to one, for
    a report and for who wants to know how all of it went.
  - Probes of availability are added up. Of latencies the highest of the parts is told, since quantiles cannot be added.
    Between two tasks nothing was measured.
positional: _input
options:
  _input:
    description:
      - The results in the order in which the tasks ran.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: How long all of it took
  ansible.builtin.debug:
    msg: "{{ ([begun, advanced] | swarm.rollout.joined).rollout.duration }} s"
"""

RETURN = r"""
_value:
  description:
    - The last result, with the beginning, the steps, the failures, the timeline and the availability of all.
  type: dict
"""

from typing import Any, Callable, Mapping

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils.joined import join
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered


def joined(results: Any) -> dict[str, Any]:
    """The results as one."""
    if not isinstance(results, list) or not results or not all(isinstance(one, Mapping) for one in results):
        raise AnsibleFilterError("joined takes a list of results of swarm_service and swarm_rollout, at least one")
    try:
        return join(results)
    except (KeyError, TypeError, AttributeError):
        raise AnsibleFilterError("joined takes results of swarm_service and swarm_rollout as they are") from None


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"joined": sheltered("joined", joined)}
