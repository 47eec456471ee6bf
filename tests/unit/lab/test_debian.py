# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab reads of the machine's Debian."""

from __future__ import annotations

import pytest

from tests.lab import debian
from tests.lab.errors import LabError

OLD_STYLE = """
# deb http://commented.example/debian bookworm main
deb [arch=amd64] http://tools.example/apt stable-tools main
deb http://security.example/debian-security bookworm-security main
deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib
"""

NEW_STYLE = """
Types: deb
URIs: http://tools.example/node_20.x
Suites: nodistro
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: trixie

Types: deb
URIs: http://off.example/debian
Suites: trixie
Enabled: no

Types: deb
URIs: https://mirror.example/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


@pytest.fixture(autouse=True)
def no_override(monkeypatch):
    monkeypatch.delenv("SWARM_ROLLOUT_LAB_MIRROR", raising=False)


def test_the_mirror_is_read_from_a_list(tmp_path):
    (tmp_path / "sources.list").write_text(OLD_STYLE)

    assert debian.mirror(tmp_path) == "http://mirror.example/debian"


def test_the_mirror_is_read_from_sources(tmp_path):
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "off.sources.disabled").write_text(NEW_STYLE.replace("mirror", "disabled"))
    (folder / "on.sources").write_text(NEW_STYLE)

    assert debian.mirror(tmp_path) == "https://mirror.example/debian"


def test_a_machine_without_a_debian_mirror_has_none(tmp_path):
    (tmp_path / "sources.list").write_text("deb http://archive.example/ubuntu noble main\n")

    assert debian.mirror(tmp_path) is None


def test_the_environment_names_the_mirror(tmp_path, monkeypatch):
    monkeypatch.setenv("SWARM_ROLLOUT_LAB_MIRROR", "http://other.example/debian")

    assert debian.mirror(tmp_path) == "http://other.example/debian"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ID=debian\n", True),
        ('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ('ID="fedora"\n', False),
        ("", False),
    ],
)
def test_debian_and_its_children_are_known(text, answer):
    assert debian.is_debian(text) is answer


def test_who_may_not_install_is_told_what_to_install(monkeypatch):
    from tests.lab.progress import Progress

    monkeypatch.setattr(debian, "is_root", lambda: False)

    with pytest.raises(LabError, match=r"needs docker\.io, iptables: install them"):
        debian.install(("docker.io", "iptables"), Progress(quiet=True))
