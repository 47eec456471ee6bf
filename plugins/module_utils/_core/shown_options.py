# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task as they may be logged and returned, and the secrets that they hold.

Each value is judged by its place, in whatever form it was given. Nothing is searched for in what was printed: a text
that was quoted or escaped for that is found no more.
"""

from __future__ import annotations

from typing import Any, Mapping

from .masking import MASK, mask_text, masked, secrets_in, secrets_of_text
from .secret_values import spelled

Arguments = Mapping[str, Mapping[str, Any]]

# Names of secrets and configs of Swarm, which are none.
_NAMES = ("secrets", "configs")
# Options whose secrets are looked for in all that is told. Of others only passwords of URLs and of settings are: names
# must stay readable.
MAY_HOLD_SECRETS = frozenset(
    (
        "env",
        "args",
        "command",
        "labels",
        "container_labels",
        "logging",
        "healthcheck",
        "mounts",
        "networks",
        "registry_auth",
        "checks",
        "availability",
        "actor",
        "body",
    )
)


def by_any_name(arguments: Arguments) -> dict[str, Mapping[str, Any]]:
    """The argument of each name that an option may be given by, aliases included."""
    return {key: own for name, own in arguments.items() for key in (name, *(own.get("aliases") or ()))}


def shown_options(arguments: Arguments, params: Mapping[str, Any], entries: Mapping[str, Arguments]) -> dict[str, Any]:
    """The options with their secrets hidden. What `arguments` do not know, or not in this form, is hidden whole.

    `entries` has the arguments of options that are dicts, or lists of dicts, of other options.
    """
    known = by_any_name(arguments)
    return {
        name: _shown(known[name], value, name, entries.get(name)) if name in known else MASK
        for name, value in params.items()
    }


def _shown(argument: Mapping[str, Any], value: Any, name: str, entry: Arguments | None = None) -> Any:
    kind, inner = argument.get("type", "str"), argument.get("options")
    if value is None:
        return None
    if argument.get("no_log") or not _fits(argument, kind, value):
        return MASK
    if inner is None and entry is None:
        return _plain(value) if name in _NAMES else masked(value)
    if isinstance(value, str):
        return MASK
    if isinstance(value, (list, tuple)):
        return [_shown({**argument, "type": "dict"}, item, name, entry) for item in value]
    if entry is not None:
        return shown_options(entry, value, {})
    known: Arguments = inner or {}
    return {key: _shown(known[key], item, key) if key in known else MASK for key, item in value.items()}


def _fits(argument: Mapping[str, Any], kind: str, value: Any) -> bool:
    """Whether the value is what it has to be, at least so far that it can be looked through."""
    if argument.get("choices"):
        return value in argument["choices"]
    if kind in ("bool", "int", "float"):
        return isinstance(value, (int, float)) or (isinstance(value, str) and value.isdigit())
    if kind in ("str", "path"):
        return not isinstance(value, (Mapping, list, tuple))
    return kind == "raw" or isinstance(value, (str, Mapping) if kind == "dict" else (str, list, tuple))


def _plain(value: Any) -> Any:
    """A value that is made of names, without passwords of URLs and settings."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {mask_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def secrets_of_options(params: Any, entries: Mapping[str, Arguments]) -> frozenset[str]:
    """The texts among options that must not be seen wherever they turn up, such as in what a container says."""
    return spelled(_secrets(params, entries))


def _secrets(params: Any, entries: Mapping[str, Arguments]) -> set[str]:
    found: set[str] = set()
    if not isinstance(params, Mapping):
        return found
    for option, value in params.items():
        if option in entries:
            several = value if isinstance(value, (list, tuple)) else [value]
            found.update(*(_secrets(one, {}) for one in several))
        elif option in MAY_HOLD_SECRETS:
            found |= secrets_in(value)
        else:
            texts = value if isinstance(value, (list, tuple)) else [value]
            found.update(*(secrets_of_text(text) for text in texts if isinstance(text, str)))
    return found
