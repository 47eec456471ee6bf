# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Engine's refusals as typed errors."""

from __future__ import annotations

import json
import re
from typing import Callable

from .._core.errors import (
    ConnectionFailed,
    EngineError,
    NoLeader,
    NotAManager,
    NotFound,
    OptionError,
    OutOfSequence,
    RolloutError,
    UncertainWrite,
)
from .._core.masking import mask_text

_REASON_LENGTH = 300
# Nobody judges by more than this of a page that some proxy answers.
_LONGEST = 10_000
# What the leader's loss looks like to a request that was on its way (gRPC codes, swarmkit raft.go).
_INTERRUPTED = re.compile(
    r"code = (Unavailable|DeadlineExceeded|Canceled|Aborted)|context deadline exceeded|context canceled"
    r"|los(ing|t) leader status|failed to process the request: node is stopped"
    r"|transport is closing|error reading from server",
    re.IGNORECASE,
)
_VERSION = re.compile(r"client version (\S+) is too (?:new|old)", re.IGNORECASE)


class LeaderLost(NotAManager):
    """The manager has waited in vain for the leader (20 s in moby); usually a new one is elected by then."""


def _as_it_is(text: str) -> str:
    """There is nothing to hide."""
    return text


def engine_error(
    host: str, method: str, path: str, status: int, body: bytes, hide: Callable[[str], str] = _as_it_is
) -> RolloutError:
    """The error for an answer with an HTTP status of 300 or above; `path` is without query and version.

    `hide` takes secrets out of what the Engine says. What kind of error it is, its own words decide.
    """
    message = message_of(body)
    reason = message or _plain(body) or "HTTP status %d" % status
    # Hidden before it is cut: a part of a secret is found no more.
    told = mask_text(hide(reason))[:_REASON_LENGTH]
    special = _no_manager(host, reason) or _not_understood(host, status, reason, told)
    if special is not None:
        return special
    sentence = "%s refused %s %s: %s" % (host, method, path, told)
    if message is None and status < 500:
        # Some other server: its "not found" must not be taken for "no such service".
        sentence = "%s answered %s %s with HTTP status %d, but not as a Docker Engine does (%s): check docker_host"
        return EngineError(sentence % (host, method, path, status, told), status, reason, told)
    if message is None and method != "GET":
        # A proxy, which lost the Engine on the way.
        return UncertainWrite(
            "%s answered %s %s with HTTP status %d (%s): it is unknown whether it took effect"
            % (host, method, path, status, told)
        )
    if status == 404 and reason != "page not found":
        return NotFound(sentence, status, reason, told)
    if "update out of sequence" in reason.lower():
        return OutOfSequence(sentence, status, reason, told)
    if status >= 500 and _INTERRUPTED.search(reason):
        if method == "GET":
            return LeaderLost("%s has lost the leader of the Swarm (%s): is a quorum alive?" % (host, told))
        return UncertainWrite(
            "%s lost the leader of the Swarm during %s %s (%s): it is unknown whether it took effect"
            % (host, method, path, told)
        )
    return EngineError(sentence, status, reason, told)


def malformed(host: str, path: str, detail: str) -> EngineError:
    """For an answer that cannot be read."""
    sentence = "%s gave an answer to %s that cannot be read: %s; is a Docker Engine there?"
    return EngineError(sentence % (host, path, detail), 0, detail)


def message_of(body: bytes) -> str | None:
    """The Engine's own sentence, on one line; None if whatever answered is no Engine."""
    try:
        data = json.loads(body.decode("utf-8", "replace"))
    except ValueError:
        return None
    if not isinstance(data, dict) or "message" not in data:
        return None
    return " ".join(str(data["message"]).split())[:_LONGEST]


def _plain(body: bytes) -> str:
    """The text of an answer that is not the Engine's, without markup."""
    text = re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace"))
    return " ".join(text.split())[:_LONGEST]


def _no_manager(host: str, reason: str) -> NotAManager | None:
    """Swarm's answers (HTTP 503) of a node that cannot serve the cluster, each with its own way out."""
    lower = reason.lower()
    if "does not have a leader" in lower or "no elected cluster leader" in lower:
        return NoLeader("the Swarm has no leader (asked %s): too few of its managers are alive; bring them back" % host)
    if "needs to be unlocked" in lower:
        return NotAManager("the Swarm is locked on %s: run docker swarm unlock there" % host)
    if "certificates have expired" in lower:
        return NotAManager("the Swarm certificates of %s have expired: let the node join again" % host)
    if "not a swarm manager" not in lower:
        return None
    if "worker node" in lower:
        return NotAManager("%s is a worker: set docker_host to a manager of the Swarm, or promote it" % host)
    return NotAManager("%s is not part of a Swarm: set docker_host to a manager, or run docker swarm init there" % host)


def _not_understood(host: str, status: int, reason: str, told: str) -> RolloutError | None:
    if status != 400:
        return None
    if "HTTP request to an HTTPS server" in reason:
        return ConnectionFailed("%s speaks TLS on this port: set validate_certs or tls to true" % host)
    match = _VERSION.search(reason)
    if match:
        return OptionError("api_version", match.group(1), 'the Engine says "%s"; set it to auto' % told)
    return None
