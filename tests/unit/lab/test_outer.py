# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Engine carries a lab."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import outer
from tests.lab.errors import LabError
from tests.lab.progress import Progress


class FakeEngine:
    """Answers where it is told to."""

    alive_at: set[str] = set()
    labels_at: dict[str, list[str]] = {}

    def __init__(self, address: str) -> None:
        self.address = address

    def alive(self, timeout: float = 1.0) -> bool:
        """Whether it answers."""
        return self.address in self.alive_at

    def info(self) -> dict[str, Any]:
        """What it says of itself."""
        return {"Labels": self.labels_at.get(self.address, [])}


@pytest.fixture(autouse=True)
def machine(monkeypatch, tmp_path):
    monkeypatch.setenv("SWARM_ROLLOUT_LAB_HOME", str(tmp_path))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(outer, "Engine", FakeEngine)
    monkeypatch.setattr(FakeEngine, "alive_at", set())
    monkeypatch.setattr(FakeEngine, "labels_at", {})
    return tmp_path


def test_a_machine_without_an_engine_has_none():
    assert outer.find() is None


def test_the_engine_of_the_environment_comes_first(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///mine.sock")
    FakeEngine.alive_at = {"unix:///mine.sock", outer.DEFAULT}

    found = outer.find()

    assert found is not None
    assert found.address == "unix:///mine.sock"


def test_a_node_of_a_lab_carries_no_lab(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:23751")
    FakeEngine.alive_at = {"tcp://127.0.0.1:23751", outer.DEFAULT}
    FakeEngine.labels_at = {"tcp://127.0.0.1:23751": ["swarm.rollout.lab=lab"]}

    found = outer.find()

    assert found is not None
    assert found.address == outer.DEFAULT


@pytest.mark.parametrize("address", ["tcp://192.0.2.7:2375", "ssh://host"])
def test_an_engine_elsewhere_is_no_use(monkeypatch, address):
    monkeypatch.setenv("DOCKER_HOST", address)
    FakeEngine.alive_at = {address}

    assert outer.find() is None


def test_a_lab_stays_with_the_private_engine(machine):
    (machine / "engine" / "data").mkdir(parents=True)
    FakeEngine.alive_at = {outer.DEFAULT}
    assert outer.find() is None

    FakeEngine.alive_at = {outer.DEFAULT, outer.private_address()}
    found = outer.find()

    assert found is not None
    assert found.address == outer.private_address()


def test_who_may_not_start_an_engine_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(outer.debian, "is_root", lambda: False)

    with pytest.raises(LabError, match="start one, or run the lab as root"):
        outer.ensure(Progress(quiet=True))
