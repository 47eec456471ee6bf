# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options and the cluster as it is to the specification to be written: read-only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .._core import engines, spec, steps
from .._core.checks import Check
from .._core.cluster import JsonObject, Service, image_of
from .._core.errors import UnsupportedError
from .._engine.api import Api
from .context import Context
from .ledger import Keeping


@dataclass(frozen=True)
class Request:
    """What a task declares of one service.

    `hand_over_login`: a login goes to Swarm with what is written; `hand_over_always`: also where nothing is.
    """

    name: str
    desired: spec.Desired
    unspecified: str = "keep"
    resolve_image: str = "changed"
    allow_recreate: bool = False
    force: bool = False
    login: Mapping[str, Any] | None = field(default=None, repr=False)
    hand_over_login: bool = False
    hand_over_always: bool = False
    keeping: Keeping = field(default_factory=Keeping)
    strict: bool = False
    plan_id: str | None = None
    schedule: steps.Schedule | None = None
    way: steps.Way = field(default_factory=steps.Way)
    checks: Sequence[Check] = ()


@dataclass(frozen=True)
class Draft:
    """The overlay over the service as it was read, and what is needed to write it."""

    current: Service | None
    overlay: spec.Overlay
    references: spec.References
    registry_auth: str | None = field(default=None, repr=False)

    @property
    def differs(self) -> bool:
        """Whether there is anything to write."""
        return self.current is None or self.overlay.differs


def draft(ctx: Context, request: Request, current: Service | None, whole: JsonObject | None = None) -> Draft:
    """Lay the request over the service; calls the Engine only for references and digests that matter.

    `whole` is the specification that a service on its way back will have (see `returning`).
    Raises `OptionError`, `UnsupportedError`, `MissingReference`; nothing is written.
    """
    before = whole if whole is not None else (current.spec if current else None)
    for text in request.desired.warnings:
        ctx.warn("%s: %s" % (request.name, text))
    references = ctx.lookup.for_writing(ctx.api, request.desired, before)
    image, platforms, auth = _image(ctx, request, before)
    overlay = spec.overlay(
        before,
        request.desired,
        references,
        name=request.name,
        unspecified=request.unspecified,
        image=image,
        platforms=platforms,
        force=request.force,
    )
    for text in overlay.warnings:
        ctx.warn("%s: %s" % (request.name, text))
    if current is None or overlay.differs:
        _refuse_what_the_engine_would_drop(ctx.api, request.desired)
    return Draft(current, overlay, references, auth)


def _image(
    ctx: Context, request: Request, before: Mapping[str, Any] | None
) -> tuple[str | None, Sequence[Mapping[str, Any]], str | None]:
    """The image to write where it is pinned to a digest, its platforms, and the login for the nodes."""
    wanted = spec.wanted_image(request.desired)
    present = image_of(before) if before else ""
    passed_on = _login(request, wanted or present) if request.hand_over_login else None
    if wanted is None or spec.is_pinned(wanted):
        return None, (), passed_on
    kept = spec.digest_of(present) if spec.same_tag(present, wanted) else ""
    # As the CLI: whoever names an image and replaces all tasks means what its tag means now.
    anew = bool(request.desired.values.get("force_update"))
    if request.resolve_image == "false":
        if kept and anew:
            ctx.warn(
                "image: %s keeps the digest %s, since resolve_image is false: force_update replaces the tasks with the "
                "same content; resolve_image: changed takes what the tag means now" % (wanted, kept)
            )
        return None, (), passed_on
    if request.resolve_image == "changed" and spec.same_tag(present, wanted) and not anew:
        return None, (), passed_on
    answer = ctx.lookup.digest(ctx.api, wanted, passed_on or _login(request, wanted))
    if answer.digest:
        return spec.pin(wanted, answer.digest), answer.platforms, passed_on
    if kept:
        ctx.warn(
            "image: %s keeps the digest %s, since %s; run the task again when the registry tells what the tag means now"
            % (wanted, kept, answer.reason)
        )
    else:
        ctx.warn(
            "image: %s is not pinned to a digest, since %s; each node uses what it takes the tag for"
            % (wanted, answer.reason)
        )
    return None, (), passed_on


def _login(request: Request, image: str) -> str | None:
    """The X-Registry-Auth header; None where the user has no login for the image's registry."""
    from .._engine.registry import registry_auth_header

    return registry_auth_header(image, request.login)


def _refuse_what_the_engine_would_drop(api: Api, desired: spec.Desired) -> None:
    """The daemon drops fields newer than the API version without a word: refuse them here."""
    has = api.api_version
    for option, since in spec.needs(desired):
        if has < since:
            raise UnsupportedError(option, engines.shown(since), engines.shown(has))
