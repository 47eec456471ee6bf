# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runbooks are given, in all forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.plugin_utils.runbook import Unreadable, endpoints, hook_files, read

SECRET = "https://hooks.example.org/services/T0/B0/hush"


@pytest.mark.parametrize("kind", ["str", "bool", "int", "list", "dict"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_nothing_is_given(kind: str, value: Any) -> None:
    assert read(value, kind, "x") is None


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("str", " vote ", "vote"),
        ("str", 7, "7"),
        ("bool", "true", True),
        ("bool", "No", False),
        ("bool", True, True),
        ("bool", 0, False),
        ("int", "12", 12),
        ("int", 12, 12),
        ("list", "1,50%,100%", ["1", "50%", "100%"]),
        ("list", "[1, 50%]", [1, "50%"]),
        ("list", '["1", "50%"]', ["1", "50%"]),
        ("list", "- 1\n- 50%", [1, "50%"]),
        ("list", "1", ["1"]),
        ("list", 1, ["1"]),
        ("list", "vote, whoami", ["vote", "whoami"]),
        ("list", "[]", []),
        ("list", [], []),
        ("list", {"http": {"url": "u"}}, [{"http": {"url": "u"}}]),
        ("list", "http: {url: u}", [{"http": {"url": "u"}}]),
        ("list", "http://a.example.org:80/x: y: z", ["http://a.example.org:80/x: y: z"]),
        ("dict", {"a": 1}, {"a": 1}),
        ("dict", "replicas: 5", {"replicas": 5}),
        ("dict", '{"replicas": 5}', {"replicas": 5}),
        ("dict", "{}", {}),
    ],
)
def test_forms(kind: str, value: Any, meant: Any) -> None:
    assert read(value, kind, "x") == meant


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("str", ["hush"], "x: write a text, not a list"),
        ("bool", "hush", "x: write true or false"),
        ("int", "hush", "x: write a whole number"),
        ("list", "[hush", "x: this is no YAML or JSON (line 1, column 6); write a list, such as [1, 50%] or 1,50%"),
        ("dict", "hush", "x: write names and values, such as {replicas: 5}, as YAML or JSON"),
        ("dict", ["hush"], "x: write names and values, such as {replicas: 5}, as YAML or JSON"),
    ],
)
def test_what_cannot_be_read_is_told_and_not_repeated(kind: str, value: Any, sentence: str) -> None:
    with pytest.raises(Unreadable) as told:
        read(value, kind, "x")
    assert str(told.value) == sentence


FULL = {"url": SECRET, "host": "hooks.example.org", "format": "plain", "on": ["success", "failure"], "headers": {}}


@pytest.mark.parametrize(
    ("value", "differs"),
    [
        (SECRET, {}),
        ([SECRET], {}),
        ({"url": SECRET, "format": "slack"}, {"format": "slack"}),
        # What YAML makes of an unquoted `on`.
        ([{"url": SECRET, True: ["failure"]}], {"on": ["failure"]}),
        (
            "- url: %s\n  on: failure\n  headers: {X-Token: 1}" % SECRET,
            {"on": ["failure"], "headers": {"X-Token": "1"}},
        ),
        ('[{"url": "%s", "on": "success,failure"}]' % SECRET, {}),
    ],
)
def test_endpoints(value: Any, differs: dict[str, Any]) -> None:
    assert endpoints(value, "x") == [{**FULL, **differs}]


def test_no_endpoint() -> None:
    assert endpoints("", "x") == endpoints([], "x") == []


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([1], "x, entry 1: write a URL, or a dict with url, format, on and headers"),
        ([SECRET, {"uri": SECRET}], "x, entry 2: there is no uri; it has url, format, on, headers"),
        ("ftp://hush", "x, entry 1: url has to begin with http:// or https:// and name a host"),
        ({"url": "http://[hush"}, "x, entry 1: url has to begin with http:// or https:// and name a host"),
        ({"url": SECRET, "format": "hush"}, "x, entry 1: format is one of plain, slack"),
        ({"url": SECRET, "on": "never"}, "x, entry 1: on takes success and failure"),
    ],
)
def test_endpoints_that_cannot_be_read(value: Any, sentence: str) -> None:
    with pytest.raises(Unreadable) as told:
        endpoints(value, "x")
    assert str(told.value) == sentence


def test_hooks_are_found(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for place in (first / "a.yml", second / "a.yml", second / "b.yml"):
        place.parent.mkdir(exist_ok=True)
        place.touch()
    folders = ["", str(first), str(second)]
    given = "{pre_plan: a.yml, post_plan: b.yml, pre_apply: '', post_apply: %s}" % (second / "a.yml")
    found = hook_files(given, "x", ["pre_plan", "post_plan", "pre_apply", "post_apply", "on_failure"], folders)
    assert found == {
        "pre_plan": [str(first / "a.yml")],
        "post_plan": [str(second / "b.yml")],
        "pre_apply": [],
        "post_apply": [str(second / "a.yml")],
        "on_failure": [],
    }


def test_hooks_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as told:
        hook_files({"pre_aply": "a.yml"}, "x", ["pre_apply"], [str(tmp_path)])
    assert str(told.value) == "x: there is no hook pre_aply; there are pre_apply"
    with pytest.raises(Unreadable) as told:
        hook_files({"pre_apply": "a.yml"}, "x", ["pre_apply"], [str(tmp_path)])
    tried = tmp_path / "a.yml"
    assert str(told.value) == f"x: the file of pre_apply does not exist, nothing was changed; tried {tried}"
