# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option `plan` of `swarm_service_info`: the options of `swarm_service` inside a dict."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ._core import spec
from ._core.errors import OptionError
from ._module import HISTORY_ARGUMENTS, WAIT_ARGUMENTS

# Logins are left out: what stands in an untyped dict cannot be kept out of logs.
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "unspecified": {"type": "str", "choices": ["keep", "reset"], "default": "keep"},
    "resolve_image": {"type": "str", "choices": ["true", "false", "changed"], "default": "changed"},
    "with_registry_auth": {"type": "bool", "default": False},
    "allow_recreate": {"type": "bool", "default": False},
    "strict": {"type": "bool", "default": False},
    "plan_id": {"type": "str"},
}


def plan_parameters(names: Sequence[str] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of `swarm_service` for the one service named. Raises `OptionError`."""
    if names is None or len(names) != 1:
        raise OptionError("name", ", ".join(names or ()), "give exactly one name with plan")
    arguments = {**WAIT_ARGUMENTS, **HISTORY_ARGUMENTS, **spec.argument_spec(), **_ARGUMENTS}
    known = {name for option, own in arguments.items() for name in (option, *(own.get("aliases") or ()))}
    for option in given:
        if option not in known:
            raise OptionError("plan", option, "give options of swarm_service that describe the service")
    result = ArgumentSpecValidator(arguments).validate(dict(given))
    if result.error_messages:
        raise OptionError("plan", ", ".join(given), "; ".join(result.error_messages))
    return {**result.validated_parameters, "name": names[0]}
