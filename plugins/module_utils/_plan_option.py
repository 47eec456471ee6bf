# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `plan` of `swarm_service_info`: the options of `swarm_service` inside a dict."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ._core.errors import OptionError
from ._module import PATIENCE_ARGUMENTS, WAIT_ARGUMENTS
from ._service_options import SERVICE_ARGUMENTS, Entries

# Logins are left out: what stands in an untyped dict cannot be kept out of logs.
_NOT_TAKEN = ("name", "state", "registry_auth")
PLAN_ARGUMENTS: dict[str, dict[str, Any]] = {
    option: own
    for option, own in {**WAIT_ARGUMENTS, **PATIENCE_ARGUMENTS, **SERVICE_ARGUMENTS}.items()
    if option not in _NOT_TAKEN
}


def plan_parameters(names: Sequence[str] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of `swarm_service` for the one service named. Raises `OptionError`."""
    if names is None or len(names) != 1:
        raise OptionError("name", ", ".join(names or ()), "give exactly one name with plan")
    entries = Entries("plan", PLAN_ARGUMENTS, "give options of swarm_service that describe the service")
    return {**entries.read(given), "name": names[0]}
