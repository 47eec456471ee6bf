# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A secret in an option is neither logged nor printed, whatever form it has and however the module ends."""

from __future__ import annotations

from typing import Any, Mapping
from unittest import mock

import pytest
from ansible.module_utils import basic

from ansible_collections.swarm.rollout.plugins.module_utils import _module
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.client import Client
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import ConnectionOptions
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context

from ...conftest import ModuleRun, RunModule
from .leaking import (
    CANARY,
    ENTRY_MISTAKES,
    MAINS,
    NUMBER,
    WITH_SERVICES,
    bundles,
    every_service_place,
    few_places,
    misplaced,
    mistakes,
    places,
    within,
)


def table(**given: Mapping[str, Mapping[str, Any]]) -> Any:
    """One row for each module and each of its names."""
    return [
        pytest.param(module, options, id="%s-%s" % (module, name))
        for module, rows in given.items()
        for name, options in rows.items()
    ]


class Journal:
    """All that a module logs, on hosts with and without Python's systemd."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def send(self, **fields: Any) -> None:
        """As that of systemd, which is full: Ansible goes on to that of the system."""
        self.lines.append(repr(fields))
        raise OSError

    def syslog(self, _priority: int, message: str) -> None:
        """As that of the system."""
        self.lines.append(message)

    @property
    def text(self) -> str:
        """What is in it."""
        return "\n".join(self.lines)


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Where a module logs."""
    found = Journal()
    monkeypatch.setattr(basic, "has_journal", True)
    monkeypatch.setattr(basic, "journal", found, raising=False)
    monkeypatch.setattr(basic.syslog, "syslog", found.syslog)
    monkeypatch.setattr(basic.syslog, "openlog", mock.Mock())
    return found


@pytest.fixture(autouse=True)
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No manager can be reached."""

    def refuse(host: str, options: ConnectionOptions) -> Client:
        raise ConnectionFailed("%s: there is nobody" % host)

    monkeypatch.setattr(_module, "Api", lambda options: Api(options, refuse))


def nothing(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """An operation for which all is as it should be."""
    return {"changed": False}


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules that do nothing with options that are right."""
    monkeypatch.setattr(_module, "_carried_out", lambda ctx, params, operation: nothing(ctx, params))


def hidden(ended: ModuleRun, journal: Journal) -> bool:
    """Whether the secrets are in nothing that came out of the module."""
    came_out = ended.printed + journal.text
    return CANARY not in came_out and str(NUMBER) not in came_out


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(("module", "options"), table(**{module: places(module) for module in MAINS}))
def test_a_secret_in_right_options(
    run_module: RunModule, journal: Journal, module: str, options: dict[str, Any]
) -> None:
    ended = run_module(MAINS[module], check=True, **options)
    # An address with a password is refused later.
    assert not ended.failed or "docker_host" in ended.result["msg"], ended.result
    assert journal.text.count("Invoked with") == 2, "in each of the two"
    assert ended.result["invocation"]["module_args"]
    assert hidden(ended, journal)


@pytest.mark.parametrize(
    ("module", "options", "mistake"),
    [
        pytest.param(module, options, mistake, id="%s-%s-%s" % (module, place, wrong))
        for module in MAINS
        for place, options in few_places(module).items()
        for wrong, mistake in mistakes(module).items()
    ],
)
def test_a_secret_beside_a_mistake(
    run_module: RunModule, journal: Journal, module: str, options: dict[str, Any], mistake: dict[str, Any]
) -> None:
    given = {name: value for name, value in {**options, **mistake}.items() if value is not None}
    ended = run_module(MAINS[module], **given)
    assert ended.failed
    assert any(word in ended.result["msg"] for word in (*mistake, "client_key", "restart", "missing")), ended.result
    assert hidden(ended, journal)


@pytest.mark.parametrize(
    ("module", "options", "mistake"),
    [
        pytest.param(module, {**options, **mistake}, next(iter(mistake)), id="%s-%s-%s" % (module, place, wrong))
        for module in ("swarm_release", "swarm_service_info")
        for place, options in bundles(every_service_place()).items()
        for wrong, mistake in ENTRY_MISTAKES.items()
    ],
)
def test_a_secret_beside_a_mistake_in_an_entry(
    run_module: RunModule, journal: Journal, module: str, options: dict[str, Any], mistake: str
) -> None:
    ended = run_module(MAINS[module], **within(module, options))
    assert ended.failed
    assert mistake in ended.result["msg"]
    assert hidden(ended, journal)


@pytest.mark.parametrize(("module", "options"), table(**{module: misplaced(module) for module in MAINS}))
def test_a_secret_that_is_itself_the_mistake(
    run_module: RunModule, journal: Journal, module: str, options: dict[str, Any]
) -> None:
    ended = run_module(MAINS[module], **options)
    assert ended.failed
    assert hidden(ended, journal)


def test_what_is_no_secret_is_seen(run_module: RunModule, journal: Journal, idle: None) -> None:
    options = {
        "image": "web:1",
        "env": {"COLOUR": "blue", "DB_PASSWORD": CANARY, "DB_PASSWORD_FILE": "/run/secrets/db"},
        "secrets": ["database"],
        "replicas": "3",
        "args": ["--port", "80"],
    }
    ended = run_module(MAINS["swarm_service"], **within("swarm_service", options))
    given = ended.result["invocation"]["module_args"]
    assert given["env"] == {"COLOUR": "blue", "DB_PASSWORD": "********", "DB_PASSWORD_FILE": "/run/secrets/db"}
    assert (given["image"], given["secrets"], given["replicas"], given["args"]) == (
        "web:1",
        ["database"],
        3,
        ["--port", "80"],
    )
    assert "image=web:1" in journal.text
    assert "'COLOUR': 'blue'" in journal.text.replace("\\", "")


def test_a_secret_that_is_a_common_word_is_logged_where_it_is_none(
    run_module: RunModule, journal: Journal, idle: None
) -> None:
    options = {"image": "vote:1", "env": {"VOTE_PASSWORD": "vote", "GREETING": "to vote"}, "args": ["--token", "vote"]}
    ended = run_module(MAINS["swarm_service"], **within("swarm_service", options))
    assert not ended.failed
    logged = journal.text.replace("\\", "")
    assert "image=vote:1" in logged
    assert "'VOTE_PASSWORD': '********', 'GREETING': 'to ********'" in logged
    assert "['--token', '********']" in logged
    assert "vote" not in logged.replace("vote:1", "")


def test_before_options_are_right_none_is_returned(run_module: RunModule) -> None:
    ended = run_module(MAINS["swarm_service"], **within("swarm_service", {"replicass": 3}))
    assert "replicass" in ended.result["msg"]
    assert ended.result["invocation"] == {"module_args": {}}


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize("module", WITH_SERVICES)
def test_without_a_log_secrets_are_known_all_the_same(run_module: RunModule, journal: Journal, module: str) -> None:
    options = within(module, {"env": {"DB_PASSWORD": CANARY}})
    ended = run_module(MAINS[module], _ansible_no_log=True, **options)
    assert not ended.failed
    assert journal.text == ""
    assert hidden(ended, journal)
