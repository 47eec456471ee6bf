# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last words of a health check, wherever the container is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core.errors import ConnectionFailed, NotFound
from ansible_collections.swarm.rollout.plugins.module_utils._core.secret_values import NO_SECRETS
from ansible_collections.swarm.rollout.plugins.module_utils._engine.containers import health_output


class Door:
    """One manager that answers, or raises."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def get(self, path: str, timeout: float) -> Any:
        assert path == "/containers/c%2F1/json"
        assert timeout > 0
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Managers:
    """All of them."""

    secrets = NO_SECRETS

    def __init__(self, *answers: Any) -> None:
        self.answers = answers

    def each(self) -> Iterator[Door]:
        return map(Door, self.answers)


def ran(*outputs: str) -> dict[str, Any]:
    return {"State": {"Health": {"Log": [{"Output": text} for text in outputs]}}}


@pytest.mark.parametrize(
    ("answers", "output"),
    [
        ([ran("first", "wget: 404\n")], "wget: 404"),
        ([NotFound("no such container", 404, ""), ConnectionFailed("gone"), ran("x")], "x"),
        ([NotFound("no such container", 404, "")], ""),
        ([ran()], ""),
        ([{"State": {}}, ran("of another")], ""),
        ([{"State": {"Health": None}}], ""),
        ([], ""),
    ],
)
def test_the_manager_that_has_the_container_tells(answers: list[Any], output: str) -> None:
    managers: Any = Managers(*answers)
    assert health_output(managers, "c/1", {}) == output


def test_the_secrets_of_the_task_are_hidden() -> None:
    managers: Any = Managers(ran("cannot log in with correct-horse-battery"))
    spec = {"ContainerSpec": {"Env": ["DB_PASSWORD=correct-horse-battery"]}}
    assert "correct-horse" not in health_output(managers, "c/1", spec)
