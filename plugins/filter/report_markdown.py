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
  - It takes what P(swarm.rollout.report_data#filter) made of a run as well.
  - The role P(swarm.rollout.report#role) uses it to write its files.
positional: _input
extends_documentation_fragment:
  - swarm.rollout.report
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

from typing import Any, Callable

from ansible_collections.swarm.rollout.plugins.plugin_utils._report import markdown
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.asked import as_filter
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_on
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered

report_markdown = as_filter("report_markdown", lambda run, now: markdown.report_markdown(report_on(run, now)))


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"report_markdown": sheltered("report_markdown", report_markdown)}
