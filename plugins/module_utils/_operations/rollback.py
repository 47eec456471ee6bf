# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Back to an earlier specification: which one, whether at all, and what will be restored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .._core import history, spec, steps
from .._core.cluster import JsonObject, Service, image_of
from .._core.errors import OptionError, RolloutError
from .._core.history import Aim, Revision
from .._core.masking import mask_text
from .._core.times import instant, spoken
from .._core.units import digits_of
from .._engine import look, records
from . import lookup, returning
from .context import Context
from .ledger import Keeping, Ledger
from .locking import locked
from .outcome import without_watch
from .readiness import Surroundings
from .restore import Rollback
from .service import keeping
from .standing import stand


@dataclass(frozen=True)
class RollbackRequest:
    """What a task asks for. `from_image`: act only while the service runs that image.

    `explicit` says that a target was named, so that the result of a rollback is not left alone. `login` is given in
    place of the one that is looked up; it is for the registry of the image that is restored.
    """

    name: str
    from_image: str | None = None
    force: bool = False
    override: spec.Desired | None = None
    aim: Aim = field(default_factory=Aim)
    explicit: bool = False
    readiness: bool = True
    lock_wait: float = 120.0
    login: Mapping[str, Any] | None = field(default=None, repr=False)
    hand_over_login: bool = False
    keeping: Keeping = field(default_factory=Keeping)


def request_of(params: Mapping[str, Any]) -> RollbackRequest:
    """What the parameters of `swarm_service_rollback` ask for. Raises `OptionError`."""
    given = params.get("rollback_config")
    to = (params.get("to") or "").strip()
    number = None
    if to and to != "previous":
        number = digits_of(to)
        if not number:
            raise OptionError("to", to, "give the number of a revision, or previous")
    image = params.get("to_image") or None
    login = params.get("registry_auth") or None
    return RollbackRequest(
        name=params["name"],
        from_image=params.get("from_image"),
        force=bool(params.get("force")),
        override=spec.parse({"rollback_config": given}) if given else None,
        aim=Aim(number, image, bool(params.get("keep_replicas", True))),
        explicit=bool(to or image),
        readiness=bool(params.get("readiness", True)),
        lock_wait=steps.parse(params)[1].lock_wait,
        login=login,
        hand_over_login=bool(params.get("with_registry_auth")) or login is not None,
        keeping=keeping(params),
    )


class NothingToGoBackTo(RolloutError):
    """There is no earlier specification that was good and differs."""

    kind = "nothing_to_go_back_to"


@dataclass(frozen=True)
class Target:
    """What is restored: the specification, and the revision that recorded it (None: only Swarm has it)."""

    spec: JsonObject
    revision: Revision | None


def roll_back(ctx: Context, request: RollbackRequest) -> dict[str, Any]:
    """Restore an earlier specification, or leave alone what is there already.

    A rollback that is under way is waited for, and one that got stuck goes on: its tasks are not all back, whatever the
    specification says.
    """
    current = look.find(ctx.api, request.name)
    if current is None:
        raise OptionError("name", request.name, "there is no such service in this Swarm; correct the name")
    elsewhere = request.from_image is not None and not spec.is_image(current.image, request.from_image)
    if elsewhere and not _on_the_way_back(current):
        return _left_alone(
            ctx,
            current,
            "it does not run %s but %s, so there is nothing to roll back" % (request.from_image, current.image),
        )
    known = records.list_records(ctx.api, [request.name])
    networks = _networks(ctx, current, known)
    revisions = history.brought_up(history.settled(known, current, ctx.clock.time()), networks)
    way = returning.look_at(ctx, current, known)
    if elsewhere or (_on_the_way_back(current) and not _aims(request)):
        target = _where_it_leads(way, known)
    elif _is_a_rollback_already(request, current, revisions):
        reason = "its specification already is the result of a rollback and was left alone; force: true goes on"
        ctx.warn("%s: %s" % (current.name, reason))
        return _left_alone(ctx, current, reason)
    else:
        target = _target(request, current, revisions, networks)
    if not spec.differences(way.whole, target.spec) and not _stuck(current):
        references = ctx.lookup.for_reading(ctx.api, current.spec)
        result = _left_alone(ctx, current, _already(target), references)
        return stand(ctx, way, references, result, history=request.keeping.limit > 0)
    request.keeping.check()
    _check_references(ctx, target, networks)
    _tell_of_networks(ctx, current, target, known, networks)
    auth = _login(ctx, request, current, target)
    references = ctx.lookup.for_reading(ctx.api, current.spec, target.spec)
    result = _result(ctx, current, target, references)
    if ctx.check_mode:
        if request.readiness:
            result["readiness"] = Surroundings.of(ctx, request.login).answer(current, target.spec, ())
        return result
    if steps.stepping(current.spec):
        # Whoever drives a progressive rollout of it has to let go first.
        with locked(ctx, request.name, request.keeping.actor, "rollback", request.lock_wait, ask="rollback"):
            fresh = look.by_id(ctx.api, current.id) or current
            return _restore(ctx, request, fresh, target, references, auth, result)
    return _restore(ctx, request, current, target, references, auth, result, known)


def _restore(
    ctx: Context,
    request: RollbackRequest,
    current: Service,
    target: Target,
    references: spec.References,
    auth: str | None,
    result: dict[str, Any],
    known: Sequence[Revision] | None = None,
) -> dict[str, Any]:
    if known is None:
        known = records.list_records(ctx.api, [request.name])
    ledger = Ledger(ctx, request.name, request.keeping)
    rollback = Rollback(ctx, request.name, current, target.spec, references, ledger, result, auth)
    config = _own_config(request, target)
    return rollback.run(config, target.revision.number if target.revision else None, known)


def _login(ctx: Context, request: RollbackRequest, current: Service, target: Target) -> str | None:
    """The X-Registry-Auth header for the image that is restored; None where none is handed over."""
    from .._engine.registry import registry_auth_header
    from . import login

    found = registry_auth_header(image_of(target.spec), request.login) if request.hand_over_login else None
    if found is None:
        advice = "give registry_auth, or with_registry_auth after a docker login"
        login.warn_of_another_registry(ctx, current, target.spec, advice)
    return found


def _own_config(request: RollbackRequest, target: Target) -> Mapping[str, Any] | None:
    """The task's own rollback configuration, whole; None where it is what is stored anyway."""
    if request.override is None:
        return None
    laid = spec.overlay(target.spec, request.override, spec.NO_REFERENCES, name=request.name)
    config: Mapping[str, Any] | None = laid.spec.get("RollbackConfig")
    return None if config == target.spec.get("RollbackConfig") else config


def _aims(request: RollbackRequest) -> bool:
    """Whether the request itself says where to, or from where."""
    return request.force or request.explicit or request.from_image is not None


def _stuck(current: Service) -> bool:
    """Whether a rollback got stuck half-way: the specification is the former one, and not all tasks are."""
    state = current.update_status.state
    marker = history.read(current.spec)
    return state == "rollback_paused" or (state == "paused" and marker is not None and marker.returning)


def _on_the_way_back(current: Service) -> bool:
    """Whether a rollback is under way, got stuck, or was left before its own configuration was put back."""
    if steps.stepping(current.spec):
        return False
    marker = history.read(current.spec)
    returns = marker is not None and marker.returning and marker.intact
    return returns or _stuck(current) or current.update_status.state == "rollback_started"


def _where_it_leads(way: returning.Way, known: Sequence[Revision]) -> Target:
    """What a rollback leads to that is in the specification already, and to be finished."""
    marker = history.read(way.whole)
    number = marker.number if marker is not None and marker.intact else None
    own = next((one for one in known if one.number == number), None)
    if own is not None and own.restores is not None:
        own = next((one for one in known if one.number == own.restores), own)
    return Target(way.whole, own)


def _is_a_rollback_already(request: RollbackRequest, current: Service, revisions: Sequence[Revision]) -> bool:
    """Whether the service stands where a rollback put it. A second one would go on, or forward again."""
    if _aims(request):
        return False
    if current.update_status.state == "rollback_completed":
        # One that had nothing to go back to says so as well, and it put nothing anywhere.
        previous = current.previous_spec
        return previous is None or bool(spec.differences(current.spec, previous))
    marker = history.read(current.spec)
    if marker is None or not marker.intact:
        return False
    # After Swarm's own rollback the specification carries the number that was restored.
    number = history.current_number(revisions, current.spec)
    own = next((one for one in revisions if one.number == number), None)
    return own is not None and own.restores is not None and own.good


def _networks(ctx: Context, current: Service, known: Sequence[Revision]) -> spec.Networks:
    """What became of the networks of all that may be gone back to."""
    specs = [*(one.spec for one in known), current.spec, current.previous_spec]
    return ctx.lookup.networks(ctx.api, history.names_of(known), specs)


def _target(
    request: RollbackRequest, current: Service, revisions: Sequence[Revision], networks: spec.Networks
) -> Target:
    """The specification to restore. Without a history that helps it is the one that Swarm keeps itself."""
    if request.force and not request.explicit and current.previous_spec is not None:
        return _swarms_own(request, current, networks)
    chosen = history.choose(revisions, current.spec, request.aim)
    if chosen is not None:
        keep = request.aim.keep_replicas
        return Target(history.restoration(chosen.spec, current.spec, keep_replicas=keep), chosen)
    if revisions and request.explicit:
        raise _nothing(current, _NONE_RECORDED)
    return _swarms_own(request, current, networks, [_NONE_RECORDED] if revisions else [])


def _swarms_own(request: RollbackRequest, current: Service, networks: spec.Networks, why: Sequence[str] = ()) -> Target:
    """The one previous specification that Swarm keeps, while it is another one than the present.

    Swarm keeps what was there before the last write, and whoever deploys the same twice writes twice. `why` nothing
    else will do.
    """
    previous = current.previous_spec
    if previous is None:
        raise _nothing(current, *(why or [_NONE_RECORDED, "Swarm keeps no previous specification of it"]))
    marker = history.read(previous)
    if marker is not None and marker.returning:
        # That of the way here: it has the settings of a rollback that ended with the present one.
        previous = history.with_own_config(previous, current.spec)
    previous = networks.brought_up(previous)
    target = history.restoration(previous, current.spec, keep_replicas=request.aim.keep_replicas)
    if spec.differences(current.spec, target):
        return Target(target, None)
    scaled = any(change.option == "replicas" for change in spec.differences(current.spec, previous))
    only = "differs from the present one in nothing but the number of replicas, which keep_replicas: false restores"
    raise _nothing(current, *why, "Swarm's previous specification %s" % (only if scaled else "is the present one"))


_NONE_RECORDED = "no earlier revision with a good outcome differs from what it runs"


def _nothing(current: Service, *why: str) -> NothingToGoBackTo:
    return NothingToGoBackTo(
        "%s: there is nothing to go back to: %s; declare the wanted image with swarm_service"
        % (current.name, ", and ".join(why))
    )


def _already(target: Target) -> str:
    number = target.revision.number if target.revision else None
    return "it already is what %s" % ("its rollback leads to" if number is None else "revision %d recorded" % number)


def _named(target: Target) -> str:
    return "revision %d" % target.revision.number if target.revision else "Swarm's previous specification"


def _check_references(ctx: Context, target: Target, networks: spec.Networks) -> None:
    """Refuse before anything is written when a config, secret or network that the target needs is gone."""
    missing = lookup.lacking(ctx.api, networks, target.spec)
    if missing:
        raise NothingToGoBackTo(
            "going back to %s is not possible: it needs %s; choose another revision, or declare the service "
            "with swarm_service" % (_named(target), missing)
        )


def _tell_of_networks(
    ctx: Context, current: Service, target: Target, known: Sequence[Revision], networks: spec.Networks
) -> None:
    """Say to which networks the tasks come that were made again since: they are others than they were."""
    number = target.revision.number if target.revision else None
    recorded = next((one.spec for one in known if one.number == number), current.previous_spec or {})
    attached = spec.network_ids(current.spec)
    for name in networks.again(recorded):
        if networks.present[name] not in attached:
            ctx.warn(
                "%s: the network %s was deleted and created again since %s was in force; its tasks go to the one that "
                "is there now" % (current.name, name, _named(target))
            )


def _left_alone(
    ctx: Context, current: Service, reason: str, references: spec.References | None = None
) -> dict[str, Any]:
    references = references or ctx.lookup.for_reading(ctx.api, current.spec)
    rollout = without_watch("unchanged", reason, current.spec, current.spec, ctx.now(), current)
    return {
        "changed": False,
        "msg": "%s: %s" % (current.name, reason),
        "changes": [],
        "swarm_service": spec.show(current.spec, references),
        "diff": {"before": {}, "after": {}},
        "target": None,
        "readiness": None,
        "rollout": rollout,
    }


def _result(ctx: Context, current: Service, target: Target, references: spec.References) -> dict[str, Any]:
    before, after = spec.diff(current.spec, target.spec, references)
    changes = [change.option for change in spec.differences(current.spec, target.spec, references)]
    what = shown(ctx, target)
    return {
        "changed": True,
        "msg": "%s: would go back from %s to %s%s; %s would change"
        % (current.name, current.image, what["image"], _described(what), ", ".join(changes))
        if changes
        else "%s: the rollback to %s%s that got stuck would go on" % (current.name, what["image"], _described(what)),
        "changes": changes,
        "swarm_service": spec.show(target.spec, references),
        "diff": {"before": before, "after": after},
        "target": what,
        "readiness": None,
        "rollout": without_watch(
            "planned" if ctx.check_mode else "applied", "", current.spec, target.spec, ctx.now(), current
        ),
    }


def shown(ctx: Context, target: Target) -> dict[str, Any]:
    """What will be restored, as people ask for it: revision, image, age in seconds, cause, outcome."""
    revision = target.revision
    created = instant(revision.created_at) if revision else None
    return {
        "revision": revision.number if revision else None,
        "image": image_of(target.spec),
        "age": None if created is None else round(max(ctx.clock.time() - created, 0.0), 1),
        "cause": mask_text(revision.cause) or None if revision else None,
        "outcome": revision.outcome if revision else None,
    }


def _described(what: dict[str, Any]) -> str:
    if what["revision"] is None:
        return ", Swarm's previous specification"
    cause = ' "%s"' % what["cause"] if what["cause"] else ""
    age = "" if what["age"] is None else ", %s old" % spoken(what["age"])
    return ", revision %d%s%s" % (what["revision"], cause, age)
