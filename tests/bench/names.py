# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of what is measured: one list per name, one value per round."""

from __future__ import annotations

FLOOR = "playbook with ping (the floor), s"

ONE_OURS = "1 unchanged service, swarm_service, s"
ONE_THEIRS = "1 unchanged service, docker_swarm_service, s"
ONE_CLI = "1 unchanged service, CLI, s"
ONE_PACKED = "1 unchanged service, swarm_service packed as for another host, s"
ONE_OURS_CALLS = "1 unchanged service, swarm_service, calls"
ONE_THEIRS_CALLS = "1 unchanged service, docker_swarm_service, calls"
ONE_CLI_CALLS = "1 unchanged service, CLI, calls"

MANY_OURS = "20 unchanged services, swarm_release, s"
MANY_THEIRS = "20 unchanged services, docker_swarm_service in a loop, s"
MANY_PACKED = "20 unchanged services, swarm_release packed as for another host, s"
MANY_OURS_CALLS = "20 unchanged services, swarm_release, calls"
MANY_THEIRS_CALLS = "20 unchanged services, docker_swarm_service in a loop, calls"

CROWD_OURS = "500 unchanged services, swarm_release, s"
CROWD_READ = "500 services written into a playbook that only pings, s"
CROWD_OURS_CALLS = "500 unchanged services, swarm_release, calls"

CHANGED_OURS = "20 services updated and followed, swarm_release, s"
CHANGED_OURS_SWARM = "20 services updated and followed, Swarm's own time, s"
CHANGED_THEIRS = "20 services updated, not followed, docker_swarm_service in a loop, s"
CHANGED_OURS_CALLS = "20 services updated and followed, swarm_release, calls"
CHANGED_THEIRS_CALLS = "20 services updated, not followed, docker_swarm_service in a loop, calls"
CHANGED_THEIRS_FAILED = "20 services updated, not followed, playbooks that failed"

UPDATE_OURS = "update of 12 replicas followed, swarm_service, s"
UPDATE_CLI = "update of 12 replicas followed, CLI, s"
UPDATE_OURS_CALLS = "update of 12 replicas followed, swarm_service, calls"
UPDATE_CLI_CALLS = "update of 12 replicas followed, CLI, calls"
UPDATE_OURS_SWARM = "update of 12 replicas, Swarm's own time under swarm_service, s"
UPDATE_CLI_SWARM = "update of 12 replicas, Swarm's own time under the CLI, s"

VERDICT = "module alone, from Swarm's CompletedAt to the verdict, s"
VERDICT_PROCESS = "module alone, from Swarm's CompletedAt to the end of its process, s"
VERDICT_CLI = "CLI, from Swarm's CompletedAt to the end of its process, s"

ALONE = "module alone, unchanged, without a playbook, s"
MEMORY_CHANGING = "module alone, updating, most memory, MiB"
MEMORY_UNCHANGED = "module alone, unchanged, most memory, MiB"
PROBER = "prober, 20 probes a second, % of a processor"
