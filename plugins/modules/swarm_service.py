#!/usr/bin/python

# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_service
short_description: Create, update, scale or remove a Swarm service and wait for the truth
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Makes one Docker Swarm service what the task declares, and waits until the cluster really runs it.
  - What a task does not mention stays as it is on the service, fields that this collection does not know included.
    Use O(unspecified=reset) for the opposite.
  - The Engine is only written to when something really differs, so a second run of the same task changes nothing.
  - A rollout that Swarm paused or rolled back, that stalls, or that somebody else replaced fails the task with a
    message that names the first failed task, its node, its exit code and its last log lines.
  - Options have the names and forms of M(community.docker.docker_swarm_service), so a playbook moves over by changing
    the name of the module.
extends_documentation_fragment:
  - swarm.rollout.docker
  - swarm.rollout.service
  - swarm.rollout.history
  - swarm.rollout.steps
  - swarm.rollout.steps.schedule
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
    support: full
  idempotent:
    support: full
options:
  name:
    description:
      - Name of the service.
    type: str
    required: true
  state:
    description:
      - V(present) creates the service or updates what differs.
      - V(absent) removes it, and with O(wait) ends when none of its tasks runs any more.
    type: str
    choices: [present, absent]
    default: present
  unspecified:
    description:
      - What happens to options that the task does not mention on a service that is there already.
      - V(keep) leaves them as they are.
      - V(reset) puts them back to what a new service would get. The mode, the number of replicas, and fields that this
        collection does not know stay.
    type: str
    choices: [keep, reset]
    default: keep
  resolve_image:
    description:
      - When the registry is asked which digest the tag of O(image) has now, so that all nodes run the same image.
      - V(changed) asks when the tag differs from the one that the service has, as
        C(docker stack deploy --resolve-image changed) does, and when O(force_update) comes with an O(image), as
        C(docker service update --force --image) does. A tag that was pushed anew is no difference by itself.
      - V(true) asks at every run, as C(docker service update --image) and C(docker stack deploy) by default do, and
        updates the service when the tag means another image by now.
      - V(false) never asks, as C(--no-resolve-image). A service that is pinned to a digest of the tag keeps it, also
        with O(force_update), which warns then.
      - Where no registry answers, a service that is pinned to a digest of the tag keeps it, and any other gets the tag
        as it is, both with a warning.
    type: str
    choices: ['true', 'false', changed]
    default: changed
  with_registry_auth:
    description:
      - Hand the login for the registry of the image over to Swarm, so that every node can pull it, as
        C(--with-registry-auth).
      - This is done at every run, also where nothing else differs, since Swarm does not tell which login it has. Then
        RV(msg) says so, and C(changed) stays false. It replaces no task that has its image, and what Swarm itself keeps
        as the previous specification is the present one afterwards. It is left out, and RV(msg) says why, for a job,
        while an update is under way, and where tasks that ended and are not to be started again would be.
      - Without it the service keeps the login it has. Where the image changes to the registry of the previous
        specification, it gets the login of that.
    type: bool
    default: false
  registry_auth:
    description:
      - Login for the registry of the image. Without it the login is looked up where C(docker login) leaves it on the
        host that runs the module.
      - It goes to Swarm along with a change, and where the service does not run all of its tasks, which may lack it.
        Where nothing else is written, RV(msg) says that it was not handed over; O(with_registry_auth=true) does that.
    type: dict
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
  allow_recreate:
    description:
      - Swarm cannot change the mode of a service. With V(true) a service whose O(mode) differs is removed and created
        again, which interrupts it. Otherwise the task fails and nothing is touched.
    type: bool
    default: false
  strict:
    description:
      - Refuse a change whose plan has warnings or does not fit on the nodes, before anything is written.
      - RV(plan.warnings) says what they are. In check mode the task fails likewise.
      - Costs three further Engine calls where something is to be changed.
    type: bool
    default: false
    version_added: 0.1.0
  plan_id:
    description:
      - The RV(plan.id) that check mode returned. The task fails, and says what moved, when the service, what this task
        asks for, the nodes, or where the tasks are is no longer what the plan was made for.
      - Where nothing is to be changed any more, there is nothing to refuse.
    type: str
    version_added: 0.1.0
seealso:
  - module: swarm.rollout.swarm_service_rollback
  - module: swarm.rollout.swarm_service_info
  - module: swarm.rollout.swarm_rollout
"""

EXAMPLES = r"""
- name: Five replicas of the poll, published on port 5000
  swarm.rollout.swarm_service:
    name: vote
    image: vote:indent
    replicas: 5
    publish:
      - published_port: 5000
        target_port: 80

- name: The next release, two tasks at a time, each watched for ten seconds
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
    update_config:
      parallelism: 2
      delay: 10s
      monitor: 10s
      failure_action: rollback
      order: start-first

- name: Scale, nothing else
  swarm.rollout.swarm_service:
    name: vote
    replicas: 8

- name: What would be changed
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
    env:
      REGION: eu
  check_mode: true
  diff: true

- name: Look at the plan
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
  check_mode: true
  register: looked_at

- name: Show it
  ansible.builtin.debug:
    msg: "{{ looked_at.plan | swarm.rollout.plan_text }}"

- name: Do exactly that, or nothing
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
    plan_id: "{{ looked_at.plan.id }}"
    strict: true

- name: One replica first, then a quarter, then all, each step verified before the next
  swarm.rollout.swarm_service:
    name: vote
    image: vote:movies
    update_config:
      order: start-first
    steps: [1, 25%, 100%]
    min_healthy_time: 10s
    checks:
      - http:
          url: http://edge.example.org/
          samples: 200
          max_failure: 1%
          max_latency_p95: 300ms
    availability:
      url: http://edge.example.org/
      interval: 100ms
      budget: 0.1%

- name: A migration that runs once to its end
  swarm.rollout.swarm_service:
    name: migrate
    image: shop-migrate:7
    mode: replicated-job
    replicas: 1
    restart_config:
      condition: none

- name: Gone, with all of its tasks
  swarm.rollout.swarm_service:
    name: vote
    state: absent
"""

RETURN = r"""
msg:
  description: One sentence on what happened, what runs now, and where useful what to do next.
  returned: always
  type: str
  sample: "vote: completed in 21.4 s (vote:indent to vote:movies); 5 of 5 tasks run vote:movies now"
changes:
  description: The options that differ, with sub-options behind a dot; empty where nothing does.
  returned: always
  type: list
  elements: str
  sample: [image, update_config.delay]
plan:
  description:
    - What the change will do; see the guide on reading a plan.
    - Computed in check mode, with O(strict) and with O(plan_id); none otherwise.
  returned: always
  type: dict
  contains:
    id:
      description: Stands for the service, what is asked for, the nodes and the tasks, for O(plan_id). None where
        nothing is to be done.
      type: str
      returned: always
      sample: p1.118.3fa9c1.77ab01.9e0d22.10ab3f.k3d99e0d-x1z222ab-9hj1c0ff
    service:
      description: Name of the service.
      type: str
      returned: always
      sample: vote
    action:
      description: V(create), V(in_place) (no task is replaced), V(replace) (tasks are replaced), V(recreate), V(remove)
        or V(nothing).
      type: str
      returned: always
      sample: replace
    changes:
      description: The options that differ, before and after, and whether this one replaces tasks. Secrets are masked.
      type: list
      elements: dict
      returned: always
      sample: [{option: image, before: "vote:indent", after: "vote:movies", replaces_tasks: true}]
    order:
      description: V(start-first) or V(stop-first); none where no task is replaced.
      type: str
      returned: always
      sample: start-first
    parallelism:
      description: Slots that move at a time, 0 for all; none where no task is replaced.
      type: int
      returned: always
      sample: 2
    serving:
      description: Tasks that serve now.
      type: int
      returned: always
      sample: 5
    wanted:
      description: Tasks that are wanted afterwards.
      type: int
      returned: always
      sample: 5
    batches:
      description: The slots that move together, with the node each is on now, the fewest tasks that serve meanwhile,
        how many run beyond the usual, and the second it is expected to begin in.
      type: list
      elements: dict
      returned: always
      sample:
        - {slots: [{slot: 1, node: node2}, {slot: 2, node: node3}], serving_min: 5, surge: 2, starts_at: 0.0}
    lowest_serving:
      description: The lowest number of serving tasks on the way.
      type: int
      returned: always
      sample: 5
    highest_running:
      description: The highest number of tasks that are meant to run at the same time.
      type: int
      returned: always
      sample: 7
    estimated_seconds:
      description: Expected duration; none where no end can be foreseen.
      type: float
      returned: always
      sample: 21.4
    estimate_from:
      description: V(measured) where it is reckoned from times that this service's tasks took, V(defaults) where from
        assumptions (see RV(plan.notes)); none where there is nothing to wait for.
      type: str
      returned: always
      sample: measured
    capacity:
      description: Whether all tasks find a node (C(fits)), which do not and why (C(problems)), the largest parallelism
        at which they do, and what to change.
      type: dict
      returned: always
      sample: {fits: true, problems: [], largest_parallelism: 4, proposal: null}
    warnings:
      description: Risks of the change, each with a code, the option it comes from, and its consequence.
      type: list
      elements: dict
      returned: always
      sample:
        - code: no_healthcheck
          option: healthcheck
          message: neither the service nor the image vote:movies has a health check, ...
    notes:
      description: What the plan assumes or cannot know.
      type: list
      elements: str
      returned: always
      sample: ["not measured yet, so assumed for each task: pull 3 s, start 1 s"]
rebuilt:
  description: Whether the service was removed and created again.
  returned: always
  type: bool
  sample: false
swarm_service:
  description:
    - The service as it is afterwards, in the names of the options; in check mode as it would be. A failing task returns
      only the options that are set.
    - The flat keys that M(community.docker.docker_swarm_service) documents are there as well, with durations in
      nanoseconds and sizes in bytes.
    - Values of environment variables whose names look secret are masked. Names, images, states and numbers of a result
      are not, also where such a value is the same word.
  returned: always
  type: dict
  sample:
    image: "vote:movies"
    mode: replicated
    replicas: 5
    update_config: {parallelism: 2, delay: 10s, monitor: 10s, failure_action: rollback, max_failure_ratio: 0.0,
                    order: start-first}
rollout:
  description: What the cluster did. A task with a bad outcome fails and returns it as well.
  returned: always
  type: dict
  contains:
    outcome:
      description:
        - V(unchanged), V(planned) (check mode), V(applied) (not waited for), V(completed), V(rolled_back), V(paused),
          V(stalled), V(timed_out), V(superseded), V(rollback_failed) or V(failed).
      type: str
      returned: always
      sample: completed
    revision:
      description: Number of the revision that this change made; none where nothing changed or no history is kept.
      type: int
      returned: always
      sample: 8
    previous_revision:
      description: Number of the revision that the service had before.
      type: int
      returned: always
      sample: 7
    reason:
      description: Why it ended like this.
      type: str
      returned: always
      sample: every wanted task serves the wanted specification
    from_image:
      description: The image before, or none for a new service.
      type: str
      returned: always
      sample: "vote:indent"
    to_image:
      description: The image that was asked for.
      type: str
      returned: always
      sample: "vote:movies"
    started_at:
      description: When the Engine was first written to, in UTC.
      type: str
      returned: always
      sample: "2026-11-22T18:03:15.120Z"
    finished_at:
      description: When the outcome was certain, in UTC.
      type: str
      returned: always
      sample: "2026-11-22T18:03:36.480Z"
    duration:
      description: Seconds between both.
      type: float
      returned: always
      sample: 21.36
    tasks:
      description:
        - How many tasks are wanted, are as wanted under the specification in force, run at all, and failed on the way.
        - They are counted when everything is done, and are none where nobody could be asked any more. A task that ended
          with status 0 where the restart policy asks for no more is as wanted. A node that is paused wants none.
      type: dict
      returned: always
      sample: {desired: 5, updated: 5, running: 5, failed: 0}
    stalled_on:
      description: What the rollout waited for when it stalled, also where the service went back then; none otherwise.
      type: str
      returned: always
      sample: 'a task cannot be placed: "no suitable node (insufficient resources on 3 nodes)"'
    failures:
      description: The tasks that failed, the one that Swarm blames first.
      type: list
      elements: dict
      returned: always
      sample:
        - {task: 8p2m0k1c0, slot: 2, node: node3, state: failed, exit_code: 3,
           error: "task: non-zero exit (3)", log: ["cannot reach the database"]}
    states:
      description: Every update state of the Engine that was seen, with its message and the second it was seen in.
      type: list
      elements: dict
      returned: always
      sample:
        - {state: updating, message: update in progress, at: 0.05}
        - {state: completed, message: update completed, at: 21.3}
    timeline:
      description:
        - One entry for each task that was part of the change, by slot; empty where nothing was changed or waited for.
          C(slot) is the number of the slot, for a global service the ID of the node. C(node) is its name where a task
          failed, else its ID. C(old) tells the tasks that were there before from those that the change made.
        - C(spans) is what the task went through, in seconds since RV(rollout.started_at) by the times that the cluster
          stamped. C(state) is V(pending), V(preparing), V(ready), V(starting), V(running), V(draining) (it was asked to
          stop and has not ended yet), or how it ended. States between its creation and its last one are known as far as
          they were seen. C(to) is none for what it was in the end.
        - The filter P(swarm.rollout.report_html#filter) draws it.
      type: list
      elements: dict
      returned: always
      sample:
        - {slot: 2, task: 8p2m0k1c0, node: x1z222ab, image: "vote:indent", old: true, error: null,
           spans: [{state: running, from: 0.0, to: 0.84}, {state: draining, from: 0.84, to: 2.1}]}
        - {slot: 2, task: k3d99e0dq, node: x1z222ab, image: "vote:movies", old: false, error: null,
           spans: [{state: starting, from: 0.05, to: 0.84}, {state: running, from: 0.84, to: null}]}
    timeline_omitted:
      description: How many entries were left out; at most 500 are kept, those with an error first.
      type: int
      returned: always
      sample: 0
    steps:
      description:
        - One entry per step of a progressive rollout, as far as it came; see the guide on progressive rollouts. In
          check mode those that would be made.
        - C(target) of the places are meant to run the new specification after it, C(moved) do, in C(slots).
      type: list
      elements: dict
      returned: with O(steps)
      sample:
        - {step: 1, of: 3, share: "1", target: 1, moved: 1, slots: [2], status: verified,
           started_at: "2026-11-24T10:02:11.300Z", duration: 12.1, checks: []}
    restored_after:
      description: Seconds from the decision to abort until all wanted tasks of the stable specification served again.
      type: float
      returned: when a progressive rollout was aborted
      sample: 2.1
    availability:
      description: The certificate of availability; see the guide on progressive rollouts.
      type: dict
      returned: with O(availability)
      sample: {probes: 5012, failures: 0, success_rate: 100.0, longest_gap: 0.0}
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

from ansible_collections.swarm.rollout.plugins.module_utils._module import run_module
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.service import ensure
from ansible_collections.swarm.rollout.plugins.module_utils._service_options import SERVICE_ARGUMENTS


def operate(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """One service, present or absent."""
    return ensure(ctx, params)


def main() -> None:
    """Run the module."""
    run_module(operate, SERVICE_ARGUMENTS)


if __name__ == "__main__":
    main()
