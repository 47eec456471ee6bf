# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide for the first five minutes, done as it says, up to a rollback with a report."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cluster import Cluster
from tests.lab.lab import Lab
from tests.site.examples import blocks

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cluster(docker_hosts: list[str]) -> Iterator[Cluster]:
    """A Swarm that knows nothing of the service of the guide."""
    found = Cluster(docker_hosts[0])
    found.forget("vote")
    yield found
    found.forget("vote")


def test_from_nothing_to_a_rollback_with_a_report(lab: Lab, cluster: Cluster, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "guides" / "start.md").read_text(encoding="utf-8")
    (variables,) = [block.text for block in blocks(guide) if block.language == "yaml"]
    (tmp_path / "vote.yml").write_text(variables, encoding="utf-8")
    shell = "\n".join(block.text for block in blocks(guide) if block.language == "console").replace("\\\n", " ")
    commands = [line.partition(" swarm.rollout.")[2] for line in shell.splitlines() if " swarm.rollout." in line]
    assert len(commands) == 5
    ended = []
    for command in commands:
        book, *words = shlex.split(command)
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                *("-i", str(ROOT / "tests/tools/inventory")),
                f"swarm.rollout.{book}",
                *words,
            ],
            cwd=tmp_path,  # where the reports go
            env={**os.environ, "SWARM_LAB": lab.name},
            capture_output=True,
            text=True,
            check=False,
        )
        ended.append((done.returncode, cluster.serving("vote")))
    assert ended == [
        (0, {"vote:indent": 3}),
        (0, {"vote:movies": 3}),
        (2, {"vote:movies": 3}),
        (0, {"vote:indent": 3}),
        (0, {"vote:indent": 3}),
    ]
    reports = tmp_path / "build" / "reports"
    kinds = [json.loads((reports / f"vote-{number}.json").read_text(encoding="utf-8")) for number in range(1, 5)]
    assert [report["kind"] for report in kinds] == ["rollout", "rollout", "rollout", "rollback"]
    assert all((reports / f"vote-{number}.html").stat().st_size > 0 for number in range(1, 5))
