# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a module runs on the controller as it is, and when it goes the usual way."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import Line

here = pytest.importorskip("ansible_collections.swarm.rollout.plugins.plugin_utils.here")


class Plain:
    """An object with these attributes."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Sent(here.Here):  # type: ignore[name-defined]
    """The action of a task on this machine; it only says which way the module goes."""

    def __init__(self, transport: str = "local", become: bool = False, async_val: int = 0, **task: Any) -> None:
        fields = {"check_mode": False, "no_log": False, "environment": [{"REGION": "eu"}], **task}
        self._task = Plain(async_val=async_val, action="swarm.rollout.swarm_service", **fields)
        self._connection = Plain(transport=transport)
        self._play_context = Plain(become=become)
        self.speaker: Any = None
        self._templar = Plain(template=lambda text: text.replace("{{ ansible_playbook_python }}", sys.executable))
        self.way: list[Any] = []

    def run(self, *given: Any, **more: Any) -> dict[str, Any]:
        return {}

    def get_shell_option(self, option: str, default: Any = None) -> Any:
        return default

    def _execute_module(self, **given: Any) -> dict[str, Any]:
        self.environment: Any = vars(self._task)["environment"]
        self.way.append(("packed", given))
        return {"way": "packed"}

    def _update_module_args(self, name: str, given: dict[str, Any], task_vars: Any) -> None:
        given["_ansible_check_mode"] = True

    def _run_here(self, name: str, arguments: dict[str, Any], speaker: Any) -> dict[str, Any]:
        self.speaker = speaker
        self.way.append(("here", name, arguments))
        return {"way": "here"}


HERE = {"ansible_python_interpreter": sys.executable}
known_form = pytest.mark.skipif(not here._KNOWN_FORM, reason="this ansible-core packs modules in another form")


def way(action: Sent, task_vars: Any = None) -> str:
    return str(action.execute({"name": "web"}, HERE if task_vars is None else task_vars)["way"])


@known_form
def test_a_task_on_the_controller_with_its_python_runs_here() -> None:
    action = Sent()
    arguments = {"name": "web"}
    assert action.execute(arguments, HERE) == {"way": "here"}
    assert action.way == [("here", "swarm.rollout.swarm_service", {"name": "web", "_ansible_check_mode": True})]
    assert arguments == {"name": "web"}, "what the task says stays as it is"


@pytest.mark.parametrize(
    "task",
    [{"transport": "ssh"}, {"transport": "docker"}, {"become": True}, {"async_val": 60}],
    ids=["another host", "a container", "another user", "in the background"],
)
def test_another_host_user_or_time_goes_the_usual_way(task: Any) -> None:
    action = Sent(**task)
    assert way(action) == "packed"
    ((_way, given),) = action.way
    assert given == {"module_args": {"name": "web"}, "task_vars": HERE, "wrap_async": task.get("async_val", 0)}


def test_on_the_usual_way_the_environment_names_a_file_while_the_module_runs() -> None:
    action = Sent(transport="ssh")
    action.execute({"name": "web"}, HERE)
    first, second = action.environment
    assert first == {"REGION": "eu"}
    assert re.fullmatch(r"file:/tmp/\.swarm-rollout-[0-9a-f]{32}", second["SWARM_ROLLOUT_PROGRESS"])
    assert vars(action._task)["environment"] == [{"REGION": "eu"}]


@pytest.mark.parametrize("environment", [None, {"REGION": "eu"}, [{"REGION": "eu"}]])
def test_whatever_environment_the_task_has_stays(environment: Any) -> None:
    action = Sent(transport="ssh", environment=environment)
    action.execute({"name": "web"}, HERE)
    assert len(action.environment) == 2
    assert vars(action._task)["environment"] == environment


@pytest.mark.parametrize(
    ("task", "options"),
    [
        ({"no_log": True}, {}),
        ({"check_mode": True}, {}),
        ({"async_val": 60}, {}),
        ({}, {"progress": False}),
        ({}, {"progress": "no"}),
    ],
    ids=["no_log", "check mode", "in the background", "off", "off as text"],
)
def test_where_nothing_is_to_be_told_nobody_listens(task: Any, options: Any) -> None:
    distant = Sent(transport="ssh", **task)
    distant.execute({"name": "web", **options}, HERE)
    assert distant.environment == [{"REGION": "eu"}]
    near = Sent(**task)
    near.execute({"name": "web", **options}, HERE)
    assert near.speaker is None


def test_a_module_that_did_not_come_to_its_end_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Sent(transport="ssh")
    removed: list[str] = []
    monkeypatch.setattr(action, "_low_level_execute_command", removed.append)
    assert way(action) == "packed"
    assert removed == []
    monkeypatch.setattr(action, "_execute_module", lambda **given: {"way": "killed", "module_stdout": ""})
    assert way(action) == "killed"
    assert [command.partition("-rollout-")[0] for command in removed] == ["rm -f /tmp/.swarm"]


def test_an_error_of_the_connection_is_raised_and_the_environment_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    action = Sent(transport="ssh")

    def lost(**given: Any) -> Any:
        raise OSError("lost")

    monkeypatch.setattr(action, "_execute_module", lost)
    with pytest.raises(OSError, match="lost"):
        way(action)
    assert vars(action._task)["environment"] == [{"REGION": "eu"}]


class Unified:
    """A result as ansible-core 2.21 hands it on."""

    def __init__(self) -> None:
        self.internal = True

    def remove_internal_keys(self) -> None:
        self.internal = False

    def as_result_dict(self, for_round_trip: bool) -> dict[str, Any]:
        return {"changed": True, "internal": self.internal, "round": for_round_trip}


@pytest.mark.parametrize(
    ("parsed", "found"),
    [
        ({"changed": True, "_ansible_parsed": True, "_ansible_debug": 1}, {"changed": True, "_ansible_parsed": True}),
        (Unified(), {"changed": True, "internal": False, "round": True}),
        (object(), {"changed": "as printed"}),
    ],
    ids=["up to 2.20", "2.21", "a form that is not known"],
)
def test_a_result_is_a_dict_whatever_ansible_makes_of_it(parsed: Any, found: dict[str, Any]) -> None:
    assert here._as_dict(parsed, '{"changed": "as printed", "_ansible_debug": 1}') == found


@known_form
def test_lines_of_a_module_that_runs_here_are_shown_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Screen:
        def display(self, text: str, stderr: bool) -> None:
            assert stderr
            shown.append(text)

    monkeypatch.setattr(here, "Display", Screen)
    action = Sent()

    def run(name: str, arguments: Any, speaker: Any) -> dict[str, Any]:
        speaker.hear(Line("web", "web: 1 of 2 updated").packed(1))
        return {"msg": "web: completed", "way": "here"}

    monkeypatch.setattr(action, "_run_here", run)
    assert way(action, {**HERE, "inventory_hostname": "manager1"}) == "here"
    assert shown == ["[manager1] web: 1 of 2 updated", "[manager1] web: completed"]


def test_files_that_are_to_be_kept_are_written_the_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.constants, "DEFAULT_KEEP_REMOTE_FILES", True, raising=False)
    assert way(Sent()) == "packed"


def test_an_ansible_of_another_form_goes_the_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "_KNOWN_FORM", False)
    assert way(Sent()) == "packed"


def python_at(path: Path, target: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return str(path)


@known_form
def test_the_same_python_under_another_name_of_its_environment_runs_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = sys.executable
    monkeypatch.setattr(sys, "executable", python_at(tmp_path / "venv" / "bin" / "python3", real))
    other_name = python_at(tmp_path / "venv" / "bin" / "python", "python3")
    assert way(Sent(), {"ansible_python_interpreter": other_name}) == "here"


@known_form
def test_another_environment_of_the_same_python_goes_the_usual_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = sys.executable
    monkeypatch.setattr(sys, "executable", python_at(tmp_path / "venv" / "bin" / "python3", real))
    elsewhere = python_at(tmp_path / "other" / "bin" / "python3", real)
    assert way(Sent(), {"ansible_python_interpreter": elsewhere}) == "packed"


@known_form
@pytest.mark.parametrize("python", ["/usr/bin/python-of-another-version", "auto", "auto_silent", ""])
def test_another_python_or_one_to_be_discovered_goes_the_usual_way(python: str) -> None:
    assert way(Sent(), {"ansible_python_interpreter": python}) == "packed"


@known_form
def test_the_interpreter_may_be_a_template() -> None:
    assert way(Sent(), {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}) == "here"


@known_form
@pytest.mark.parametrize(("configured", "found"), [(sys.executable, "here"), ("auto", "packed")])
def test_without_a_variable_the_configuration_decides(
    monkeypatch: pytest.MonkeyPatch, configured: str, found: str
) -> None:
    asked: list[Any] = []

    def value(name: str, variables: Any) -> str:
        asked.append((name, variables))
        return configured

    monkeypatch.setattr(here.constants.config, "get_config_value", value)
    assert way(Sent(), {"other": 1}) == found
    assert asked == [("INTERPRETER_PYTHON", {"other": 1})]
