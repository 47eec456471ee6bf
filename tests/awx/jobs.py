# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Job templates and workflows of the configuration, run through ansible-runner as AWX runs them.

What AWX does around ansible-runner is done here the same way: which variables a job gets and which of them wins, that
only those of the job template itself are templates, the inventory as a script, artifacts handed on from node to node,
and the edges of a workflow.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner
import yaml

from tests.awx.documents import REPOSITORY, Json, named

# The edges that a node takes after a job of a status.
EDGES = {"successful": ("success_nodes", "always_nodes"), "failed": ("failure_nodes", "always_nodes")}


class _Unsafe(str):
    """Text that Ansible must not take for a template."""


class _Dumper(yaml.SafeDumper):
    """Writes such text with the tag !unsafe, as AWX does."""


_Dumper.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


@dataclass(frozen=True)
class Job:
    """How a job ended: `successful`, `failed` or `canceled`, what it printed, and its artifacts."""

    name: str
    status: str
    output: str
    artifacts: Json
    extra_vars: Json


@dataclass(frozen=True)
class Workflow:
    """How a workflow ended, and its jobs by node, in the order in which they ran."""

    status: str
    jobs: dict[str, Job] = field(default_factory=dict)


class Awx:
    """Runs jobs on the managers of a lab. `folder` is the test's own."""

    def __init__(self, folder: Path, managers: list[str], inventory: str = "staging") -> None:
        self._folder = folder
        self._managers = managers
        self._inventory = inventory
        self._number = 76

    def launch(
        self,
        template: str,
        answers: Json,
        artifacts: Json | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Job:
        """Run a job template. The answers are to its survey, or to that of the workflow that it is a node of.

        What artifacts of nodes before it give is stronger than the template's own survey's defaults, and weaker than
        the answers. `cancel` is asked all the time whether somebody cancels the job.
        """
        document = named("controller_templates", template)
        own: Json = document.get("extra_vars", {})
        runtime = {**defaults(document), **(artifacts or {}), **answers}
        self._number += 1
        variables = {**own, **_untrusted({**runtime, **self._about(template)})}
        folder = self._prepare(variables)
        arguments = ["--diff"] if document.get("diff_mode") else []
        arguments += ["--check"] if document["job_type"] == "check" else []
        ran = ansible_runner.run(
            private_data_dir=str(folder),
            playbook=document["playbook"],
            cmdline=" ".join(arguments),
            ident=str(self._number),
            cancel_callback=cancel,
            quiet=True,
        )
        events = list(ran.events)
        left: list[Json] = [
            one["event_data"].get("artifact_data", {}) for one in events if one["event"] == "playbook_on_stats"
        ]
        output = "\n".join(one["stdout"] for one in events if one["stdout"])
        return Job(template, ran.status, output, left[-1] if left else {}, runtime)

    def workflow(
        self, name: str, answers: Json, approve: bool = True, cancel: dict[str, Callable[[], bool]] | None = None
    ) -> Workflow:
        """Run a workflow. A node that fails and leads nowhere fails it."""
        document = named("controller_workflows", name)
        nodes = {node["identifier"]: node for node in document["workflow_nodes"]}
        told = {**defaults(document), **answers}
        jobs: dict[str, Job] = {}
        failed = False
        followers = {one for node in nodes.values() for kind in _kinds() for one in _after(node, kind)}
        waiting: list[tuple[str, Json]] = [(name, {}) for name in nodes if name not in followers]
        while waiting:
            identifier, artifacts = waiting.pop(0)
            node = nodes[identifier]
            if node["unified_job_template"]["type"] == "workflow_approval":
                status, handed = ("successful" if approve else "failed"), artifacts
            else:
                chosen = (cancel or {}).get(identifier)
                job = self.launch(node["unified_job_template"]["name"], told, artifacts, chosen)
                jobs[identifier] = job
                status, handed = (
                    ("successful" if job.status == "successful" else "failed"),
                    {**artifacts, **job.artifacts},
                )
            following = [one for kind in EDGES[status] for one in _after(node, kind)]
            failed = failed or (status == "failed" and not following)
            waiting += [(one, handed) for one in following if one not in jobs]
        return Workflow("failed" if failed else "successful", jobs)

    def _about(self, template: str) -> Json:
        """What AWX tells each job about itself."""
        about = {
            "job_id": self._number,
            "job_template_name": template,
            "user_name": "anna",
            "project_revision": "4f1d2c",
        }
        return {f"{product}_{key}": value for product in ("awx", "tower") for key, value in about.items()}

    def _prepare(self, variables: Json) -> Path:
        """A private data directory for ansible-runner."""
        folder = self._folder / str(self._number)
        (folder / "env").mkdir(parents=True)
        (folder / "inventory").mkdir()
        shutil.copytree(REPOSITORY, folder / "project")
        script = folder / "inventory" / "hosts"
        told = json.dumps(self._hosts())
        script.write_text(f"#!{sys.executable}\nprint({told!r})\n", encoding="utf-8")
        script.chmod(0o700)
        text = yaml.dump(variables, Dumper=_Dumper, sort_keys=True)
        (folder / "env" / "extravars").write_text(text, encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("DOCKER_", "ANSIBLE_"))}
        paths = {"ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"], "JOB_ID": str(self._number)}
        (folder / "env" / "envvars").write_text(json.dumps({**kept, **paths}), encoding="utf-8")
        # AWX's own.
        (folder / "env" / "settings").write_text(json.dumps({"suppress_ansible_output": True}), encoding="utf-8")
        return folder

    def _hosts(self) -> Json:
        """The inventory as AWX imports it, with the managers of the lab."""
        command = ["ansible-inventory", "-i", f"inventories/{self._inventory}.yml", "--list", "--export"]
        told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
        inventory: Json = json.loads(told)
        for variables in inventory["_meta"]["hostvars"].values():
            variables["docker_hosts"] = self._managers
        return inventory


def defaults(document: Json) -> Json:
    """What a survey answers by itself."""
    spec: list[Json] = document.get("survey_spec", {}).get("spec", [])
    return {question["variable"]: question["default"] for question in spec}


def _untrusted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _untrusted(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_untrusted(one) for one in value]
    return _Unsafe(value) if isinstance(value, str) else value


def _kinds() -> set[str]:
    return {kind for kinds in EDGES.values() for kind in kinds}


def _after(node: Json, kind: str) -> list[str]:
    return [one["identifier"] for one in node.get("related", {}).get(kind, [])]
