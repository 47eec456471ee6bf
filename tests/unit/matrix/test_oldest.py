# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The oldest ansible-core: with any Python that it knows, and never passed over for another reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.matrix import oldest
from tests.matrix.environments import ROOT, Environment, Missing, NoPython
from tests.matrix.rows import PYTHONS, Row


def test_the_next_python_where_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(row: Row) -> Environment:
        if row.python == "3.11":
            raise NoPython("there is no Python 3.11 on this machine")
        return Environment(Path(row.name))

    monkeypatch.setattr(oldest, "made", made)
    environment = oldest.found()
    assert environment is not None
    assert environment.folder.name.startswith("core-2.18-python-3.12-")


def test_without_any_python_there_is_nothing_to_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def made(row: Row) -> Environment:
        raise NoPython(f"there is no Python {row.python} on this machine")

    monkeypatch.setattr(oldest, "made", made)
    assert oldest.main() == 0
    assert "ansible-core 2.18 does not run here: nothing to run" in capsys.readouterr().out


def test_a_virtualenv_that_cannot_be_made_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def made(_row: Row) -> Environment:
        raise Missing("its virtualenv could not be made (-m pip install)")

    monkeypatch.setattr(oldest, "made", made)
    assert oldest.main() == 1
    assert "could not be made" in capsys.readouterr().out


def test_it_is_the_oldest_and_its_tests_exist() -> None:
    assert min(PYTHONS, key=lambda core: tuple(map(int, core.split(".")))) == oldest.OLDEST
    for test in oldest.RUNBOOKS:
        path, _, name = test.partition("::")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, test
