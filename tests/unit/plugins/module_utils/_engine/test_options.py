# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options: precedence, validation, agreement with the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.swarm.rollout.plugins.doc_fragments.docker import ModuleDocFragment
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._engine.options import (
    CONNECTION_ARGUMENTS,
    ConnectionOptions,
)


def of(environ: dict[str, str] | None = None, **params: Any) -> ConnectionOptions:
    """Options from those parameters in that environment."""
    return ConnectionOptions.of(params, environ or {})


def test_without_anything_the_local_socket() -> None:
    found = of()
    assert found.hosts == ("unix:///var/run/docker.sock",)
    assert (found.tls, found.api_version, found.timeout) == (False, None, 60)


@pytest.mark.parametrize(
    ("params", "environ", "hosts"),
    [
        ({"docker_host": "tcp://a:1"}, {"DOCKER_HOSTS": "tcp://b:1"}, ("tcp://a:1",)),
        ({"docker_hosts": ["tcp://a:1", " tcp://b:1 ", "tcp://a:1"]}, {}, ("tcp://a:1", "tcp://b:1")),
        (
            {"docker_hosts": ["tcp://a:1"], "docker_host": "tcp://c:1"},
            {"DOCKER_HOST": "tcp://c:1"},
            ("tcp://a:1",),
        ),
        ({"docker_hosts": ["tcp://a:1", "tcp://b:1"], "docker_host": "tcp://b:1"}, {}, ("tcp://a:1", "tcp://b:1")),
        ({}, {"DOCKER_HOSTS": "tcp://a:1, tcp://b:1,"}, ("tcp://a:1", "tcp://b:1")),
        ({"docker_hosts": [], "docker_host": ""}, {}, ("unix:///var/run/docker.sock",)),
    ],
)
def test_which_managers_are_meant(params: dict[str, Any], environ: dict[str, str], hosts: tuple[str, ...]) -> None:
    assert of(environ, **params).hosts == hosts


def test_two_clusters_at_once_are_refused() -> None:
    with pytest.raises(OptionError, match="either docker_host or docker_hosts"):
        of(docker_host="tcp://staging:1", docker_hosts=["tcp://prod:1"])


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("/run/docker.sock", "unix:///run/docker.sock"),
        ("unix://", "unix:///var/run/docker.sock"),
        ("192.0.2.1:2375", "tcp://192.0.2.1:2375"),
        ("tcp://[2001:db8::1]:2376/", "tcp://[2001:db8::1]:2376"),
        ("ssh://deploy@manager1", "ssh://deploy@manager1"),
        ("npipe:////./pipe/docker_engine", "npipe:////./pipe/docker_engine"),
    ],
)
def test_forms_of_an_address(given: str, used: str) -> None:
    assert of(docker_host=given).hosts == (used,)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("fd://", "begins with"),
        ("tcp://", "host name is missing"),
        ("tcp://manager1", "port is missing"),
        ("tcp://manager1:http", "port is not a number"),
        ("ssh://", "host name is missing"),
        ("ssh://manager1/run/docker.sock", "a path is not possible"),
    ],
)
def test_addresses_that_cannot_be_used(given: str, words: str) -> None:
    with pytest.raises(OptionError, match=words) as caught:
        of(docker_host=given)
    assert caught.value.option == "docker_host"


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(OptionError, match="password") as caught:
        of(docker_host="tcp://deploy:hunter2@manager1:2376")
    assert "hunter2" not in caught.value.message


def test_the_folder_of_certificates_counts_only_with_tls(tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("")
    environ = {"DOCKER_CERT_PATH": str(tmp_path)}
    assert of(environ).ca_path is None
    found = of(environ, validate_certs=True)
    assert found.tls
    assert (found.ca_path, found.client_cert, found.client_key) == tuple(
        str(tmp_path / name) for name in ("ca.pem", "cert.pem", "key.pem")
    )
    assert of(environ, validate_certs=True, ca_path="/other").ca_path == "/other"


def test_an_https_address_is_checked_unless_told_otherwise() -> None:
    found = of(docker_host="https://m1:2376")
    assert (found.tls, found.validate_certs) == (True, True)
    found = of(docker_host="https://m1:2376", tls=True)
    assert (found.tls, found.validate_certs) == (True, False)


def test_half_a_client_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="give client_key as well"):
        of(tls=True, client_cert="/cert")
    (tmp_path / "key.pem").write_text("")
    with pytest.raises(OptionError, match="give client_cert as well"):
        of({"DOCKER_CERT_PATH": str(tmp_path)}, tls=True)


@pytest.mark.parametrize(
    ("given", "used"), [("auto", None), (None, None), ("1.45", (1, 45)), ("v1.41", (1, 41)), (1.45, (1, 45))]
)
def test_api_versions(given: Any, used: tuple[int, int] | None) -> None:
    assert of(api_version=given).api_version == used


@pytest.mark.parametrize("params", [{"api_version": "newest"}, {"timeout": 0}, {"timeout": -5}])
def test_values_that_cannot_be_used(params: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=next(iter(params))):
        of(**params)


def test_the_documentation_says_what_the_argument_spec_does() -> None:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert set(documented) == set(CONNECTION_ARGUMENTS)
    for name, argument in CONNECTION_ARGUMENTS.items():
        entry = documented[name]
        for key in ("type", "default", "aliases", "elements"):
            assert entry.get(key) == argument.get(key), (name, key)
        variables = argument.get("fallback", (None, []))[1]
        text = " ".join(entry["description"])
        assert all("E(%s)" % variable in text for variable in variables), name
