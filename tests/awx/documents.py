# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration for AWX as Ansible sees it, and the modules of awx.awx that it is for."""

from __future__ import annotations

import functools
import importlib
import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from tests.published import collections

ROOT = Path(__file__).resolve().parents[2]
AWX = ROOT / "extensions" / "awx"
REPOSITORY = ROOT / "examples" / "infrastructure-repo"
SECRETS = ("vault_password", "tls_ca", "tls_cert", "tls_key", "slack_token")

Json = dict[str, Any]

# The variables that infra.aap_configuration reads, and the module of awx.awx that each is for.
MODULES = {
    "controller_execution_environments": "execution_environment",
    "controller_credential_types": "credential_type",
    "controller_credentials": "credential",
    "controller_notifications": "notification_template",
    "controller_projects": "project",
    "controller_inventories": "inventory",
    "controller_inventory_sources": "inventory_source",
    "controller_templates": "job_template",
    "controller_workflows": "workflow_job_template",
}


@functools.cache
def documents() -> dict[str, list[Json]]:
    """Each variable with its value, everything in braces that is Ansible's filled in."""
    loader = DataLoader()
    given: Json = {}
    for path in sorted((AWX / "configuration").glob("*.yml")):
        # As with `vars_files`: what the files hold may be templates, unless it says `!unsafe`.
        given.update(loader.load_from_file(str(path), trusted_as_template=True))
    given.update({f"swarm_awx_{name}": f"the {name}" for name in SECRETS})
    templar = Templar(loader, variables=given)
    found: dict[str, list[Json]] = json.loads(json.dumps({name: templar.template(given[name]) for name in MODULES}))
    return found


def named(variable: str, name: str) -> Json:
    """One document."""
    return next(one for one in documents()[variable] if one["name"] == name)


class _Captured(Exception):
    """Carries the options that a module is about to accept."""


@functools.cache
def module(name: str) -> Any:
    """A module of awx.awx, imported."""
    path = str(collections("awx.awx"))
    if path not in sys.path:
        sys.path.append(path)
        import ansible_collections

        ansible_collections.__path__ = [*ansible_collections.__path__, f"{path}/ansible_collections"]
    return importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{name}")


@functools.cache
def spec(name: str) -> tuple[Json, Json]:
    """The argument spec of a module of awx.awx as it hands it to Ansible, and the rules beside it."""

    def capture(_self: Any, argument_spec: Json, **rules: Any) -> None:
        raise _Captured(argument_spec, rules)

    with mock.patch("ansible.module_utils.basic.AnsibleModule.__init__", capture):
        try:
            module(name).main()
        except _Captured as captured:
            return captured.args[0], captured.args[1]
    raise AssertionError(f"awx.awx.{name} asks for no options")


@functools.cache
def role_options(name: str) -> Json:
    """The options of a role's argument specs."""
    told = yaml.safe_load((ROOT / "roles" / name / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: Json = told["argument_specs"]["main"]["options"]
    return options
