# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who takes part in a release: the listed services, those that go, and what an interrupted run left behind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Mapping

from ..._core import history
from ..._core.cluster import JsonObject
from ..._core.release import FROZEN, Claim, Composition, Member
from ..._core.waves import arrange
from ..context import Context
from ..ledger import Keeping
from .entries import ReleaseRequest
from .part import Part
from .scene import Scene, same


@dataclass(frozen=True)
class Cast:
    """The parts by name, and their names wave by wave.

    `resumes` is the record that the same task left open, `unlisted` are services that stay without being listed.
    `foreign` are those that are left alone, each with the release that lists it now.
    """

    parts: Mapping[str, Part]
    order: tuple[tuple[str, ...], ...]
    unlisted: tuple[str, ...] = ()
    resumes: Composition | None = None
    foreign: Mapping[str, str] = field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do for any of them."""
        return all(part.idle for part in self.parts.values())

    @property
    def writes(self) -> bool:
        """Whether something may be written: a change, or a job that did not succeed and is run again."""
        return any(part.changes or part.strayed or (part.member.job and not part.idle) for part in self.parts.values())

    @property
    def present(self) -> set[str]:
        """The services that there are in the end."""
        return {name for name, part in self.parts.items() if part.member.after is not None}

    def recorded(self, point: str, restores: int | None = None) -> dict[str, Any]:
        """What the record of the release says before anything is changed."""
        return {
            "members": {name: part.member for name, part in self.parts.items()},
            "waves": self.order,
            "unlisted": self.unlisted,
            "point": point,
            "restores": restores,
        }


def declared(ctx: Context, request: ReleaseRequest, scene: Scene) -> Cast:
    """The cast of what the task lists."""
    left = scene.in_force if scene.in_force is not None and scene.in_force.open else None
    parts = {name: _listed(request, scene, name) for name in request.entries}
    gone = _pruned(ctx, request, scene) if request.prune else {}
    resumes = left if left is not None and _same_declaration(left, {**parts, **gone}) else None
    if left is not None and (resumes is not None or left.outcome != FROZEN):
        # What was before the interrupted run is what going back leads to.
        for name, part in {**parts, **gone}.items():
            if not _barred(scene, name):
                part.member = since(left, name, part.member)
        gone.update(_orphans(request, scene, left, {**parts, **gone}))
    every = {**parts, **gone}
    leaving = [name for name, part in every.items() if part.member.after is None]
    order = arrange({name: part.member.depends_on for name, part in every.items()}, leaving)
    for name in request.entries:
        if name in scene.claims:
            warn_shared(ctx, name, scene.claims[name])
    unlisted = _unlisted(scene, every)
    foreign = {name: scene.claims[name].release for name in unlisted if name in scene.claims}
    warn_foreign(ctx, foreign)
    return Cast(every, tuple(order), tuple(name for name in unlisted if name not in foreign), resumes, foreign)


def warn_foreign(ctx: Context, foreign: Mapping[str, str]) -> None:
    """Say of each service whose it is, and that nothing is done with it."""
    for name, release in foreign.items():
        ctx.warn("%s: it belongs to release %s now and is left alone" % (name, release))


def warn_shared(ctx: Context, name: str, claim: Claim) -> None:
    """Say that a service which is written is listed elsewhere too."""
    ctx.warn("%s: release %s lists it as well; list a service in one release only" % (name, claim.release))


def _barred(scene: Scene, name: str) -> bool:
    """Whether what an interrupted run of this release made of it is another release's by now."""
    claim = scene.claims.get(name)
    return claim is not None and claim.bars(removal=False)


def _listed(request: ReleaseRequest, scene: Scene, name: str) -> Part:
    entry = request.entries[name]
    present, current = scene.spec_of(name), scene.services.get(name)
    if entry.absent:
        member = Member(present, None, entry.depends_on)
        return Part(name, member, entry.request.keeping, current, entry, idle=present is None)
    decision = scene.decisions[name]
    member = Member(present, decision.wanted, entry.depends_on)
    idle = decision.quiet and name in scene.resting
    return Part(name, member, entry.request.keeping, current, entry, decision, idle=idle)


def _pruned(ctx: Context, request: ReleaseRequest, scene: Scene) -> dict[str, Part]:
    """Services of earlier releases of this name that are not listed any more, and were not made anew by others."""
    found: dict[str, Part] = {}
    for name in scene.in_force.belonging if scene.in_force is not None else ():
        present = scene.spec_of(name)
        former = scene.in_force.members.get(name) if scene.in_force is not None else None
        claim = scene.claims.get(name)
        if name in request.entries or (claim is not None and claim.bars(removal=True)):
            continue
        if present is None:
            if former is not None and former.after is None:
                # An interrupted run has removed it already.
                found[name] = Part(name, Member(None, None, former.depends_on), request.keeping, idle=True)
            continue
        if history.read(present) is None and (former is None or not same(present, former.after)):
            ctx.warn("%s: it is no longer listed, but somebody else made it anew; it stays" % name)
            continue
        member = Member(present, None, former.depends_on if former is not None else ())
        found[name] = Part(name, member, request.keeping, scene.services[name])
    names = {*request.entries, *found}
    for part in found.values():
        kept = tuple(other for other in part.member.depends_on if other in names)
        part.member = replace(part.member, depends_on=kept)
    return found


def _orphans(request: ReleaseRequest, scene: Scene, left: Composition, listed: Mapping[str, Part]) -> dict[str, Part]:
    """What an interrupted run changed that this one does not list: it goes back to what it was."""
    found: dict[str, Part] = {}
    for name, member in left.members.items():
        present = scene.spec_of(name)
        if name in listed or same(present, member.before) or same(member.before, member.after):
            continue
        if _barred(scene, name):
            continue
        if same(present, member.after) or _under_way(present):
            # Going on and going back lead to the same.
            there = Member(member.before, member.before)
            found[name] = Part(name, there, request.keeping, scene.services.get(name))
    return found


def since(left: Composition, name: str, member: Member) -> Member:
    """The member with what was before an interrupted run, unless others have changed the service since that."""
    was = left.members.get(name)
    present = member.before
    if was is None:
        return member
    ours = any(same(present, one) for one in (was.before, was.after, was.found)) or _under_way(present)
    if not ours:
        return member
    return replace(member, before=was.before, found=None if same(present, was.before) else present)


def _under_way(present: JsonObject | None) -> bool:
    marker = history.read(present) if present is not None else None
    return marker is not None and (marker.stepping or marker.returning)


def _same_declaration(left: Composition, parts: Mapping[str, Part]) -> bool:
    """Whether the record leads where this task leads, so that its run is gone on with."""
    if left.restores is not None:
        return False
    ahead = {name for name, part in parts.items() if part.member.after is not None or name in left.members}
    if ahead != set(left.members):
        return False
    return all(same(left.members[name].after, parts[name].member.after) for name in ahead)


def _unlisted(scene: Scene, parts: Mapping[str, Part]) -> tuple[str, ...]:
    """They belong to the release until a run with `prune` removes them, or another release is seen to list them."""
    belonging = scene.in_force.belonging if scene.in_force is not None else ()
    return tuple(name for name in belonging if name not in parts)


def keeping_of(part: Part, release: str, number: int | None, given: Keeping) -> Keeping:
    """What the history of the service says of the change: its own cause, or that of the release."""
    own = part.entry.request.keeping if part.entry is not None else given
    return replace(own, cause=own.cause or given.cause or "release %s %s" % (release, number))
