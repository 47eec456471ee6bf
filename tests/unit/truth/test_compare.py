# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the judges by status and by history make of observations, and the page that sets them beside the others."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from tests.truth import record
from tests.truth.compare import PAGE, Observed, by_history, by_status, text

CLI = "docker service update --detach=false"


def seen(status: int | None, state: str, *tasks: tuple[str, str], good: bool = False, said: str = "") -> Observed:
    return Observed(status, said, state, "declared web:2; 2 serve web:2", good, tasks)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("completed", "good"),
        ("rollback_completed", "bad"),
        ("paused", "bad"),
        ("updating", "still under way"),
        ("", "nothing to judge"),
    ],
)
def test_by_the_update_status(state: str, said: str) -> None:
    assert by_status(seen(0, state)) == said


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ([("web:1", "shutdown"), ("web:2", "running")], "good"),
        ([("web:2", "failed"), ("web:2", "running")], "bad"),
        ([("web:1", "failed"), ("web:2", "running")], "good"),
        ([("web:2", "pending")], "still under way"),
        ([("web:1", "running")], "nothing to judge"),
    ],
)
def test_by_the_history_of_tasks(tasks: list[tuple[str, str]], said: str) -> None:
    assert by_history(seen(0, "", *tasks), "web:2") == said


def compared(ours: Observed, theirs: Observed | None) -> dict[str, Any]:
    tools = {"swarm.rollout": ours, **({CLI: theirs} if theirs else {})}
    row = {
        "name": "x",
        "title": "it breaks",
        "image": "web:2",
        "tools": {name: asdict(one) for name, one in tools.items()},
    }
    cli = "Docker version 28.2.2" if theirs else ""
    return {"date": "2026-11-29", "engine": "26.1.5", "cli": cli, "rows": [row], "limit": 90.0, "load": 2}


def test_what_the_cluster_contradicts_is_bold() -> None:
    ours = seen(1, "rollback_completed", ("web:1", "running"), said="rolled_back: so it went")
    page = text(compared(ours, seen(0, "completed", ("web:2", "failed"))))
    assert "| it breaks | **good** | **good** | bad | bad (`rolled_back`) |" in page
    assert "| it breaks | **no answer** |" in text(compared(ours, seen(None, "updating")))


def test_without_a_cli_the_page_says_so_and_guesses_nothing() -> None:
    page = text(compared(seen(0, "completed", ("web:2", "running"), good=True, said="completed: fine"), None))
    assert "There was no Docker CLI on that machine" in page
    assert "| it breaks | good | good | good (`completed`) |" in page
    assert "Nothing was observed yet" in text({})


def test_the_committed_page_is_that_of_what_was_observed() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(record.read()["compared"])
