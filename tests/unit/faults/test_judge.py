# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what was said is true of where things are."""

from __future__ import annotations

import pytest

from tests.faults.judge import Told, true_to


def told(outcome: str, *, changed: bool = True, msg: str = "f: so it went", output: str = "") -> Told:
    return Told(outcome, outcome not in ("completed", "unchanged"), changed, msg, output)


@pytest.mark.parametrize(
    ("outcome", "where"),
    [
        ("completed", "declared"),
        ("rolled_back", "former"),
        ("rolled_back", "absent"),
        ("paused", "mixed"),
        ("paused", "declared, 2 of 3"),
        ("stalled", "declared, 0 of 3"),
        ("failed", "declared, 1 of 3"),
        ("superseded", "theirs"),
        ("error", "former"),
        ("applied", "mixed"),
    ],
)
def test_what_is_true(outcome: str, where: str) -> None:
    assert true_to(told(outcome), {"f": where}) == []


@pytest.mark.parametrize(
    ("outcome", "where"),
    [
        ("completed", "declared, 2 of 3"),
        ("completed", "former"),
        ("completed", "mixed"),
        ("completed", "theirs"),
        ("unchanged", "mixed"),
        ("rolled_back", "former, 2 of 3"),
        ("rolled_back", "declared"),
        ("paused", "former"),
        ("failed", "declared"),
        ("error", "third"),
        ("splendid", "declared"),
    ],
)
def test_what_is_not(outcome: str, where: str) -> None:
    assert len(true_to(told(outcome), {"f": where})) == 1


def test_one_service_of_several_is_enough_to_be_wrong() -> None:
    assert true_to(told("completed"), {"a": "declared", "b": "former"}) == ["it said completed, and b is former"]


def test_nothing_changed_has_to_be_so() -> None:
    assert true_to(told("error", changed=False), {"f": "former"}) == []
    assert "nothing was changed" in true_to(told("error", changed=False), {"f": "mixed"})[0]


def test_tasks_that_never_rest_leave_only_the_specification() -> None:
    assert true_to(told("completed"), {"f": "declared, 1 of 3"}, loose=True) == []
    assert true_to(told("failed"), {"f": "declared"}, recovers=True) == []
    assert true_to(told("completed"), {"f": "former"}, loose=True) != []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (told("completed", output="Traceback (most recent call last)"), "traceback"),
        (Told("error", True, False, "f: it", "", "bug"), "traceback"),
        (Told("rolled_back", False, True, "f: it"), "failed is False"),
        (Told("completed", True, True, "f: it"), "failed is True"),
        (Told("error", True, False, ""), "without a word"),
        (Told("error", True, False, "one\ntwo"), "more than a line"),
    ],
)
def test_the_words_themselves(said: Told, wrong: str) -> None:
    where = {"completed": "declared", "rolled_back": "former", "error": "former"}[said.outcome]
    assert any(wrong in one for one in true_to(said, {"f": where}))


def test_a_result_is_read_of_a_service_a_release_and_an_error() -> None:
    service = {"changed": True, "msg": "m", "rollout": {"outcome": "completed"}}
    release = {"changed": True, "failed": True, "msg": "m", "release": {"outcome": "rolled_back"}}
    error = {"failed": True, "msg": "m", "error_kind": "connection"}
    assert [Told.of(one, "").outcome for one in (service, release, error)] == ["completed", "rolled_back", "error"]
    assert (Told.of(error, "").changed, Told.of(release, "").failed) == (False, True)
