# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A progressive rollout under way as `swarm_service_info` shows it."""

from __future__ import annotations

from typing import Any, Sequence

from ..._core import history, steps
from ..._core.cluster import Service, Task, replicas_of
from ..._core.convergence.readings import live
from ..._core.masking import mask_text
from ..._core.spec import same_task_spec
from ..context import Context
from .under_way import look_at


def shown(ctx: Context, service: Service, tasks: Sequence[Task]) -> dict[str, Any] | None:
    """Step, since when, by whom, and which tasks are new; None where none is under way (and no call is made)."""
    progress = steps.read(service.spec) if steps.stepping(service.spec) else None
    found = look_at(ctx, service) if progress is not None else None
    if progress is None or found is None:
        return None
    from ..._engine.lock import holder

    present = list(live(tasks).values())
    new = [task for task in present if same_task_spec(task.spec, service.spec)]
    total = replicas_of(service.spec) if service.mode == "replicated" else len(present)
    held = holder(ctx.api, service.name)
    return {
        "revision": found.own.number,
        "stable_revision": found.stable.number,
        "image": found.own.image,
        "stable_image": found.stable.image,
        "step": progress.at,
        "of": len(progress.schedule.steps),
        "steps": [step.text for step in progress.schedule.steps],
        "targets": list(progress.schedule.targets(total)),
        "state": _state(found.waits, held is not None),
        "since": service.update_status.started_at or found.own.created_at,
        "by": history.by(found.own.actor),
        "cause": mask_text(found.own.cause) or None,
        "driver": mask_text(held.owner) if held is not None else None,
        "intact": found.intact,
        "new": sorted(task.place for task in new),
        "old": sorted(task.place for task in present if task not in new),
    }


def _state(waits: bool, driven: bool) -> str:
    if driven:
        return "driven"
    return "paused" if waits else "interrupted"
