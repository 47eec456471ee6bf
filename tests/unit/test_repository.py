# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Habits of this repository, checked."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.listed import ROOT, listed

HEADER = (
    "# Copyright (c) 2026 swarm.rollout contributors\n"
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)\n"
    "# SPDX-License-Identifier: GPL-3.0-or-later\n"
)
# Whoever works here may have mirrors of their own, so no file names a package registry's host.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("registry", "npmjs", "org"),
        ("hub", "docker", "com"),
    )
]
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
CODE = [path for path in PLUGINS if path.stat().st_size]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_action_group_lists_every_module_that_connects_to_a_manager() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    group = {entry for entry in runtime["action_groups"]["swarm"] if isinstance(entry, str)}
    modules = (ROOT / "plugins" / "modules").glob("*.py")
    # Any other module would be given connection options that it does not have.
    assert group == {path.stem for path in modules if "  - swarm.rollout.docker\n" in path.read_text(encoding="utf-8")}


@pytest.mark.parametrize("path", CODE, ids=name)
def test_plugin_file_has_the_header(path: Path) -> None:
    assert HEADER in path.read_text(encoding="utf-8")[:500]


@pytest.mark.parametrize("path", CODE, ids=name)
def test_plugin_file_is_short(path: Path) -> None:
    code = re.sub(r'^ *[A-Z_]+ = r"""\n.*?^ *"""$', "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    assert code.count("\n") < 400, "split the file along its responsibilities (documentation is not counted)"


def test_no_file_names_a_package_registry() -> None:
    named = []
    for path in listed():
        text = path.read_bytes().decode("utf-8", errors="replace")
        named += ["%s: %s" % (path.relative_to(ROOT), host) for host in REGISTRIES if host in text]
    assert named == []


def test_help_lists_every_phony_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = {target for line in re.findall(r"^\.PHONY: (.*)$", makefile, re.M) for target in line.split()}
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert phony == set(re.findall(r"^  ([a-z-]+) ", shown, re.M))
