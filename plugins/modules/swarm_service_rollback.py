#!/usr/bin/python

# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_service_rollback
short_description: Take a Swarm service back to an earlier revision and wait for the truth
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Restores an earlier specification of a service with the rollback configuration of the specification that is
    restored, and waits until every task runs it. Which one is restored comes from the history that
    M(swarm.rollout.swarm_service) keeps in the Swarm; where nothing is recorded, it is the one previous specification
    that Swarm keeps itself.
  - Where Swarm's own rollback leads to the wanted specification, it is used. Otherwise the specification is written as
    an update with the rollback configuration as its settings, and its own update configuration is put back at the end,
    which replaces no task.
  - A second C(docker service rollback) goes forward again. This module does not. With O(from_image), O(to) a number or
    O(to_image) a second run changes nothing. Without any of them, a service whose specification already is the result
    of a rollback is left alone with a warning.
  - Where there is nothing to go back to the task fails, in check mode too. That is so as well where the one previous
    specification that Swarm keeps is the present one, as after the same stack file was deployed twice, or differs from
    it in nothing but the number of replicas, which O(keep_replicas) keeps.
  - A config, secret or network that is needed and was deleted is told before anything is written. A network that was
    created again under its name is found by it; the tasks go to the one that is there now, with a warning.
  - A rollback that is under way is waited for by a second run, and one that got stuck half-way goes on.
extends_documentation_fragment:
  - swarm.rollout.docker
  - swarm.rollout.wait
  - swarm.rollout.wait.patience
  - swarm.rollout.wait.progress
  - swarm.rollout.history
  - swarm.rollout.availability
  - swarm.rollout.attributes
  - swarm.rollout.attributes.actiongroup_swarm
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - Not with O(force=true), which asks for the opposite.
options:
  name:
    description:
      - Name of the service.
    type: str
    required: true
  from_image:
    description:
      - Roll back only while the service runs this image, so that a second run changes nothing.
      - A tag without a digest means that tag with any digest.
    type: str
  to:
    description:
      - The number of the revision to restore, or V(previous) for the last one that had a good outcome before the
        present one and differs from it. V(previous) goes back further each time it is run.
    type: str
  to_image:
    description:
      - Restore the latest good revision that has this image. A tag without a digest means that tag with any digest.
    type: str
  keep_replicas:
    description:
      - Keep the present number of replicas, since going back to a release is not going back to its scale. This holds
        for Swarm's own previous specification too.
    type: bool
    default: true
  announce:
    description:
      - Say on the controller what will be restored before anything is written. The revision, the image, its age, its
        cause, and what differs from now. For this the module is run in check mode first.
    type: bool
    default: true
    version_added: 0.1.0
  readiness:
    description:
      - Find out in check mode whether it would get through, which asks the image's registry, see RV(readiness).
    type: bool
    default: true
    version_added: 0.1.0
  force:
    description:
      - Restore the previous specification even where the present one is the result of a rollback already.
        This goes forward again.
    type: bool
    default: false
  rollback_config:
    description:
      - Another configuration for this one rollback. What is not given comes from the specification that is restored.
      - Swarm always rolls back with the stored configuration. With this option the specification is therefore restored
        as an ordinary update, and the restored update configuration is put back at the end, without replacing a task.
    type: dict
    suboptions:
      parallelism:
        description: Tasks moved at the same time. V(0) means all at once.
        type: int
      delay:
        description: Time between two batches, such as V(10s).
        type: str
      failure_action:
        description: What Swarm does when a task fails on the way back.
        type: str
        choices: [continue, pause]
      monitor:
        description: How long each moved task is watched for a failure. V(0s) means the Engine's default of 5 seconds.
        type: str
      max_failure_ratio:
        description: Share of tasks that may fail, from 0 to 1, or as V(25%).
        type: raw
      order:
        description: Whether the task that is replaced stops first, or the one that replaces it starts first.
        type: str
        choices: [stop-first, start-first]
  with_registry_auth:
    description:
      - Hand the login for the registry of the image that is restored over to Swarm, so that every node can pull it.
        The login is looked up where C(docker login) leaves it on the host that runs the module.
      - Without it the service keeps the login it has, or gets that of its previous specification where only that one's
        image comes from the same registry. Where neither does, the task warns before anything is written.
      - Swarm's own rollback takes no login along, so with one the specification is restored as an ordinary update.
    type: bool
    default: false
    version_added: 0.1.0
  registry_auth:
    description:
      - Login for the registry of the image that is restored, in place of the one that is looked up. It implies
        O(with_registry_auth), and is used for RV(readiness) as well.
    type: dict
    version_added: 0.1.0
    suboptions:
      username:
        description: User name.
        type: str
      password:
        description: Password or access token.
        type: str
      identity_token:
        description: Identity token of the registry, used in place of a user name and a password.
        type: str
  lock_wait:
    description:
      - How long to wait for a run that is at work on a progressive rollout of this service. It is asked to stop, and
        the rollback takes its place.
    type: str
    default: 2m
    version_added: 0.1.0
seealso:
  - module: swarm.rollout.swarm_service
  - module: swarm.rollout.swarm_service_info
"""

EXAMPLES = r"""
- name: Back to what ran before
  swarm.rollout.swarm_service_rollback:
    name: vote

- name: Back, but only from the bad release, so that this can be run twice
  swarm.rollout.swarm_service_rollback:
    name: vote
    from_image: vote:movies

- name: Back to revision 3
  swarm.rollout.swarm_service_rollback:
    name: vote
    to: 3
    change_cause: the new poll loses votes

- name: Back to the last good revision of an image
  swarm.rollout.swarm_service_rollback:
    name: vote
    to_image: vote:indent

- name: Back to an image of another registry than the present one
  swarm.rollout.swarm_service_rollback:
    name: vote
    to: 1
    registry_auth:
      username: deploy
      password: "{{ vault_old_registry_password }}"

- name: Back as fast as the nodes can
  swarm.rollout.swarm_service_rollback:
    name: vote
    from_image: vote:movies
    rollback_config:
      parallelism: 0
      order: start-first
"""

RETURN = r"""
msg:
  description: One sentence on what happened and what runs now.
  returned: always
  type: str
  sample: "vote: completed in 8.1 s (vote:movies to vote:indent); 5 of 5 tasks run vote:indent now"
changes:
  description: The options in which both specifications differ, with sub-options behind a dot.
  returned: always
  type: list
  elements: str
  sample: [image]
swarm_service:
  description: The service as it is afterwards, in the names of M(swarm.rollout.swarm_service)'s options.
  returned: always
  type: dict
  sample:
    image: "vote:indent"
    replicas: 5
rollout:
  description: What the cluster did, with the keys that M(swarm.rollout.swarm_service) documents, C(timeline) included.
  returned: always
  type: dict
  sample:
    outcome: completed
    reason: every wanted task serves the wanted specification
    from_image: "vote:movies"
    to_image: "vote:indent"
    started_at: "2026-11-22T18:10:02.511Z"
    finished_at: "2026-11-22T18:10:10.611Z"
    duration: 8.1
    tasks: {desired: 5, updated: 5, running: 5, failed: 0}
    failures: []
    states:
      - {state: rollback_started, message: manually requested rollback, at: 0.02}
      - {state: rollback_completed, message: rollback completed, at: 8.05}
    timeline:
      - {slot: 1, task: 8p2m0k1c0, node: x1z222ab, image: "vote:movies", old: true, error: null,
         spans: [{state: running, from: 0.0, to: 0.02}, {state: draining, from: 0.02, to: 1.4}]}
      - {slot: 1, task: k3d99e0dq, node: x1z222ab, image: "vote:indent", old: false, error: null,
         spans: [{state: preparing, from: 0.02, to: 1.5}, {state: running, from: 1.5, to: null}]}
    timeline_omitted: 0
target:
  description: What is restored, with its age in seconds; none where nothing is. Known before anything is written.
  returned: always
  type: dict
  sample:
    revision: 3
    image: "vote:indent"
    age: 5400.2
    cause: release 2026-11-22
    outcome: completed
engine_calls:
  description: The requests that were sent to the Engine, in their order.
  returned: with O(debug=true)
  type: list
  elements: str
  sample: [GET /services]
readiness:
  description:
    - Whether it would get through, in check mode; none otherwise. C(ready) is none where nothing speaks against it but
      it cannot be known, C(obstacles) says what does.
    - It is made from what managers in O(docker_hosts) and tasks tell of the image, what its registry says, the room on
      the nodes, and how long tasks took so far.
  returned: always
  type: dict
  sample:
    ready: true
    obstacles: []
    notes: []
    image: {name: "vote:indent", pullable: true, reason: null, nodes: 3, present_on: [node1, node2],
            ran_on: [node3], absent_on: [], unknown_on: []}
    missing: []
    capacity: {fits: true, problems: [], largest_parallelism: 5, proposal: null}
    estimated_seconds: 12.4
    estimate_from: measured
error_kind:
  description: What kind of error made the task fail, for programs.
  returned: on failure
  type: str
  sample: nothing_to_go_back_to
"""

from typing import Any, Mapping

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.availability import AVAILABILITY_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._core.steps import LOCK_WAIT
from ansible_collections.swarm.rollout.plugins.module_utils._login_options import LOGIN_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._module import HISTORY_ARGUMENTS, run_module
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.rollback import request_of, roll_back

ARGUMENTS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "from_image": {"type": "str"},
    "to": {"type": "str"},
    "to_image": {"type": "str"},
    "keep_replicas": {"type": "bool", "default": True},
    "announce": {"type": "bool", "default": True},
    "readiness": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
    "rollback_config": spec.argument_spec()["rollback_config"],
    "availability": AVAILABILITY_ARGUMENTS,
    "lock_wait": LOCK_WAIT,
    **LOGIN_ARGUMENTS,
    **HISTORY_ARGUMENTS,
}


def operate(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """One service, one rollback."""
    return roll_back(ctx, request_of(params))


def main() -> None:
    """Run the module."""
    run_module(operate, ARGUMENTS, mutually_exclusive=[["to", "to_image"]])


if __name__ == "__main__":
    main()
