# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running the checks of a service on their own: nothing is changed."""

from __future__ import annotations

from typing import Any, Sequence

from ..._core import history, spec
from ..._core.checks import Check, first_not_passed
from ..._core.cluster import Service
from ..._core.errors import OptionError, RolloutFailed
from ..._core.times import instant
from ..checking import Scene, run_checks
from ..context import Context
from ..outcome import without_watch
from .under_way import UnderWay, places


def run(ctx: Context, current: Service, found: UnderWay | None, checks: Sequence[Check]) -> dict[str, Any]:
    """The results of the checks. Raises `RolloutFailed` with them when one is not passed."""
    if not checks:
        raise OptionError("checks", "", "say what to verify, such as tasks: {healthy_for: 10s}")
    seen = places(ctx, current)
    marker = history.read(current.spec)
    status = current.update_status
    scene = Scene(
        service=current,
        new=seen.new,
        old=seen.old if found else (),
        since=instant(status.started_at) or instant(current.updated_at) or ctx.clock.time(),
        revision=marker.number if marker else None,
        previous=found.stable.number if found else None,
        step=found.progress.at if found else 1,
        steps=len(found.progress.schedule.steps) if found else 1,
    )
    results = run_checks(ctx, checks, scene)
    bad = first_not_passed(results)
    reason = "; ".join(one.text for one in results) if bad is None else bad.named
    result = {
        "changed": False,
        "msg": "%s: %s" % (current.name, reason),
        "swarm_service": spec.show(current.spec, ctx.lookup.for_reading(ctx.api, current.spec)),
        "checks": [one.as_dict() for one in results],
        "rollout": without_watch("unchanged", reason, current.spec, current.spec, ctx.now(), current),
    }
    if bad is not None:
        raise RolloutFailed(str(result["msg"]), result)
    return result
