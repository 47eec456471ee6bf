# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`swarm_release` with `to`: put a whole release back as it was recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Iterable, Mapping, Sequence

from ..._core import history, spec
from ..._core import release as core
from ..._core.cluster import JsonObject, Service, mode_of
from ..._core.errors import RolloutError
from ..._core.lock import release_key
from ..._core.release import Claim, Composition, Member
from ..._engine import releases
from .. import login, lookup
from ..context import Context
from ..locking import locked
from ..standing import settled
from . import foretell, story
from .casting import Cast, since, warn_foreign, warn_shared
from .ensure import carry_out
from .entries import ReleaseRequest
from .part import Part
from .scene import Scene, claims_beside, list_services, same


class NoSuchRelease(RolloutError):
    """There is no earlier release that was good."""

    kind = "nothing_to_go_back_to"


def put_back(ctx: Context, request: ReleaseRequest) -> dict[str, Any]:
    """Bring all services of a recorded release to what they were in it. Raises `RolloutError`."""
    found = _read(ctx, request)
    if found.done:
        return _left(ctx, request, found)
    _check_references(ctx, request, found)
    _warn_of_registries(ctx, found)
    if ctx.check_mode:
        return _named(found, foretell.result(ctx, request, found.scene, found.cast))
    reason = request.keeping.cause or "back to release %d" % found.number
    with locked(ctx, release_key(request.name), request.keeping.actor, reason, request.lock_wait) as lock:
        found = _read(ctx, request)
        if found.done:
            return _left(ctx, request, found)
        result = carry_out(ctx, request, found.scene, found.cast, lock, found.number)
        return _named(found, result)


@dataclass(frozen=True)
class _Found:
    """What is recorded and what is there; no `target` where the release in force is one that was put back."""

    scene: Scene
    cast: Cast
    target: Composition | None
    networks: spec.Networks = field(default_factory=spec.Networks)

    @property
    def number(self) -> int:
        """The number of the release that is put back."""
        return self.target.number if self.target is not None else 0

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        left_open = self.scene.in_force is not None and self.scene.in_force.open
        return self.target is None or (self.cast.idle and not left_open)


def _read(ctx: Context, request: ReleaseRequest) -> _Found:
    every = releases.by_release(releases.listing(ctx.api))
    known = releases.decoded(every.get(request.name, []))
    in_force = core.current(known)
    if in_force is None:
        raise NoSuchRelease("%s: no release of this name is recorded; declare its services" % request.name)
    highest = max(one.number for one in known)
    if request.to == "previous" and in_force.restores is not None and in_force.good:
        return _Found(Scene({}, {}, (), in_force, highest), Cast({}, ()), None)
    left = _left_open(request, in_force)
    target = core.choose(known, str(left.restores) if left is not None else request.to)
    if target is None:
        raise NoSuchRelease(
            "%s: there is nothing to go back to: no release before %d was good; declare its services"
            % (request.name, in_force.number)
        )
    names = dict.fromkeys((*in_force.members, *in_force.belonging, *target.present))
    services = list_services(ctx, names)
    resting = settled(ctx, list(services.values()))
    networks = _networks(ctx, known, target, services)
    claims = claims_beside(request.name, every)
    foreign = _foreign(claims, target, names)
    warn_foreign(ctx, foreign)
    parts = {}
    for name in names:
        if name in foreign:
            continue
        part = _part(request, target, name, services.get(name), resting, networks)
        if part is not None:
            parts[name] = part
            if name in claims and not part.idle:
                warn_shared(ctx, name, claims[name])
            if left is not None:
                part.member = since(left, name, part.member)
    order = left.waves if left is not None else _order(parts, in_force, target)
    cast = Cast(parts, order, resumes=left, foreign=foreign)
    return _Found(Scene(services, {}, (), in_force, highest, claims), cast, target, networks)


def _networks(
    ctx: Context, known: Sequence[Composition], target: Composition, services: Mapping[str, Service]
) -> spec.Networks:
    """What became of the networks that the release was attached to."""
    names = {found: name for one in known for found, name in one.networks.items()}
    recorded = [member.after for member in target.members.values()]
    return ctx.lookup.networks(ctx.api, names, [*recorded, *(service.spec for service in services.values())])


def _foreign(claims: Mapping[str, Claim], target: Composition, names: Iterable[str]) -> dict[str, str]:
    """The services that are left alone since another release lists them, each with the name of that release."""
    wanted = target.present
    barred = (name for name in names if name in claims and claims[name].bars(removal=name not in wanted))
    return {name: claims[name].release for name in barred}


def _left_open(request: ReleaseRequest, in_force: Composition) -> Composition | None:
    """The record of a run that was putting back just this release when it was interrupted."""
    asked = in_force.open and in_force.restores is not None and request.to in ("previous", str(in_force.restores))
    return in_force if asked else None


def _part(
    request: ReleaseRequest,
    target: Composition,
    name: str,
    current: Service | None,
    resting: Any,
    networks: spec.Networks,
) -> Part | None:
    """What becomes of one service; None for a job that is to stay, since putting it back would run it."""
    member = target.members.get(name)
    recorded = member.after if member is not None else None
    wanted: JsonObject | None = networks.brought_up(recorded) if recorded is not None else None
    depends = member.depends_on if member is not None else ()
    before = current.spec if current is not None else None
    if wanted is not None and mode_of(wanted).endswith("-job"):
        return None
    if wanted is not None and before is not None and mode_of(wanted) == mode_of(before):
        wanted = history.restoration(wanted, before, keep_replicas=request.keep_replicas)
    idle = same(before, wanted) and (current is None or current.id in resting)
    return Part(name, Member(before, wanted, depends), replace(request.keeping), current, idle=idle)


def _order(parts: Mapping[str, Part], in_force: Composition, target: Composition) -> tuple[tuple[str, ...], ...]:
    """What is missing comes first, as it did then; then the others, the last wave first; what goes is last."""
    created = [name for name, part in parts.items() if part.member.before is None]
    removed = [name for name, part in parts.items() if part.member.after is None and name not in created]
    moved = [name for name in parts if name not in created and name not in removed]
    waves = [
        *_in_waves(created, target.waves),
        *reversed(_in_waves(moved, in_force.waves)),
        *reversed(_in_waves(removed, in_force.waves)),
    ]
    return tuple(wave for wave in waves if wave)


def _in_waves(names: Sequence[str], waves: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    found = [tuple(name for name in wave if name in names) for wave in waves]
    known = {name for wave in found for name in wave}
    return [*found, tuple(name for name in names if name not in known)]


def _check_references(ctx: Context, request: ReleaseRequest, found: _Found) -> None:
    """Refuse before anything is written when a config, secret or network that it needs is gone."""
    specs = [part.member.after for part in found.cast.parts.values() if part.member.after is not None and not part.idle]
    missing = lookup.lacking(ctx.api, found.networks, *specs)
    if missing:
        raise NoSuchRelease(
            "%s: going back to release %d is not possible: it needs %s; choose another release, or declare the "
            "services with swarm_release" % (request.name, found.number, missing)
        )


def _warn_of_registries(ctx: Context, found: _Found) -> None:
    for part in found.cast.parts.values():
        if part.current is not None and part.member.after is not None and not part.idle:
            advice = "declare the release with the login of that service instead"
            login.warn_of_another_registry(ctx, part.current, part.member.after, advice)


def _left(ctx: Context, request: ReleaseRequest, found: _Found) -> dict[str, Any]:
    in_force = found.scene.in_force
    number = in_force.number if in_force is not None else None
    result = story.unchanged(ctx, request, found.cast, number, number)
    if found.target is None:
        text = "release %s already is one that was put back, and was left alone; name a number to go further" % number
        ctx.warn("%s: %s" % (request.name, text))
    else:
        text = "its services already are what they were in release %d" % found.number
        if found.cast.foreign and not found.cast.parts:
            text = "nothing of release %d is left to put back" % found.number
    result["msg"] = "; ".join(("%s: %s" % (request.name, text), *story.left_alone(found.cast.foreign)))
    result["release"]["reason"] = text
    return _named(found, result)


def _named(found: _Found, result: dict[str, Any]) -> dict[str, Any]:
    """Say which release it was."""
    result["release"]["restores"] = found.target.number if found.target is not None else None
    return result
