# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wrapper around AnsibleModule: options in, one operation, result or one sentence out."""

from __future__ import annotations

import os
import time
import traceback
from typing import Any, Callable, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule

from ._core.convergence import Patience, patience_of
from ._core.errors import RolloutError, RolloutFailed
from ._core.progress import Narrator
from ._core.shown_options import Arguments
from ._core.spec import show
from ._engine.api import Api
from ._engine.options import CONNECTION_ARGUMENTS, CONNECTION_REQUIRED_TOGETHER, ConnectionOptions
from ._operations.context import Context
from ._rollout_module import RolloutModule, unusable
from ._sink import Sink

PROGRESS_ARGUMENTS: dict[str, dict[str, Any]] = {"progress": {"type": "bool", "default": True}}

WAIT_ARGUMENTS: dict[str, dict[str, Any]] = {"wait": {"type": "bool", "default": True}, **PROGRESS_ARGUMENTS}

PATIENCE_ARGUMENTS: dict[str, dict[str, Any]] = {
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

Operation = Callable[[Context, Mapping[str, Any]], Mapping[str, Any]]


def run_module(
    operation: Operation,
    arguments: Mapping[str, Mapping[str, Any]],
    *,
    waits: bool = True,
    mutually_exclusive: Sequence[Sequence[str]] = (),
    required_one_of: Sequence[Sequence[str]] = (),
    entries: Mapping[str, Arguments] | None = None,
) -> None:
    """Parse the options, run the operation against the Engine, and leave with its result.

    `entries` has the arguments of options that hold options of services, which the operation reads.
    Every error ends as `fail_json` with one sentence and with what is known by then.
    """
    module = RolloutModule(
        refused=unusable,
        entries=entries,
        argument_spec={
            **CONNECTION_ARGUMENTS,
            **({**WAIT_ARGUMENTS, **PATIENCE_ARGUMENTS} if waits else {}),
            **arguments,
        },
        required_together=CONNECTION_REQUIRED_TOGETHER,
        mutually_exclusive=list(mutually_exclusive),
        required_one_of=list(required_one_of),
        supports_check_mode=True,
    )
    ctx: Context | None = None
    params = _without_secrets(module)
    sink = Sink.taken_from(os.environ, module.rare_secrets.hide)
    try:
        patience = patience_of(params) if waits else Patience()
        with Api(ConnectionOptions.of(params)) as api:
            api.secrets = module.secrets
            ctx = Context(
                api,
                wait=bool(params.get("wait", True)),
                patience=patience,
                check_mode=module.check_mode,
                voice=_voice(module, sink),
            )
            api.tell = ctx.voice.aside
            result = dict(_carried_out(ctx, params, operation))
    except RolloutError as exc:
        _warn(module, ctx)
        partial = {key: value for key, value in exc.partial.items() if key != "msg"}
        partial.setdefault("changed", False)
        # A rollout that failed knows what it has done. Other errors come from where nobody knew what was done before.
        if ctx is not None and ctx.wrote and not isinstance(exc, RolloutFailed):
            partial["changed"] = True
            exc.message += "; services were written to before that, run the task again to see what became of them"
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
    finally:
        if sink is not None:
            sink.close()


def _without_secrets(module: RolloutModule) -> dict[str, Any]:
    """The options, with no secret of theirs in what is recorded for everybody who asks why."""
    params = dict(module.params)
    if params.get("change_cause"):
        params["change_cause"] = module.rare_secrets.hide(params["change_cause"])
    return params


def _carried_out(ctx: Context, params: Mapping[str, Any], operation: Operation) -> Mapping[str, Any]:
    if not params.get("availability"):
        return operation(ctx, params)
    from ._operations.availability import measured

    return measured(ctx, params, operation)


def _voice(module: AnsibleModule, sink: Sink | None) -> Narrator:
    """Who tells the controller what happens; silent where nobody is to hear of it."""
    quiet = sink is None or module.no_log or module.check_mode or not module.params.get("progress")
    return Narrator() if sink is None or quiet else Narrator(sink.write, time.monotonic)


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
