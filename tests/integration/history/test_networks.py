# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Going back to a network that is gone: said before anything is written, and found again by its name."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.integration.history.past import Past
from tests.lab.calls import Action, Call, Reply
from tests.lab.door import Door


def made(stage: Past, name: str) -> str:
    """A network of the Swarm; its ID."""
    return str(stage.cluster.engine.post("/networks/create", {"Name": name, "Driver": "overlay"})["Id"])


def moved_away(stage: Past) -> str:
    """A service that left the network `NAME-back` with its second release, and the network is removed; its name."""
    back, front = f"{stage.name}-back", f"{stage.name}-front"
    former = made(stage, back)
    made(stage, front)
    stage.have("web:1", networks=[back])
    assert stage.service("web:2", networks=[front]).outcome == "completed"
    stage.cluster.wait("the network is let go", partial(stage.cluster.released, former))
    return back


def attached(stage: Past) -> list[str]:
    """The IDs of the networks of the service."""
    return [one["Target"] for one in stage.cluster.spec(stage.name)["TaskTemplate"]["Networks"]]


def test_a_network_that_is_gone_is_told_by_its_name(stage: Past):
    back = moved_away(stage)
    version = stage.cluster.service(stage.name)["Version"]
    assert [one["missing"] for one in stage.told()] == [[f'network "{back}"'], []]
    told = stage.info(readiness=True)[0]["rollback"]
    assert (told["ready"], told["missing"]) == (False, [f'network "{back}"'])
    ways: list[dict[str, Any]] = [{"check": True}, {}, {"to": "1"}]
    for asked in ways:
        ran = stage.start("swarm_service_rollback", **asked).wait()
        assert (ran.failed, ran.changed, ran.result["error_kind"]) == (True, False, "nothing_to_go_back_to")
        assert f'it needs the network "{back}" that was deleted' in ran.msg
    assert stage.cluster.service(stage.name)["Version"] == version
    assert stage.outcomes() == {1: "completed", 2: "completed"}, "what never was is not recorded"


def test_a_network_that_was_made_again_is_found_by_its_name(stage: Past):
    again = made(stage, moved_away(stage))
    assert [one["missing"] for one in stage.told()] == [[], []]
    ran = stage.rollback(to="1")
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.output
    assert attached(stage) == [again]
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
    assert any("created again" in text for text in ran.warnings)
    assert stage.rollback(to="1").outcome == "unchanged"


def test_what_the_engine_refuses_is_not_recorded(stage: Past):
    stage.releases("web:1", "web:2")

    def authorization(call: Call) -> Action | None:
        if call.method != "POST" or not call.route.startswith("/services/"):
            return None
        return Reply(403, b'{"message": "authorization denied by plugin: services"}')

    with Door(stage.host, intercept=authorization) as door:
        refused = [stage.service("web:1", docker_host=door.docker_host), stage.rollback(docker_host=door.docker_host)]
    for ran in refused:
        assert (ran.failed, ran.changed) == (True, False)
        assert "authorization denied" in ran.msg
    assert stage.outcomes() == {1: "completed", 2: "completed"}
