#!/usr/bin/python

# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_rollout
short_description: Act on a progressive rollout of a Swarm service
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Lets a progressive rollout that M(swarm.rollout.swarm_service) began with C(steps) go on, stops it, or puts the
    stable specification back.
  - A run that is at work on the rollout is asked to stop first, which it does within seconds, and is waited for
    (O(lock_wait)).
  - Where no progressive rollout is under way, nothing is changed.
extends_documentation_fragment:
  - swarm.rollout.docker
  - swarm.rollout.steps
  - swarm.rollout.checks
  - swarm.rollout.availability
  - swarm.rollout.wait
  - swarm.rollout.wait.patience
  - swarm.rollout.wait.progress
  - swarm.rollout.attributes
  - swarm.rollout.attributes.actiongroup_swarm
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - V(advanced) without O(to) goes one step further at each run.
options:
  name:
    description:
      - Name of the service.
    type: str
    required: true
  state:
    description:
      - V(advanced) makes the next step, or the steps up to O(to), and pauses there. A step that was interrupted is
        completed first, and is the one.
      - V(promoted) makes all remaining steps, each verified before the next.
      - Both verify the present step once more before they go on, since nobody watched while it waited.
      - V(paused) stops whoever is at work on the rollout and leaves it at its step. Running the task that began it does
        not go on from there.
      - V(aborted) puts the stable specification back, which touches only the slots that moved.
      - V(verified) runs O(checks) on the service as it is, with or without a rollout under way, and changes nothing.
    type: str
    choices: [advanced, promoted, paused, aborted, verified]
    required: true
  to:
    description:
      - For O(state=advanced), how many replicas or which share of them, such as V(3) or V(50%), are to run the new
        specification. Steps on the way are made one by one. Nothing happens when so many do already.
    type: str
  change_cause:
    description:
      - Why, for those who wait for the lock meanwhile.
    type: str
  actor:
    description:
      - Who acts. Filled in on the controller, as for M(swarm.rollout.swarm_service).
    type: dict
seealso:
  - module: swarm.rollout.swarm_service
  - module: swarm.rollout.swarm_service_info
"""

EXAMPLES = r"""
- name: One replica of the next release first, and wait for a human
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
    steps: [1, 50%]
    step_pause: manual

- name: It looks good, on to half of them
  swarm.rollout.swarm_rollout:
    name: vote
    state: advanced

- name: All the rest, with a look at the answers after each step
  swarm.rollout.swarm_rollout:
    name: vote
    state: promoted
    checks:
      - http:
          url: http://edge.example.org/
          samples: 200
          max_failure: 1%

- name: Or not
  swarm.rollout.swarm_rollout:
    name: vote
    state: aborted

- name: Is it well, whatever was done
  swarm.rollout.swarm_rollout:
    name: vote
    state: verified
    checks:
      - tasks:
          healthy_for: 10s
"""

RETURN = r"""
msg:
  description: One sentence on what happened, what runs now, and where useful what to do next.
  returned: always
  type: str
  sample: "vote: no progressive rollout of it is under way, it runs vote:movies"
swarm_service:
  description: The service as it is declared afterwards, in the names of the options.
  returned: always
  type: dict
  sample: {image: "vote:movies", replicas: 6}
checks:
  description: The results of O(checks) for O(state=verified). For other states they are in C(steps) of RV(rollout).
  returned: always
  type: list
  elements: dict
  sample:
    - {name: http, kind: http, status: passed, value: 1.0, limit: 0.99, text: "success rate 100% >= 99%", seconds: 5.1}
rollout:
  description:
    - As of M(swarm.rollout.swarm_service). The outcome is V(paused) where the rollout waits at a step, V(completed)
      when it is through, V(rolled_back) when the stable specification is back, V(unchanged) where nothing was done.
      C(timeline) has the tasks that this act moved.
  returned: always
  type: dict
  sample: {outcome: paused, revision: 8, previous_revision: 7, reason: step 2 of 3 is verified}
engine_calls:
  description: The requests that were sent to the Engine, in their order.
  returned: with O(debug=true)
  type: list
  elements: str
  sample: [GET /services]
error_kind:
  description: What kind of error made the task fail, for programs.
  returned: on failure
  type: str
  sample: rollout
"""

from typing import Any, Mapping

from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import AVAILABILITY_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._core.checks import CHECKS_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._core.steps import WAY_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._module import run_module
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.progressive.act import act, request_of

ARGUMENTS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "state": {
        "type": "str",
        "choices": ["advanced", "promoted", "paused", "aborted", "verified"],
        "required": True,
    },
    "to": {"type": "str"},
    "checks": CHECKS_ARGUMENTS,
    "availability": AVAILABILITY_ARGUMENTS,
    "change_cause": {"type": "str"},
    "actor": {"type": "dict"},
    **WAY_ARGUMENTS,
}


def operate(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """One rollout, one act."""
    return act(ctx, request_of(params))


def main() -> None:
    """Run the module."""
    run_module(operate, ARGUMENTS)


if __name__ == "__main__":
    main()
