# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of tests that needed a second attempt."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.suite import attempts

TODAY = date(2026, 3, 4)


def test_each_need_is_kept_with_its_date() -> None:
    known = attempts.added({"b": ["2026-01-02"]}, ["a", "b"], TODAY)
    assert known == {"a": ["2026-03-04"], "b": ["2026-01-02", "2026-03-04"]}
    assert list(known) == ["a", "b"]
    assert attempts.told("b", known) == "b: 2 times since 2026-01-02"
    assert attempts.told("c", known) == "c: never before"


def test_only_so_many_dates_are_kept() -> None:
    known = attempts.added({"a": ["2026-01-02"] * attempts.MOST_DATES}, ["a"], TODAY)
    assert (len(known["a"]), known["a"][-1]) == (attempts.MOST_DATES, "2026-03-04")


def test_it_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    assert attempts.load(path) == {}
    attempts.save({"a": ["2026-03-04"]}, path)
    assert attempts.load(path) == {"a": ["2026-03-04"]}
