# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_markdown
short_description: Write the report on a run as Markdown
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Renders what a run returned as Markdown, for tickets, chats and pull requests. Whatever comes from the cluster is
    escaped.
  - The role P(swarm.rollout.report#role) uses it to write its files.
positional: _input
options:
  _input:
    description:
      - The run, with C(kind) (V(rollout), V(rollback) or V(verify)), C(name) of the service or release, and C(result),
        what the module returned.
      - Or what P(swarm.rollout.report_data#filter) made of it.
      - It may have C(plan) (of a run in check mode before), C(verify) (the result of checks afterwards), C(status) (an
        entry of RV(swarm.rollout.swarm_service_info#module:services)), C(change_cause) and C(actor).
    type: dict
    required: true
seealso:
  - plugin: swarm.rollout.report_html
    plugin_type: filter
  - plugin: swarm.rollout.report_data
    plugin_type: filter
"""

EXAMPLES = r"""
- name: A new image
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
  register: deployed

- name: Show the report
  ansible.builtin.debug:
    msg: "{{ {'kind': 'rollout', 'name': 'vote', 'result': deployed} | swarm.rollout.report_markdown }}"
"""

RETURN = r"""
_value:
  description:
    - The text.
  type: str
"""

import time
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils._report import markdown
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_on


def report_markdown(run: Any) -> str:
    """The report as one text."""
    try:
        return markdown.report_markdown(report_on(run, time.time()))
    except ValueError as exc:
        raise AnsibleFilterError("report_markdown: %s" % exc) from exc


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"report_markdown": report_markdown}
