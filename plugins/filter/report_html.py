# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_html
short_description: Draw the report on a run as one HTML file
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Renders what a run returned as one page, with the outcome, figures, what each slot went through beside the plan,
    availability, failures with their log lines, changes, and what to type next.
  - The page needs no network and no script, is made for light and dark, a phone and paper, and can be sent by mail.
  - It takes what P(swarm.rollout.report_data#filter) made of a run as well.
  - The role P(swarm.rollout.report#role) uses it to write its files.
positional: _input
extends_documentation_fragment:
  - swarm.rollout.report
seealso:
  - plugin: swarm.rollout.report_markdown
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

- name: Keep the report
  ansible.builtin.copy:
    content: "{{ {'kind': 'rollout', 'name': 'vote', 'result': deployed} | swarm.rollout.report_html }}"
    dest: /srv/reports/vote.html
    mode: "0644"
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description:
    - The page.
  type: str
"""

from typing import Any, Callable

from ansible_collections.swarm.rollout.plugins.plugin_utils._report import render
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.asked import as_filter
from ansible_collections.swarm.rollout.plugins.plugin_utils._report.data import report_on
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered

report_html = as_filter("report_html", lambda run, now: render.report_html(report_on(run, now)))


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"report_html": sheltered("report_html", report_html)}
