# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has the shape of an Engine's object and what has not; values that no option may hold."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.given import Unusable, refuse_unusable
from ansible_collections.swarm.rollout.plugins.module_utils._core.shape import ANY, Record, Shape, misfit
from ansible_collections.swarm.rollout.plugins.module_utils._core.shapes import SERVICE, SERVICE_SPEC, TASK
from ansible_collections.swarm.rollout.plugins.module_utils._core.spec.table import TABLE
from ansible_collections.swarm.rollout.plugins.module_utils._option_shapes import misshapen

from .spec.examples import rich

WELL: dict[str, Any] = {"ID": "x", "Version": {"Index": 1}, "Spec": {"Name": "web"}}


def test_a_service_with_much_that_is_unknown_fits() -> None:
    assert misfit({**WELL, "Spec": rich(), "Future": [None]}, SERVICE) == ""


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ID": ""}, "ID should be not empty"),
        ({"Version": {}}, "Version.Index should be not empty"),
        ({"Version": {"Index": True}}, "Version.Index should be a whole number of 64 bits"),
        ({"Version": {"Index": 2**64}}, "Version.Index should be a whole number of 64 bits"),
        ({"Spec": {}}, "Spec.Name should be not empty"),
        ({"Spec": {"Name": "a", "Labels": {"b": 1}}}, "Spec.Labels.b should be a text in UTF-8"),
        ({"Spec": {"Name": "a", "Labels": {"b": "\ud800"}}}, "Spec.Labels.b should be a text in UTF-8"),
        ({"Spec": {"Name": "a", "Labels": {"\udfff": "b"}}}, "Spec.Labels should be an object whose keys are UTF-8"),
        ({"Endpoint": {"Ports": [{}, None]}}, "Endpoint.Ports[1] should be not null"),
        ({"PreviousSpec": []}, "PreviousSpec should be an object"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], problem: str) -> None:
    assert misfit({**WELL, **change}, SERVICE) == problem


def test_nothing_at_all_does_not_fit() -> None:
    assert misfit(None, TASK) == "it should be not null"


def test_every_option_of_a_service_has_a_shape() -> None:
    for row in TABLE:
        shape: Shape = SERVICE_SPEC
        for key in row.place.path:
            assert isinstance(shape, Record), row.option
            assert key in shape.known, "%s: nothing is known of %s" % (row.option, key)
            shape = shape.known[key]
        assert shape is not ANY, row.option


@pytest.mark.parametrize(
    ("value", "words"),
    [("a\0b", "zero byte"), ("\ud800", "UTF-8"), ({"a\0": 1}, "zero byte"), ([["\udfff"]], "UTF-8")],
)
def test_what_no_engine_can_be_given_is_refused_without_being_repeated(value: Any, words: str) -> None:
    with pytest.raises(Unusable, match=words) as caught:
        refuse_unusable({"fine": "é", "user": value})
    assert caught.value.message.startswith("user")
    assert caught.value.message.isprintable()


def test_what_has_no_bottom_is_refused() -> None:
    value: Any = []
    for _level in range(5000):
        value = [value]
    with pytest.raises(Unusable, match="levels deep"):
        refuse_unusable({"env": value})


ARGUMENTS: dict[str, Any] = {
    "count": {"type": "int", "aliases": ["number"]},
    "limits": {"type": "dict", "options": {"memory": {"type": "str"}, "pids": {"type": "int"}}},
    "checks": {"type": "list", "elements": "dict", "options": {"http": {"type": "dict", "options": {}}}},
    "wait": {"type": "bool"},
    "order": {"type": "str", "choices": ["true", "false", "any"]},
    "hosts": {"type": "list", "elements": "str"},
    "ports": {"type": "list", "elements": "raw"},
}


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"limits": 5}, "limits"),
        ({"limits": "secret"}, "limits"),
        ({"limits": {"pids": "1e999999999"}}, "limits.pids"),
        ({"number": float("inf")}, "number"),
        ({"count": 10**400}, "count"),
        ({"count": [0, "", 2**63]}, "count"),
        ({"limits": {"pids": [0, [1, 2], 3]}}, "limits.pids"),
        ({"checks": {}}, "checks"),
        ({"checks": [{"http": []}]}, "checks.http"),
        ({"count": "secret"}, "count"),
        ({"count": "3.5"}, "count"),
        ({"number": {"secret": 1}}, "number"),
        ({"limits": {"pids": "secret"}}, "limits.pids"),
        ({"limits": "pids=1,secret=2"}, "limits"),
        ({"limits": 'pids=1 secret="2 3"'}, "limits"),
        ({"wait": "secret"}, "wait"),
        ({"wait": ["secret"]}, "wait"),
        ({"order": "secret"}, "order"),
        ({"order": ["secret"]}, "order"),
        ({"order": {"secret": 1}}, "order"),
        ({"hosts": [{"secret": 1}]}, "hosts"),
        ({"hosts": {"secret": 1}}, "hosts"),
        ({"ports": {"secret": 1}}, "ports"),
    ],
)
def test_what_ansible_would_stumble_over_is_named(given: dict[str, Any], option: str) -> None:
    found = misshapen(ARGUMENTS, given)
    assert found is not None
    assert re.match(re.escape(option) + ": write (a|one of|true or false)\\b", found.message), found.message
    assert "secret" not in found.message


RIGHT: list[dict[str, Any]] = [
    {},
    {"count": "3"},
    {"count": 3.0},
    {"limits": "memory=1G"},
    {"limits": None},
    {"checks": []},
    {"wait": "off"},
    {"wait": 1},
    {"order": "false"},
    {"order": False},
    {"order": None},
    {"hosts": "a,b"},
    {"hosts": [1, "a"]},
    {"hosts": 1},
    {"ports": 1342},
    {"ports": "22:22"},
    {"unknown": "many"},
]


@pytest.mark.parametrize("given", RIGHT)
def test_what_ansible_reads_itself_is_left_to_it(given: dict[str, Any]) -> None:
    assert misshapen(ARGUMENTS, given) is None
