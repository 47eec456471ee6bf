# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: endpoints
short_description: Read the list of endpoints that a runbook tells
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Reads C(rollout_notify) and C(rollback_notify) in all forms that they may have, and checks them.
positional: _input, name
options:
  _input:
    description:
      - A URL, or a list of URLs and of dicts with C(url), C(format), C(on) and C(headers), or that as text.
    type: raw
    required: true
  name:
    description:
      - The name of the variable, for the sentence that says what is wrong with it. No URL is repeated there.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: The hosts that will be told
  ansible.builtin.debug:
    msg: "{{ rollout_notify | swarm.rollout.endpoints('rollout_notify') | map(attribute='host') }}"
"""

RETURN = r"""
_value:
  description:
    - One dict each with C(url), C(host), C(format), C(on) and C(headers).
  type: list
  elements: dict
"""

from typing import Any, Callable

from ansible_collections.swarm.rollout.plugins.plugin_utils.runbook import endpoints as read_endpoints
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered


def endpoints(value: Any, name: str) -> list[dict[str, Any]]:
    """The endpoints, each complete."""
    return read_endpoints(value, name)


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"endpoints": sheltered("endpoints", endpoints)}
