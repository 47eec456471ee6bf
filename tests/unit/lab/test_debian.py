# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab reads of the machine's Debian."""

from __future__ import annotations

import pytest

from tests.lab import debian
from tests.lab.errors import LabError
from tests.lab.progress import Progress

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
    monkeypatch.setattr(debian, "is_root", lambda: False)

    with pytest.raises(LabError, match=r"needs docker\.io, iptables: install them"):
        debian.install(("docker.io", "iptables"), Progress(quiet=True))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"docker-cli", "docker.io", "iptables"}, ["docker.io", "iptables", "docker-cli"]),
        # Debian 12 and Ubuntu have the command in the Engine's package.
        ({"docker.io", "iptables"}, ["docker.io", "iptables"]),
    ],
)
def test_a_program_comes_from_the_first_package_that_there_is(known, expected):
    assert debian.packages(("dockerd", "iptables", "docker"), known.__contains__) == expected


def test_only_what_is_missing_is_installed_and_in_one_go(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(debian, "install", lambda packages, progress: asked.append(list(packages)))
    monkeypatch.setattr(debian, "_is_known", lambda package: True)
    monkeypatch.setattr(debian.shutil, "which", lambda name, path: "/usr/sbin/sshd" if name == "sshd" else None)

    debian.ensure("ssh", "ssh-keygen", "sshd", progress=Progress(quiet=True), also=["debian-archive-keyring"])
    debian.ensure("sshd", progress=Progress(quiet=True))

    assert asked == [["openssh-client", "debian-archive-keyring"]]


def test_daemons_are_found_by_who_has_a_short_path(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setattr(debian, "is_root", lambda: False)
    monkeypatch.setattr(debian.shutil, "which", lambda name, path: name if "/usr/sbin" in path.split(":") else None)

    assert debian.obtainable("sshd")


@pytest.mark.parametrize(("root", "answer"), [(True, True), (False, False)])
def test_who_may_install_may_have_every_program(monkeypatch, root, answer):
    monkeypatch.setattr(debian, "is_root", lambda: root)
    monkeypatch.setattr(debian, "is_debian", lambda: True)
    monkeypatch.setattr(debian.shutil, "which", lambda name, path: None)

    assert debian.obtainable("sshd") is answer
