# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress through other programs: an SSH server, and the engine of AWX."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any

import ansible_runner

from tests.integration.engine.doors import SshDoor, needs_sshd
from tests.integration.progress.plays import SLOWLY, Plays


@needs_sshd
def test_over_ssh(stage: Plays):
    stage.have("web:1", replicas=2)
    keys = stage.folder / "ssh"
    keys.mkdir()
    with closing(SshDoor(keys, stage.host)) as ssh:
        over_ssh(stage, ssh)


def over_ssh(stage: Plays, ssh: SshDoor) -> None:
    """An update on a host that is reached through that server, read as it goes."""
    variables: dict[str, Any] = {
        "ansible_host": "127.0.0.1",
        "ansible_port": ssh.port,
        "ansible_user": "root",
        "ansible_ssh_transfer_method": "piped",
        "ansible_ssh_executable": str(ssh.client() / "ssh"),
        "ansible_python_interpreter": sys.executable,
    }
    play = stage.play(stage.task("web:2", update_config=SLOWLY), host="manager1", variables=variables)
    play.until(f"[manager1] {stage.name}: ", "updated")
    assert stage.cluster.state(stage.name) == "updating"
    assert play.end() == 0, play.seen
    lines = [line for line in play.seen if line.startswith(f"[manager1] {stage.name}: ")]
    assert f"[manager1] {stage.name}: 1 of 2 updated" in lines
    assert ": completed in " in lines[-1]
    assert not any(stage.temporary.iterdir())


def test_through_the_engine_of_awx(stage: Plays):
    stage.have("web:1", replicas=2)
    stage.write(stage.task("web:2", update_config=SLOWLY))
    events: list[tuple[str, str, str]] = []

    def heard(event: dict[str, Any]) -> bool:
        text = str(event.get("stdout") or "")
        if stage.name in text or event["event"] == "runner_on_ok":
            events.append((event["event"], text, stage.cluster.state(stage.name)))
        return True

    ran = ansible_runner.run(private_data_dir=str(stage.folder), playbook="play.yml", event_handler=heard, quiet=True)
    assert (ran.status, ran.rc) == ("successful", 0)
    kinds = [kind for kind, _text, _state in events]
    assert kinds[-1] == "runner_on_ok", kinds
    assert set(kinds[:-1]) == {"verbose"}
    updated = [state for _kind, text, state in events if f"{stage.name}: 1 of 2 updated" in text]
    assert updated == ["updating"], "it arrives while Swarm is at it"
