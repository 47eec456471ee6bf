# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks that are compared: the same services, declared with the same options in both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Task = dict[str, Any]
PING: Task = {"ansible.builtin.ping": {}}
# One object, so that a playbook with many services says it once and refers to it (`&id001`, `*id001`), as people do
# who have many: written out five hundred times it would cost Ansible half a second more to read, whatever the module.
UPDATE_CONFIG = {
    "parallelism": 1,
    "monitor": "1s",
    "failure_action": "pause",
    "max_failure_ratio": 0,
    "order": "stop-first",
}


def service(name: str, image: str = "web:1", replicas: int = 1) -> dict[str, Any]:
    """One service, with options that both modules have and take alike.

    What `update_config` leaves out is not the same in both, so nothing is left out but `delay`, which is none in both.
    `delay: 0s` would be a change in every run of the known alternative: the Engine leaves out a delay of nothing when
    it tells the service, and that is compared with 0.
    """
    return {
        "name": name,
        "image": image,
        "replicas": replicas,
        "stop_grace_period": "2s",
        "update_config": UPDATE_CONFIG,
    }


class Tasks:
    """Tasks that go through one door."""

    def __init__(self, docker_host: str) -> None:
        self._docker_host = docker_host

    def ours(self, declared: dict[str, Any]) -> Task:
        """One service with this collection. No registry is asked, since the lab has none."""
        options = {**declared, "resolve_image": "false", "docker_host": self._docker_host}
        return {"swarm.rollout.swarm_service": options}

    def release(self, name: str, services: Sequence[dict[str, Any]]) -> Task:
        """Several services with one task of this collection."""
        listed = [{**declared, "resolve_image": "false"} for declared in services]
        return {"swarm.rollout.swarm_release": {"name": name, "services": listed, "docker_host": self._docker_host}}

    def theirs(self, declared: dict[str, Any]) -> Task:
        """One service with the known alternative."""
        options = {**declared, "resolve_image": False, "docker_host": self._docker_host}
        return {"community.docker.docker_swarm_service": options}

    def theirs_looped(self, services: Sequence[dict[str, Any]]) -> Task:
        """Several services, alike but for their names, in a loop: the known alternative knows no other way."""
        return {**self.theirs({**services[0], "name": "{{ item }}"}), "loop": [one["name"] for one in services]}
