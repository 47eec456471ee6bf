# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every document is one that the module of awx.awx takes, and the playbook hands all of it over."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.awx.documents import AWX, MODULES, Json, documents, module, spec

EVERY = [(variable, one["name"]) for variable, all_of_them in documents().items() for one in all_of_them]
PLAY = yaml.safe_load((AWX / "apply.yml").read_text(encoding="utf-8"))[0]
TASKS = {next(key for key in task if key.startswith("awx.awx.")): task for task in PLAY["tasks"]}


def document(variable: str, name: str) -> Json:
    return next(one for one in documents()[variable] if one["name"] == name)


@pytest.mark.parametrize(("variable", "name"), EVERY)
def test_the_module_takes_the_document(variable: str, name: str) -> None:
    options, rules = spec(MODULES[variable])
    rules = {key: value for key, value in rules.items() if key.startswith(("required_", "mutually_"))}
    result = ArgumentSpecValidator(options, **rules).validate(document(variable, name))
    assert result.error_messages == []
    assert not result.unsupported_parameters


def from_documentation(suboptions: Json) -> Json:
    """An argument spec out of documented suboptions."""
    found: Json = {}
    for name, option in suboptions.items():
        found[name] = {key: option[key] for key in ("type", "elements", "choices", "required") if key in option}
        if "suboptions" in option:
            found[name]["options"] = from_documentation(option["suboptions"])
    return found


@pytest.mark.parametrize("name", [one["name"] for one in documents()["controller_workflows"]])
def test_the_nodes_are_what_the_module_documents(name: str) -> None:
    told = yaml.safe_load(module("workflow_job_template").DOCUMENTATION)["options"]["workflow_nodes"]["suboptions"]
    nodes = document("controller_workflows", name)["workflow_nodes"]
    assert nodes
    for node in nodes:
        result = ArgumentSpecValidator(from_documentation(told)).validate(node)
        assert result.error_messages == [], node["identifier"]


def test_a_document_that_is_wrong_would_be_noticed() -> None:
    options, _rules = spec("job_template")
    result = ArgumentSpecValidator(options).validate({"name": "x", "job_type": "look", "ask_everything": True})
    assert len(result.error_messages) == 2


@pytest.mark.parametrize("variable", list(MODULES))
def test_the_playbook_hands_over_every_option_of_every_document(variable: str) -> None:
    task = TASKS[f"awx.awx.{MODULES[variable]}"]
    assert task["loop"] == "{{ %s }}" % variable
    handed: dict[str, Any] = task[f"awx.awx.{MODULES[variable]}"]
    for one in documents()[variable]:
        assert set(one) <= set(handed), one["name"]
    assert all(value.startswith("{{ item.%s" % key) for key, value in handed.items())


def test_the_playbook_uses_awx_awx_alone() -> None:
    assert len(TASKS) == len(PLAY["tasks"]) == len(MODULES)
    assert set(TASKS) == {f"awx.awx.{name}" for name in MODULES.values()}


def test_the_playbook_reads_every_file() -> None:
    assert set(PLAY["vars_files"]) == {f"configuration/{path.name}" for path in (AWX / "configuration").glob("*.yml")}


@pytest.mark.parametrize("variable", ["controller_credentials", "controller_notifications"])
def test_what_holds_secrets_is_not_shown(variable: str) -> None:
    assert TASKS[f"awx.awx.{MODULES[variable]}"]["no_log"] is True
