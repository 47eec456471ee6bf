# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: from_text
short_description: Read a variable that may have come as text
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Surveys and command lines send text where inventories send lists and dicts. This reads both.
  - An empty text is a variable that is not given.
positional: _input, kind, name
options:
  _input:
    description:
      - The value.
    type: raw
    required: true
  kind:
    description:
      - What it stands for.
      - A V(list) is written as YAML, as JSON, or separated by commas; a V(dict) as YAML or JSON.
    type: str
    choices: [str, bool, int, list, dict]
    required: true
  name:
    description:
      - The name of the variable, for the sentence that says what is wrong with it. The value is never repeated there.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Steps from a survey
  ansible.builtin.debug:
    msg: "{{ '1,50%,100%' | swarm.rollout.from_text('list', 'rollout_steps') }}"
"""

RETURN = r"""
_value:
  description:
    - The value in its own form, none where it is not given.
  type: raw
"""

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils.runbook import read
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered


def from_text(value: Any, kind: str, name: str) -> Any:
    """The value as `kind`; none where it is not given."""
    try:
        return read(value, kind, name)
    except KeyError:
        raise AnsibleFilterError("from_text: kind is one of str, bool, int, list and dict") from None


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"from_text": sheltered("from_text", from_text)}
