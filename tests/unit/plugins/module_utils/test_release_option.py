# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of a release: read as the options of swarm_service are, and named where they are wrong."""

from __future__ import annotations

import json
from typing import Any, Mapping

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils import _module
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError, RolloutFailed
from ansible_collections.swarm.rollout.plugins.module_utils._operations.context import Context
from ansible_collections.swarm.rollout.plugins.module_utils._operations.release.entries import parse
from ansible_collections.swarm.rollout.plugins.module_utils._release_option import (
    ENTRY_ARGUMENTS,
    HANDED_DOWN,
    service_parameters,
)
from ansible_collections.swarm.rollout.plugins.modules import swarm_release

from ...conftest import RunModule

CANARY = "correct-horse-battery"
RELEASE: Mapping[str, Any] = {
    "wait_timeout": "7m",
    "progress_deadline": "3m",
    "min_healthy_time": None,
    "change_cause": "release 7",
    "require_change_cause": True,
    "revision_history_limit": 4,
    "pin": True,
    "actor": {"user": "anna"},
    "lock_wait": "9s",
}


def read(*entries: Any, **release: Any) -> list[dict[str, Any]]:
    return service_parameters({**RELEASE, **release, "services": list(entries)})


def test_what_an_entry_does_not_say_is_as_the_release_says() -> None:
    (found,) = read({"name": "web"})
    assert {option: found[option] for option in HANDED_DOWN} == dict(RELEASE)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("wait_timeout", "1m"),
        ("progress_deadline", "1m"),
        ("min_healthy_time", "5s"),
        ("change_cause", "of its own"),
        ("require_change_cause", False),
        ("revision_history_limit", 0),
        ("pin", False),
        ("actor", {"user": "ben"}),
        ("lock_wait", "1s"),
    ],
)
def test_what_an_entry_says_is_not_overruled(option: str, value: Any) -> None:
    own, other = read({"name": "web", option: value}, {"name": "api"}, min_healthy_time="9s")
    assert own[option] == value
    assert other[option] == {**RELEASE, "min_healthy_time": "9s"}[option]


def test_types_and_defaults_are_those_of_the_module() -> None:
    (found,) = read({"name": "web", "replicas": "3", "strict": "yes", "steps": [1, "100%"]})
    assert (found["replicas"], found["strict"], found["state"], found["unspecified"]) == (3, True, "present", "keep")
    assert found["image"] is None


@pytest.mark.parametrize("option", ["wait", "docker_host", "tls", "debug", "replica", "services"])
def test_what_is_no_option_of_an_entry_is_refused_with_its_service(option: str) -> None:
    with pytest.raises(OptionError, match='services: "web: %s" is not usable: give options of swarm_service' % option):
        read({"name": "api"}, {"name": "web", option: "x"})


def test_an_entry_without_a_name_is_told_by_its_place() -> None:
    with pytest.raises(OptionError, match="entry 2: replica"):
        read({"name": "api"}, {"replica": 1})
    with pytest.raises(OptionError, match="missing required arguments: name"):
        read({"image": "web:1"})


@pytest.mark.parametrize(
    ("option", "value"),
    [("replicas", "many"), ("state", "gone"), ("strict", "perhaps"), ("depends_on", {"a": 1}), ("update_config", "x")],
)
def test_a_wrong_type_is_refused_with_the_service_and_the_option(option: str, value: Any) -> None:
    with pytest.raises(OptionError, match="web: ") as refused:
        read({"name": "web", option: value})
    assert option in refused.value.message


@pytest.mark.parametrize("entry", ["web", None, 7, ["web"]])
def test_an_entry_that_is_no_dict_is_refused(entry: Any) -> None:
    with pytest.raises(OptionError, match=r"entry 1.*write a dict"):
        service_parameters({**RELEASE, "services": [entry]})


def release_of(*entries: dict[str, Any], **more: Any) -> Any:
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

    given = {"name": "shop", "services": list(entries), **more}
    checked = ArgumentSpecValidator(swarm_release.ARGUMENTS).validate(given)
    assert not checked.error_messages
    return parse(checked.validated_parameters, service_parameters(checked.validated_parameters))


def test_a_release_is_read_with_its_entries() -> None:
    found = release_of(
        {"name": "db", "image": "db:1", "wait_timeout": "5s"},
        {"name": "web", "state": "absent", "depends_on": ["db", "db"]},
        parallel=2,
        lock_wait="5s",
        on_failure="freeze",
        point_of_no_return="db",
    )
    assert (found.at_once, found.lock_wait, found.policy.on_failure, found.policy.point) == (2, 5.0, "freeze", "db")
    assert found.depends == {"db": (), "web": ("db",)}
    assert (found.entries["web"].absent, found.entries["db"].absent) == (True, False)
    assert (found.entries["db"].patience.wait_timeout, found.entries["web"].patience.wait_timeout) == (5.0, 3600.0)


@pytest.mark.parametrize(
    ("entries", "more", "text"),
    [
        ([{"name": "a"}], {"parallel": 0}, "parallel: 0 is not usable"),
        ([{"name": "a"}, {"name": "a"}], {}, 'services: "a" is not usable: it is listed twice'),
        ([{"name": "a"}], {"point_of_no_return": "b"}, "point_of_no_return"),
        ([{"name": "a", "state": "absent"}], {"point_of_no_return": "a"}, "point_of_no_return"),
        ([{"name": "a", "depends_on": ["b"]}], {}, "depends_on"),
        ([{"name": "a", "depends_on": ["a"]}], {}, "a -> a"),
        ([{"name": "a"}], {"name": "my shop"}, 'name: "my shop" is not usable'),
        ([{"name": "a"}], {"name": "shop.1"}, "name: "),
        ([{"name": "a"}], {"name": "x" * 64}, "name: "),
        ([{"name": "a"}], {"name": ""}, "name: "),
        ([{"name": "a"}], {"revision_history_limit": 0}, "a release finds its way back in its record"),
        ([{"name": "a", "steps": [1], "step_pause": "manual"}], {}, "a: step_pause"),
        ([{"name": "a", "wait_timeout": "soon"}], {}, "a: wait_timeout"),
        ([{"name": "a", "revision_history_limit": -1}], {}, "a: revision_history_limit"),
        ([{"name": "a", "availability": {"url": "x"}}], {}, "a: availability"),
    ],
)
def test_what_cannot_be_a_release_is_refused_before_anybody_is_asked(entries: Any, more: Any, text: str) -> None:
    with pytest.raises(OptionError) as refused:
        release_of(*entries, **more)
    assert text in refused.value.message


def run(operation: _module.Operation) -> None:
    _module.run_module(operation, swarm_release.ARGUMENTS, waits=False, entries={"services": ENTRY_ARGUMENTS})


def nothing(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"changed": False, "seen": params["services"]}


def failing(ctx: Context, params: Mapping[str, Any]) -> Mapping[str, Any]:
    raise RolloutFailed("web: it said %s" % CANARY, {"services": params["services"]})


@pytest.mark.parametrize("operation", [nothing, failing])
@pytest.mark.parametrize(
    "entry",
    [
        {"env": {"DB_PASSWORD": CANARY}},
        {"env": ["DATABASE=postgres://shop:%s@db/shop" % CANARY]},
        {"args": ["--token", CANARY]},
        {"container_labels": {"api.token": CANARY}},
        {"registry_auth": {"username": "anna", "password": CANARY}},
        {"checks": [{"http": {"url": "http://a/", "headers": {"Authorization": CANARY}}}]},
    ],
)
def test_a_secret_inside_an_entry_is_in_no_output(
    run_module: RunModule, capsys: pytest.CaptureFixture[str], entry: Any, operation: _module.Operation
) -> None:
    ended = run_module(lambda: run(operation), name="shop", services=[{"name": "web", **entry}, {"name": "api"}])
    assert "invocation" in ended.result
    assert "api" in json.dumps(ended.result)
    assert CANARY not in json.dumps(ended.result)
    assert CANARY not in capsys.readouterr().err


@pytest.mark.parametrize("options", [{}, {"to": "1", "services": [{"name": "web"}]}])
def test_it_is_either_services_or_a_release_to_put_back(run_module: RunModule, options: Any) -> None:
    ended = run_module(swarm_release.main, name="shop", **options)
    assert ended.failed
    assert "services" in ended.result["msg"]
