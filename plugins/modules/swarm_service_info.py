#!/usr/bin/python

# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_service_info
short_description: Read Swarm services, their tasks and rollouts
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Returns services with their options, the state of their last update, their ports, the previous specification and
    one entry per slot. It makes at most four Engine calls, however many services there are.
  - For each service in the middle of a progressive rollout it makes two more, and returns where that stands.
extends_documentation_fragment:
  - swarm.rollout.docker
  - swarm.rollout.attributes
  - swarm.rollout.attributes.actiongroup_swarm
attributes:
  check_mode:
    support: full
    details:
      - The module never changes anything.
  diff_mode:
    support: none
  idempotent:
    support: full
options:
  name:
    description:
      - One name, or a list of them. Without it and without O(labels) all services are returned.
    type: list
    elements: str
  labels:
    description:
      - Only services that have all of these service labels. An empty value matches any value.
    type: dict
  history:
    description:
      - Return the recorded revisions of each service as well, and what was changed outside of them since. This takes
        two more Engine calls, however many services there are.
    type: bool
    default: false
  readiness:
    description:
      - Return as RV(services[].rollback) where V(previous) of M(swarm.rollout.swarm_service_rollback) would lead, and
        whether it would get there. Implies O(history).
      - This takes two more Engine calls, and for each image one that asks its registry and two per manager.
    type: bool
    default: false
    version_added: 0.1.0
  releases:
    description:
      - Return the releases that M(swarm.rollout.swarm_release) recorded as RV(releases), of all names. This takes two
        more Engine calls.
    type: bool
    default: false
    version_added: 0.1.0
  cluster:
    description:
      - Return as RV(cluster) how the Swarm itself is, and what speaks against a change of anything. This takes one more
        Engine call.
    type: bool
    default: false
    version_added: 0.1.0
  images:
    description:
      - Return as RV(images) whether nodes would find these images. Implies O(cluster).
      - This takes two more Engine calls, and for each image one that asks its registry and two per manager.
    type: list
    elements: str
    version_added: 0.1.0
  plan:
    description:
      - Options of M(swarm.rollout.swarm_service), as a dict. What a run of it with these options would do to the one
        service in O(name) is returned as RV(plan). The service need not exist.
      - The same plan as in check mode. Nothing is changed, and nothing fails because of warnings in the plan.
      - O(plan) does not take C(state), C(registry_auth) and the options of the connection.
    type: dict
    version_added: 0.1.0
seealso:
  - module: swarm.rollout.swarm_service
  - module: swarm.rollout.swarm_release
"""

EXAMPLES = r"""
- name: How is the poll
  swarm.rollout.swarm_service_info:
    name: vote
  register: poll

- name: Stop here unless it runs what it declares
  ansible.builtin.assert:
    that:
      - poll.services | length == 1
      - poll.services[0].at_rest

- name: What was rolled out
  swarm.rollout.swarm_service_info:
    name: vote
    history: true
  register: poll

- name: As a table
  ansible.builtin.debug:
    msg: "{{ poll.services[0].history | swarm.rollout.history_table }}"

- name: What would another release do
  swarm.rollout.swarm_service_info:
    name: vote
    plan:
      image: vote:movies
  register: asked

- name: Print it
  ansible.builtin.debug:
    msg: "{{ asked.plan | swarm.rollout.plan_text }}"

- name: The releases of the shop
  swarm.rollout.swarm_service_info:
    releases: true
  register: asked

- name: As a table
  ansible.builtin.debug:
    msg: "{{ (asked.releases | selectattr('name', 'eq', 'shop') | first).history | swarm.rollout.history_table }}"

- name: All services of a team
  swarm.rollout.swarm_service_info:
    labels:
      team: shop
"""

RETURN = r"""
services:
  description: The services found, sorted by name; empty where nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the service.
      type: str
      returned: always
      sample: vote
    id:
      description: ID of the service.
      type: str
      returned: always
      sample: 9mnpnzenvg8p8tdbtq4wvbkcz
    version:
      description: Version index, raised by every write.
      type: int
      returned: always
      sample: 118
    mode:
      description: V(replicated), V(global), V(replicated-job) or V(global-job).
      type: str
      returned: always
      sample: replicated
    image:
      description: Image of the specification, with its digest where it is pinned.
      type: str
      returned: always
      sample: "vote:indent"
    created_at:
      description: When it was created.
      type: str
      returned: always
      sample: "2026-11-22T18:00:00.123456789Z"
    updated_at:
      description: When it was last written, by the orchestrator or by a user.
      type: str
      returned: always
      sample: "2026-11-22T18:03:36.480000000Z"
    at_rest:
      description:
        - Whether no update is under way or paused and every place is as Swarm would have it. A task runs there, or the
          last one ended with status 0 where the restart policy asks for no more.
      type: bool
      returned: always
      sample: true
    revision:
      description: Number of the revision that the specification carries, or none where no history is kept.
      type: int
      returned: always
      sample: 8
    drifted:
      description: Whether the specification was changed by other hands since that revision was written.
      type: bool
      returned: always
      sample: false
    history:
      description:
        - The recorded revisions, newest first. C(age) and C(duration) are in seconds, C(restores) is the revision that
          a rollback put back, C(missing) has the configs, secrets and networks it needs that no longer exist.
        - The filter P(swarm.rollout.history_table#filter) prints it as a table.
      type: list
      elements: dict
      returned: with O(history)
      sample:
        - {revision: 8, current: true, created_at: "2026-11-22T18:03:15.120Z", age: 64.2, outcome: completed,
           image: "vote:movies", cause: release 2.1, by: anna@deploy1, actor: {user: anna, host: deploy1},
           duration: 21.4, restores: null, pinned: false, missing: []}
    drift:
      description: What others changed since the last revision, option by option; none where nothing.
      type: dict
      returned: with O(history)
      sample:
        since_revision: 8
        message: changed outside at index 1893
        changes:
          - {option: replicas, before: 5, after: 7}
    rollback:
      description:
        - Where going back would lead, none where it leads nowhere, and whether it would get there. C(ready) is none
          where nothing speaks against it but it cannot be known, C(obstacles) says what does.
        - Whether a node has an image can only be asked of managers in O(docker_hosts). Of the others tasks tell.
          C(ran_on) are the nodes that ran it once.
      type: dict
      returned: with O(readiness)
      sample:
        revision: 7
        changes: [image]
        ready: true
        obstacles: []
        notes: []
        image: {name: "vote:indent", pullable: true, reason: null, nodes: 3, present_on: [node1, node2],
                ran_on: [node3], absent_on: [], unknown_on: []}
        missing: []
        capacity: {fits: true, problems: [], largest_parallelism: 5, proposal: null}
        estimated_seconds: 12.4
        estimate_from: measured
    rollout:
      description: Where a progressive rollout of the service stands (C(steps) of M(swarm.rollout.swarm_service)), or
        none where none is under way.
      type: dict
      returned: always
      contains:
        revision:
          description: Number of the revision that it leads to.
          type: int
          returned: always
          sample: 8
        stable_revision:
          description: Number of the revision that an abort puts back.
          type: int
          returned: always
          sample: 7
        image:
          description: Image that it leads to.
          type: str
          returned: always
          sample: "vote:movies"
        stable_image:
          description: Image of the stable revision.
          type: str
          returned: always
          sample: "vote:indent"
        step:
          description: Number of the present step, from 1.
          type: int
          returned: always
          sample: 1
        of:
          description: How many steps there are.
          type: int
          returned: always
          sample: 3
        steps:
          description: The steps as they were declared.
          type: list
          elements: str
          returned: always
          sample: ["1", "50%", "100%"]
        targets:
          description: How many tasks run the new specification after each of them.
          type: list
          elements: int
          returned: always
          sample: [1, 3, 6]
        state:
          description: V(driven) while a run is at work on it, V(paused) where it waits for
            M(swarm.rollout.swarm_rollout), V(interrupted) where the task that began it would go on.
          type: str
          returned: always
          sample: paused
        since:
          description: When the present step was written.
          type: str
          returned: always
          sample: "2026-11-24T11:09:09.237939986Z"
        by:
          description: Who began it; none where that was not recorded.
          type: str
          returned: always
          sample: anna@deploy1
        cause:
          description: Why, as C(change_cause) has it; none where nothing was given.
          type: str
          returned: always
          sample: release 2.1
        driver:
          description: Who is at work on it; none where nobody is.
          type: str
          returned: always
          sample: anna@deploy1
        intact:
          description: Whether nobody else has written the service since.
          type: bool
          returned: always
          sample: true
        new:
          description: Slots, or IDs of nodes for a global service, whose tasks run the new specification.
          type: list
          elements: str
          returned: always
          sample: ["6"]
        old:
          description: Those whose tasks do not.
          type: list
          elements: str
          returned: always
          sample: ["1", "2", "3", "4", "5"]
    update:
      description: State, message, start and end of the last update or rollback, in the Engine's words; none where there
        was none.
      type: dict
      returned: always
      sample: {state: completed, message: update completed, started_at: "2026-11-22T18:03:15Z",
               completed_at: "2026-11-22T18:03:36Z"}
    tasks:
      description: Tasks wanted, running, completed (jobs), and failed within Swarm's short history.
      type: dict
      returned: always
      sample: {desired: 5, running: 5, completed: 0, failed: 0}
    slots:
      description:
        - One entry per slot, or per node for a global service. C(age) is the number of seconds in this state.
        - C(updated) tells whether the task runs the present specification. With O(history), C(revision) is the number
          of the revision that it runs, none where no record has that specification.
      type: list
      elements: dict
      returned: always
      sample:
        - {slot: 1, node: node2, task: 8p2m0k1c0, state: running, desired_state: running, image: "vote:indent",
           updated: true, revision: 8, error: null, last_error: null, failures: 0, age: 64.2}
    ports:
      description: Published ports, with those that Swarm chose.
      type: list
      elements: dict
      returned: always
      sample:
        - {published_port: 5000, target_port: 80, protocol: tcp, mode: ingress}
    service:
      description: The specification in the names of M(swarm.rollout.swarm_service)'s options, secrets masked.
      type: dict
      returned: always
      sample: {image: "vote:indent", replicas: 5}
    previous:
      description: The one previous specification that Swarm keeps, in the same form, or none.
      type: dict
      returned: always
      sample: {image: "vote:movies", replicas: 5}
plan:
  description: What a run of M(swarm.rollout.swarm_service) with O(plan) would do, with the keys that it documents.
  returned: when O(plan) is given
  type: dict
  sample:
    action: replace
    lowest_serving: 5
cluster:
  description:
    - The managers, how many of them have to be reachable for any change and how many may be lost (C(margin)), and the
      nodes. C(obstacles) speak against a change, C(notes) do not; each is a sentence.
  returned: with O(cluster) or O(images)
  type: dict
  sample:
    managers: {total: 3, reachable: 3, needed: 2, margin: 1, leader: node1}
    nodes: {total: 5, usable: 4, down: [node5], set_aside: []}
    obstacles: []
    notes: ["down: node5"]
images:
  description:
    - What managers in O(docker_hosts), tasks and its registry tell of each image. C(pullable) is none where no registry
      can be asked, and C(reason) says why.
  returned: with O(images)
  type: list
  elements: dict
  sample:
    - {name: "vote:movies", pullable: true, reason: null, nodes: 3, present_on: [node1], ran_on: [node3],
       absent_on: [node2], unknown_on: [], obstacles: [], notes: []}
releases:
  description: The recorded releases, sorted by name.
  returned: with O(releases=true)
  type: list
  elements: dict
  contains:
    name:
      description: Name of the release.
      type: str
      returned: always
      sample: shop
    revision:
      description: The number of the one in force; none where all were taken back.
      type: int
      returned: always
      sample: 7
    services:
      description: The services that belong to it, those included that are no longer listed and were not pruned.
      type: list
      elements: str
      returned: always
      sample: [db, migrate, api, web]
    changed_since:
      description: Those of them that were changed outside of the release since.
      type: list
      elements: str
      returned: always
      sample: []
    driver:
      description: Who is at work on it; none where it is at its end.
      type: str
      returned: always
      sample: null
    history:
      description:
        - Its recorded releases, newest first, with number, time, outcome, reason, cause, who, the waves, which services
          were changed, and the revision and the image of each. The filter C(swarm.rollout.history_table) prints it.
      type: list
      elements: dict
      returned: always
      sample:
        - {revision: 7, current: true, outcome: completed, cause: release 2, changed: [api, web],
           services: {api: {revision: 12, image: "shop/api:2"}}}
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
  sample: not_a_manager
"""

from typing import Any, Mapping

from ansible_collections.swarm.rollout.plugins.module_utils._module import run_module
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.inspect import info
from ansible_collections.swarm.rollout.plugins.module_utils._operations.plan import preview
from ansible_collections.swarm.rollout.plugins.module_utils._operations.readiness import preflight
from ansible_collections.swarm.rollout.plugins.module_utils._operations.service import request
from ansible_collections.swarm.rollout.plugins.module_utils._plan_option import (
    PLAN_ARGUMENTS,
    plan_parameters,
)

ARGUMENTS: dict[str, dict[str, Any]] = {
    "name": {"type": "list", "elements": "str"},
    "labels": {"type": "dict"},
    "history": {"type": "bool", "default": False},
    "readiness": {"type": "bool", "default": False},
    "releases": {"type": "bool", "default": False},
    "cluster": {"type": "bool", "default": False},
    "images": {"type": "list", "elements": "str"},
    "plan": {"type": "dict"},
}


def operate(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """What there is."""
    result: dict[str, Any] = {"changed": False}
    if params.get("plan") is not None:
        result["plan"] = preview(ctx, request(plan_parameters(params.get("name"), params["plan"]))).as_dict()
    result["services"] = info(
        ctx,
        params.get("name"),
        params.get("labels"),
        history=bool(params.get("history")),
        readiness=bool(params.get("readiness")),
    )
    if params.get("cluster") or params.get("images"):
        result.update(preflight(ctx, params.get("images")))
    if params.get("releases"):
        from ansible_collections.swarm.rollout.plugins.module_utils._operations.release.listing import listing

        result["releases"] = listing(ctx)
    return result


def main() -> None:
    """Run the module."""
    run_module(operate, ARGUMENTS, waits=False, entries={"plan": PLAN_ARGUMENTS})


if __name__ == "__main__":
    main()
