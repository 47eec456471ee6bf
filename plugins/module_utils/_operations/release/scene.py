# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster as a release finds it: one listing of its services, its newest record, and what is to be done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Collection, Iterable, Mapping, Sequence

from ..._core import history, spec
from ..._core.cluster import JsonObject, Service
from ..._core.errors import RolloutError
from ..._core.release import Claim, Composition, claims, number_of
from ..._engine import look, releases
from ..apply import Decision, decide, refuse_another_mode
from ..context import Context
from ..lookup import needed_for_writing
from ..standing import settled
from .entries import Entry, ReleaseRequest, about

# So many names are asked for; a listing of all services is less to say from there on.
_ASKED_BY_NAME = 100


@dataclass(frozen=True)
class Scene:
    """`services` are those that matter, by name; `decisions` what each listed one that stays comes to.

    `resting` are the names of those that do what they carry. `in_force` is the release that stands now, which may
    be one that was interrupted; `highest` is the last number that is taken. `claims` are the services that other
    releases list, known where it matters.
    """

    services: Mapping[str, Service]
    decisions: Mapping[str, Decision]
    resting: Collection[str]
    in_force: Composition | None
    highest: int
    claims: Mapping[str, Claim] = field(default_factory=dict)

    def spec_of(self, name: str) -> JsonObject | None:
        """What the service carries now; None where it is not there."""
        found = self.services.get(name)
        return None if found is None else found.spec


def look_at(ctx: Context, request: ReleaseRequest) -> Scene:
    """Two calls, three after an interruption; one for each kind of reference and one for tasks where they are needed;
    digests besides.

    Raises `RolloutError` that names the service for what cannot be; nothing is written.
    """
    every = _records(ctx, request)
    listed = every.get(request.name, [])
    in_force = releases.in_force(listed)
    names = set(request.entries)
    if in_force is not None and (request.prune or in_force.open):
        names.update(in_force.members, in_force.belonging)
    services = list_services(ctx, names)
    staying = {name: entry for name, entry in request.entries.items() if not entry.absent}
    ctx.lookup.learn(ctx.api, [_needed(entry, services.get(name)) for name, entry in staying.items()])
    decisions = {name: _decide(ctx, entry, services.get(name)) for name, entry in staying.items()}
    quiet = [one.current for one in decisions.values() if one.quiet and one.current is not None]
    resting = settled(ctx, quiet)
    highest = max((number for number in map(number_of, listed)), default=0)
    still = {one.name for one in quiet if one.id in resting}
    return Scene(services, decisions, still, in_force, highest, claims_beside(request.name, every))


def claims_beside(release: str, every: Mapping[str, Sequence[Any]]) -> dict[str, Claim]:
    """What other releases list, from the config objects of all releases by their names."""
    standing = ((name, releases.in_force(listed)) for name, listed in every.items())
    # One whose data name another release than its label would stand in that one's place.
    return claims(release, [one for name, one in standing if one is not None and one.release == name])


def _records(ctx: Context, request: ReleaseRequest) -> dict[str, list[Any]]:
    """The records of this release; those of all releases where it may come to services that it does not list."""
    if not request.prune:
        own = releases.by_release(releases.listing(ctx.api, request.name))
        in_force = releases.in_force(own.get(request.name, []))
        if in_force is None or not in_force.open:
            return own
    return releases.by_release(releases.listing(ctx.api))


def list_services(ctx: Context, names: Collection[str]) -> dict[str, Service]:
    """The services of those names; one call, none for no name."""
    if not names:
        return {}
    asked = sorted(names) if len(names) <= _ASKED_BY_NAME else None
    return {service.name: service for service in look.listing(ctx.api, asked) if service.name in names}


def same(one: JsonObject | None, other: JsonObject | None) -> bool:
    """Whether both mean the same service. The counter of forced updates is no setting."""
    if one is None or other is None:
        return one is other
    return all(change.option == "force_update" for change in spec.differences(one, other))


def marks(names: Iterable[str], services: Mapping[str, Service]) -> dict[str, str]:
    """The labels that say which revision each of the services is, of those that have one."""
    found = ((name, history.text_of(services[name].spec)) for name in names if name in services)
    return {name: text for name, text in found if text}


def beside(ctx: Context, api: Any, **more: Any) -> Context:
    """The surroundings of one service of a release: its own warnings and, on another thread, its own door."""
    return replace(ctx, api=api, warnings=[], lookup=ctx.lookup.beside(api), **more)


def _needed(entry: Entry, current: Service | None) -> spec.Needed:
    return needed_for_writing(entry.request.desired, current.spec if current else None)


def _decide(ctx: Context, entry: Entry, current: Service | None) -> Decision:
    try:
        found = decide(ctx, entry.request, current)
        refuse_another_mode(found)
        if found.plan.differs:
            entry.request.keeping.check()
    except RolloutError as exc:
        raise about(entry.name, exc) from exc
    return found
