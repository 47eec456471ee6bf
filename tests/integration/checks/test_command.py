# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands as checks, told of a real rollout."""

from __future__ import annotations

from .scenes import Cast


def test_a_command_can_ask_the_new_tasks_by_itself(cast: Cast) -> None:
    name = cast.create(replicas=2, ports=())
    cast.step(name)
    scene = cast.scene(name)
    script = 'echo "$SWARM_SERVICE $SWARM_REVISION $SWARM_STEP/$SWARM_STEPS $SWARM_NEW_TASKS, $SWARM_OLD_TASKS"'

    (result,) = cast.check(scene, {"command": {"argv": ["sh", "-c", script]}})

    (new,), (old,) = scene.new, scene.old
    assert result.status == "passed"
    assert result.details["output"] == [f"{name} 2 1/3 {new.id}, {old.id}"]


def test_a_command_that_fails_tells_its_last_words(cast: Cast) -> None:
    name = cast.create(replicas=1, ports=())

    result = cast.one(name, command={"cmd": "sh -c 'echo the queue is not empty >&2; exit 4'"})

    assert (result.status, result.text) == ("failed", "exit status 4, not exit status 0: the queue is not empty")


def test_a_command_that_does_not_end_is_ended(cast: Cast) -> None:
    name = cast.create(replicas=1, ports=())

    result = cast.one(name, command={"cmd": "sleep 1000", "timeout": "500ms"})

    assert (result.status, result.text) == ("failed", "not finished after 500ms: stopped")
