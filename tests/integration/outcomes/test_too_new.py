# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that the manager's Engine does not know: refused with the version they need, before anything is written."""

from __future__ import annotations

import re
from typing import Any

from tests.integration.stage import Stage

# An option, a value that is no default, and the API that brought it.
NEWER: dict[str, tuple[Any, tuple[int, int]]] = {
    "healthcheck.start_interval": ({"healthcheck": {"test": ["CMD", "true"], "start_interval": "1s"}}, (1, 44)),
    "privileges.no_new_privileges": ({"privileges": {"no_new_privileges": True}}, (1, 44)),
    "mounts.volume_subpath": (
        {"mounts": [{"type": "volume", "source": "v", "target": "/v", "volume_subpath": "sub"}]},
        (1, 45),
    ),
    "oom_score_adj": ({"oom_score_adj": 100}, (1, 46)),
    "mounts.tmpfs_options": (
        {"mounts": [{"type": "tmpfs", "target": "/t", "tmpfs_options": ["noexec"]}]},
        (1, 46),
    ),
    "memory_swappiness": ({"memory_swappiness": 10}, (1, 52)),
}


def speaks(stage: Stage) -> tuple[int, int]:
    """The API of the lab's Engine."""
    major, minor = stage.cluster.engine.get("/version")["ApiVersion"].split(".")
    return int(major), int(minor)


def refused(msg: str, option: str, since: tuple[int, int]) -> bool:
    """Whether it is one sentence that names the option, what it needs and what is there."""
    needs = r"%s needs Engine API %d\.%d \(Docker Engine [\d.]+\)" % (re.escape(option), *since)
    return re.search(needs + r", but the manager speaks [\d.]+ \(Docker Engine [\d.]+\): upgrade", msg) is not None


def test_a_new_service_with_it_is_not_made(stage: Stage):
    has = speaks(stage)
    newer = {option: found for option, found in NEWER.items() if found[1] > has}
    assert newer, "an Engine that knows all of them: add newer ones to this test"
    for option, (given, since) in newer.items():
        for check in (True, False):
            ran = stage.service("web:1", check=check, **given)
            assert (ran.failed, ran.result.get("changed", False)) == (True, False)
            assert refused(ran.msg, option, since), ran.msg
    assert stage.cluster.find(stage.name) is None


def test_a_service_stays_as_it_is(stage: Stage):
    stage.have("web:1")
    before = stage.cluster.service(stage.name)
    ran = stage.service("web:2", memory_swappiness=10)
    assert (ran.failed, ran.changed) == (True, False)
    assert refused(ran.msg, "memory_swappiness", (1, 52)), ran.msg
    assert stage.cluster.service(stage.name) == before
    # Its default is no wish.
    assert stage.service("web:1", memory_swappiness=-1).outcome == "unchanged"


def test_no_service_of_a_release_is_written(stage: Stage):
    one, other = f"{stage.name}-one", f"{stage.name}-other"
    services = [{"name": one, "image": "web:1"}, {"name": other, "image": "web:1", "memory_swappiness": 10}]
    ran = stage.start("swarm_release", services=services).wait()
    assert (ran.failed, ran.result.get("changed", False)) == (True, False)
    assert refused(ran.msg, "memory_swappiness", (1, 52)), ran.msg
    assert other in ran.msg
    assert stage.cluster.find(one) is None
