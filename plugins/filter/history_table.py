# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: history_table
short_description: Print the history of a service as a table
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Renders the RV(swarm.rollout.swarm_service_info#module:services[].history) of a service as text, newest revision
    first, with a star at the revision in force.
positional: _input
options:
  _input:
    description:
      - The list of revisions.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: The history of the poll
  ansible.builtin.debug:
    msg: "{{ poll.services[0].history | swarm.rollout.history_table }}"
"""

RETURN = r"""
_value:
  description:
    - The table, one line per revision below a line of headings.
  type: str
"""

from typing import Any, Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.swarm.rollout.plugins.plugin_utils.sheltered import sheltered

_HEADINGS = ("REVISION", "CREATED", "OUTCOME", "IMAGE", "CAUSE", "BY")
_WIDEST_CAUSE = 40


def history_table(revisions: Sequence[Mapping[str, Any]]) -> str:
    """The table as text."""
    if isinstance(revisions, (str, Mapping)) or not all(isinstance(one, Mapping) for one in revisions):
        raise AnsibleFilterError(
            "history_table takes the list in services[].history or releases[].history of swarm_service_info"
        )
    of_release = any("changed" in one for one in revisions)
    headings = ["CHANGED" if of_release and heading == "IMAGE" else heading for heading in _HEADINGS]
    rows = [headings, *(_row(one) for one in revisions)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    outcome = str(one.get("outcome", "")).replace("_", " ")
    if one.get("restores"):
        outcome += " (back to %s)" % one["restores"]
    if one.get("missing"):
        outcome += " (needs %s)" % ", ".join(one["missing"])
    cause = str(one.get("cause") or "")
    return (
        "%s%s%s" % (one.get("revision", ""), "*" if one.get("current") else "", " pinned" if one.get("pinned") else ""),
        str(one.get("created_at", ""))[:19].replace("T", " "),
        outcome,
        _short(str(one.get("image") or "")) if "changed" not in one else _names(one["changed"]),
        cause if len(cause) <= _WIDEST_CAUSE else cause[: _WIDEST_CAUSE - 3] + "...",
        str(one.get("by") or ""),
    )


def _names(names: Sequence[str]) -> str:
    """The services that a release changed, as far as they fit."""
    text = ", ".join(names) or "nothing"
    return text if len(text) <= _WIDEST_CAUSE else "%d services" % len(names)


def _short(image: str) -> str:
    """The image with the first digits of its digest only."""
    name, at, digest = image.partition("@sha256:")
    return "%s@%s" % (name, digest[:8]) if at else name


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        """Names and functions."""
        return {"history_table": sheltered("history_table", history_table)}
