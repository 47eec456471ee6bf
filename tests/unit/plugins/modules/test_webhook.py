# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module as Ansible runs it: what it says, what it never shows, what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import RolloutError
from ansible_collections.swarm.rollout.plugins.module_utils._engine import webhook as engine
from ansible_collections.swarm.rollout.plugins.modules import webhook
from tests.arguments import patch_module_args
from tests.unit.hostile.effort import effort
from tests.unit.hostile.hostile_values import hostile

GOOD: dict[str, Any] = {
    "url": "https://hooks.example.org/T0/secret-path",
    "body": {"text": "done"},
    "headers": {"X-Token": "secret-token"},
    "timeout": 3,
}


def run(capsys: Any, posted: engine.Posted, monkeypatch: Any, **options: Any) -> tuple[int, dict[str, Any], list[Any]]:
    """Exit status, result, and what was sent."""
    sent: list[Any] = []

    def post(*given: Any, **more: Any) -> engine.Posted:
        sent.append((given, more))
        return posted

    monkeypatch.setattr(engine, "post", post)
    with patch_module_args({**GOOD, **options}), pytest.raises(SystemExit) as end:
        webhook.main()
    out = capsys.readouterr().out
    assert "secret" not in out
    return int(end.value.code or 0), json.loads(out), sent


def test_a_message_that_was_taken(capsys: Any, monkeypatch: Any) -> None:
    status, result, sent = run(capsys, engine.Posted(204, ""), monkeypatch)
    assert (status, result["taken"], result["status"], result["host"]) == (0, True, 204, "hooks.example.org")
    assert (result["changed"], result["msg"]) == (False, "hooks.example.org: status 204")
    assert sent == [((GOOD["url"], GOOD["body"], GOOD["headers"], 3), {"validate_certs": True})]


@pytest.mark.parametrize(
    ("posted", "told"),
    [(engine.Posted(500, ""), "status 500"), (engine.Posted(0, "connection refused"), "connection refused")],
)
def test_a_message_that_was_not(capsys: Any, monkeypatch: Any, posted: engine.Posted, told: str) -> None:
    status, result, _sent = run(capsys, posted, monkeypatch)
    assert (status, result["failed"], result["taken"], result["status"]) == (1, True, False, posted.status)
    assert result["msg"] == "hooks.example.org: " + told


def test_in_check_mode_nothing_is_sent(capsys: Any, monkeypatch: Any) -> None:
    status, result, sent = run(capsys, engine.Posted(200, ""), monkeypatch, _ansible_check_mode=True)
    assert (status, result["taken"], sent) == (0, False, [])


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("url", "ftp://x/secret-path", "url: what is given is not usable: write a URL that begins with http://"),
        ("url", "http://", "url: what is given is not usable: write a URL with a host"),
        ("timeout", 0, "timeout: 0 is not usable: write a number of seconds"),
        ("headers", {"X-Token": ["secret"]}, 'headers: the value of "X-Token" is not usable: write a text'),
    ],
)
def test_what_cannot_be_sent_is_refused(capsys: Any, monkeypatch: Any, option: str, value: Any, words: str) -> None:
    status, result, sent = run(capsys, engine.Posted(200, ""), monkeypatch, **{option: value})
    assert (status, sent) == (1, [])
    assert result["msg"].startswith(words)


@effort(200)
@given(hostile, hostile)
def test_nothing_that_is_given_makes_more_than_a_sentence(value: Any, name: Any) -> None:
    as_given = (
        {"url": value if isinstance(value, str) else repr(value)},
        {"headers": {name if isinstance(name, str) else repr(name): value}},
        {"timeout": value if isinstance(value, int) else 1},
    )
    for options in as_given:
        assert refusal({**GOOD, **options}).isprintable()


def refusal(options: dict[str, Any]) -> str:
    """What is said against the options; empty where they are right."""
    try:
        webhook.refuse(options)
    except RolloutError as error:
        return error.message
    return ""
