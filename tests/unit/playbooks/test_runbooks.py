# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The structure of the runbooks: every variable, option and phase stands where it belongs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.swarm.rollout.plugins.module_utils._module import PATIENCE_ARGUMENTS, WAIT_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.module_utils._service_options import SERVICE_ARGUMENTS
from ansible_collections.swarm.rollout.plugins.modules.swarm_release import ARGUMENTS as RELEASE_ARGUMENTS

ROOT = Path(__file__).resolve().parents[3]
ROLES = ROOT / "roles"
BOOKS = ["rollout", "rollback", "status", "verify"]
PHASES = {
    "rollout": ["preflight", "plan", "approval", "apply", "verify", "certificate", "report", "notify"],
    "rollback": ["preflight", "approval", "apply", "verify", "report", "notify"],
}


def load(*parts: str) -> Any:
    return yaml.safe_load(ROLES.joinpath(*parts).read_text(encoding="utf-8"))


def options(role: str) -> dict[str, Any]:
    return dict(load(role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"])


@pytest.mark.parametrize("role", BOOKS)
def test_each_variable_is_documented_and_used(role: str) -> None:
    declared = options(role)
    required = {name for name, own in declared.items() if own.get("required")}
    assert set(load(role, "defaults", "main.yml")) == set(declared) - required
    inside = (ROLES / role / "vars" / "main.yml").read_text(encoding="utf-8")
    readme = (ROLES / role / "README.md").read_text(encoding="utf-8")
    for name in declared:
        assert re.search(r"\b%s \| swarm\.rollout\." % name, inside), f"{name} has to be read as text as well"
        assert f"`{name}`" in readme, f"{name} is missing in the README of the role"


@pytest.mark.parametrize("role", BOOKS)
def test_surveys_can_answer_every_variable(role: str) -> None:
    declared = options(role)
    assert declared
    for name, own in declared.items():
        assert own["type"] in ("raw", "str"), f"{name}: a text, an empty one included, has to be accepted"
        if "choices" in own:
            assert "" in own["choices"]


@pytest.mark.parametrize("role", sorted(PHASES))
def test_each_phase_has_a_tag_and_hooks(role: str) -> None:
    text = (ROLES / role / "tasks" / "main.yml").read_text(encoding="utf-8")
    for phase in PHASES[role]:
        assert f"{role}_hook_files.pre_{phase}" in text
        assert f"{role}_hook_files.post_{phase}" in text
        assert re.search(r"apply:\n +tags: \[%s[],]" % phase, text)
    inside = (ROLES / role / "vars" / "main.yml").read_text(encoding="utf-8")
    assert ", ".join(f"'{phase}'" for phase in PHASES[role]) in inside
    spec = " ".join(options(role)[f"{role}_hooks"]["description"])
    assert all(f"C({phase})" in spec for phase in [*PHASES[role], "on_failure"])


def arguments(file: str, module: str) -> set[str]:
    (task,) = (one for one in load("rollout", "tasks", file) if f"swarm.rollout.{module}" in one)
    return set(task[f"swarm.rollout.{module}"])


def test_no_option_of_a_module_is_forgotten() -> None:
    service = {**WAIT_ARGUMENTS, **PATIENCE_ARGUMENTS, **SERVICE_ARGUMENTS}
    assert arguments("apply_service.yml", "swarm_service") == set(service) - {"state"} | {"progress"}
    assert arguments("apply_release.yml", "swarm_release") == set(RELEASE_ARGUMENTS)
    assert arguments("look_release.yml", "swarm_release") == set(RELEASE_ARGUMENTS)


@pytest.mark.parametrize("book", BOOKS)
def test_playbooks_are_told_alike_where_the_swarm_is(book: str) -> None:
    (play,) = yaml.safe_load((ROOT / "playbooks" / f"{book}.yml").read_text(encoding="utf-8"))
    assert play["hosts"] == "{{ %s_hosts | default('localhost') }}" % book
    assert play["connection"] == "{{ %s_connection | default('local') }}" % book
    (defaults,) = play["module_defaults"].values()
    assert set(defaults) == {"docker_hosts", "validate_certs", "ca_path", "client_cert", "client_key"}
