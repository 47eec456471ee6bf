# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # For modules that change services
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Wait until the cluster really runs what the task declares, and fail when it does not get there.
      - With V(false) the task ends when Swarm has accepted the change, and reports the outcome V(applied). It does not
        fail for what an earlier update left either, such as a service that stands paused.
    type: bool
    default: true
"""

    # How long to wait; by itself for modules that always do
    PATIENCE = r"""
options:
  wait_timeout:
    description:
      - How long to wait at most, such as V(90s), V(10m), V(1h30m), or a number of seconds.
      - When it is over, the task fails with the outcome V(timed_out). The rollout itself goes on in the
        cluster.
    type: str
    default: 1h
  progress_deadline:
    description:
      - How long a rollout may stand still, in the forms of O(wait_timeout), before it is taken as failed.
        Swarm itself has no such limit and would wait for ever, for example for a task that fits on no node.
      - The delay between the steps of an update is added to it, and so is what the service declares itself. That is the
        start period of its health check and the failures that it may have, and what a task may take to stop beyond ten
        seconds. Every task that newly serves starts it again.
      - A rollout that only waits for tasks which had found no node before it either is not taken back.
    type: str
    default: 10m
  min_healthy_time:
    description:
      - How long every task must have served before the rollout counts as completed, in the forms of
        O(wait_timeout).
      - Without this option Swarm's own monitor time is relied on where Swarm watched the update, and waited
        for where it did not (when a service is created or scaled, and with the failure action V(continue)).
      - Where tasks of the new specification failed on the way, those that serve now have to outlive them, for a minute
        at most.
    type: str
"""

    # What is said of it meanwhile; for every module that waits
    PROGRESS = r"""
options:
  progress:
    description:
      - "Tell on the controller what happens while the task waits: a line whenever something changes, such as
        C(vote: step 1/3: 1 of 5 updated, verifying 6 s of 10 s), and each task that fails. When nothing changes, the
        last one is repeated every 15 seconds."
      - The lines go to standard error, and in C(ansible-runner) and AWX into the job's output. A run that has nothing
        to wait for prints nothing, nor does check mode, C(no_log) or a task in the background (C(async)).
    type: bool
    default: true
"""
