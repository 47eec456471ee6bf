# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documents name is there: one another's objects, files of the repository."""

from __future__ import annotations

import pytest
import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.awx.documents import REPOSITORY, Json, documents, named

TEMPLATES = documents()["controller_templates"]
(WORKFLOW,) = documents()["controller_workflows"]
NODES: dict[str, Json] = {node["identifier"]: node for node in WORKFLOW["workflow_nodes"]}


def names(variable: str) -> set[str]:
    return {one["name"] for one in documents()[variable]}


def next_nodes(identifier: str, kind: str) -> list[str]:
    return [one["identifier"] for one in NODES[identifier].get("related", {}).get(f"{kind}_nodes", [])]


def notified(document: Json) -> set[str]:
    lists: list[list[str]] = [value for key, value in document.items() if key.startswith("notification_templates_")]
    return {name for one in lists for name in one}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one["name"])
def test_a_job_template_names_what_there_is(template: Json) -> None:
    assert template["project"] in names("controller_projects")
    assert template["inventory"] in names("controller_inventories")
    assert template["execution_environment"] in names("controller_execution_environments")
    assert set(template["credentials"]) <= names("controller_credentials")
    assert notified(template) <= names("controller_notifications")
    # What a workflow was asked for the inventory reaches only nodes that can be asked as well.
    assert template["ask_inventory_on_launch"] is True


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one["name"])
def test_a_job_template_has_a_playbook_of_the_repository(template: Json) -> None:
    plays = yaml.safe_load((REPOSITORY / template["playbook"]).read_text(encoding="utf-8"))
    assert plays
    # Other files are no playbooks for AWX.
    assert all({"hosts", "ansible.builtin.import_playbook"} & set(play) for play in plays)


@pytest.mark.parametrize("source", documents()["controller_inventory_sources"], ids=lambda one: one["name"])
def test_an_inventory_comes_from_the_repository(source: Json) -> None:
    assert source["inventory"] in names("controller_inventories")
    assert source["source_project"] in names("controller_projects")
    groups = yaml.safe_load((REPOSITORY / source["source_path"]).read_text(encoding="utf-8"))
    assert set(groups["shop"]["children"]) == {source["name"].removeprefix("Swarm ")}


def test_credentials_are_of_types_that_there_are() -> None:
    assert {one["credential_type"] for one in documents()["controller_credentials"]} <= {
        "Vault",
        *names("controller_credential_types"),
    }


def test_the_certificates_are_all_that_the_credential_type_asks_for() -> None:
    kind = named("controller_credential_types", "Docker Swarm managers")
    fields = {field["id"] for field in kind["inputs"]["fields"]}
    assert set(kind["inputs"]["required"]) == fields
    assert set(named("controller_credentials", "Swarm managers")["inputs"]) == fields
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    injectors = kind["injectors"]
    files = {
        key.removeprefix("template."): environment.from_string(text).render({field: field for field in fields})
        for key, text in injectors["file"].items()
    }
    assert files == {field: field for field in fields}
    tower = {"filename": {name: f"/tmp/{name}" for name in files}}
    injected = {
        name: environment.from_string(text).render(tower=tower) for name, text in injectors["extra_vars"].items()
    }
    assert injected == {
        "docker_validate_certs": "true",
        "docker_ca_path": "/tmp/ca",
        "docker_client_cert": "/tmp/cert",
        "docker_client_key": "/tmp/key",
    }


def test_the_workflow_names_what_there_is() -> None:
    assert WORKFLOW["inventory"] in names("controller_inventories")
    assert notified(WORKFLOW) <= names("controller_notifications")
    for node in NODES.values():
        template = node["unified_job_template"]
        if template["type"] == "workflow_approval":
            assert template["timeout"] > 0
        else:
            assert template["name"] in names("controller_templates")
        for kind in ("success", "failure", "always"):
            assert set(next_nodes(node["identifier"], kind)) <= set(NODES)


def test_nothing_is_changed_before_it_is_approved() -> None:
    changing = {"rollout", "rollback"}
    assert next_nodes("plan", "success") == ["approve"]
    assert named("controller_templates", NODES["plan"]["unified_job_template"]["name"])["job_type"] == "check"
    assert NODES["approve"]["unified_job_template"]["type"] == "workflow_approval"
    leads_to: dict[str, list[str]] = {name: [] for name in NODES}
    for name in NODES:
        for kind in ("success", "failure", "always"):
            for after in next_nodes(name, kind):
                leads_to[after].append(f"{name} {kind}")
    assert leads_to["plan"] == []
    assert leads_to["approve"] == ["plan success"]
    assert leads_to["rollout"] == ["approve success"]
    assert sorted(leads_to["rollback"]) == ["rollout failure", "verify failure"]
    assert not changing & {name for name, before in leads_to.items() if not before}


def test_a_failure_that_was_dealt_with_still_fails_the_workflow() -> None:
    assert next_nodes("rollback", "always") == ["failed"]
    assert not any(next_nodes("failed", kind) for kind in ("success", "failure", "always"))
