# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option on a real Engine: written, read back the same, and a second run changes nothing."""

from __future__ import annotations

import json
from typing import Any

import docker
import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec
from ansible_collections.swarm.rollout.tests.unit.plugins.module_utils._core.spec.examples import EVERYTHING
from tests.integration.spec.versions import Version, api_of_the_lab, known, knows

# One way of each of what cannot be said at the same time as the rest.
MORE: dict[str, Any] = {
    "endpoint_mode": "dnsrr",
    "init": False,
    "credential_spec": "file://account.json",
    "healthcheck": {"disabled": True},
    "privileges": {"seccomp": "unconfined"},
    "mounts": [
        {"type": "npipe", "source": r"\\.\pipe\a", "target": r"\\.\pipe\b"},
        {"type": "bind", "source": "/srv", "target": "/srv", "non_recursive": True},
        {"type": "volume", "source": "v", "target": "/v", "volume_subpath": "sub", "labels": {"a": "b"}},
        {"type": "volume", "target": "/anonymous"},
    ],
    "env": ["A=1", "GONE"],
    "ulimits": ["core=-1"],
    "publish": [80, {"published_port": 81, "target_port": 81, "protocol": "sctp"}],
    "stop_grace_period": 0,
    "restart_config": {"condition": "none"},
    "update_config": {"parallelism": 0, "failure_action": "continue", "monitor": "1ns", "max_failure_ratio": 1},
}
# Refused or dropped by the Engine beside the others, or needed by every service.
_NOT_ALONE = ("image", "mode", "replicas", "endpoint_mode", "memory_swappiness", "isolation")


# What the examples call by a short name has a longer one in the lab.
_OURS = {name: "spec-" + name for name in ("front", "back", "site", "db", "tls")}
_OURS["config://account"] = "config://spec-account"


def renamed(value: Any) -> Any:
    """An example with the names that the objects have in the lab."""
    if isinstance(value, dict):
        return {name: renamed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [renamed(item) for item in value]
    return _OURS.get(value, value) if isinstance(value, str) else value


HERE = renamed(EVERYTHING)


def parts_of(option: str, value: Any) -> list[tuple[str, Any]]:
    """An option by its name and value; one with sub-options as many, each with one of them."""
    if isinstance(value, dict) and spec.argument_spec()[option].get("options"):
        return [("%s.%s" % (option, name), {name: inner}) for name, inner in value.items()]
    return [(option, value)]


def alone() -> list[tuple[str, str, Any]]:
    """Each option by itself, sub-options each by itself: how it is called, the option, the value."""
    return [
        (name, option, part)
        for example in (HERE, MORE)
        for option, value in example.items()
        if option not in _NOT_ALONE or example is MORE
        for name, part in parts_of(option, value)
    ]


def rows_of_known(api: Version) -> list[Any]:
    """What an Engine knows of each, as options of a service."""
    return [
        # Swap is limited beside memory only.
        pytest.param({**kept, "limits": {"memory": "1G"}} if option == "memory_swap" else kept, id=name)
        for name, option, value in alone()
        if (kept := known(api, {option: value}))
    ]


def rows_of_too_new(api: Version) -> list[Any]:
    """What an Engine does not know; mounts of an unknown type are refused by the Engine itself."""
    rows = [
        pytest.param({option: value}, id=name)
        for name, option, value in alone()
        if option != "mounts" and not knows(api, {option: value})
    ]
    nothing = pytest.param({}, id="nothing", marks=pytest.mark.skip(reason="this Engine knows every option"))
    return rows or [nothing]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests the rows that the lab's Engine has something to say to."""
    for name, rows in (("of_known", rows_of_known), ("of_too_new", rows_of_too_new)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, rows(api_of_the_lab()))


def emptied(option: str) -> Any:
    """What takes an option back to its default."""
    kind = spec.argument_spec()[option]
    if kind.get("options"):
        return {}
    if kind["type"] == "list" or option in ("env", "labels", "container_labels", "hosts", "sysctls", "command"):
        return []
    return {"bool": False, "int": 0}.get(kind["type"], "")


def test_an_option_is_written_read_back_and_taken_back(manager, service, of_known):
    before = manager.read(service)
    wanted = manager.lay(before, of_known)
    assert wanted.differs
    after = manager.update(service, wanted.spec)
    assert spec.differences(wanted.spec, after, manager.refs) == ()
    again = manager.lay(after, of_known)
    assert again.changes == ()
    assert json.dumps(again.spec) == json.dumps(after)
    back = manager.update(service, manager.lay(after, {name: emptied(name) for name in of_known}).spec)
    if "init" not in of_known:  # back to no, since nothing stands for what the daemon is set to
        assert spec.differences(before, back, manager.refs) == ()


def test_what_is_too_new_is_dropped(manager, service, of_too_new):
    after = manager.update(service, manager.lay(manager.read(service), of_too_new).spec)
    # This is why an option that is too new is refused before it is sent.
    assert manager.lay(after, of_too_new).differs


def test_all_options_at_once(manager):
    params = {**known(manager.api, HERE), "replicas": 0}
    assert len(params) > 35
    wanted = manager.lay(None, params)
    made = manager.create(wanted.spec)
    try:
        after = manager.read(made)
        assert spec.differences(wanted.spec, after, manager.refs) == ()
        again = manager.lay(after, params)
        assert again.changes == ()
        assert json.dumps(again.spec) == json.dumps(after)
        shown = spec.show(after, manager.refs, masked=False)
        del shown["force_update"]
        assert manager.lay(after, shown).changes == ()
        one = manager.update(made, manager.lay(after, {"labels": {"team": "z"}}).spec)
        assert [change.option for change in spec.differences(after, one)] == ["labels"]
        reset = spec.overlay(
            one, spec.parse({"image": "web:1"}), manager.refs, name="spec-service", unspecified="reset"
        )
        bare = manager.update(made, reset.spec)
        assert spec.differences(reset.spec, bare, manager.refs) == ()
        assert not bare["TaskTemplate"]["ContainerSpec"].get("Env")
    finally:
        manager.client.remove_service(made)


@pytest.mark.parametrize(
    "params",
    [
        {"mode": "global", "placement": {"constraints": ["node.labels.none == x"]}},
        {"mode": "replicated", "replicas": 0},
        {"mode": "replicated-job", "replicas": 0, "max_concurrent": 2},
        {"mode": "replicated-job", "placement": {"constraints": ["node.labels.none == x"]}},
        {"mode": "global-job", "placement": {"constraints": ["node.labels.none == x"]}},
    ],
)
def test_the_modes(manager, params):
    wanted = manager.lay(None, {"image": "job:ok", **params})
    made = manager.create(wanted.spec)
    try:
        after = manager.read(made)
        assert spec.differences(wanted.spec, after, manager.refs) == ()
        assert not manager.lay(after, {"image": "job:ok", **params}).differs
    finally:
        manager.client.remove_service(made)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"mounts": [{"type": "image", "source": "web:1", "target": "/i"}]}, "invalid MountType"),
    ],
)
def test_what_engines_refuse_themselves(manager, service, params, words):
    with pytest.raises(docker.errors.APIError, match=words):
        manager.update(service, manager.lay(manager.read(service), params).spec)
