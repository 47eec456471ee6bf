# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins for registries: one handed over where nothing else is written, one that nobody has on the way back.

Swarm never shows the login that it keeps, so nobody can tell whether another one was given: it is handed over because
it was asked for, in a write of what is there already. Tasks whose image is on their node stay (swarmkit, IsTaskDirty).
"""

from __future__ import annotations

from .._core import spec, steps
from .._core.cluster import JsonObject, Service, image_of, replicas_of
from .._core.convergence import counts_agree, moving
from .._core.errors import OutOfSequence, RolloutError, UncertainWrite
from .._core.spec.table import FIELDS
from .context import Context
from .draft import Draft, Request
from .returning import Way

# As for any other write: the orchestrator's own raise the version as well.
ATTEMPTS = 12


def hand_over(ctx: Context, request: Request, way: Way, made: Draft) -> str:
    """Do it, or not; what became of it as one clause, empty where no login was given. Raises `RolloutError`.

    With `with_registry_auth` at every run. A login that is only given goes along with changes, and with none only
    where the service does not do what it declares: that may be what it lacks.
    """
    if not request.hand_over_login:
        return ""
    current = way.current
    if not request.hand_over_always and counts_agree(current):
        return "registry_auth was not handed over, since nothing else is written; with_registry_auth: true does so"
    if made.registry_auth is None:
        return "no login was handed over, since there is none for the registry of %s" % image_of(current.spec)
    reason = _not_now(way)
    if reason:
        return "the login was not handed over: %s" % reason
    if ctx.check_mode:
        return "the login would be handed over to Swarm"
    _write(ctx, current, made)
    return "the login was handed over to Swarm"


def warn_of_another_registry(ctx: Context, current: Service, target: JsonObject, advice: str) -> None:
    """Warn where the image that is restored comes from a registry for which Swarm keeps no login of the service."""
    from .._engine.registry import registry_of
    from .write import login_from

    image = image_of(target)
    registry, present = registry_of(image), registry_of(current.image)
    if registry != present and login_from(current, target) == "spec":
        ctx.warn(
            "%s: %s comes from the registry %s, and the login that Swarm keeps of the service is for %s: unless "
            "anybody may pull it, or the nodes have it, %s"
            % (current.name, image.partition("@")[0], registry, present, advice)
        )


def _write(ctx: Context, current: Service, made: Draft) -> None:
    """Write what is there once more, with the login; where an answer was lost nothing would tell whether it arrived."""
    from .._engine import look, services
    from . import returning

    if current.update_status.state:
        # How an earlier change ended is read off what this write takes away.
        returning.close(ctx, current)
    base = current
    for _attempt in range(ATTEMPTS):
        try:
            services.update(ctx.api, base.id, base.version, base.spec, registry_auth=made.registry_auth)
        except (OutOfSequence, UncertainWrite):
            again = ctx.patiently(lambda: look.by_id(ctx.api, current.id))
        else:
            return
        if again is None or spec.differences(current.spec, again.spec, made.references):
            break
        base = again
    raise RolloutError(
        "%s: the login was not handed over, since others wrote to the service meanwhile or no answer came; run the "
        "task again" % current.name
    )


def _not_now(way: Way) -> str:
    """Why a write of what is there would be no harmless one; empty where it is."""
    current = way.current
    if current.mode.endswith("-job"):
        return "every write of a job runs it again; it goes along with its next change"
    if moving(current) or way.revision is not None or steps.stepping(current.spec):
        return "an update of the service is under way or stopped half-way, which the write would begin anew"
    if FIELDS["restart_config.condition"].read(current.spec) != "any" and _lacks_tasks(current):
        return "tasks that ended and are not to be started again would be; force_update: true hands it over and does so"
    return ""


def _lacks_tasks(current: Service) -> bool:
    wanted = replicas_of(current.spec) if current.mode == "replicated" else max(current.desired_tasks or 0, 1)
    return current.running_tasks is not None and current.running_tasks < wanted
