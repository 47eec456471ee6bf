# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that configures AWX, with the real modules of awx.awx, against a stand-in for AWX's API."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.awx.documents import AWX, MODULES, SECRETS, Json, documents
from tests.awx.stand_in import StandIn, serving
from tests.published import collections

KINDS = {
    "execution_environment": "execution_environments",
    "credential_type": "credential_types",
    "credential": "credentials",
    "notification_template": "notification_templates",
    "project": "projects",
    "inventory": "inventories",
    "inventory_source": "inventory_sources",
    "job_template": "job_templates",
    "workflow_job_template": "workflow_job_templates",
}


def apply(address: str, secrets: Path, *arguments: str) -> tuple[int, str]:
    """Run the playbook; its exit status and what it printed."""
    ours = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "")
    ran = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", str(AWX / "apply.yml"), "-e", f"@{secrets}", *arguments],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": f"{ours}:{collections('awx.awx')}",
            # awx.awx 24 is older than ansible-core 2.19 and says so at each task.
            "ANSIBLE_DEPRECATION_WARNINGS": "false",
            "ANSIBLE_PYTHON_INTERPRETER": "{{ ansible_playbook_python }}",
            "CONTROLLER_HOST": address,
            "CONTROLLER_OAUTH_TOKEN": "any",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a user passes with -e @file."""
    path = tmp_path_factory.mktemp("awx") / "secrets.json"
    path.write_text(json.dumps({f"swarm_awx_{name}": f"the {name}" for name in SECRETS}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def told() -> list[str]:
    """What the runs printed."""
    return []


@pytest.fixture(scope="module")
def configured(secrets: Path, told: list[str]) -> Iterator[tuple[StandIn, str]]:
    """An AWX that was configured once, and its address."""
    awx = StandIn()
    with serving(awx) as address:
        status, output = apply(address, secrets)
        assert status == 0, output
        told.append(output)
        yield awx, address


@pytest.mark.parametrize("variable", list(MODULES))
def test_every_document_became_an_object(configured: tuple[StandIn, str], variable: str) -> None:
    awx, _address = configured
    made = {one["name"] for one in awx.objects[KINDS[MODULES[variable]]].values()}
    assert {one["name"] for one in documents()[variable]} <= made


def test_each_survey_arrived_whole(configured: tuple[StandIn, str]) -> None:
    awx, _address = configured
    for variable in ("controller_templates", "controller_workflows"):
        kind = KINDS[MODULES[variable]]
        for one in documents()[variable]:
            key = f"{kind}/{awx.named(kind, one['name'])['id']}/survey_spec"
            assert awx.surveys.get(key) == one.get("survey_spec"), one["name"]
    assert awx.surveys


def test_the_nodes_are_linked_as_described(configured: tuple[StandIn, str]) -> None:
    awx, _address = configured
    (workflow,) = documents()["controller_workflows"]
    nodes: dict[str, Json] = {one["identifier"]: one for one in awx.objects["workflow_job_template_nodes"].values()}
    assert set(nodes) == {node["identifier"] for node in workflow["workflow_nodes"]}
    for node in workflow["workflow_nodes"]:
        made = nodes[node["identifier"]]
        template = node["unified_job_template"]
        kind = "workflow_approval_templates" if template["type"] == "workflow_approval" else "job_templates"
        assert awx.objects[kind][made["unified_job_template"]]["name"] == template["name"]
        for relation in ("success_nodes", "failure_nodes", "always_nodes"):
            linked = awx.linked.get(f"workflow_job_template_nodes/{made['id']}/{relation}", [])
            wanted = [nodes[one["identifier"]]["id"] for one in node.get("related", {}).get(relation, [])]
            assert sorted(linked) == sorted(wanted), (node["identifier"], relation)


def test_what_is_awxs_to_fill_in_arrives_in_braces(configured: tuple[StandIn, str]) -> None:
    awx, _address = configured
    kind = awx.named("credential_types", "Docker Swarm managers")
    assert kind["injectors"]["extra_vars"]["docker_ca_path"] == "{{ tower.filename.ca }}"
    slack = awx.named("notification_templates", "Swarm Slack")
    assert slack["messages"]["started"]["message"] == "{{ job.name }} began: {{ url }}"


def test_secrets_arrive_and_are_not_shown(configured: tuple[StandIn, str], told: list[str]) -> None:
    awx, _address = configured
    assert awx.named("credentials", "Swarm vault")["inputs"] == {"vault_password": "the vault_password"}
    assert awx.named("credentials", "Swarm managers")["inputs"]["key"] == "the tls_key"
    assert not [name for name in SECRETS if f"the {name}" in told[0]]


def test_a_second_run_changes_nothing_but_a_secret_that_cannot_be_compared(
    configured: tuple[StandIn, str], secrets: Path
) -> None:
    awx, address = configured
    before = len(awx.written)
    kinds = "credential_types,credentials,notification_templates,projects,workflow_job_templates"
    status, output = apply(address, secrets, "--tags", kinds)
    assert status == 0, output
    assert re.search(r"changed=1\b", output)
    slack = awx.named("notification_templates", "Swarm Slack")
    changed = {(method, path) for method, path, _data in awx.written[before:]}
    assert changed == {("PATCH", slack["url"].removeprefix("/api/v2/"))}
