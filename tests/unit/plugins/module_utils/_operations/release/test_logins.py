# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registry logins of services that a release does not write, and of those that it puts back."""

from __future__ import annotations

from typing import Any

import pytest

from .paper import PaperSwarm, entry, go, run

LOGIN = {"registry_auth": {"username": "u", "password": "new"}, "with_registry_auth": True}


def listed(web: int, api: int = 1, **more: Any) -> list[dict[str, Any]]:
    return [entry("web", "a.example.org/web:%d" % web, **LOGIN), entry("api", "api:%d" % api, **more)]


def released(*versions: list[dict[str, Any]]) -> PaperSwarm:
    swarm = PaperSwarm()
    for services in versions:
        assert go(swarm, services)["release"]["outcome"] == "completed"
        swarm.clock.sleep(1000.0)
    del swarm.auth[:]
    return swarm


def said(result: dict[str, Any]) -> str:
    return next(str(one["msg"]) for one in result["services"] if one["name"] == "web")


@pytest.mark.parametrize("api", [1, 2])
def test_the_login_of_a_service_that_is_not_written_is_handed_over(api: int) -> None:
    swarm = released(listed(1))
    result = go(swarm, listed(1, api))
    assert (result["changed"], said(result)) == (
        api == 2,
        "web: nothing to change; the login was handed over to Swarm",
    )
    assert len([one for one in swarm.auth if one]) == 1


@pytest.mark.parametrize("api", [1, 2])
def test_check_mode_says_so_and_writes_nothing(api: int) -> None:
    swarm = released(listed(1))
    assert said(run(swarm, check_mode=True, services=listed(1, api))).endswith("would be handed over to Swarm")
    assert swarm.auth == []


def test_a_release_that_goes_back_to_another_registry_says_whose_login_there_is() -> None:
    swarm = released(
        [entry("web", "a.example.org/web:1")],
        [entry("web", "b.example.org/web:2")],
        [entry("web", "b.example.org/web:3")],
    )
    result = run(swarm, to="1", parallel=1)
    assert result["release"]["outcome"] == "completed"
    assert any("the login that Swarm keeps of the service is for b.example.org" in text for text in result["warnings"])
