# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of a service that was just created: there is nothing old to compare with or to go back to."""

from __future__ import annotations

from typing import Any

from ..._core.checks import first_not_passed
from ..._core.errors import RolloutFailed
from ..._core.times import instant
from ..._engine import look
from ..checking import Scene, run_checks
from ..context import Context
from ..draft import Request
from ..ledger import Ledger
from ..write import Superseded
from .under_way import places


def check(ctx: Context, request: Request, result: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    """Run them; raises `RolloutFailed` when one is not passed, `Superseded` when the service is gone.

    The service stays as it is.
    """
    if not request.checks or not ctx.wait:
        return result
    service = ctx.patiently(lambda: look.find(ctx.api, request.name))
    if service is None:
        raise Superseded("%s: the service was removed by somebody else before it was checked" % request.name)
    seen = places(ctx, service)
    begun = instant(service.created_at) or ctx.clock.time()
    scene = Scene(service, seen.new, (), begun, ledger.number, None, 1, 1)
    found = run_checks(ctx, request.checks, scene)
    rollout = result["rollout"]
    rollout["checks"] = [one.as_dict() for one in found]
    bad = first_not_passed(found)
    if bad is None:
        return result
    rollout.update(outcome="failed", reason=bad.named)
    ledger.end("failed", rollout["duration"], service)
    result["msg"] = "%s: created, but %s; there is nothing to go back to, so it stays: correct it" % (
        request.name,
        bad.named,
    )
    raise RolloutFailed(result["msg"], result)
