# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digests and logins against real registries."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._engine.api import Api
from ansible_collections.swarm.rollout.plugins.module_utils._engine.registry import (
    image_digest,
    registry_auth_header,
)
from tests.lab.lab import Lab

from .conftest import Making


@pytest.fixture(scope="module")
def registries(lab: Lab) -> dict[str, Any]:
    """The lab's registries: an open one and one with a login."""
    return dict(lab.registry())


@pytest.fixture
def login(registries: dict[str, Any]) -> dict[str, str]:
    """The login for the private one."""
    private = registries["private"]
    return {"username": private["username"], "password": private["password"]}


def test_a_digest_can_be_pinned(api: Api, making: Making, registries: dict[str, Any]) -> None:
    image = registries["open"]["name"] + "/web:1"
    found = image_digest(api, image)
    assert found.digest is not None
    assert found.platforms == ({"Architecture": "amd64", "OS": "linux"},)
    spec = making.spec(image="%s@%s" % (image, found.digest))
    spec["TaskTemplate"]["Placement"] = {"Platforms": list(found.platforms)}
    making.wait_for_task(making.create(spec), "running")


@pytest.mark.parametrize("name", ["web:nosuchtag", "nosuchimage:1"])
def test_what_the_registry_does_not_have(api: Api, registries: dict[str, Any], name: str) -> None:
    found = image_digest(api, "%s/%s" % (registries["open"]["name"], name))
    assert (found.digest, found.problem) == (None, "missing")


def test_a_private_image(api: Api, registries: dict[str, Any], login: dict[str, str]) -> None:
    image = registries["private"]["name"] + "/web:1"
    assert image_digest(api, image).problem == "unauthorized"
    wrong = registry_auth_header(image, dict(login, password="wrong-password"))
    refused = image_digest(api, image, wrong)
    assert refused.problem == "unauthorized"
    assert "wrong-password" not in refused.reason
    assert image_digest(api, image, registry_auth_header(image, login)).digest is not None
    absent = registries["private"]["name"] + "/nosuchimage:1"
    assert image_digest(api, absent, registry_auth_header(absent, login)).problem == "missing"


@pytest.mark.parametrize("image", ["nosuchregistry.lab:5000/web:1", "127.0.0.1:1/web:1"])
def test_a_registry_that_is_not_there(api: Api, image: str) -> None:
    found = image_digest(api, image)
    assert (found.digest, found.problem) == (None, "unreachable")


def test_a_name_that_is_none(api: Api, registries: dict[str, Any]) -> None:
    found = image_digest(api, registries["open"]["name"] + "/WEB:1")
    assert (found.digest, found.problem) == (None, "other")
    assert "lowercase" in found.reason
