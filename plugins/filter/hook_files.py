# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: hook_files
short_description: Find the files of a runbook's hooks
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Reads C(rollout_hooks) and C(rollback_hooks), refuses hooks that do not exist, and finds their files.
positional: _input, name, known, folders
options:
  _input:
    description:
      - A dict of hooks and paths, or that as text.
    type: raw
    required: true
  name:
    description:
      - The name of the variable, for the sentence that says what is wrong with it.
    type: str
    required: true
  known:
    description:
      - The hooks that there are.
    type: list
    elements: str
    required: true
  folders:
    description:
      - Folders in which a relative path is looked for, the first one first.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Where the hooks are
  ansible.builtin.debug:
    msg: "{{ {'pre_apply': 'backup.yml'} | swarm.rollout.hook_files('hooks', ['pre_apply'], [playbook_dir]) }}"
"""

RETURN = r"""
_value:
  description:
    - For each hook that there is, a list with the absolute path of its file, or an empty one.
  type: dict
"""

from typing import Any, Callable, Sequence

from ansible_collections.swarm.rollout.plugins.plugin_utils.runbook import hook_files as find
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered


def hook_files(value: Any, name: str, known: Sequence[str], folders: Sequence[str]) -> dict[str, list[str]]:
    """The path of each hook's file."""
    return find(value, name, known, folders)


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"hook_files": sheltered("hook_files", hook_files)}
