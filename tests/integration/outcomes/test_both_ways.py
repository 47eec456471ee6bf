# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task for the controller gives the same result whether its module is packed up or run in a fork."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.integration.running import LIMIT, ROOT
from tests.integration.stage import Stage

# What two runs never have in common.
VOLATILE = {"age", "started_at", "finished_at", "duration", "at", "task", "actor", "exception", "plan", "timeline"}


def tasks(name: str, host: str) -> list[dict[str, Any]]:
    """A service that comes, changes, is refused in several ways, and goes."""
    web = {"name": name, "image": "web:1", "resolve_image": "false", "update_config": {"monitor": "1s"}}
    service = "swarm.rollout.swarm_service"
    found: list[dict[str, Any]] = [
        {service: {**web, "env": {"DB_PASSWORD": "hunter22"}, "docker_host": host}},
        {service: web, "environment": {"DOCKER_HOST": host}},
        {service: {**web, "image": "web:2", "docker_host": host}, "check_mode": True, "diff": True},
        {service: {**web, "update_config": {"monitor": "0s"}, "docker_host": host}, "check_mode": True},
        {service: {**web, "replicas": "many", "docker_host": host}},
        {service: {**web, "no_such_option": 1, "docker_host": host}},
        {service: {**web, "env": {"API_TOKEN": "hunter23"}, "docker_host": "tcp://127.0.0.1:1"}},
        # A busy machine is told late that a process has ended.
        {service: {**web, "image": "exit:1.0", "update_config": {"monitor": "8s"}, "docker_host": host}},
        {"swarm.rollout.swarm_service_rollback": {"name": name, "to": "1", "docker_host": host}},
        {
            "swarm.rollout.swarm_release": {
                "name": name,
                "services": [{**web, "env": {"DB_PASSWORD": "hunter22"}}],
                "docker_host": host,
            }
        },
        {service: {"name": name, "state": "absent", "docker_host": host}},
    ]
    for number, task in enumerate(found):
        task.update(register=f"r{number}", ignore_errors=True)
    return found


def play(folder: Path, name: str, host: str, environment: dict[str, str]) -> tuple[list[Any], str]:
    """The results of the tasks, and all that was printed."""
    done = tasks(name, host)
    results = "{{ [%s] }}" % ", ".join(f"r{number}" for number in range(len(done)))
    written = {"ansible.builtin.copy": {"content": results, "dest": str(folder / "results.json"), "mode": "0600"}}
    path = folder / "play.yml"
    path.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [*done, written]}]))
    ran = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", "-c", "local", "-vvv", str(path)],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_PYTHON_INTERPRETER": sys.executable, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads((folder / "results.json").read_text()), ran.stdout + ran.stderr


def steady(value: Any) -> Any:
    """A result without what differs from run to run."""
    if isinstance(value, dict):
        return {key: steady(item) for key, item in value.items() if key not in VOLATILE}
    if isinstance(value, list):
        return [steady(item) for item in value]
    return value


def test_the_same_results_both_ways(stage: Stage):
    folder = ROOT / "build" / stage.name
    folder.mkdir(parents=True, exist_ok=True)
    forked, told = play(folder, stage.name, stage.host, {})
    packed, told_packed = play(folder, stage.name, stage.host, {"ANSIBLE_KEEP_REMOTE_FILES": "true"})
    assert "AnsiballZ_swarm_service.py" not in told
    assert "AnsiballZ_swarm_service.py" in told_packed
    outcomes = [one.get("failed", False) for one in forked]
    assert outcomes == [False, False, False, False, True, True, True, True, False, False, False]
    for one, other in zip(forked, packed, strict=True):
        text, other_text = (json.dumps(steady(it), sort_keys=True) for it in (one, other))
        # Numbers in sentences (seconds, task IDs) are volatile as well.
        if one.get("failed") and "rollout" in one:
            assert (one["rollout"]["outcome"], one["changed"]) == (other["rollout"]["outcome"], other["changed"])
            assert set(one) == set(other)
            continue
        strip = (one.get("msg"), other.get("msg"))
        assert set(one) == set(other)
        assert text.replace(json.dumps(strip[0]), "") == other_text.replace(json.dumps(strip[1]), "")
    for secret in ("hunter22", "hunter23"):
        printed = [line for line in told.splitlines() if secret in line and "swarm.rollout.swarm" not in line]
        assert not printed, printed
