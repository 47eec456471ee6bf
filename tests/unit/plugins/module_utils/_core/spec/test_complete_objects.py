# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An update configuration is written whole: in a partial one the Engine takes parallelism as all at once."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.swarm.rollout.plugins.module_utils._core import spec

SECOND = 10**9
PLAIN = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "web:1"}}}


def laid(current: dict[str, Any], **options: Any) -> dict[str, Any]:
    return spec.overlay(current, spec.parse(options), spec.NO_REFERENCES, name="web").spec


@pytest.mark.parametrize(("option", "key"), [("update_config", "UpdateConfig"), ("rollback_config", "RollbackConfig")])
def test_what_is_not_mentioned_gets_the_defaults_of_the_command_line(option: str, key: str) -> None:
    assert laid(PLAIN, **{option: {"delay": "10s"}})[key] == {
        "Parallelism": 1,
        "Delay": 10 * SECOND,
        "FailureAction": "pause",
        "Monitor": 5 * SECOND,
        "MaxFailureRatio": 0.0,
        "Order": "stop-first",
    }


def test_what_the_service_has_stays() -> None:
    present = {
        **PLAIN,
        "UpdateConfig": {"Parallelism": 4, "Order": "start-first", "FailureAction": "rollback"},
    }
    written = laid(present, update_config={"monitor": "9s"})["UpdateConfig"]
    assert (written["Parallelism"], written["Order"], written["FailureAction"], written["Monitor"]) == (
        4,
        "start-first",
        "rollback",
        9 * SECOND,
    )
