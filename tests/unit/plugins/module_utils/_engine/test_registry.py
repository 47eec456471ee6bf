# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digests and logins."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed, OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import SecretValues
from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.registry import (
    image_digest,
    registry_auth_header,
    registry_of,
)

from .conftest import Answer, FakeEngine

DIGEST = "sha256:" + "a" * 64


def decoded(header: str | None) -> dict[str, Any]:
    """What is in a header."""
    assert header is not None
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(header))
    return found


def config(folder: Path, **content: Any) -> str:
    """A Docker configuration file."""
    path = folder / "config.json"
    path.write_text(json.dumps(content))
    return str(path)


def auth(text: str) -> dict[str, str]:
    """An entry of `auths`."""
    return {"auth": base64.b64encode(text.encode()).decode()}


def test_a_digest_with_platforms(engine: FakeEngine, api: Api) -> None:
    platforms = [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm", "os": "linux", "variant": "v7"},
    ]
    engine.on(
        "GET",
        "/distribution/reg.example:5000/team/web:1/json",
        Answer({"Descriptor": {"digest": DIGEST}, "Platforms": platforms}),
    )
    found = image_digest(api, "reg.example:5000/team/web:1", "abc")
    assert found.digest == DIGEST
    assert found.platforms == (
        {"Architecture": "amd64", "OS": "linux"},
        {"Architecture": "", "OS": "linux"},
    )
    assert (found.problem, found.reason) == ("", "")
    assert engine.seen[0].headers["X-Registry-Auth"] == "abc"


REASONS = [
    (401, "unauthorized: authentication required", "unauthorized"),
    (403, "denied: requested access to the resource is denied", "unauthorized"),
    (500, 'Get "https://r/v2/": no basic auth credentials', "unauthorized"),
    (404, "manifest unknown: manifest unknown", "missing"),
    (404, "errors:\nmanifest unknown: manifest unknown\n", "missing"),
    (500, 'Get "https://r:5000/v2/": dial tcp: lookup r: no such host', "unreachable"),
    (500, 'Get "http://r:5000/v2/": dial tcp 192.0.2.1:5000: connect: connection refused', "unreachable"),
    (500, 'Get "https://r/v2/": x509: certificate signed by unknown authority', "unreachable"),
    (500, 'Get "https://r/v2/": http: server gave HTTP response to HTTPS client', "unreachable"),
    (503, "received unexpected HTTP status: 503 Service Unavailable", "unreachable"),
    (400, "invalid reference format", "other"),
]


@pytest.mark.parametrize(("status", "reason", "problem"), REASONS)
def test_why_there_is_no_digest(engine: FakeEngine, api: Api, status: int, reason: str, problem: str) -> None:
    engine.on("GET", "/distribution/r/web:1/json", Answer({"message": reason}, status))
    found = image_digest(api, "r/web:1")
    assert found.digest is None
    assert found.problem == problem
    assert " ".join(reason.split()) in found.reason


def test_why_there_is_no_digest_is_told_without_secrets(engine: FakeEngine, api: Api) -> None:
    api.secrets = SecretValues(frozenset(("denied",)))
    engine.on("GET", "/distribution/r/denied:1/json", Answer({"message": "denied: no access"}, 500))
    found = image_digest(api, "r/denied:1")
    assert (found.problem, found.reason) == (
        "unauthorized",
        "registry docker.io does not let this login read r/denied:1 (********: no access)",
    )


def test_a_registry_that_does_not_answer(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/distribution/web/json", Answer(hang=True))
    found = image_digest(api, "web", timeout=0.1)
    assert (found.digest, found.problem) == (None, "unreachable")
    assert "did not answer within 0.1 s" in found.reason


def test_an_answer_without_a_digest(engine: FakeEngine, api: Api) -> None:
    engine.on("GET", "/distribution/web/json", Answer({"Descriptor": None}))
    assert image_digest(api, "web").problem == "other"


def test_a_manager_that_is_gone_is_an_error(engine: FakeEngine, api: Api) -> None:
    engine.stop()
    with pytest.raises(ConnectionFailed):
        image_digest(api, "web")


@pytest.mark.parametrize(
    ("image", "registry"),
    [
        ("web", "docker.io"),
        ("team/web:1", "docker.io"),
        ("index.docker.io/team/web", "docker.io"),
        ("localhost/web", "localhost"),
        ("reg:5000/web:1", "reg:5000"),
        ("reg.example/team/web@" + DIGEST, "reg.example"),
        ("web:5000", "docker.io"),
    ],
)
def test_the_registry_of_an_image(image: str, registry: str) -> None:
    assert registry_of(image) == registry


def test_an_explicit_login() -> None:
    login = {"username": "anna", "password": "pässword", "identity_token": None}
    assert decoded(registry_auth_header("reg:5000/web", login)) == {
        "username": "anna",
        "password": "pässword",
        "serveraddress": "reg:5000",
    }
    assert decoded(registry_auth_header("web", {"identity_token": "t"})) == {
        "identitytoken": "t",
        "serveraddress": "https://index.docker.io/v1/",
    }


def test_half_a_login_is_refused() -> None:
    with pytest.raises(OptionError, match="without username") as caught:
        registry_auth_header("web", {"password": "hunter2"})
    assert "hunter2" not in caught.value.message


def test_a_login_from_the_docker_configuration(tmp_path: Path) -> None:
    path = config(tmp_path, auths={"reg:5000": auth("anna:pw"), "https://index.docker.io/v1/": auth("b:hub")})
    assert decoded(registry_auth_header("reg:5000/web:1", config_path=path))["password"] == "pw"
    assert decoded(registry_auth_header("web", config_path=path))["password"] == "hub"
    assert registry_auth_header("other:5000/web", config_path=path) is None


def test_no_login_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert registry_auth_header("web") is None


def helper(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> str:
    """A configuration with a credential helper, which is that script."""
    program = folder / "docker-credential-test"
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "%s:/usr/bin:/bin" % folder)
    return config(folder, credHelpers={"reg:5000": "test"})


def test_a_credential_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = '{"ServerURL": "reg:5000", "Username": "anna", "Secret": "pw"}'
    path = helper(tmp_path, monkeypatch, "echo '%s'" % answer)
    found = decoded(registry_auth_header("reg:5000/web", config_path=path))
    assert (found["Username"], found["Password"]) == ("anna", "pw")


def test_a_credential_helper_that_fails_tells_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = helper(tmp_path, monkeypatch, "echo hunter2; exit 1")
    with pytest.raises(OptionError, match="docker login") as caught:
        registry_auth_header("reg:5000/web", config_path=path)
    assert_silent(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        {"auths": {"reg:5000": "hunter2"}},
        {"auths": {"reg:5000": {"auth": base64.b64encode(b"hunter2").decode()}}},
        {"auths": {"reg:5000": {"auth": "hunter2!"}}},
        {"auths": {"reg:5000": {"auth": 5}}},
    ],
)
def test_a_broken_configuration_tells_no_secret(tmp_path: Path, content: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as caught:
        registry_auth_header("reg:5000/web", config_path=config(tmp_path, **content))
    assert_silent(caught.value)


def assert_silent(exc: BaseException) -> None:
    """No part of the chain of exceptions may show the secret."""
    chain: BaseException | None = exc
    while chain is not None:
        assert "hunter2" not in repr(chain) + str(chain)
        chain = chain.__cause__ or chain.__context__
