# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example in the documents is YAML that the collection takes, and every command names what exists."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.swarm.rollout.plugins.module_utils import _module
from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import OptionError
from ansible_collections.swarm.rollout.plugins.module_utils._operations.service import request
from ansible_collections.swarm.rollout.plugins.module_utils._plan_option import plan_parameters
from ansible_collections.swarm.rollout.plugins.module_utils._release_option import ENTRY_ARGUMENTS, service_parameters
from tests.site.examples import Use, blocks, code, filled, templated, uses

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "roles").glob("*/README.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
    *sorted((ROOT / "extensions").rglob("*.md")),
]
MODULES = sorted(path for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
ROLES = {path.parents[1].name: path for path in (ROOT / "roles").glob("*/meta/argument_specs.yml")}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


class _Validator(Exception):
    """Leaves a module with the validator of its options."""


def validator(monkeypatch: pytest.MonkeyPatch, module: str) -> tuple[dict[str, Any], ArgumentSpecValidator]:
    """What a module hands to AnsibleModule."""

    def instead(**given: Any) -> None:
        for own in ("supports_check_mode", "refused", "entries"):
            given.pop(own, None)
        raise _Validator(given.pop("argument_spec"), given)

    monkeypatch.setattr(_module, "RolloutModule", instead)
    code = importlib.import_module(f"ansible_collections.swarm.rollout.plugins.modules.{module}")
    # A module that talks to no Engine has nothing around it.
    monkeypatch.setattr(code, "RolloutModule", instead, raising=False)
    with pytest.raises(_Validator) as left:
        code.main()
    arguments, rest = left.value.args
    return arguments, ArgumentSpecValidator(arguments, **rest)


def complaints(monkeypatch: pytest.MonkeyPatch, used: Use) -> list[str]:
    """What is wrong with a task or role of an example."""
    if used.kind == "role":
        return role_complaints(used)
    if not (ROOT / "plugins" / "modules" / f"{used.name}.py").is_file():
        return [f"there is no module {used.name}"]
    if templated(used.given):
        return []
    arguments, rules = validator(monkeypatch, used.name)
    result = rules.validate(filled(arguments, used.given))
    if result.error_messages:
        return [f"{used.name}: {message}" for message in result.error_messages]
    try:
        deeper(used, result.validated_parameters)
    except OptionError as error:
        return [f"{used.name}: {error}"]
    return []


def deeper(used: Use, params: Mapping[str, Any]) -> None:
    """What a module's own rules say, where an argument spec cannot."""
    if used.name == "swarm_service" and params["state"] == "present" and not params["env_files"]:
        request(params)
    if used.name == "swarm_release" and isinstance(used.given.get("services"), list):
        entries = [filled(ENTRY_ARGUMENTS, entry) for entry in used.given["services"]]
        for entry in service_parameters({**params, "services": entries}):
            request(entry)
    if used.name == "swarm_service_info" and isinstance(params.get("plan"), Mapping):
        request(plan_parameters(params["name"], params["plan"]))


def role_complaints(used: Use) -> list[str]:
    if used.name not in ROLES:
        return [f"there is no role {used.name}"]
    entry_points = yaml.safe_load(ROLES[used.name].read_text(encoding="utf-8"))["argument_specs"]
    known = {option for entry in entry_points.values() for option in entry.get("options", {})}
    return [f"{used.name}: no variable {one}" for one in used.given if one.startswith(used.name) and one not in known]


def parsed(text: str) -> list[Any]:
    """The documents of a YAML block."""
    return list(yaml.safe_load_all(text))


EXAMPLES = [
    pytest.param(block.language, block.text, id=f"{name(path)}:{block.line}")
    for path in DOCUMENTS
    for block in blocks(path.read_text(encoding="utf-8"))
    if block.language in ("json", "yaml", "yml")
]


@pytest.mark.parametrize(("language", "text"), EXAMPLES)
def test_examples_in_documents(language: str, text: str, monkeypatch: pytest.MonkeyPatch):
    if language == "json":
        assert json.loads(text)
    else:
        documents = parsed(text)
        assert documents
        assert [wrong for used in uses(documents) for wrong in complaints(monkeypatch, used)] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_examples_of_modules(path: Path, monkeypatch: pytest.MonkeyPatch):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    text = next(
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and [target.id for target in node.targets if isinstance(target, ast.Name)] == ["EXAMPLES"]
        and isinstance(node.value, ast.Constant)
    )
    assert isinstance(text, str)
    found = list(uses(parsed(text)))
    assert found
    assert [wrong for used in found for wrong in complaints(monkeypatch, used)] == []


@pytest.mark.parametrize(
    ("task", "wrong"),
    [
        ({"swarm.rollout.swarm_service": {"name": "vote", "imige": "vote:1"}}, "imige"),
        ({"swarm.rollout.swarm_service": {"name": "vote", "update_config": {"order": "sideways"}}}, "sideways"),
        ({"swarm.rollout.swarm_service": {"name": "vote", "stop_grace_period": "a while"}}, "stop_grace_period"),
        ({"swarm.rollout.swarm_service": {"name": "vote", "image": "{{ i }}", "replicas": "{{ n }}"}}, None),
        ({"swarm.rollout.swarm_release": {"name": "shop", "services": [{"name": "api", "wait": False}]}}, "wait"),
        ({"swarm.rollout.swarm_service_info": {"name": "vote", "plan": {"imige": "vote:1"}}}, "imige"),
        ({"swarm.rollout.swarm_stack": {"name": "shop"}}, "swarm_stack"),
        ([{"role": "swarm.rollout.verify", "vars": {"verify_servize": "vote"}}], "verify_servize"),
        ({"ansible.builtin.import_role": {"name": "swarm.rollout.verify"}, "vars": {"verify_service": "v"}}, None),
    ],
)
def test_a_mistake_in_an_example_is_found(monkeypatch: pytest.MonkeyPatch, task: Any, wrong: str | None):
    found = [complaint for used in uses(task) for complaint in complaints(monkeypatch, used)]
    if wrong is None:
        assert found == []
    else:
        assert len(found) == 1
        assert wrong in found[0]


def variables() -> set[str]:
    """All that the playbooks and roles read: every word that their files hold."""
    files = [
        *(ROOT / "playbooks").rglob("*.yml"),
        *(ROOT / "roles").rglob("*.yml"),
        *(ROOT / "extensions").rglob("*.yml"),
    ]
    return {word for file in files for word in re.findall(r"[a-z][a-z0-9_]+", file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_commands_name_what_exists(path: Path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    known = variables()
    text = path.read_text(encoding="utf-8")
    wrong = []
    for line in code(text):
        wrong += [f"make {one}" for one in re.findall(r"(?:^|\$ )make ([a-z-]+)", line) if one not in targets]
        wrong += [one for one in re.findall(r"-m (tests(?:\.[a-z_]+)+)", line) if not _module_exists(one)]
        wrong += [
            one
            for one in re.findall(r"(?<![\w/.-])(?:tests|playbooks|plugins|roles)/[\w./-]*\w", line)
            if not (ROOT / one).exists()
        ]
        for playbook, rest in re.findall(r"ansible-playbook (?:[^|]* )?swarm\.rollout\.([a-z_]+)(.*)", line):
            if not (ROOT / "playbooks" / f"{playbook}.yml").is_file():
                wrong.append(f"playbook {playbook}")
            wrong += [f"-e {one}" for one in re.findall(r"-e ['\"]?([a-z][a-z0-9_]*)=", rest) if one not in known]
    assert wrong == []


def _module_exists(dotted: str) -> bool:
    path = ROOT / dotted.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


NAMED = [
    pytest.param(file, function, id=f"{name(path)}: {function}")
    for path in DOCUMENTS
    for file, function in re.findall(r"(tests/[\w/]+\.py)::(test_\w+)", path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("file", "function"), NAMED)
def test_tests_that_are_named_exist(file: str, function: str):
    assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8")
