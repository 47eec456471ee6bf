# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode: the plan of the whole release, wave by wave."""

from __future__ import annotations

from typing import Any

from ..._core import spec
from ..._core.cluster import mode_of
from ..._core.release import wave_seconds
from ..._core.times import spoken
from .. import plan as planning
from ..context import Context
from ..draft import Draft
from . import story
from .casting import Cast
from .entries import ReleaseRequest
from .part import Part
from .scene import Scene

_ALONE = (
    "whether there is room is reckoned for each service as if the others of its wave stood still, and with the tasks "
    "where they are now"
)


def result(ctx: Context, request: ReleaseRequest, scene: Scene, cast: Cast) -> dict[str, Any]:
    """What a run would do now, with the keys of a run."""
    found = story.unchanged(ctx, request, cast, None, scene.in_force.number if scene.in_force else None)
    active = [part for part in cast.parts.values() if not part.idle]
    made = plan(ctx, request, cast) if cast.resumes is None or not cast.resumes.back else None
    for entry in found["services"]:
        part = cast.parts[entry["name"]]
        if not part.idle:
            changes = [change.option for change in part.decision.plan.overlay.changes] if part.decision else []
            entry.update(
                outcome="planned", changed=part.changes, changes=changes, msg="%s: %s" % (part.name, _will(part))
            )
    found.update(
        changed=any(part.changes for part in active),
        plan=made,
        diff=story.diff(cast.parts),
        msg="%s: %s" % (request.name, _headline(cast, made)),
    )
    found["release"].update(
        outcome="planned" if active else "unchanged",
        reason=_interrupted(cast),
        previous_revision=scene.in_force.number if scene.in_force else None,
    )
    return found


def plan(ctx: Context, request: ReleaseRequest, cast: Cast) -> dict[str, Any]:
    """The plans of all services that move, in their waves; three calls, and one for each image."""
    names = [name for name, part in cast.parts.items() if not part.idle]
    ground = planning.Ground.of(ctx, names)
    waves: list[dict[str, Any]] = []
    notes: list[str] = []
    for wave in cast.order:
        moving = [cast.parts[name] for name in wave if not cast.parts[name].idle]
        if not moving:
            continue
        plans = [(part, _plan(ground, part)) for part in moving]
        seconds = [_seconds(ground, part, one) for part, one in plans]
        lacking = [part.name for part, known in zip(moving, seconds) if known is None]
        if lacking:
            notes.append("how long %s takes cannot be foreseen" % ", ".join(lacking))
        waves.append(
            {
                "wave": len(waves) + 1,
                "services": [one for _part, one in plans],
                "estimated_seconds": wave_seconds(seconds, request.at_once),
            }
        )
    known = [wave["estimated_seconds"] for wave in waves]
    total = None if None in known else round(sum(one for one in known if one is not None), 1)
    if any(len(wave["services"]) > 1 for wave in waves):
        notes.append(_ALONE)
    notes += story.left_alone(cast.foreign)
    return {
        "action": "release",
        "release": request.name,
        "on_failure": request.policy.on_failure,
        "point_of_no_return": request.policy.point or None,
        "waves": waves,
        "unchanged": [name for name, part in cast.parts.items() if part.idle],
        "estimated_seconds": total,
        "notes": notes,
    }


def _plan(ground: planning.Ground, part: Part) -> dict[str, Any]:
    if part.decision is not None:
        return ground.plan(part.name, part.decision.plan, part.decision.request.schedule).as_dict()
    before, after = part.member.before, part.member.after
    if after is None:
        return ground.removal(part.current).as_dict() if part.current is not None else {"estimated_seconds": 0.0}
    recreate = before is not None and mode_of(before) != mode_of(after)
    overlay = spec.Overlay(dict(after), spec.differences(before or {}, after), recreate)
    return ground.plan(part.name, Draft(part.current, overlay, spec.NO_REFERENCES)).as_dict()


def _seconds(ground: planning.Ground, part: Part, shown: dict[str, Any]) -> float | None:
    if part.member.job and part.member.after is not None:
        return ground.job_seconds(part.name)
    found: float | None = shown["estimated_seconds"]
    return found


def _will(part: Part) -> str:
    if part.member.after is None:
        return "would be removed"
    if part.member.before is None:
        return "would be created"
    return "would be changed" if part.changes else "is not what it declares yet, and would be waited for"


def _interrupted(cast: Cast) -> str:
    if cast.resumes is None:
        return ""
    way = "ended by going back" if cast.resumes.back else "gone on with"
    return "release %d was interrupted and would be %s" % (cast.resumes.number, way)


def _headline(cast: Cast, made: dict[str, Any] | None) -> str:
    if made is None:
        return "; ".join((_interrupted(cast), *story.left_alone(cast.foreign)))
    changing = sum(1 for part in cast.parts.values() if part.changes and not part.idle)
    text = "%d of %d services would be changed, in %d waves" % (changing, len(cast.parts), len(made["waves"]))
    seconds = made["estimated_seconds"]
    text += "" if seconds is None else ", in about %s" % spoken(seconds)
    return "; ".join(part for part in (text, _interrupted(cast), *story.left_alone(cast.foreign)) if part)
