# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each place of a result is one of a name or of a text, and nobody forgets to say which."""

from __future__ import annotations

import importlib
from typing import Any, Iterator

import pytest
import yaml

from ansible_collections.swarm.rollout.plugins.module_utils._core.account import Span, account, sentence
from ansible_collections.swarm.rollout.plugins.module_utils._core.convergence import Verdict
from ansible_collections.swarm.rollout.plugins.module_utils._core.result_places import (
    FREE_OPTIONS,
    SENTENCE,
    place_of,
    placed,
    placed_options,
    rare,
)
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import SecretValues
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.entries import Entries
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.kinds import Kind
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.lists import Words
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.mounts import DriverConfig
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.pairs import Env, Pairs
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.special import HealthTest
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import TABLE
from tests.unit.hostile import desk
from tests.unit.plugins.module_utils._core.spec.examples import EVERYTHING
from tests.unit.plugins.module_utils.leaking import MAINS
from tests.unit.plugins.module_utils.test_common_secrets import RARE, story

# Keys whose texts others wrote or chose; all besides are names, numbers and sentences.
WRITTEN_BY_OTHERS = frozenset(
    ("actor", "cause", "command", "error", "fault", "faults", "labels", "last_error", "log", "output", "query")
) | (FREE_OPTIONS)


def marked(text: str) -> str:
    """Instead of hiding something."""
    return text if text.isdigit() else "<%s>" % text


def texts_in(value: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to each text that was taken for one of others."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts_in(item, (*way, key))
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item, way)
    elif isinstance(value, str) and value.startswith("<"):
        yield way


def example(documented: dict[str, Any]) -> Any:
    """A result as it is documented."""
    found = {}
    for key, one in documented.items():
        inner = (
            example(one["contains"]) if "contains" in one else one.get("sample", "x" if one["type"] == "str" else None)
        )
        found[key] = [inner] if "contains" in one and one["type"] == "list" else inner
    return found


@pytest.mark.parametrize("module", sorted(MAINS))
def test_every_place_that_is_documented_is_known(module: str) -> None:
    code = importlib.import_module("ansible_collections.swarm.rollout.plugins.modules.%s" % module)
    found = placed(example(yaml.safe_load(code.RETURN)), marked)
    ways = [way for way in texts_in(found.value) if not WRITTEN_BY_OTHERS.intersection(way)]
    assert ways == []


def test_every_place_of_a_result_is_known() -> None:
    results = [{key: value for key, value in ended.result.items() if key != "invocation"} for ended in story(RARE)]
    ways = [way for result in results for way in texts_in(placed(result, marked).value)]
    assert ways
    assert [way for way in ways if not WRITTEN_BY_OTHERS.intersection(way)] == []


def places_of(kind: Kind, option: str) -> Iterator[tuple[str, Kind]]:
    """An option and its sub-options, each with its kind."""
    yield option, kind
    if isinstance(kind, Entries):
        for sub in kind.subs:
            yield from places_of(sub.kind, "%s.%s" % (option, sub.option))


def test_options_that_may_hold_anything_are_texts() -> None:
    free = {
        option
        for row in TABLE
        for option, kind in places_of(row.kind, row.option)
        if isinstance(kind, (Env, Pairs, Words, HealthTest)) and option != "sysctls"
    }
    assert {"env", "labels", "args", "healthcheck.test", "mounts.labels", "networks.options"} <= free
    assert [option for option in free if option.split(".")[-1] not in FREE_OPTIONS] == []
    assert any(isinstance(kind, DriverConfig) for row in TABLE for _option, kind in places_of(row.kind, row.option))


def test_all_other_options_are_names() -> None:
    swarm = desk.stocked()
    with desk.on_paper(swarm):
        shown = desk.run("swarm_service", {"name": "fresh", **EVERYTHING, "resolve_image": "false"}, check=True)
    found = placed(shown.result, marked)
    ways = set(texts_in(found.value["swarm_service"]))
    assert ways
    assert [way for way in ways if not FREE_OPTIONS.intersection(way)] == []
    assert "web:1" not in found.value["swarm_service"]["env"]
    for option in ("image", "hostname", "working_dir", "user"):
        assert shown.result["swarm_service"][option] in found.names


def test_what_nobody_knows_is_a_text() -> None:
    found = placed({"unheard_of": "a", "more": ["b", 3, {"name": "c", "deeper": "d"}], "TaskTemplate": None}, marked)
    assert found.value == {
        "unheard_of": "<a>",
        "more": ["<b>", 3, {"name": "c", "deeper": "<d>"}],
        "TaskTemplate": None,
    }
    assert found.names == {"3", "c"}


def test_numbers_and_truths_stay_what_they_are() -> None:
    result = {"changed": True, "duration": 10.5, "tasks": {"desired": 3}, "error": None}
    found = placed(result, marked)
    assert found.value == result
    assert found.names == {"10.5", "3"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"option": "image", "before": "a", "after": "b"}, ("a", "b")),
        ({"option": "env", "before": {"A": "a"}, "after": {"A": "b"}}, ({"A": "<a>"}, {"A": "<b>"})),
        ({"option": "logging.options", "before": {}, "after": {"A": "b"}}, ({}, {"A": "<b>"})),
        ({"option": "logging.driver", "before": None, "after": "syslog"}, (None, "syslog")),
        ({"option": "TaskTemplate.New", "before": "a", "after": 3}, ("<a>", 3)),
        (
            {"option": "mounts", "before": [], "after": [{"source": "a", "labels": {"b": "c"}}]},
            ([], [{"source": "a", "labels": {"b": "<c>"}}]),
        ),
        ({"before": {"image": "a", "env": {"A": "a"}}, "after": {}}, ({"image": "a", "env": {"A": "<a>"}}, {})),
        ({"before": {"TaskTemplate": {"New": "a"}}, "after": {}}, ({"TaskTemplate": {"New": "<a>"}}, {})),
    ],
)
def test_what_differs_is_what_its_option_is(changes: dict[str, Any], expected: Any) -> None:
    found = placed({"changes": [changes]}, marked).value["changes"][0]
    assert (found["before"], found["after"]) == expected


def test_of_faults_the_names_are_texts() -> None:
    found = placed({"gaps": [{"faults": {"refused": 3}, "versions": {"1.2": 5}}]}, marked)
    assert found.value == {"gaps": [{"faults": {"<refused>": 3}, "versions": {"1.2": 5}}]}


def test_options_of_a_task_in_any_form() -> None:
    given = {
        "name": "web",
        "image": "web:1",
        "env": "A=b",
        "change_cause": "so",
        "replicas": 3,
        "services": [{"name": "api", "args": ["x", 7]}, 5, "y"],
    }
    found = placed_options(given, marked, {"services": {}})
    assert found.value == {
        "name": "web",
        "image": "web:1",
        "env": "<A=b>",
        "change_cause": "<so>",
        "replicas": 3,
        "services": [{"name": "api", "args": ["<x>", 7]}, 5, "<y>"],
    }
    assert found.names == {"web", "web:1", "3", "api"}


def test_a_number_among_texts_is_hidden_where_it_is_a_secret() -> None:
    secrets = SecretValues(frozenset(("4711",)))
    found = placed_options({"env": {"PIN": 4711, "PORT": 80}, "replicas": 4711}, secrets.hide, {})
    assert found.value == {"env": {"PIN": "********", "PORT": 80}, "replicas": 4711}
    assert found.names == {"4711"}


def test_a_secret_that_is_part_of_a_name_or_of_a_word_is_not_rare() -> None:
    secrets = ["hunter2", "vote", "eb:1", "2026", "rolled", "back", ""]
    assert rare(secrets, ["vote", "web:1"], {"2026-11-29T10:00:00Z"}) == {"hunter2"}


@pytest.mark.parametrize(
    "outcome",
    [
        *("unchanged", "applied", "completed", "rolled_back", "paused", "stalled", "timed_out", "superseded"),
        *("rollback_failed", "failed"),
    ],
)
def test_the_words_of_our_sentences_are_known(outcome: str) -> None:
    assert place_of("msg") == SENTENCE
    rollout = account(Verdict(outcome, ""), None, None, Span(0.0, 0.0, 1.0), [])
    words = sentence("", rollout).replace(":", " ").replace(",", " ").replace("(", " ").replace(")", " ").split()
    assert rare(word for word in words if word.isalpha()) == frozenset()
