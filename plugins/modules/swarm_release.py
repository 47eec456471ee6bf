#!/usr/bin/python

# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm_release
short_description: Change several Swarm services as one, in waves, all or nothing
version_added: 0.1.0
author:
  - swarm.rollout contributors (@swarm-rollout)
description:
  - Makes all listed services what the task declares, wave after wave, and waits until the cluster really runs all of
    them. A wave begins when every service of the one before is truly converged.
  - When a service fails, every service that was changed goes back to the exact specification it had, the last wave
    first; what was created is removed, and what was removed returns.
  - All services are read with one listing. What is as declared costs nothing more, so one task with twenty services is
    as quick as one with a single service.
  - The whole is recorded in the Swarm before the first service is written. A run that is interrupted is finished, or
    undone, by the same task run again; one lock per release keeps two runs apart.
  - See the guide on releases in the collection's documentation.
extends_documentation_fragment:
  - swarm.rollout.docker
  - swarm.rollout.history
  - swarm.rollout.wait.patience
  - swarm.rollout.wait.progress
  - swarm.rollout.attributes
  - swarm.rollout.attributes.actiongroup_swarm
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - One entry per service that differs.
  idempotent:
    support: full
options:
  name:
    description:
      - Name of the release. It is not that of any service or label, only of the record and the lock.
    type: str
    required: true
  services:
    description:
      - The services of the release, each a dict with the options of M(swarm.rollout.swarm_service), C(steps),
        C(checks) and C(availability) included, and C(depends_on), a list of names of other services of this release
        that have to be converged before.
      - An entry does not take the options of the connection, nor C(wait), since a release always waits, nor
        C(progress), which is that of the release, nor C(step_pause=manual), since a release goes through or back.
      - What an entry does not say of C(wait_timeout), C(progress_deadline), C(min_healthy_time), C(change_cause),
        C(require_change_cause), C(revision_history_limit), C(pin), C(actor) and C(lock_wait) is as the release says.
      - An entry with C(state=absent) is removed after all others, or where another one depends on it, before that.
      - A job (C(mode=replicated-job)) runs when it is new or its specification changed, or when its last run did not
        succeed, and not again otherwise. Its exit code decides; its last log lines are in RV(services[].job).
    type: list
    elements: dict
  on_failure:
    description:
      - What a failed service leads to.
      - V(rollback) puts back everything that the release changed. Services under way stop where they are and go back
        too; a job that runs is never cut off but waited for, and is not run backwards.
      - V(freeze) lets those under way come to their end, begins no further one, and leaves all where it is.
      - V(continue) goes on with every service that does not depend on a failed one.
      - The task fails in each case.
    type: str
    choices: [rollback, freeze, continue]
    default: rollback
  point_of_no_return:
    description:
      - Name of a listed service, mostly a migration. Once it has succeeded in this release, O(on_failure=rollback)
        means V(freeze), and the message says so. Where it need not run in this release, there is a way back all along.
    type: str
  parallel:
    description:
      - How many services of a wave move at once. Without it all of them.
    type: int
  prune:
    description:
      - Remove services that belonged to this release and are no longer listed. Never any others, nor one that somebody
        made anew outside of this collection.
      - One that another release lists now stays and is named in a warning and in RV(release.left_alone). It does not
        belong to this release any more.
      - A service of O(services) that another release lists as well leads to a warning.
    type: bool
    default: false
  to:
    description:
      - Put a recorded release back as a whole, in place of O(services). A number, or V(previous) for the last good one
        before the release in force.
      - Services that the release in force has and that one had not are removed, and those that it had and that are
        gone are created. Jobs are left alone, since every write of a job runs it again.
      - A service that another release lists now is left alone, whatever the recorded release had, and is named in a
        warning and in RV(release.left_alone). The releases in force count. Where both list it, the one that was
        recorded last goes back with it, with a warning; as long as both do, neither removes it.
      - V(previous) leaves a release alone that already is one that was put back, so that it can be run twice.
    type: str
  keep_replicas:
    description:
      - With O(to), leave the number of replicas as it is now.
    type: bool
    default: true
  lock_wait:
    description:
      - How long to wait for another run of this release. The task fails with the name of the other one when it is
        over. A run that is gone loses its lock a minute later, on the same host at once.
    type: str
    default: 2m
seealso:
  - module: swarm.rollout.swarm_service
  - module: swarm.rollout.swarm_service_info
"""

EXAMPLES = r"""
- name: The shop, all or nothing
  swarm.rollout.swarm_release:
    name: shop
    change_cause: "release {{ version }}"
    point_of_no_return: migrate
    services:
      - name: db
        image: shop/db:1
        networks: [shop]
      - name: migrate
        image: "shop/migrate:{{ version }}"
        mode: replicated-job
        restart_config: {condition: none}
        networks: [shop]
        depends_on: [db]
      - name: api
        image: "shop/api:{{ version }}"
        replicas: 3
        networks: [shop]
        update_config: {parallelism: 1, order: start-first, monitor: 10s}
        depends_on: [migrate]
      - name: web
        image: "shop/web:{{ version }}"
        replicas: 2
        networks: [shop]
        steps: [1, 100%]
        checks:
          - http: {url: http://edge.example.org/, samples: 100, max_failure: 1%}
        depends_on: [api]

- name: What would be done
  swarm.rollout.swarm_release:
    name: shop
    services: "{{ shop_services }}"
  check_mode: true
  diff: true
  register: looked_at

- name: Print it
  ansible.builtin.debug:
    msg: "{{ looked_at.plan | swarm.rollout.plan_text }}"

- name: The whole shop back to what it was
  swarm.rollout.swarm_release:
    name: shop
    to: previous
    change_cause: the new one loses orders
"""

RETURN = r"""
msg:
  description: One sentence on what happened, and where it failed, on what state things are in and what to do next.
  returned: always
  type: str
  sample: >-
    shop: release 7 completed in 42 s: 3 services of 8 changed in 4 waves: migrate (shop/migrate:1 to shop/migrate:2),
    api (shop/api:1 to shop/api:2), web (web:1 to web:2)
release:
  description: The release as a whole.
  returned: always
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
      sample: shop
    revision:
      description: Its number; none where nothing was recorded.
      type: int
      returned: always
      sample: 7
    previous_revision:
      description: The number of the release that stood before.
      type: int
      returned: always
      sample: 6
    outcome:
      description:
        - V(unchanged), V(completed), V(rolled_back) (all is as before), V(frozen) (all stays where it was when a
          service failed), V(failed) (with O(on_failure=continue), or where the run itself could not go on, such as
          without a manager; the same task run again does), V(superseded) (somebody else changed a service meanwhile;
          theirs stays), V(rollback_failed) (a service could not go back), or in check mode V(planned).
      type: str
      returned: always
      sample: completed
    reason:
      description: Why it ended like this.
      type: str
      returned: always
      sample: ""
    waves:
      description: The names of the services, in the order in which they move.
      type: list
      elements: list
      returned: always
      sample: [[db], [migrate], [api, catalog], [web]]
    failed_wave:
      description: The number of the wave in which the first service failed.
      type: int
      returned: always
      sample: null
    point_of_no_return:
      description: Which service it is, and whether it is behind; none where O(point_of_no_return) is not given.
      type: dict
      returned: always
      sample: {service: migrate, passed: true}
    left_alone:
      description: Services that O(to), O(prune) or an interrupted run would have come to, if another release did not
        list them now; each with the name of that release.
      type: dict
      returned: always
      sample: {worker: jobs}
    restores:
      description: The number of the release that was put back; none where nothing was.
      type: int
      returned: with O(to)
      sample: 6
    started_at:
      description: When the record was written, in UTC.
      type: str
      returned: always
      sample: "2026-11-26T18:03:15.120Z"
    finished_at:
      description: When the outcome was certain, in UTC.
      type: str
      returned: always
      sample: "2026-11-26T18:03:57.480Z"
    duration:
      description: Seconds between both.
      type: float
      returned: always
      sample: 42.36
services:
  description: The story of each service, in the order of the list.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the service.
      type: str
      returned: always
      sample: api
    wave:
      description: The number of its wave.
      type: int
      returned: always
      sample: 3
    state:
      description: Whether it is to be there, V(present) or V(absent).
      type: str
      returned: always
      sample: present
    outcome:
      description: The outcome of its own rollout, or V(skipped) where it was not begun.
      type: str
      returned: always
      sample: completed
    changed:
      description: Whether it was written.
      type: bool
      returned: always
      sample: true
    msg:
      description: What became of it, in one sentence.
      type: str
      returned: always
      sample: "api: completed in 8.2 s (shop/api:1 to shop/api:2); 3 of 3 tasks run shop/api:2 now"
    changes:
      description: The options that were changed.
      type: list
      elements: str
      returned: where something is done
      sample: [image]
    from_image:
      description: The image before the release.
      type: str
      returned: where something is done
      sample: "shop/api:1"
    to_image:
      description: The image that the release declares.
      type: str
      returned: where something is done
      sample: "shop/api:2"
    rollout:
      description: The account as in RV(swarm.rollout.swarm_service#module:rollout), C(timeline) included; none where
        nothing was done.
      type: dict
      returned: where something is done
      sample: {outcome: completed, duration: 8.2}
    job:
      description: Of a job that ran, the exit code of the task that ended last, and its last log lines.
      type: dict
      returned: where something is done
      sample: {exit_code: 0, log: ["migrate: schema 1 -> 2"]}
    undone:
      description: How going back ended for it, with a sentence; none where the release did not go back.
      type: dict
      returned: where something is done
      sample: null
plan:
  description: The plan of the whole in check mode, none otherwise. The filter C(swarm.rollout.plan_text) prints it.
  returned: always
  type: dict
  contains:
    action:
      description: Always V(release).
      type: str
      returned: always
      sample: release
    release:
      description: Name of the release.
      type: str
      returned: always
      sample: shop
    waves:
      description: The services that move, wave by wave, each with its plan and the expected seconds of the wave.
      type: list
      elements: dict
      returned: always
      sample: [{wave: 1, services: [], estimated_seconds: 21.4}]
    unchanged:
      description: Names of the services that are as declared.
      type: list
      elements: str
      returned: always
      sample: [db, catalog]
    on_failure:
      description: As the option.
      type: str
      returned: always
      sample: rollback
    point_of_no_return:
      description: As the option.
      type: str
      returned: always
      sample: migrate
    estimated_seconds:
      description: Expected duration of all waves; none where no end can be foreseen, as of a job that never ran.
      type: float
      returned: always
      sample: 64.2
    notes:
      description: What the plan assumes or cannot know.
      type: list
      elements: str
      returned: always
      sample: ["how long migrate takes cannot be foreseen"]
engine_calls:
  description: The requests that were sent to the Engine, in their order.
  returned: with O(debug=true)
  type: list
  elements: str
  sample: [GET /configs, GET /services]
error_kind:
  description: What kind of error made the task fail, for programs.
  returned: on failure
  type: str
  sample: rollout
"""

from typing import Any, Mapping

from ansible_collections.swarm.rollout.plugins.module_utils._core.steps import LOCK_WAIT
from ansible_collections.swarm.rollout.plugins.module_utils._module import (
    HISTORY_ARGUMENTS,
    PATIENCE_ARGUMENTS,
    PROGRESS_ARGUMENTS,
    run_module,
)
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.release.ensure import ensure
from ansible_collections.swarm.rollout.plugins.module_utils._operations.release.entries import parse
from ansible_collections.swarm.rollout.plugins.module_utils._operations.release.put_back import put_back
from ansible_collections.swarm.rollout.plugins.module_utils._release_option import (
    ENTRY_ARGUMENTS,
    service_parameters,
)

ARGUMENTS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "services": {"type": "list", "elements": "dict"},
    "on_failure": {"type": "str", "choices": ["rollback", "freeze", "continue"], "default": "rollback"},
    "point_of_no_return": {"type": "str"},
    "parallel": {"type": "int"},
    "prune": {"type": "bool", "default": False},
    "to": {"type": "str"},
    "keep_replicas": {"type": "bool", "default": True},
    "lock_wait": LOCK_WAIT,
    **PATIENCE_ARGUMENTS,
    **PROGRESS_ARGUMENTS,
    **HISTORY_ARGUMENTS,
}


def operate(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """A release as it is declared, or one that is put back."""
    request = parse(params, service_parameters(params))
    return put_back(ctx, request) if request.to else ensure(ctx, request)


def main() -> None:
    """Run the module."""
    run_module(
        operate,
        ARGUMENTS,
        waits=False,
        mutually_exclusive=[("services", "to")],
        required_one_of=[("services", "to")],
        entries={"services": ENTRY_ARGUMENTS},
    )


if __name__ == "__main__":
    main()
