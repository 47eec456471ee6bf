# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each scenario converges, does it again without a change, is verified, and cleans up."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(path.parent for path in (ROOT / "molecule").glob("*/molecule.yml"))
SHARED = yaml.safe_load((ROOT / ".config" / "molecule" / "config.yml").read_text(encoding="utf-8"))
STAGES = ["create", "cleanup", "prepare", "converge", "idempotence", "verify", "cleanup", "destroy"]


def name(path: Path) -> str:
    return path.name


def test_there_is_a_scenario_for_each_way_to_change_a_service() -> None:
    wanted = {"default", "rolling_update", "rollback", "auto_rollback", "progressive", "release", "multi_manager"}
    assert wanted <= {path.name for path in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_a_scenario_has_every_stage(scenario: Path) -> None:
    own = yaml.safe_load((scenario / "molecule.yml").read_text(encoding="utf-8"))
    stages = own.get("scenario", {}).get("test_sequence", SHARED["scenario"]["test_sequence"])
    assert [stage for stage in stages if stage != "side_effect"] == STAGES
    assert {f"{stage}.yml" for stage in ("prepare", "converge", "verify")} <= {path.name for path in scenario.iterdir()}
    cleanup = {**SHARED["ansible"]["playbooks"], **own.get("ansible", {}).get("playbooks", {})}["cleanup"]
    assert (scenario / cleanup).is_file()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_a_verification_asks_the_cluster_and_the_tasks(scenario: Path) -> None:
    text = (scenario / "verify.yml").read_text(encoding="utf-8")
    assert "cluster/look.yml" in text, "it has to look at the cluster"
    assert "cluster/ask.yml" in text, "it has to ask the tasks what they serve"
    assert "swarm.rollout.swarm_" not in text, "it has to do so without the collection's help"
