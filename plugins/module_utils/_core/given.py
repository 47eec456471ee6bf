# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What no option may hold, whatever it is for: texts that no Engine takes, and values without a bottom."""

from __future__ import annotations

from typing import Any, Mapping

from .errors import OptionError
from .shape import is_utf8

# No option has more than a handful of levels.
_DEEPEST = 50


class Unusable(OptionError):
    """What an option holds is no value at all; it is not repeated, since it may be a secret."""

    def __init__(self, option: str, what: str) -> None:
        super().__init__(option, None, what)
        self.message = "%s: %s" % (option, what)


def refuse_unusable(params: Mapping[str, Any]) -> None:
    """Raise `Unusable` for the first value that cannot be written down for an Engine.

    A zero byte ends every text for the kernel, so that a container given one does not start. Half of a surrogate pair
    comes from bytes that are no UTF-8, and the Engine would keep something else than what was given.
    """
    waiting = [(str(option), value, 0) for option, value in params.items()]
    while waiting:
        option, value, depth = waiting.pop()
        if isinstance(value, str):
            _check_text(option, value)
        elif depth > _DEEPEST:
            raise Unusable(option, "it is nested more than %d levels deep; no option is" % _DEEPEST)
        elif isinstance(value, Mapping):
            for key, item in value.items():
                _check_text(option, str(key))
                waiting.append((_below(option, str(key), depth), item, depth + 1))
        elif isinstance(value, (list, tuple)):
            waiting.extend((option, item, depth + 1) for item in value)


def _below(option: str, key: str, depth: int) -> str:
    """The name of a sub-option; further down keys are the user's own."""
    return "%s.%s" % (option, key) if depth < 2 and key.isidentifier() else option


def _check_text(option: str, text: str) -> None:
    if "\0" in text:
        raise Unusable(option, "it holds a zero byte; write text without one, since no program can be given it")
    if not is_utf8(text):
        raise Unusable(
            option, "it holds bytes that are no UTF-8; write it as UTF-8, or hand it over as a secret or config"
        )
