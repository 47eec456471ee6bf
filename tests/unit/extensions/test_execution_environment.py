# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment, up to the point where an image would be fetched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
ARCHIVE = f"swarm-rollout-{GALAXY['version']}.tar.gz"


def run(*command: str, cwd: Path, **environment: str) -> str:
    """What a command prints; its failure is the test's."""
    ran = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build context that ansible-builder makes of the definition and a freshly built collection."""
    here = tmp_path_factory.mktemp("builder") / "ee"
    shutil.copytree(ROOT / "extensions" / "ee", here, ignore=shutil.ignore_patterns("*.tar.gz", "context"))
    run("ansible-galaxy", "collection", "build", "--output-path", str(here), cwd=ROOT)
    definition = "execution-environment.yml"
    run("ansible-builder", "create", "-f", definition, "-c", "context", "--output-filename", "Containerfile", cwd=here)
    return here / "context"


@pytest.fixture(scope="module")
def installed(context: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collections of the context, installed as the build would."""
    path = tmp_path_factory.mktemp("collections")
    command = (
        "ansible-galaxy",
        "collection",
        "install",
        "--offline",
        "--force",
        "-r",
        "requirements.yml",
        "-p",
        str(path),
    )
    run(*command, cwd=context / "_build", ANSIBLE_COLLECTIONS_PATH=str(path))
    return path


def test_the_requirements_name_the_archive_of_this_version(context: Path) -> None:
    named = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))["collections"]
    assert named == [{"name": ARCHIVE, "type": "file"}]
    assert (context / "_build" / ARCHIVE).is_file()


def test_the_build_installs_core_runner_and_the_collection(context: Path) -> None:
    text = (context / "Containerfile").read_text(encoding="utf-8")
    refs = re.search(r'^ARG ANSIBLE_INSTALL_REFS="(.*)"$', text, re.M)
    assert refs
    assert re.findall(r"[a-z-]+(?=>=)", refs[1]) == ["ansible-core", "ansible-runner"]
    assert "ansible-galaxy collection install" in text


def test_the_installed_collection_tells_its_requirements(installed: Path) -> None:
    told = yaml.safe_load(run("ansible-builder", "introspect", "--sanitize", str(installed), cwd=installed))
    assert [line.split("  # ")[0] for line in told["python"]] == ["docker[ssh]>=7.0"]
    assert {line.split()[0] for line in told["system"]} == {"openssh-client", "openssh-clients"}


def test_the_installed_collection_has_what_runs_and_no_tests(installed: Path) -> None:
    there = {path.name for path in (installed / "ansible_collections" / "swarm" / "rollout").iterdir()}
    assert {"meta", "plugins", "roles", "playbooks", "extensions", "requirements.txt", "bindep.txt"} <= there
    assert not {"tests", "molecule", "Makefile", ".git", "requirements-dev.txt"} & there
