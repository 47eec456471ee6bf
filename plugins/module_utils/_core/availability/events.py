# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happened to tasks, as far as the task list tells."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..cluster import Task
from ..masking import mask_text
from ..times import instant, written

CREATED = "created"
_LONGEST_ERROR = 120
_SHORT_ID = 12
# What people say for the states that every rollout shows; the other ones are called as Swarm calls them.
_WORDS = {"running": "started", "shutdown": "stopped"}


def task_events(tasks: Sequence[Task], nodes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each task's creation and the state it was last seen in, in order of time.

    `nodes` gives hostnames by ID. `at` is RFC 3339 and `epoch` the same in seconds since the epoch; `task` is
    the beginning of its ID; `slot` is None for a task of a global service; `what` is `created`, `started`,
    `stopped` or another state of a task; `error` is empty where there was none. Creations carry the time of
    the leader, states that of the task's node. The same task may be there several times, as it was seen at
    several times: its states add up.
    """
    found: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}
    for task in tasks:
        for what, text in ((CREATED, task.created_at), (task.state, task.timestamp)):
            moment = instant(text)
            # A new task's state is its creation.
            if moment is None or what in ("", "new"):
                continue
            entry = {
                "at": written(moment),
                "epoch": round(moment, 3),
                "task": task.id[:_SHORT_ID],
                "slot": task.slot or None,
                "node": nodes.get(task.node_id, task.node_id) or None,
                "what": _WORDS.get(what, what),
                "error": "" if what == CREATED else mask_text(" ".join(task.error.split()))[:_LONGEST_ERROR],
            }
            found[task.id, what] = (moment, entry)
    return [entry for moment, entry in sorted(found.values(), key=lambda pair: pair[0])]
