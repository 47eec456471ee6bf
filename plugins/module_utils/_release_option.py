# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `services` of `swarm_release`: the options of `swarm_service` in each entry of a list."""

from __future__ import annotations

from typing import Any, Mapping

from ._core.errors import OptionError
from ._module import PATIENCE_ARGUMENTS
from ._service_options import SERVICE_ARGUMENTS, Entries

ENTRY_ARGUMENTS: dict[str, dict[str, Any]] = {
    **PATIENCE_ARGUMENTS,
    **SERVICE_ARGUMENTS,
    "depends_on": {"type": "list", "elements": "str"},
}
# What an entry does not say is as the release says.
HANDED_DOWN = (
    *PATIENCE_ARGUMENTS,
    "change_cause",
    "require_change_cause",
    "revision_history_limit",
    "pin",
    "actor",
    "lock_wait",
)


def service_parameters(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters of `swarm_service` for each entry. Raises `OptionError` that names the entry."""
    entries = Entries(
        "services",
        ENTRY_ARGUMENTS,
        "give options of swarm_service; a release always waits, and the connection is that of the release",
    )
    found = []
    for place, given in enumerate(params.get("services") or ()):
        if not isinstance(given, Mapping):
            raise OptionError("services", "entry %d" % (place + 1), "write a dict of options of swarm_service")
        label = str(given.get("name") or "entry %d" % (place + 1))
        handed = {option: params.get(option) for option in HANDED_DOWN if params.get(option) is not None}
        found.append(entries.read({**handed, **given}, label))
    return found
