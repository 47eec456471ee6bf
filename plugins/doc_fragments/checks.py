# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # For modules that check what serves
    DOCUMENTATION = r"""
options:
  checks:
    description:
      - What has to hold after each step, in this order. Each entry has exactly one of the keys O(checks[].tasks),
        O(checks[].http), O(checks[].baseline), O(checks[].prometheus) and O(checks[].command).
      - A check ends V(passed), V(failed), or V(inconclusive) when what was seen is not enough to say, which is
        never taken as passed. The checks after a failed one are not run.
      - Durations are written such as V(10s), V(1m30s) or V(500ms), or as a number of seconds. Shares are written
        such as V(1%) or V(0.01).
    type: list
    elements: dict
    version_added: 0.1.0
    suboptions:
      name:
        description:
          - What the check is called in results. Without it its kind.
        type: str
      tasks:
        description:
          - The new tasks run, and have run for a while. Waits until they have, for at most twice
            O(checks[].tasks.healthy_for) and a minute.
        type: dict
        suboptions:
          healthy_for:
            description:
              - How long every new task must have been running. With a health check a task runs when it is healthy.
            type: str
            default: 10s
          max_restarts:
            description:
              - How many of the new tasks, and of those that Swarm started in their places, may have ended by themselves
                since the step began.
            type: int
            default: 0
          oom:
            description:
              - Fail as soon as a new task was killed (exit code 137), whatever O(checks[].tasks.max_restarts) allows.
                This is how a task ends that goes beyond its memory limit; Swarm does not tell it from other kills.
            type: bool
            default: true
      http:
        description:
          - Requests, of which few enough fail, and which are answered quickly enough.
          - Ends early when so many have failed that the rest cannot make up for it.
        type: dict
        suboptions:
          url: &url
            description:
              - What to ask, such as V(http://vote.example.org/health).
              - When tasks are asked, the host in it is only sent along as the C(Host) header, and a path alone is
                enough.
            type: str
            required: true
          target:
            description:
              - V(service) asks the URL as it is. V(tasks) asks each new task in turn at its own address, which is its
                node's where the task publishes its port in host mode or uses the network of its node, and else its
                address in the network of the service.
              - Only members of an overlay network reach the addresses in it. On a host outside, where a stranger may
                have the same address, nothing is asked and the check is inconclusive.
              - A task that never answers well fails the check however well the others do.
            type: str
            choices: [service, tasks]
            default: service
          port: &port
            description:
              - The port inside the container that is asked when tasks are asked. Without it the port in the URL, or the
                only one that the task publishes in host mode.
            type: int
          samples:
            description:
              - How many requests are made, and at least one to each target. With fewer, since the check was
                interrupted, it cannot pass.
            type: int
            default: 50
          interval: &interval
            description:
              - The time from the beginning of a request to that of the next one. A slow answer holds nothing up, unless
                16 are waited for.
            type: str
            default: 100ms
          timeout: &timeout
            description:
              - How long an answer may take before the request counts as failed.
            type: str
            default: 2s
          expect: &expect
            description:
              - What a good answer is. Redirects are answers and are not followed.
            type: dict
            suboptions:
              status:
                description:
                  - Statuses such as V(200), classes such as V(2xx), or ranges such as V(200-299).
                type: list
                elements: str
                default: [200-399]
              body:
                description:
                  - A regular expression that has to be found in the body.
                type: str
          headers: &headers
            description:
              - Headers of each request.
            type: dict
          max_failure:
            description:
              - The share of requests that may fail.
            type: str
            default: 0%
          max_latency_p95:
            description:
              - The latency that 95 of 100 good answers may not exceed. Without it latencies are not judged.
            type: str
          validate_certs: &certs
            description:
              - Whether certificates of C(https) are verified. When tasks are asked, they would have to be valid for the
                addresses of the tasks.
            type: bool
            default: true
      baseline:
        description:
          - The same requests to old and to new tasks, in turns within the same span of time; the new ones may not be
            worse by more than a margin.
          - Where no old task is left there is nothing to compare with, and the check is passed.
        type: dict
        suboptions:
          url: *url
          target:
            description:
              - V(tasks) asks each task at its own address, as described for O(checks[].http.target).
              - V(service) asks the URL as it is and tells old from new by the answers, with O(checks[].baseline.new).
                Since few may be new, up to five times O(checks[].baseline.samples) requests are made. Failed answers
                that tell no version are nobody's; when they are more than the margin, the check is inconclusive.
            type: str
            choices: [tasks, service]
            default: tasks
          port: *port
          new:
            description:
              - A regular expression that finds the new version in its answers, in the body or in a header, such as
                V(version=2). Needed with O(checks[].baseline.target=service).
            type: str
          old:
            description:
              - A regular expression that finds the old version in its answers. Without it every good answer that does
                not tell the new version is an old one.
            type: str
          samples:
            description:
              - How many requests are made to each side.
            type: int
            default: 100
          min_samples:
            description:
              - With fewer of a side, the check is inconclusive.
            type: int
            default: 50
          interval: *interval
          timeout: *timeout
          expect: *expect
          headers: *headers
          failure_margin:
            description:
              - By how much the share of failed requests of the new tasks may be above that of the old ones. With
                V(1%), 3% are good enough beside 2%.
            type: str
            default: 1%
          latency_margin:
            description:
              - By which share the latency that 95 of 100 good answers do not exceed may be above that of the old tasks.
                It may be more than V(100%).
            type: str
            default: 50%
          latency_floor:
            description:
              - A latency that is above the old one by no more than this is never too slow. Between answers of a
                millisecond half as slow again means nothing.
            type: str
            default: 10ms
          validate_certs: *certs
      prometheus:
        description:
          - A query to a Prometheus server, or another one with its HTTP API, whose every value lies within limits.
          - No series, NaN, an error and no answer are inconclusive.
        type: dict
        suboptions:
          url:
            description:
              - The server, such as V(http://prometheus.example.org:9090).
            type: str
            required: true
          query:
            description:
              - An instant query that returns a vector or a scalar. Of a vector every element is judged.
              - C(${service}), C(${service_id}), C(${revision}), C(${previous_revision}), C(${step}), C(${steps}),
                C(${window}), C(${new_tasks}), C(${old_tasks}), C(${new_nodes}) and C(${old_nodes}) are replaced; IDs of
                tasks and names of nodes are joined by C(|), as regular expressions need them. What there is
                none of becomes C(-). A C($) elsewhere stays.
            type: str
            required: true
          min:
            description:
              - The least value that passes. At least one of O(checks[].prometheus.min) and O(checks[].prometheus.max)
                is needed.
            type: float
          max:
            description:
              - The largest value that passes.
            type: float
          window:
            description:
              - What C(${window}) stands for, in whole milliseconds.
            type: str
            default: 1m
          timeout:
            description:
              - How long the server may take to answer.
            type: str
            default: 10s
          headers: *headers
          validate_certs: *certs
      command:
        description:
          - A program, run on the host of the module without a shell. It finds C(SWARM_SERVICE),
            C(SWARM_SERVICE_ID), C(SWARM_REVISION), C(SWARM_PREVIOUS_REVISION), C(SWARM_STEP), C(SWARM_STEPS),
            C(SWARM_NEW_TASKS) and C(SWARM_OLD_TASKS) in its environment, IDs separated by spaces.
          - One that cannot be started, or that is not finished in time, fails. The last lines of its output are
            returned; what looks secret in them is hidden.
        type: dict
        suboptions:
          argv:
            description:
              - The program and its arguments. Either this or O(checks[].command.cmd) is needed.
            type: list
            elements: str
          cmd:
            description:
              - The program and its arguments in one line, with quotes as in a shell.
            type: str
          timeout:
            description:
              - How long it may run. It is then ended with everything it has started.
            type: str
            default: 1m
          expect_rc:
            description:
              - The exit status that passes.
            type: int
            default: 0
          env:
            description:
              - Further variables of its environment.
            type: dict
"""
