# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wrapper around AnsibleModule: options in, one operation, result or one sentence out."""

from __future__ import annotations

import traceback
from typing import Any, Callable, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule

from ._core.convergence import Patience
from ._core.errors import OptionError, RolloutError
from ._core.masking import secrets_in
from ._core.spec import show
from ._core.units import parse_duration
from ._engine.api import Api
from ._engine.options import CONNECTION_ARGUMENTS, CONNECTION_REQUIRED_TOGETHER, ConnectionOptions
from ._operations.availability import measured
from ._operations.context import Context

WAIT_ARGUMENTS: dict[str, dict[str, Any]] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "str", "default": "1h"},
    "progress_deadline": {"type": "str", "default": "10m"},
    "min_healthy_time": {"type": "str"},
}

HISTORY_ARGUMENTS: dict[str, dict[str, Any]] = {
    "change_cause": {"type": "str"},
    "require_change_cause": {"type": "bool", "default": False},
    "revision_history_limit": {"type": "int", "default": 10},
    "pin": {"type": "bool", "default": False},
    "actor": {"type": "dict"},
}

# Options whose texts may hold secrets; in others (names of secrets, paths of keys) only names stand.
_MAY_HOLD_SECRETS = (
    "env",
    "args",
    "command",
    "labels",
    "container_labels",
    "logging",
    "healthcheck",
    "mounts",
    "checks",
    "availability",
)
# Hiding shorter texts would hide half of the output, and who has such a password has another problem.
_SHORTEST_SECRET = 4

Operation = Callable[[Context, Mapping[str, Any]], Mapping[str, Any]]


class _Module(AnsibleModule):
    """AnsibleModule that hides the secrets inside options before it logs or returns its invocation."""

    def _log_invocation(self) -> None:
        given = {option: self.params.get(option) for option in _MAY_HOLD_SECRETS}
        self.no_log_values.update(text for text in secrets_in(given) if len(text) >= _SHORTEST_SECRET)
        super()._log_invocation()


def run_module(
    operation: Operation,
    arguments: Mapping[str, Mapping[str, Any]],
    *,
    waits: bool = True,
    mutually_exclusive: Sequence[Sequence[str]] = (),
) -> None:
    """Parse the options, run the operation against the Engine, and leave with its result.

    Every error ends as `fail_json` with one sentence and with what is known by then.
    """
    module = _Module(
        argument_spec={**CONNECTION_ARGUMENTS, **(WAIT_ARGUMENTS if waits else {}), **arguments},
        required_together=CONNECTION_REQUIRED_TOGETHER,
        mutually_exclusive=list(mutually_exclusive),
        supports_check_mode=True,
    )
    ctx: Context | None = None
    try:
        patience = _patience(module.params) if waits else Patience()
        with Api(ConnectionOptions.of(module.params)) as api:
            ctx = Context(
                api,
                wait=bool(module.params.get("wait", True)),
                patience=patience,
                check_mode=module.check_mode,
            )
            result = dict(measured(ctx, module.params, operation))
    except RolloutError as exc:
        _warn(module, ctx)
        partial = {key: value for key, value in exc.partial.items() if key != "msg"}
        partial.setdefault("changed", False)
        if "swarm_service" in partial:
            partial["swarm_service"] = _what_is_set(partial["swarm_service"])
        module.fail_json(msg=exc.message, error_kind=exc.kind, **{**partial, **_calls(module, ctx)})
    except Exception as exc:  # noqa: BLE001 - the boundary: a user never sees a bare traceback
        _warn(module, ctx)
        module.fail_json(
            msg="an error of swarm.rollout itself (%s); run with -vvv and report it" % type(exc).__name__,
            error_kind="bug",
            exception=traceback.format_exc(),
        )
    else:
        _warn(module, ctx)
        module.exit_json(**{**result, **_calls(module, ctx)})


def _what_is_set(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The service without the options that are as nobody set them: Ansible prints a failure whole, people read it."""
    plain = show({})
    return {
        option: value
        for option, value in shown.items()
        if value not in (None, "", [], {}) and value != plain.get(option)
    }


def _calls(module: AnsibleModule, ctx: Context | None) -> dict[str, Any]:
    """What `debug` adds to a result: the requests that were sent, in their order."""
    if not module.params["debug"]:
        return {}
    return {"engine_calls": ["%s %s" % (call.method, call.path) for call in (ctx.api.calls if ctx else ())]}


def _warn(module: AnsibleModule, ctx: Context | None) -> None:
    for text in ctx.warnings if ctx else ():
        module.warn(text)


def _patience(params: Mapping[str, Any]) -> Patience:
    """The waiting options in seconds. Raises `OptionError`."""
    return Patience(
        progress_deadline=_positive(params, "progress_deadline") or Patience.progress_deadline,
        wait_timeout=_positive(params, "wait_timeout"),
        min_healthy=_seconds(params, "min_healthy_time"),
    )


def _seconds(params: Mapping[str, Any], option: str) -> float | None:
    value = params.get(option)
    if value is None or value == "":
        return None
    try:
        return parse_duration(value) / 1e9
    except ValueError as exc:
        raise OptionError(option, value, str(exc)) from None


def _positive(params: Mapping[str, Any], option: str) -> float | None:
    seconds = _seconds(params, option)
    if seconds is not None and seconds <= 0:
        raise OptionError(option, params[option], "give a duration above 0, such as 10m")
    return seconds
