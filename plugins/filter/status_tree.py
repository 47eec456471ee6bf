# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: status_tree
short_description: Print services with their revisions and tasks as a tree
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Renders the RV(swarm.rollout.swarm_service_info#module:services) that M(swarm.rollout.swarm_service_info) returns
    with O(swarm.rollout.swarm_service_info#module:history=true).
  - It shows for each service how it is, how it is updated and at which step, its images, how many tasks there are, and
    its latest revisions with the tasks that run them.
positional: _input
options:
  _input:
    description:
      - The list of services.
    type: list
    elements: dict
    required: true
  ascii_only:
    description:
      - Draw with ASCII characters only.
    type: bool
    default: false
  colour:
    description:
      - Colour what is said of each service and task with the codes of terminals. Without it the text has none.
    type: bool
    default: false
  revisions:
    description:
      - How many of the latest revisions are shown. Those that tasks run are shown anyway.
    type: int
    default: 5
"""

EXAMPLES = r"""
- name: Ask
  swarm.rollout.swarm_service_info:
    history: true
  register: found

- name: As a tree
  ansible.builtin.debug:
    msg: "{{ (found.services | swarm.rollout.status_tree).splitlines() }}"
"""

RETURN = r"""
_value:
  description:
    - The tree, of several lines.
  type: str
"""

from typing import Any, Callable, Iterable, Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered
from ansible_collections.swarm.rollout.plugins.plugin_utils.status import Style, tree


def status_tree(services: Any, ascii_only: bool = False, colour: bool = False, revisions: int = 5) -> str:
    """The tree as text."""
    if not _fits(services):
        raise AnsibleFilterError("status_tree takes the services that swarm_service_info returns with history: true")
    return "\n".join(_all(services, Style(bool(ascii_only), bool(colour)), int(revisions)))


def _fits(services: Any) -> bool:
    if isinstance(services, (str, Mapping)) or not isinstance(services, Sequence):
        return False
    return all(isinstance(one, Mapping) and "slots" in one and "history" in one for one in services)


def _all(services: Sequence[Mapping[str, Any]], style: Style, revisions: int) -> Iterable[str]:
    if not services:
        yield "no service"
    for number, one in enumerate(services):
        if number:
            yield ""
        yield from tree(one, style, revisions)


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"status_tree": sheltered("status_tree", status_tree)}
