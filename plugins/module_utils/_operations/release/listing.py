# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorded releases as `swarm_service_info` shows them."""

from __future__ import annotations

from typing import Any, Sequence

from ..._core import history
from ..._core import release as core
from ..._core.cluster import image_of
from ..._core.lock import release_key
from ..._core.masking import mask_text
from ..._core.release import Composition
from ..._core.units import digits_of
from ..._engine import releases
from ..context import Context
from .scene import list_services, marks, same


def listing(ctx: Context) -> list[dict[str, Any]]:
    """All releases by name, each with its history, newest first; two calls, and one for each that is under way."""
    by_name: dict[str, list[Composition]] = {}
    for one in releases.decoded(releases.listing(ctx.api)):
        by_name.setdefault(one.release, []).append(one)
    names = {name for known in by_name.values() for one in known if one.stands for name in one.present}
    services = list_services(ctx, names)
    return [_shown(ctx, name, known, services) for name, known in sorted(by_name.items())]


def _shown(ctx: Context, name: str, known: Sequence[Composition], services: Any) -> dict[str, Any]:
    in_force = core.current(known)
    present = in_force.present if in_force is not None else ()
    changed = []
    if in_force is not None and in_force.good:
        now = marks(present, services)
        drifted = (one for one in present if one in services and _drifted(services[one].spec))
        changed = sorted({*drifted, *(one for one in present if now.get(one) != in_force.revisions.get(one))})
    return {
        "name": name,
        "revision": in_force.number if in_force is not None else None,
        "services": list(in_force.belonging) if in_force is not None else [],
        "changed_since": changed,
        "driver": _driver(ctx, name) if in_force is not None and in_force.open else None,
        "history": [_entry(one, in_force) for one in sorted(known, key=lambda one: -one.number)],
    }


def _drifted(spec: Any) -> bool:
    marker = history.read(spec)
    return marker is not None and not marker.intact


def _driver(ctx: Context, name: str) -> str | None:
    from ..._engine.lock import holder

    held = holder(ctx.api, release_key(name))
    return mask_text(held.owner) if held is not None else None


def _entry(one: Composition, in_force: Composition | None) -> dict[str, Any]:
    return {
        "revision": one.number,
        "current": in_force is not None and in_force.number == one.number,
        "created_at": one.created_at,
        "outcome": one.outcome,
        "reason": mask_text(one.reason) or None,
        "restores": one.restores,
        "cause": mask_text(one.cause) or None,
        "by": history.by(one.actor),
        "duration": one.duration,
        "pinned": one.pinned,
        "waves": [list(wave) for wave in one.waves],
        "changed": [name for name, member in one.members.items() if not same(member.before, member.after)],
        "services": {
            name: {"revision": _number(one.revisions.get(name)), "image": image_of(member.after)}
            for name, member in one.members.items()
            if member.after is not None
        },
    }


def _number(mark: str | None) -> int | None:
    return digits_of((mark or "").partition(".")[0])
