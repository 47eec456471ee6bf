# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Would going back get through? Said before anything is written, and only what can be known."""

from __future__ import annotations

from typing import Any

from tests.integration.history.past import QUICK, Past


def asked(stage: Past, **options: Any) -> dict[str, Any]:
    """The answer of a rollback in check mode."""
    ran = stage.start("swarm_service_rollback", check=True, **options).wait()
    assert not ran.failed, ran.output
    return dict(ran.result["readiness"])


def test_ready(stage: Past):
    stage.releases("web:1", "web:2", replicas=2)
    answer = asked(stage, to="1", docker_hosts=stage.hosts)
    # The test images have no registry, but every node has them.
    assert (answer["ready"], answer["obstacles"], answer["missing"]) == (True, [], [])
    assert answer["image"]["present_on"] == ["node1", "node2", "node3"]
    assert answer["image"]["pullable"] is not True
    assert (answer["capacity"]["fits"], answer["estimate_from"]) == (True, "measured")
    assert 0 < answer["estimated_seconds"] < 60
    told = stage.info(readiness=True, docker_hosts=stage.hosts)[0]["rollback"]
    assert (told["revision"], told["changes"], told["ready"]) == (1, ["image"], True)


def test_of_one_manager_only_its_own_node_is_known(stage: Past):
    stage.releases("web:1", "web:2")
    image = asked(stage, to="1", docker_host=stage.hosts[0])["image"]
    assert "node1" in image["present_on"]
    others = image["present_on"][1:] + image["ran_on"] + image["unknown_on"]
    assert sorted(others) == ["node2", "node3"]
    assert image["absent_on"] == []


def test_an_image_that_is_nowhere(stage: Past):
    stage.service("nowhere:1", update_config=QUICK, wait=False)
    assert stage.service("web:1").outcome == "completed"
    answer = asked(stage, to="1", docker_hosts=stage.hosts)
    assert answer["ready"] is False
    assert "nowhere:1 is not on node1, node2, node3" in answer["obstacles"][0]


def test_no_room_and_a_secret_that_is_gone(stage: Past):
    engine = stage.cluster.engine
    made = engine.post("/secrets/create", {"Name": f"{stage.name}-key", "Data": "aGVsbG8="})
    huge: dict[str, Any] = {
        "reservations": {"memory": "900G"},
        "secrets": [{"secret_name": f"{stage.name}-key"}],
    }
    # Recorded as applied, which is as good as it gets without waiting.
    stage.service("web:1", update_config=QUICK, wait=False, **huge)
    assert stage.service("web:2", reservations={"memory": "0"}, secrets=[]).outcome == "completed"
    engine.delete(f"/secrets/{made['ID']}")
    told = stage.info(readiness=True)[0]["rollback"]
    assert (told["revision"], told["ready"]) == (1, False)
    assert told["missing"] == [f'secret "{stage.name}-key"']
    assert told["capacity"]["fits"] is False
    assert len(told["obstacles"]) >= 2
