# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_data
short_description: Gather the data of the report on a run
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Gathers what the pages of P(swarm.rollout.report_html#filter) and P(swarm.rollout.report_markdown#filter) show, with
    the same keys whatever kind of run it was. Values that look secret are hidden.
  - The role P(swarm.rollout.report#role) uses it to write its files.
positional: _input
options:
  _input:
    description:
      - The run, with C(kind) (V(rollout), V(rollback) or V(verify)), C(name) of the service or release, and C(result),
        what the module returned.
      - It may have C(plan) (of a run in check mode before), C(verify) (the result of checks afterwards), C(status) (an
        entry of RV(swarm.rollout.swarm_service_info#module:services)), C(change_cause) and C(actor).
    type: dict
    required: true
seealso:
  - plugin: swarm.rollout.report_html
    plugin_type: filter
  - plugin: swarm.rollout.report_markdown
    plugin_type: filter
"""

EXAMPLES = r"""
- name: A new image
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
  register: deployed

- name: What to type next
  ansible.builtin.debug:
    msg: "{{ ({'kind': 'rollout', 'name': 'vote', 'result': deployed} | swarm.rollout.report_data).next }}"
"""

RETURN = r"""
_value:
  description:
    - The data. C(figures) are the few numbers that come first, C(services) has one entry per service, C(next) the
      commands to type next, C(file) is the name for a file without its ending.
  type: dict
"""

import time
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data as gathered


def report_data(run: Any) -> dict[str, Any]:
    """The data of the report."""
    try:
        return gathered(run, time.time())
    except ValueError as exc:
        raise AnsibleFilterError("report_data: %s" % exc) from exc


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"report_data": report_data}
