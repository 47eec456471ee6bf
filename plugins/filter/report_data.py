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
extends_documentation_fragment:
  - swarm.rollout.report
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

from typing import Any, Callable

from ansible_collections.swarm.rollout.plugins.plugin_utils._report.asked import as_filter
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_data as gathered
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered

report_data = as_filter("report_data", gathered)


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"report_data": sheltered("report_data", report_data)}
