# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made at once where nothing is there, and in which order."""

from __future__ import annotations

import threading

import pytest

from tests.lab import lab
from tests.lab.api import Engine
from tests.lab.errors import LabError
from tests.lab.progress import Progress

QUIET = Progress(quiet=True)
LONG = 10
OUTER = Engine("tcp://127.0.0.1:1")


@pytest.fixture
def done(monkeypatch):
    """An empty machine, and what is done on it."""
    noted: list[str] = []
    begun = threading.Event()

    def prepare(engine, progress):
        begun.set()
        noted.append(f"tree {engine}")

    def install_engine(progress):
        # It would wait for ever if the tree were made afterwards.
        assert begun.wait(LONG)
        return OUTER

    monkeypatch.setattr(lab.debian, "is_root", lambda: True)
    monkeypatch.setattr(lab.debian, "present", lambda name: False)
    monkeypatch.setattr(lab.debian, "ensure_debootstrap", lambda progress: noted.append("debootstrap"))
    monkeypatch.setattr(lab.outer, "find", lambda: None)
    monkeypatch.setattr(lab.outer, "ensure", install_engine)
    monkeypatch.setattr(lab.nodeimage, "prepare", prepare)
    return noted


def test_the_system_of_the_nodes_is_made_while_the_engine_is_installed(done):
    assert lab.ensure_outer("26", QUIET) is OUTER
    assert done == ["debootstrap", "tree 26"]


@pytest.mark.parametrize("way", ["it runs", "it is installed", "who may not install"])
def test_nothing_is_made_ahead_where_the_engine_is_not_installed(done, monkeypatch, way):
    monkeypatch.setattr(lab.outer, "ensure", lambda progress: OUTER)
    if way == "it runs":
        monkeypatch.setattr(lab.outer, "find", lambda: OUTER)
    if way == "it is installed":
        monkeypatch.setattr(lab.debian, "present", lambda name: True)
    if way == "who may not install":
        monkeypatch.setattr(lab.debian, "is_root", lambda: False)
    assert lab.ensure_outer("26", QUIET) is OUTER
    assert done == []


def test_a_system_that_cannot_be_made_is_told(done, monkeypatch):
    def prepare(engine, progress):
        raise LabError("debootstrap of trixie failed")

    monkeypatch.setattr(lab.nodeimage, "prepare", prepare)
    monkeypatch.setattr(lab.outer, "ensure", lambda progress: OUTER)
    with pytest.raises(LabError, match="debootstrap of trixie failed"):
        lab.ensure_outer("26", QUIET)
