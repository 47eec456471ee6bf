# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read from a run on an empty system, and how it is told."""

from __future__ import annotations

import re

import pytest

from tests.fresh.steps import PARTS, Result, Step, first_shown, missing, packages, requested, skipped, table, took
from tests.listed import ROOT


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/bin/sh: 1: git: not found", ["git"]),
        ("tests/tools/x: line 7: ps: command not found", ["ps"]),
        ("bash: docker: command not found", ["docker"]),
        ("make: git: No such file or directory", ["git"]),
        ("make[1]: awk: No such file or directory", ["awk"]),
        ("E   FileNotFoundError: [Errno 2] No such file or directory: 'openssl'", ["openssl"]),
        ("FileNotFoundError: [Errno 2] No such file or directory: b'docker'", ["docker"]),
        ("msg: \"[Errno 2] No such file or directory: b'docker'\"", ["docker"]),
        ("env: \u2018python3\u2019: No such file or directory", ["python3"]),
        ('exec: "iptables": executable file not found in $PATH', ["iptables"]),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/usr/sbin/sshd'", ["/usr/sbin/sshd"]),
        ("/x/node: error while loading shared libraries: libatomic.so.1: cannot open it", ["libatomic.so.1"]),
        # A file of the project is none, and neither is what a test is about.
        ("FileNotFoundError: [Errno 2] No such file or directory: 'docs/x.md'", []),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/root/x'", []),
        ("service vote: not found", []),
        ("12:31: network not found", []),
    ],
)
def test_a_program_that_was_missed_is_found(line, found):
    assert missing("before\n%s\nafter" % line) == found


def test_each_missing_program_is_told_once():
    assert missing("sh: 1: git: not found\nsh: 1: ps: not found\nsh: 1: git: not found") == ["git", "ps"]


def test_tests_that_were_left_out_are_told_with_why():
    text = "......s\nSKIPPED [2] tests/unit/test_tls.py:281: needs the openssl command\n1 passed, 2 skipped"
    assert skipped(text) == ["tests/unit/test_tls.py:281: needs the openssl command"]


def test_packages_that_were_asked_for_are_read_from_apts_history():
    history = """
Start-Date: 2026-01-01  00:00:00
Commandline: apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 python3 python3-venv
Install: python3:amd64 (3.13.5-1), libpython3:amd64 (3.13.5-1, automatic)
End-Date: 2026-01-01  00:00:10

Commandline: apt-get install -y docker.io python3
Commandline: apt-get remove nano
"""
    assert requested(history) == ["python3", "python3-venv", "docker.io"]


def test_only_installed_packages_count():
    assert packages("ii  make\nrc  nano\nii  libc6\nun  git\n\n") == {"make", "libc6"}


def test_the_first_line_that_matches_counts():
    lines = [(1.0, "starting"), (12.5, "rolled back after 10 s"), (20.0, "rolled back after 3 s")]
    assert first_shown(lines, r"rolled back after \d+") == 12.5
    assert first_shown(lines, "never") is None


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (436, "7 min 16 s")])
def test_a_time_is_told_as_people_say_it(seconds, text):
    assert took(seconds) == text


def result(**changed):
    """A step that went well."""
    values = {
        "suite": "trixie",
        "step": Step("make demo", "make demo", "6 min"),
        "status": 0,
        "seconds": 300.0,
        "work": 90.0,
        "shown": 70.0,
        "missing": (),
        "skipped": (),
        "asked": ("python3", "docker.io"),
        "added": 40,
    }
    return Result(**{**values, **changed})


@pytest.mark.parametrize(
    ("changed", "word", "good"),
    [
        ({}, "ok", True),
        ({"status": 2}, "exit 2", False),
        ({"missing": ("git",)}, "missing", False),
        # A test that is left out is told, and fails nothing.
        ({"skipped": ("tests/x.py:1: needs more",)}, "ok", True),
    ],
)
def test_a_step_is_judged(changed, word, good):
    assert (result(**changed).word, result(**changed).good) == (word, good)


def test_the_table():
    results = [result(), result(step=Step("make units", "", ""), shown=None, asked=(), added=0, missing=("git",))]
    assert table(results).splitlines() == [
        "SUITE   STEP        RESULT   TOOK        PROCESSORS  SHOWN AFTER  INSTALLED BY IT",
        "trixie  make demo   ok       5 min 00 s  1 min 30 s  1 min 10 s   python3 docker.io (+38)",
        "trixie  make units  missing  5 min 00 s  1 min 30 s  -            -",
        "trixie, make units: found no git",
    ]


def test_what_is_run_is_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    words = " ".join(step.command for part in PARTS.values() for step in part)
    assert set(re.findall(r"\bmake ([a-z-]+)", words)) <= targets
    for path in re.findall(r"\btests/\S+?(?=[\s']|$)", words):
        assert (ROOT / path).exists(), path
