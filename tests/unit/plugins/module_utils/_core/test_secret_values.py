# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secret values are found in what others say, in each way in which they may be written."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.swarm.rollout.plugins.module_utils._core.cluster import Task
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import (
    NO_SECRETS,
    SHORTEST,
    SecretValues,
    spelled,
)

CANARY = "yellowcanary4711"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nyellowcanary4711\n-----END PRIVATE KEY-----\n"


def hidden(text: str, *secrets: str) -> str:
    """The text without those secrets."""
    return SecretValues(spelled(secrets)).hide(text)


def test_every_occurrence_is_hidden_however_common() -> None:
    assert hidden("vote: voters vote for vote:2", "vote") == "********: ********rs ******** for ********:2"
    assert hidden("", "vote") == ""
    assert NO_SECRETS.hide("vote") == "vote"


def test_of_two_that_begin_alike_the_longer_one_is_hidden_whole() -> None:
    assert hidden("hunter2hunter2 and hunter2", "hunter2", "hunter2hunter2") == "******** and ********"


@pytest.mark.parametrize(
    "secret", ['double"quote', "back\\slash", "tab\tinside", "umlaut-ä", "a b c d", "100%sure&more"]
)
def test_it_is_found_quoted_escaped_and_in_urls(secret: str) -> None:
    forms = (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret), quote(secret, safe=""))
    for form in forms:
        shown = hidden("so: %s." % form, secret)
        assert shown.strip("\"'").replace("'", '"') in ("so: ********.", 'so: "********".'), shown


def test_one_of_several_lines_is_found_on_one_and_line_by_line() -> None:
    assert CANARY not in hidden(" ".join(PEM.split()), PEM)
    for line in PEM.splitlines():
        assert hidden("said: %s" % line, PEM) == "said: ********"


def test_too_short_ones_hide_nothing() -> None:
    assert hidden("a log of abc and ***", "a", "abc", "****") == "a log of abc and ***"
    assert all(len(text) >= SHORTEST for text in spelled(["abc", "abcd"]))


SPEC: dict[str, Any] = {
    "Name": "web",
    "Labels": {"api.token": "secret-in-labels"},
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "web:1",
            "Env": ["DB_PASSWORD=secret-in-env", "URL=postgres://a:secret-in-url@db/", "COLOUR=blue"],
            "Args": ["--password", "secret-in-args"],
            "Command": ["serve", "--token=secret-in-command"],
            "Labels": {"api.key": "secret-in-clabels"},
            "Healthcheck": {"Test": ["CMD-SHELL", "check password=secret-in-check"]},
            "Mounts": [{"VolumeOptions": {"DriverConfig": {"Options": {"password": "secret-in-mounts"}}}}],
            "Secrets": [{"SecretName": "database", "SecretID": "id1"}],
        },
        "LogDriver": {"Name": "splunk", "Options": {"splunk-token": "secret-in-log"}},
        "Networks": [{"Target": "n1", "DriverOpts": {"auth": "secret-in-network"}}],
    },
}
PLACES = ("env", "url", "args", "command", "clabels", "check", "mounts", "log", "network")


@pytest.mark.parametrize("spec", [SPEC, SPEC["TaskTemplate"]], ids=["of a service", "of a task"])
def test_those_of_a_specification_are_known(spec: Any) -> None:
    said = " ".join("secret-in-%s" % place for place in PLACES)
    shown = NO_SECRETS.with_those_in(spec).hide(said + " database id1 web:1 blue")
    assert shown == " ".join(["********"] * len(PLACES)) + " database id1 web:1 blue"


def test_labels_of_a_service_are_searched_too() -> None:
    assert NO_SECRETS.with_those_in(SPEC).hide("secret-in-labels") == "********"


@pytest.mark.parametrize(
    "spec", [None, [], "x", 3, {}, {"TaskTemplate": 3}, {"ContainerSpec": []}, {"ContainerSpec": {"Env": {"A": 3}}}]
)
def test_what_is_no_specification_has_none(spec: Any) -> None:
    assert SecretValues(frozenset(("abcd",))).with_those_in(spec) == SecretValues(frozenset(("abcd",)))


def task(error: str, **status: Any) -> Task:
    """A task of that specification that failed."""
    raw = {"ID": "t1", "Status": {"State": "failed", "Err": error, **status}, "Spec": SPEC["TaskTemplate"]}
    return Task.of(raw, SecretValues(frozenset(("marmalade",))))


def test_what_a_node_says_of_a_task_is_without_its_secrets_and_those_of_the_module() -> None:
    failed = task('exec: "secret-in-args" with marmalade', Message="no marmalade")
    assert (failed.error, failed.message) == ('exec: "********" with ********', "no ********")
    assert "marmalade" not in repr(failed)


def test_whoever_judges_a_task_by_its_words_is_not_misled() -> None:
    raw = {"ID": "t1", "Status": {"Err": "dockerexec: Unhealthy container"}}
    found = Task.of(raw, SecretValues(frozenset(("Unhealthy", "healthy"))))
    assert found.error == "dockerexec: ******** container"
    assert found.says("unhealthy")
    assert not found.says("no such image", "manifest unknown")


@given(st.text(min_size=SHORTEST), st.text(), st.text())
def test_no_text_is_left_of_any_secret(secret: str, before: str, after: str) -> None:
    shown = hidden(before + secret + after, secret)
    bare = secret.strip()
    assert bare not in shown or len(bare) < SHORTEST or not bare.strip("*")
