# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who made a change, from what the controller knows."""

from __future__ import annotations

import pytest

from ansible_collections.swarm.rollout.plugins.action import swarm_service


def test_a_shell_gives_user_and_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "anna")
    monkeypatch.setattr("socket.gethostname", lambda: "deploy1")
    assert swarm_service.who({}) == {"user": "anna", "host": "deploy1"}


@pytest.mark.parametrize("prefix", ["awx", "tower"])
def test_a_job_is_named_with_its_user_and_revision(prefix: str) -> None:
    variables = {"job_id": 77, "job_template_name": "Deploy", "user_name": "anna", "project_revision": "3f9a0c1"}
    found = swarm_service.who({"%s_%s" % (prefix, name): value for name, value in variables.items()})
    assert {name: found[name] for name in ("awx_job", "awx_job_template", "awx_user", "git_revision")} == {
        "awx_job": "77",
        "awx_job_template": "Deploy",
        "awx_user": "anna",
        "git_revision": "3f9a0c1",
    }


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 1000")

    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr("getpass.getuser", unknown)
    assert swarm_service.who({})["user"].isdigit()
