# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said before a rollback acts, and when nothing is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.action import swarm_service_rollback
from ansible_collections.swarm.rollout.plugins.action.swarm_service_rollback import ActionModule

PLANNED = {"changed": True, "msg": "vote: would go back from vote:movies to vote:indent, revision 3"}


class Stage:
    """One task, the runs of its module, and what was shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, planned: dict[str, Any], **task: Any) -> None:
        self.runs: list[tuple[bool, dict[str, Any]]] = []
        self.shown: list[str] = []
        self._planned = planned
        fields = {"check_mode": False, "async_val": 0, "no_log": False, "args": {"name": "vote"}, **task}
        self.action = ActionModule.__new__(ActionModule)
        self.action._task = SimpleNamespace(**fields)  # type: ignore[assignment]
        monkeypatch.setattr(self.action, "execute", self._execute)
        monkeypatch.setattr(swarm_service_rollback.Recorded.__base__, "run", lambda *unused: {})
        display = SimpleNamespace(display=lambda text, stderr: self.shown.append(text))
        monkeypatch.setattr(swarm_service_rollback, "Display", lambda: display)

    def _execute(self, arguments: dict[str, Any], _task_vars: dict[str, Any]) -> dict[str, Any]:
        check = self.action._task.check_mode
        self.runs.append((check, arguments))
        return self._planned if check else {"changed": True, "msg": "vote: completed"}

    def run(self) -> dict[str, Any]:
        return self.action.run(None, {"inventory_hostname": "swarm1"})


def test_it_is_said_before_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, PLANNED)
    assert stage.run()["msg"] == "vote: completed"
    assert [check for check, _args in stage.runs] == [True, False]
    assert stage.runs[0][1]["readiness"] is False
    assert "readiness" not in stage.runs[1][1]
    assert stage.shown == ["[swarm1] %s" % PLANNED["msg"]]
    assert stage.action._task.check_mode is False


@pytest.mark.parametrize(
    "planned", [{"changed": False, "msg": "there"}, {"failed": True, "changed": True, "msg": "no"}]
)
def test_nothing_is_announced_that_will_not_be_done(monkeypatch: pytest.MonkeyPatch, planned: dict[str, Any]) -> None:
    stage = Stage(monkeypatch, planned)
    stage.run()
    assert stage.shown == []
    assert [check for check, _args in stage.runs] == [True, False]


@pytest.mark.parametrize(
    "task", [{"check_mode": True}, {"async_val": 60}, {"no_log": True}, {"args": {"name": "vote", "announce": "no"}}]
)
def test_where_nobody_is_to_be_told_the_module_runs_once(monkeypatch: pytest.MonkeyPatch, task: dict[str, Any]) -> None:
    stage = Stage(monkeypatch, PLANNED, **task)
    stage.run()
    assert (len(stage.runs), stage.shown) == (1, [])
