# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing a specification without losing anybody's change and without doubt about what happened."""

from __future__ import annotations

from typing import Any, Mapping

from .._core import spec
from .._core.cluster import Service, image_of
from .._core.convergence import moving
from .._core.errors import EngineError, OutOfSequence, RolloutError, UncertainWrite
from .._engine import look, services
from .._engine.registry import registry_of
from .context import Context

# The orchestrator's own status writes raise the version as well: a few conflicts are normal.
ATTEMPTS = 12
_NAME_IN_USE = 409


class Superseded(RolloutError):
    """Somebody else changed the service while this task was at it; nothing of theirs was overwritten."""

    kind = "superseded"


def update(
    ctx: Context,
    current: Service,
    wanted: Mapping[str, Any],
    references: spec.References,
    *,
    rollback: bool = False,
    registry_auth: str | None = None,
) -> None:
    """Write `wanted` over `current`; retries while only the version moved.

    A service that has a placement keeps at least an empty one, and one that gets its first has an empty one
    before: whoever goes back, Swarm itself too, would kill the managers else (see `spec.placement`). `rollback`
    uses Swarm's own previous specification, for who knows by `leads_back` that it is `wanted`.

    Raises `Superseded` when the specification is no longer the one that `wanted` was based on, `RolloutError` when
    nothing arrives however often it is tried.
    """
    ctx.about_to_write(current)
    base = current
    conflicts = 0
    lost: UncertainWrite | None = None
    if spec.has_placement(base.spec):
        wanted = spec.with_placement(wanted)
    for _attempt in range(ATTEMPTS):
        try:
            if _first_placement(base, wanted):
                services.update(
                    ctx.api, base.id, base.version, spec.with_placement(base.spec), registry_auth_from="spec"
                )
                ctx.wrote.append(current.name)
                base = _read_again(ctx, base)
                _refuse_if_changed(current, base, references)
            warnings = services.update(
                ctx.api,
                base.id,
                base.version,
                wanted,
                rollback=rollback,
                registry_auth=registry_auth,
                registry_auth_from=None if registry_auth else login_from(base, wanted),
            )
        except OutOfSequence as exc:
            again = _read_again(ctx, base, exc)
            conflicts += 1
        except UncertainWrite as exc:
            # The Engine may have acted although its answer was lost: its specification tells.
            lost = exc
            again = _after_a_loss(ctx, base, exc)
            if not _untouched(base, again) and not spec.differences(again.spec, wanted, references):
                return
        else:
            ctx.wrote.append(current.name)
            for text in warnings:
                ctx.warn(text)
            return
        _refuse_if_changed(current, again, references, wanted if rollback else None)
        base = again
    if not conflicts:
        raise _broken(current.name, "write", lost)
    raise Superseded(
        "%s: the service was written by others %d times while this task tried to; nothing of theirs was overwritten, "
        "run the task again when it is quiet" % (current.name, ATTEMPTS)
    )


def login_from(base: Service, wanted: Mapping[str, Any]) -> str:
    """Which login that Swarm keeps goes along where none is given: that of the specification, or of the previous one.

    The image may come from another registry than the present one, back from where the previous one came.
    """
    previous = base.previous_spec
    registry = registry_of(image_of(wanted))
    if previous is None or registry == registry_of(image_of(base.spec)):
        return "spec"
    return "previous-spec" if registry == registry_of(image_of(previous)) else "spec"


def leads_back(current: Service, target: Mapping[str, Any], references: spec.References) -> bool:
    """Whether Swarm's own rollback restores `target`, and harmlessly.

    Its previous specification has to be that, and may lose no placement (see `spec.placement`), nor bring one back
    that the next rollback would lose.
    """
    previous = current.previous_spec
    if previous is None or spec.differences(previous, target, references):
        return False
    return spec.has_placement(previous) == spec.has_placement(current.spec)


def create(
    ctx: Context,
    name: str,
    wanted: Mapping[str, Any],
    references: spec.References,
    registry_auth: str | None = None,
) -> str:
    """Create the service and give its ID; recognises its own work when the answer was lost.

    Raises `Superseded` when the name is in use by now, or the answer was lost and the service is another one than this;
    `RolloutError` when the connection breaks every time and nothing arrives.
    """
    lost: UncertainWrite | None = None
    for attempt in range(ATTEMPTS):
        try:
            service_id, warnings = services.create(ctx.api, wanted, registry_auth)
        except UncertainWrite as exc:
            lost = exc
            found = _perhaps_ours(ctx, name)
            if found is None:
                ctx.wrote.remove(name)
                continue
        except EngineError as exc:
            if exc.status != _NAME_IN_USE:
                raise
            # An earlier attempt, whose answer was lost, may have arrived after all.
            found = _perhaps_ours(ctx, name) if attempt else None
            if found is None:
                raise Superseded(
                    "%s: somebody else created a service of this name at the same moment; run the task again" % name
                ) from exc
        else:
            ctx.wrote.append(name)
            for text in warnings:
                ctx.warn(text)
            return service_id
        if spec.differences(found.spec, wanted, references):
            raise Superseded(
                "%s: the answer to its creation was lost, and the service that is there now is not as declared: "
                "somebody else created it at the same moment, or has changed it since; look at it and run the task "
                "again" % name
            )
        return found.id
    raise _broken(name, "create", lost)


def remove(ctx: Context, current: Service) -> None:
    """Remove the service; where the answer was lost, until it really is gone."""
    lost: UncertainWrite | None = None
    for _attempt in range(ATTEMPTS):
        try:
            there = services.remove(ctx.api, current.id)
        except UncertainWrite as exc:
            lost = exc
            ctx.wrote.append(current.name)
            if ctx.patiently(lambda: look.by_id(ctx.api, current.id)) is None:
                return
            ctx.wrote.remove(current.name)
        else:
            if there:
                ctx.wrote.append(current.name)
            return
    raise _broken(current.name, "remove", lost)


def _broken(name: str, what: str, last: RolloutError | None) -> RolloutError:
    """Nobody was in the way: nothing ever arrived. The last answer, or what came in place of one, says why."""
    return RolloutError(
        "%s: none of %d attempts to %s it arrived, the last one since %s; run the task again"
        % (name, ATTEMPTS, what, "nobody answered" if last is None else last.message)
    )


def _perhaps_ours(ctx: Context, name: str) -> Service | None:
    """The service that is there after a creation of which nobody knows whether it took effect."""
    ctx.wrote.append(name)
    return ctx.patiently(lambda: look.find(ctx.api, name))


def _first_placement(base: Service, wanted: Mapping[str, Any]) -> bool:
    """Whether the service gets a placement that it never had. While Swarm moves tasks every write moves more."""
    return spec.has_placement(wanted) and not spec.has_placement(base.spec) and not moving(base)


def _read_again(ctx: Context, base: Service, cause: RolloutError | None = None) -> Service:
    again = ctx.patiently(lambda: look.by_id(ctx.api, base.id))
    if again is None:
        raise Superseded("%s: the service was removed by somebody else meanwhile" % base.name) from cause
    return again


def _after_a_loss(ctx: Context, base: Service, cause: UncertainWrite) -> Service:
    ctx.wrote.append(base.name)
    again = _read_again(ctx, base, cause)
    if _untouched(base, again):
        ctx.wrote.remove(base.name)
    return again


def _untouched(base: Service, again: Service) -> bool:
    return again.version == base.version and again.spec == base.spec


def _refuse_if_changed(
    base: Service, again: Service, references: spec.References, previous: Mapping[str, Any] | None = None
) -> None:
    """`previous` is what Swarm's previous specification has to lead to still, None where it does not matter."""
    # The Engine fills in what was sent; the meaning is the same.
    changed = () if again.spec == base.spec else spec.differences(base.spec, again.spec, references)
    if changed:
        raise Superseded(
            "%s: somebody else changed %s meanwhile; nothing of it was overwritten, look at it and run the task again"
            % (base.name, ", ".join(change.option for change in changed))
        )
    if previous is not None and not leads_back(again, previous, references):
        # Somebody wrote the same once more, or something and its opposite: Swarm would go back to that.
        raise Superseded(
            "%s: somebody else wrote the service meanwhile, and what Swarm would go back to is not what was meant any "
            "more; run the task again" % base.name
        )
