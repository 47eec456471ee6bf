# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the parameters of `swarm_service` to the use case."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .._core import spec, steps
from .._core.checks import Check
from .._core.errors import OptionError
from . import apply
from .context import Context
from .draft import Request
from .ledger import Keeping


def ensure(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the service present as declared, or absent."""
    if params["state"] == "absent":
        from . import remove

        return remove.absent(ctx, params["name"], params.get("plan_id") or None, keeping(params))
    return apply.apply(ctx, request(params))


def request(params: Mapping[str, Any]) -> Request:
    """What the parameters declare. Raises `OptionError`; asks no Engine."""
    login = params.get("registry_auth") or None
    schedule, way = steps.parse(params)
    checked = checks_of(params)
    if checked and schedule is None:
        raise OptionError("checks", checked[0].name, "checks run after steps: give steps, such as [1, 100%]")
    return Request(
        name=params["name"],
        desired=spec.parse(params, _lines(params.get("env_files"))),
        unspecified=params["unspecified"],
        resolve_image=params["resolve_image"],
        allow_recreate=params["allow_recreate"],
        force=bool(params.get("force_update")),
        login=login,
        hand_over_login=bool(params.get("with_registry_auth")) or login is not None,
        hand_over_always=bool(params.get("with_registry_auth")),
        keeping=keeping(params),
        strict=bool(params.get("strict")),
        plan_id=params.get("plan_id") or None,
        schedule=schedule,
        way=way,
        checks=checked,
    )


def checks_of(params: Mapping[str, Any]) -> tuple[Check, ...]:
    """The checks that the parameters ask for. Raises `OptionError`."""
    given = params.get("checks")
    if not given:
        return ()
    from .._core.checks.parse import parse

    return parse(given)


def keeping(params: Mapping[str, Any]) -> Keeping:
    """What the parameters of a changing module say about history."""
    return Keeping(
        cause=params.get("change_cause") or "",
        require_cause=bool(params.get("require_change_cause")),
        limit=params["revision_history_limit"],
        pin=bool(params.get("pin")),
        actor=actor_of(params),
    )


def actor_of(params: Mapping[str, Any]) -> dict[str, str]:
    """Who acts, without what is not known of them."""
    return {key: str(value) for key, value in (params.get("actor") or {}).items() if value not in (None, "")}


def _lines(paths: Sequence[str] | None) -> list[str] | None:
    """The lines of the env files, in order; None without the option. Raises `OptionError` for an unreadable file."""
    if paths is None:
        return None
    lines: list[str] = []
    # Ansible makes a list with one empty text of an empty text.
    for path in filter(None, paths):
        try:
            with open(path, encoding="utf-8-sig") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8 text"
            raise OptionError(
                "env_files", path, "%s on the host that runs the module; correct the path" % reason
            ) from None
        lines += spec.read_env_file(text, path)
    return lines
