# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a specification means and needs, whatever the Engine filled in or left out."""

from __future__ import annotations

from typing import Any, Mapping

from .lay import unknown_differences
from .table import FIELDS, TABLE


def canonical(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting that is not the default, by option name; what the table does not know by its Engine path.

    This collection's own labels do not count.
    """
    found: dict[str, Any] = {}
    for row in TABLE:
        value = row.read(spec)
        if not row.kind.same(value, row.default):
            found[row.option] = value
    for path, _nothing, value in unknown_differences({}, spec):
        found[path] = value
    return found


def object_ids(spec: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The configs and secrets that a specification refers to: by kind, names by ID."""
    found: dict[str, dict[str, str]] = {}
    for what in ("config", "secret"):
        entries = FIELDS[what + "s"].read(spec)
        found[what] = {entry[what + "_id"]: entry[what + "_name"] for entry in entries if entry[what + "_id"]}
    return found
