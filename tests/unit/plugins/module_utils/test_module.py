# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the wrapper adds to AnsibleModule: secrets stay in, errors are one sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Mapping

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils import _module
from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutFailed
from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import NOTE, VARIABLE, Line
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Call
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context

from ...conftest import RunModule

CANARY = "correct-horse-battery"


def run(operation: _module.Operation) -> None:
    _module.run_module(operation, {"name": {"type": "str"}, **spec.argument_spec()})


def nothing(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"changed": False, "seen": params["name"]}


@pytest.mark.parametrize(
    "options",
    [
        {"env": {"DB_PASSWORD": CANARY}},
        {"env": ["DB_PASSWORD=" + CANARY]},
        {"env": {"DATABASE": "postgres://shop:%s@db/shop" % CANARY}},
        {"args": ["--token", CANARY]},
        {"command": ["serve", "--password=" + CANARY]},
        {"container_labels": {"api.token": CANARY}},
        {"logging": {"driver": "splunk", "options": {"splunk-token": CANARY}}},
    ],
)
def test_a_secret_inside_an_option_is_in_no_output(
    run_module: RunModule, capsys: pytest.CaptureFixture[str], options: Any
) -> None:
    ended = run_module(lambda: run(nothing), name="web", **options)
    assert not ended.failed
    assert "invocation" in ended.result
    assert CANARY not in json.dumps(ended.result)
    assert CANARY not in capsys.readouterr().err


def test_the_names_of_secrets_are_no_secrets(run_module: RunModule) -> None:
    ended = run_module(lambda: run(nothing), name="database", secrets=[{"secret_name": "database"}])
    assert ended.result["seen"] == "database"


def test_a_failed_rollout_returns_what_is_known(run_module: RunModule, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setattr(_module.RolloutModule, "warn", lambda self, text: warned.append(text))

    def fail(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
        ctx.warn("by the way")
        known = {"rollout": {"outcome": "rolled_back"}, "swarm_service": {"user": None, "tty": False, "image": "web:1"}}
        raise RolloutFailed("it went back", {"changed": True, **known})

    ended = run_module(lambda: run(fail), name="web")
    assert (ended.status, ended.result["msg"], ended.result["changed"]) == (1, "it went back", True)
    assert ended.result["rollout"] == {"outcome": "rolled_back"}
    assert ended.result["swarm_service"] == {"image": "web:1"}, "what nobody set is left out"
    assert warned == ["by the way"]


def test_an_error_of_ours_is_a_sentence_with_its_traceback_apart(run_module: RunModule) -> None:
    def crash(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ZeroDivisionError

    ended = run_module(lambda: run(crash), name="web")
    assert ended.failed
    assert "ZeroDivisionError" in ended.result["msg"]
    assert ended.result["error_kind"] == "bug"


@pytest.mark.parametrize("option", ["wait_timeout", "progress_deadline", "min_healthy_time"])
def test_a_duration_that_is_none_is_refused(run_module: RunModule, option: str) -> None:
    ended = run_module(lambda: run(nothing), name="web", **{option: "soon"})
    assert ended.failed
    assert ended.result["msg"].startswith('%s: "soon" is not usable' % option)


def told(run_module: RunModule, monkeypatch: pytest.MonkeyPatch, path: Path, **options: Any) -> list[str]:
    """What a module with these options tells while it runs, as it stands in the file that the controller reads."""
    monkeypatch.setenv(VARIABLE, "file:%s" % path)
    found: list[str] = []

    def tell(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
        ctx.voice.note("web", "cannot log in with %s" % CANARY)
        found.extend(path.read_text().splitlines() if path.exists() else ())
        assert VARIABLE not in os.environ
        raise RolloutFailed("it went back", {})

    ended = run_module(lambda: run(tell), name="web", env={"DB_PASSWORD": CANARY}, **options)
    assert ended.result["msg"] == "it went back"
    assert not path.exists()
    return found


def test_what_happens_is_told_at_once_and_without_secrets(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (line,) = told(run_module, monkeypatch, tmp_path / "lines")
    assert Line.unpacked(line) == (1, Line("web", "web: cannot log in with ********", NOTE))


@pytest.mark.parametrize("options", [{"progress": False}, {"check": True}, {"_ansible_no_log": True}])
def test_where_nothing_is_to_be_told_nothing_is_written(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: Any
) -> None:
    assert told(run_module, monkeypatch, tmp_path / "lines", **options) == []


def test_without_a_controller_that_listens_nobody_speaks(run_module: RunModule) -> None:
    heard: list[bool] = []

    def listen(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
        heard.append(ctx.tell is not None)
        return {"changed": False}

    run_module(lambda: run(listen), name="web")
    assert heard == [False]


def test_debug_returns_the_calls_that_were_made(run_module: RunModule) -> None:
    def call(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
        ctx.api.calls.append(Call("GET", "/services"))
        return {"changed": False}

    assert run_module(lambda: run(call), name="web", debug=True).result["engine_calls"] == ["GET /services"]
    assert "engine_calls" not in run_module(lambda: run(call), name="web").result
