# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock of one service or one release: what its config object says, and when somebody else may take it.

The data of a config object never changes, its labels can be written again; so all of the state is labels.
An object without a token is free: a lock is not deleted when it is given back, because a deletion carries no
version and could remove a lock that somebody else has taken meanwhile.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Mapping

from .masking import mask_text
from .naming import config_name
from .times import instant, spoken
from .units import digits_of

# Not the label that lists revisions.
LOCK_LABEL = "swarm.rollout.lock"
LEASE = 60.0
_OWNER = LOCK_LABEL + ".owner"
_REASON = LOCK_LABEL + ".reason"
_SINCE = LOCK_LABEL + ".since"
_EXPIRES = LOCK_LABEL + ".expires"
_LEASE = LOCK_LABEL + ".lease"
_BEAT = LOCK_LABEL + ".beat"
_TOKEN = LOCK_LABEL + ".token"
_PROCESS = LOCK_LABEL + ".process"
_ASKED = LOCK_LABEL + ".asked"
_LONGEST = 200
_RELEASE = "release:"


@dataclass(frozen=True)
class Process:
    """A process as another one on the same machine can find it again; `started` in ticks since the boot."""

    host: str
    boot: str
    namespace: str
    pid: int
    started: int

    def neighbour(self, other: Process) -> bool:
        """Whether both see the same process IDs: the same kernel, and there the same namespace."""
        return (self.host, self.boot, self.namespace) == (other.host, other.boot, other.namespace)


@dataclass(frozen=True)
class Held:
    """The state of a lock. `token` is random for each holder and empty while the lock is free.

    `since` is RFC 3339 text and `expires` seconds since the epoch, both by the holder's clock; `lease` (seconds)
    is how long the holder trusts one renewal, `beat` counts the renewals. `asked` is a request that somebody
    else left, such as `ben@laptop: abort`. `process` is None where the holder cannot name itself.
    """

    owner: str = ""
    reason: str = ""
    since: str = ""
    expires: float = 0.0
    token: str = ""
    process: Process | None = None
    asked: str = ""
    object_id: str = ""
    version: int = 0
    lease: float = LEASE
    beat: int = 0

    @property
    def free(self) -> bool:
        """Whether nobody has it."""
        return not self.token


@dataclass(frozen=True)
class Sight:
    """A holder as a waiting one sees it: the last sign of life and when it was first seen.

    `since` is in seconds of the waiting one's own monotonic clock; `renewed`: a renewal was seen since the
    waiting began, so the holder lives whatever the clocks say.
    """

    token: str
    beat: int
    since: float
    renewed: bool = False

    def silent(self, held: Held, now: float) -> bool:
        """Whether the holder has given no sign of life for a whole lease.

        The only rule about time that is safe: it needs two clocks that run equally fast, not two that show the
        same. The holder stops a margin before its lease is over, counted from before the renewal was sent, and
        this watch began after it was seen. The expiry is a time by the holder's clock, and decides nothing.
        """
        return now - self.since >= held.lease


def seen(before: Sight | None, held: Held, now: float) -> Sight:
    """The sight after one more look that ended at `now` of the monotonic clock."""
    if before is None or before.token != held.token:
        return Sight(held.token, held.beat, now)
    if before.beat != held.beat:
        return Sight(held.token, held.beat, now, renewed=True)
    return before


def release_key(name: str) -> str:
    """The key of a release's lock; that of a service's is its name, which has no colon."""
    return _RELEASE + name


def is_release(key: str) -> bool:
    """Whether it is the lock of a release."""
    return key.startswith(_RELEASE)


def named(key: str) -> str:
    """Whose lock it is, as messages begin."""
    return key.replace(_RELEASE, "release ", 1)


def object_name(key: str) -> str:
    """The name of the lock: the Engine lets each name exist once."""
    kind, _colon, name = key.rpartition(":")
    return config_name(name, kind + "-lock" if kind else "lock")


def encode(key: str, held: Held) -> dict[str, Any]:
    """The ConfigSpec for `POST /configs/create`; for an update leave `Data` out."""
    text = "Keeps two rollouts of %s apart; who has it stands in the labels.\n" % named(key)
    return {
        "Name": object_name(key),
        "Labels": labels(key, held),
        # The Engine refuses a config without data.
        "Data": base64.b64encode(text.encode("utf-8")).decode("ascii"),
    }


def labels(key: str, held: Held) -> dict[str, str]:
    """The labels of the config object; a free lock has its key only."""
    found = {LOCK_LABEL: key}
    if held.free:
        return found
    found[_OWNER] = _line(mask_text(held.owner))
    found[_REASON] = _line(mask_text(held.reason))
    found[_SINCE] = held.since
    found[_EXPIRES] = "%.3f" % held.expires
    found[_LEASE] = repr(held.lease)
    found[_BEAT] = str(held.beat)
    found[_TOKEN] = held.token
    process = held.process
    if process is not None:
        found[_PROCESS] = " ".join(
            (process.host, process.boot, process.namespace, str(process.pid), str(process.started))
        )
    if held.asked:
        found[_ASKED] = _line(mask_text(held.asked))
    return found


def decode(raw: Any) -> Held:
    """From the answer to `GET /configs/NAME`. Anybody may have written over it: what cannot be read is empty."""
    outer = raw if isinstance(raw, Mapping) else {}
    spec = outer.get("Spec")
    marks = spec.get("Labels") if isinstance(spec, Mapping) else None
    found = {str(key): str(value) for key, value in marks.items()} if isinstance(marks, Mapping) else {}
    version = outer.get("Version")
    index = version.get("Index") if isinstance(version, Mapping) else 0
    beat = found.get(_BEAT, "")
    return Held(
        owner=found.get(_OWNER, ""),
        reason=found.get(_REASON, ""),
        since=found.get(_SINCE, ""),
        expires=_seconds(found.get(_EXPIRES), 0.0),
        token=found.get(_TOKEN, ""),
        process=_process(found.get(_PROCESS, "")),
        asked=found.get(_ASKED, ""),
        object_id=str(outer.get("ID") or ""),
        version=index if isinstance(index, int) else 0,
        lease=_seconds(found.get(_LEASE), 0.0) or LEASE,
        beat=digits_of(beat) or 0,
    )


def describe(held: Held, now: float) -> str:
    """Who has it, since when and why, as part of a sentence; `now` in seconds since the epoch."""
    if held.free:
        return "free"
    text = "held by %s" % (_line(held.owner) or "somebody who left no name")
    begun = instant(held.since)
    if begun is not None:
        text += " since %s UTC" % held.since[:19].replace("T", " ")
    if held.reason:
        text += ' for "%s"' % _line(mask_text(held.reason))
    if now > held.expires:
        ago = " %s ago" % spoken(now - held.expires) if held.expires else ""
        text += ", not renewed since its lease ended%s" % ago
    if held.asked:
        text += ' (left for it: "%s")' % _line(mask_text(held.asked))
    return text


def _line(text: str) -> str:
    """Other people's text on one line of bearable length."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _seconds(text: str | None, default: float) -> float:
    """A finite number that is not negative and, as an instant, not beyond the year 9999."""
    try:
        found = float(text or "")
    except ValueError:
        return default
    return found if 0 <= found < 253_402_300_000 else default


def _process(text: str) -> Process | None:
    words = text.split()
    if len(words) != 5:
        return None
    pid, started = digits_of(words[3]), digits_of(words[4])
    return None if pid is None or started is None else Process(words[0], words[1], words[2], pid, started)
