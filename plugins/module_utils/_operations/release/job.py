# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs in a release: whether one runs, whether it did, and its last words."""

from __future__ import annotations

from typing import Any

from ..._core.cluster import Service
from ..._core.errors import RolloutError
from ..._core.masking import mask_text
from ..._engine import look
from ..._engine.tasks import list_tasks, task_log_tail
from ..context import Context
from ..standing import standings

_LINES = 10


def needs_a_run(ctx: Context, service: Service) -> bool:
    """Whether the job is to be run again: its present run is over, and not all of it completed; a call or two."""
    found = ctx.patiently(lambda: standings(ctx, [service])[service.id])
    return not found.starting and not found.serving and not found.reached


def ended(ctx: Context, name: str) -> dict[str, Any] | None:
    """Exit code and last log lines of the task that ended last; None where none did. Never a reason to fail."""
    try:
        service = look.find(ctx.api, name)
        tasks = list_tasks(ctx.api, [service.id]) if service is not None else []
        iteration = service.job_iteration if service is not None else 0
        over = [task for task in tasks if task.job_iteration == iteration and task.exit_code is not None]
        if not over:
            return None
        last = max(over, key=lambda task: (task.timestamp, task.id))
        lines = task_log_tail(ctx.api, last.id, _LINES, last.spec)
    except RolloutError:
        return None
    return {"exit_code": last.exit_code, "log": [mask_text(line) for line in lines]}
