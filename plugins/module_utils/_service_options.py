# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of `swarm_service`: its own, and those of a service inside a dict of another module."""

from __future__ import annotations

from typing import Any, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ._core import spec
from ._core.availability import AVAILABILITY_ARGUMENTS
from ._core.checks import CHECKS_ARGUMENTS
from ._core.errors import OptionError, sentence
from ._core.given import Unusable
from ._core.steps import STEPS_ARGUMENTS
from ._login_options import LOGIN_ARGUMENTS
from ._module import HISTORY_ARGUMENTS
from ._option_shapes import misshapen

# Besides those of the connection and of waiting, which every module has.
SERVICE_ARGUMENTS: dict[str, dict[str, Any]] = {
    **spec.argument_spec(),
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "unspecified": {"type": "str", "choices": ["keep", "reset"], "default": "keep"},
    "resolve_image": {"type": "str", "choices": ["true", "false", "changed"], "default": "changed"},
    **LOGIN_ARGUMENTS,
    "allow_recreate": {"type": "bool", "default": False},
    "strict": {"type": "bool", "default": False},
    "plan_id": {"type": "str"},
    "checks": CHECKS_ARGUMENTS,
    "availability": AVAILABILITY_ARGUMENTS,
    **STEPS_ARGUMENTS,
    **HISTORY_ARGUMENTS,
}


class Entries:
    """Reads dicts that hold options of a service, as Ansible itself reads a task's."""

    def __init__(self, option: str, arguments: Mapping[str, Mapping[str, Any]], advice: str) -> None:
        """`option` is what messages name, `advice` what they say of an option that is none of `arguments`."""
        self._option = option
        self._advice = advice
        self._arguments = arguments
        self._known = {name for key, own in arguments.items() for name in (key, *(own.get("aliases") or ()))}
        self._validator = ArgumentSpecValidator(dict(arguments))

    def read(self, given: Mapping[str, Any], label: str = "") -> dict[str, Any]:
        """The parameters, typed and complete. `label` says which one it is. Raises `OptionError`."""
        which = "%s: " % label if label else ""
        for option in given:
            if option not in self._known:
                raise OptionError(self._option, which + str(option), self._advice)
        wrong = misshapen(self._arguments, given)
        if wrong is not None:
            raise Unusable(self._option, which + wrong.message)
        result = self._validator.validate(dict(given))
        if result.error_messages:
            raise OptionError(self._option, which + ", ".join(given), sentence("; ".join(result.error_messages)))
        return dict(result.validated_parameters)
