# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: masked
short_description: Hide what looks secret in any value
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Hides what the modules of this collection hide in their results, such as values whose names look secret, passwords
    in URLs, and settings such as C(password=...) in a sentence.
  - The runbooks use it for what they tell endpoints, since a change cause may be anything.
positional: _input
options:
  _input:
    description:
      - The value.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Where the database is
  ansible.builtin.debug:
    msg: "{{ 'postgres://shop:hunter2@db/shop' | swarm.rollout.masked }}"
"""

RETURN = r"""
_value:
  description:
    - The same value with asterisks in place of what looks secret.
  type: raw
"""

from typing import Any, Callable

from ansible_collections.swarm.rollout.plugins.module_utils._core.masking import hidden
from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered


def masked(value: Any) -> Any:
    """The value without what looks secret in it."""
    return hidden("", value)


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"masked": sheltered("masked", masked)}
