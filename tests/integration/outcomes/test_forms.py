# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Forms in which values arrive: what a service gets of them, and what is said where something else may be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.integration.stage import QUICK, Stage


def test_arguments_in_one_text_are_words(stage: Stage):
    ran = stage.service("web:1", args="page 'rich, and more' 1", update_config=QUICK)
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    container = stage.cluster.spec(stage.name)["TaskTemplate"]["ContainerSpec"]
    assert container["Args"] == ["page", "rich, and more", "1"]
    again = stage.service(args=["page", "rich, and more", "1"])
    assert (again.outcome, again.changed) == ("unchanged", False)


def test_a_default_of_replicas_does_not_keep_a_global_service_from_running(stage: Stage):
    nodes = len(stage.cluster.engine.get("/nodes"))
    wanted: dict[str, Any] = {
        "mode": "global",
        "replicas": 1,
        "max_concurrent": 1,
        "placement": {"replicas_max_per_node": 1},
        "update_config": QUICK,
    }
    ran = stage.service("web:1", **wanted)
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    assert stage.cluster.serving(stage.name) == {"web:1": nodes}
    assert len([text for text in ran.warnings if "is ignored: " in text]) == 3
    assert stage.service("web:1", **wanted).outcome == "unchanged"
    refused = stage.service(replicas=1)
    assert (refused.failed, refused.changed) == (True, False)
    assert "replicas" in refused.msg


def test_a_file_that_lost_its_last_variable_takes_it_from_the_service(stage: Stage, tmp_path: Path):
    variables = tmp_path / "app.env"
    variables.write_text("DEBUG=1\n")
    stage.have("web:1", env_files=[str(variables)])
    variables.write_text("# nothing\n")
    ran = stage.service(env_files=[str(variables)])
    assert (ran.failed, ran.result["changes"]) == (False, ["env"]), ran.msg
    assert not stage.cluster.spec(stage.name)["TaskTemplate"]["ContainerSpec"].get("Env")
    assert stage.service(env_files=[]).outcome == "unchanged"


def test_sub_options_that_are_all_omitted_are_said_where_they_take_something_away(stage: Stage):
    where = stage.cluster.engine.get("/nodes")[0]["Description"]["Hostname"]
    stage.have("web:1", placement={"constraints": [f"node.hostname=={where}"]})
    planned = stage.service(replicas=1, placement={}, check=True)
    assert planned.result["changes"] == ["placement.constraints"]
    assert any("placement is given without sub-options" in text for text in planned.warnings)
    kept = stage.service(replicas=1)
    assert (kept.outcome, kept.warnings) == ("unchanged", [])


def test_a_mapping_of_a_compose_file_is_written_and_read_the_same(stage: Stage):
    wanted: dict[str, Any] = {
        "ulimits": {"nofile": {"soft": 1024, "hard": 2048}, "nproc": 4096},
        "hosts": ["six=[2001:db8::1]", "gateway:host-gateway"],
    }
    ran = stage.service("web:1", update_config=QUICK, **wanted)
    assert (ran.failed, ran.outcome) == (False, "completed"), ran.msg
    container = stage.cluster.spec(stage.name)["TaskTemplate"]["ContainerSpec"]
    assert {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in container["Ulimits"]} == {
        "nofile": (1024, 2048),
        "nproc": (4096, 4096),
    }
    assert sorted(container["Hosts"]) == ["2001:db8::1 six", "host-gateway gateway"]
    assert stage.service(**wanted).outcome == "unchanged"
