# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How a progressive rollout goes on after each step
    DOCUMENTATION = r"""
options:
  step_pause:
    description:
      - What follows a verified step. A duration such as V(5m) watches its tasks for so long before the next one.
      - V(manual) ends the task with the outcome V(paused) and without failure. M(swarm.rollout.swarm_rollout) then
        lets the rollout go on; running the same task again does not.
      - Nothing follows the last step. All pauses together have to be shorter than O(wait_timeout).
    type: str
    version_added: 0.1.0
  on_failed_check:
    description:
      - What is done when a task of the new specification fails, a step stalls, or a check fails.
      - V(abort) puts the stable specification back, which touches only the slots that moved.
      - V(pause) leaves the rollout at its step. Running the same task again verifies the step once more and goes on.
      - A check that is inconclusive always pauses; a spent budget of O(availability) always aborts. The task fails in
        each case.
    type: str
    choices: [abort, pause]
    default: abort
    version_added: 0.1.0
  lock_wait:
    description:
      - How long to wait for another run that is at work on a progressive rollout of this service. The task fails with
        the name of the other one when it is over.
      - A run that is gone loses its lock a minute later, on the same host at once.
    type: str
    default: 2m
    version_added: 0.1.0
"""

    # Beginning one. Not called STEPS: Ansible would take swarm.rollout.steps.steps for this file as a whole
    SCHEDULE = r"""
options:
  steps:
    description:
      - Makes a change that replaces tasks a progressive rollout. How many replicas (or nodes, for a global service) run
        the new specification after each step, as numbers or shares such as V(25%), which are rounded up.
      - Each step moves just so many slots, waits until their tasks have served for O(min_healthy_time) (without it for
        C(monitor) of O(update_config)) without a failure, and runs the O(checks). Only then the next one begins.
      - The last step is always the whole service and need not be given.
      - Replicas and the update configuration that the task declares as well take effect after the last step.
      - A task that is interrupted leaves the cluster at its step, still serving. The same task run again goes on
        there. One that declares another specification replaces the rollout; an abort still leads to the former
        stable one.
      - The service's C(parallelism), C(delay) and C(failure_action) do not matter in a progressive rollout, C(order)
        and C(monitor) do.
      - Without effect where the service is created, or created anew, apart from O(checks), and where no task has to be
        replaced. A job has no steps.
    type: list
    elements: raw
    version_added: 0.1.0
"""
