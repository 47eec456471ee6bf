# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taking the lock of a service or release for one task."""

from __future__ import annotations

from functools import partial
from typing import Any, Mapping

from .._core.history import by
from .._core.lock import named
from .context import Context


def locked(ctx: Context, key: str, actor: Mapping[str, str], reason: str, wait: float, ask: str = "") -> Any:
    """The lock as a context manager; see `_engine.lock.Lock`. `ask` is left with whoever holds it."""
    from .._engine.lock import Lock

    owner = by(actor) or "somebody"
    text = "%s: %s" % (owner, ask) if ask else ""
    told = partial(ctx.voice.doing, named(key))
    return Lock(ctx.api, key, owner=owner, reason=reason, wait=wait, clock=ctx.clock, ask=text, told=told)
