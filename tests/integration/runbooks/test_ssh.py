# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runbooks on a manager that is reached over SSH, as those do whose Engines listen to nobody else."""

from __future__ import annotations

import json
import sys
from contextlib import closing

from tests.integration.engine.doors import SshDoor, needs_sshd
from tests.integration.runbooks.books import Books

pytestmark = needs_sshd


def test_forth_and_back_on_a_manager(stage: Books):
    stage.have("web:1", 2)
    keys = stage.folder / "ssh"
    keys.mkdir()
    reports = str(stage.folder / "reports")
    with closing(SshDoor(keys, stage.hosts[0])) as ssh:
        manager = {
            "ansible_host": "127.0.0.1",
            "ansible_port": ssh.port,
            "ansible_user": "root",
            "ansible_ssh_transfer_method": "piped",
            "ansible_ssh_executable": str(ssh.client() / "ssh"),
            "ansible_python_interpreter": sys.executable,
        }
        inventory = stage.folder / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": {"manager1": manager}}}), encoding="utf-8")
        stage.inventory = str(inventory)
        over = {"hosts": "manager1", "connection": "ssh"}
        # Long enough for a look at its progress on a busy machine: what ends before the first one has no live lines.
        slowly = "{resolve_image: 'false', update_config: {monitor: 1s, delay: 15s}}"
        # The manager's own Engine, as DOCKER_HOST of the server's sessions has it.
        ran = stage.roll(
            rollout_options=slowly,
            rollout_report_dir=reports,
            docker_hosts="",
            **{f"rollout_{key}": value for key, value in over.items()},
        )
        assert ran.status == 0, ran.output
        assert stage.serving() == {"web:2": 2}
        assert f"[manager1] {stage.name}: completed in " in ran.output
        back = stage.play(
            "rollback",
            rollback_service=stage.name,
            rollback_to="previous",
            rollback_checks="[]",
            rollback_report_dir=reports,
            docker_hosts="",
            **{f"rollback_{key}": value for key, value in over.items()},
        )
        assert back.status == 0, back.output
        assert stage.serving() == {"web:1": 2}
        shown = stage.play(
            "status",
            status_services=stage.name,
            docker_hosts="",
            **{f"status_{key}": value for key, value in over.items()},
        )
        assert "completed, back to 1" in shown.output, shown.output
    # The reports are on the controller, one for each.
    assert len(list((stage.folder / "reports").glob("*.html"))) == 2
