# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Service options: their table, and everything that follows from it. Pure; no Engine, no Ansible.

The way of an option: `parse` makes canonical values of a task's options, `references_needed` says
which IDs have to be looked up, `overlay` lays the values over the current spec and says what changes,
`show` and `diff` turn specs back into options. The table itself is in `table.py`.
"""

from __future__ import annotations

from .desired import Desired, needs, parse, read_env_file
from .image import digest_of, is_image, is_pinned, pin, same_tag
from .kinds import NO_REFERENCES, References
from .lay import Change, Needed, Overlay, differences, overlay, references_needed
from .meaning import canonical, object_ids
from .networks import Networks, network_ids
from .placement import has_placement, with_placement
from .shown import diff, show
from .table import argument_spec
from .tasks import same_task_spec

__all__ = [
    "NO_REFERENCES",
    "Change",
    "Desired",
    "Needed",
    "Networks",
    "Overlay",
    "References",
    "argument_spec",
    "canonical",
    "diff",
    "differences",
    "digest_of",
    "has_placement",
    "is_image",
    "is_pinned",
    "needs",
    "network_ids",
    "object_ids",
    "overlay",
    "parse",
    "pin",
    "read_env_file",
    "references_needed",
    "same_tag",
    "same_task_spec",
    "show",
    "wanted_image",
    "with_placement",
]


def wanted_image(desired: Desired) -> str | None:
    """The image that the user asked for, in Docker's familiar spelling, or None."""
    image = desired.values.get("image")
    return image if isinstance(image, str) and image else None
