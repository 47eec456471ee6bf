# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the collection: one sentence for people, a kind for programs.

Every error that can reach a user derives from `RolloutError`. Its message is one sentence that
names the option or the object, the value, and what to do; it never contains a secret.
"""

from __future__ import annotations

import json
from typing import Any, Mapping

from .masking import masked

# Messages name several services with their causes; nobody reads more than this.
_LONGEST = 2000


class RolloutError(Exception):
    """Base of all errors; `partial` is what the task already knows and still has to return."""

    kind = "error"

    def __init__(self, message: str, partial: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.partial: dict[str, Any] = dict(partial or {})

    def __str__(self) -> str:
        return self.message


class OptionError(RolloutError):
    """A value given by the user cannot be used; nothing was changed."""

    kind = "option"

    def __init__(self, option: str, value: Any, advice: str) -> None:
        # Hidden as it is, before it is quoted and cut; a part of a secret, or its escaped form, is found no more.
        # The option may contain names that the user made.
        super().__init__(sentence("%s: %s is not usable: %s" % (option, describe(_hidden(option, value)), advice)))
        self.option = option


def _hidden(option: str, value: Any) -> Any:
    """The value as a message may quote it. Numbers, dicts and lists are hidden for the name of their option as well."""
    if option.startswith("secrets"):
        return value  # of Swarm, and their names
    return masked(value) if isinstance(value, str) else masked(value, option)


class UnsupportedError(RolloutError):
    """The Engine is too old for an option and would drop it without a word."""

    kind = "unsupported"

    def __init__(self, option: str, needs: str, has: str) -> None:
        super().__init__(
            "%s needs Engine API %s, but the manager speaks %s: upgrade the Engine or remove the option"
            % (option, needs, has)
        )
        self.option = option


class MissingReference(RolloutError):
    """A network, config or secret that the service needs is not there."""

    kind = "reference"

    def __init__(self, option: str, what: str, name: str) -> None:
        super().__init__(
            '%s: there is no %s named "%s" in this Swarm; create it first or correct the name' % (option, what, name)
        )
        self.option = option


class ConnectionFailed(RolloutError):
    """No manager could be reached (socket, TCP, TLS, SSH)."""

    kind = "connection"


class NotAManager(RolloutError):
    """The Engine answers, but it is no Swarm manager, or the Swarm has lost its quorum."""

    kind = "not_a_manager"


class NoLeader(NotAManager):
    """The managers that answer have no leader: they elect one, or there are too few of them."""


class EngineError(RolloutError):
    """The Engine refused a request; `status` is its HTTP status.

    `reason` is its own sentence, to be judged by; `told` is the same as people may read it, without secrets.
    """

    kind = "engine"

    def __init__(self, message: str, status: int, reason: str, told: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.told = reason if told is None else told

    @property
    def name_in_use(self) -> bool:
        """Whether a config could not be made since one of that name is there; not every Engine says 409."""
        return self.status == 409 or "already exists" in self.reason


class NotFound(EngineError):
    """The object asked for does not exist (HTTP 404)."""

    kind = "not_found"


class OutOfSequence(EngineError):
    """The service was written by somebody else meanwhile (HTTP 500, "update out of sequence")."""

    kind = "out_of_sequence"


class UncertainWrite(RolloutError):
    """The connection broke during a write: the Engine may or may not have acted.

    The caller reads the object again and finds out.
    """

    kind = "uncertain"


class RolloutFailed(RolloutError):
    """The cluster did not reach the wanted state; `partial` carries the whole result.

    `blameless`: what is missing was missing before the change.
    """

    kind = "rollout"

    def __init__(self, message: str, partial: Mapping[str, Any] | None = None, *, blameless: bool = False) -> None:
        super().__init__(message, partial)
        self.blameless = blameless


def describe(value: Any) -> str:
    """A user's value as it appears in a message: quoted, on one line, at most 60 characters, all of them printable."""
    text = _written(value) if not isinstance(value, str) else '"%s"' % value
    text = _printable(" ".join(text.split())[:61])
    return text if len(text) <= 60 else text[:57] + "..."


def _written(value: Any) -> str:
    """A value that is no text, as it may stand in YAML; people who write playbooks need not know Python."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, TypeError, RecursionError):
        return type(value).__name__


def sentence(text: str) -> str:
    """A text that others wrote as one line that can be read: what is in the middle of a very long one is left out."""
    line = _printable(" ".join(str(text).split()))
    return line if len(line) <= _LONGEST else "%s ... %s" % (line[: _LONGEST - 305], line[-300:])


def _printable(text: str) -> str:
    """A terminal obeys some of the other characters, and no file takes half of a surrogate pair."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
