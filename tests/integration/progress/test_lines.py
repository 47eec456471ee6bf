# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people read while a task waits, and when they read nothing."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from ansible_collections.swarm.rollout.plugins.module_utils._core.progress import VARIABLE
from tests.integration.cluster import Json
from tests.integration.progress.plays import EVERY_LINE, SLOWLY, Plays
from tests.integration.stage import QUICK

# Becoming the same user goes the way of every other user.
BECOMING = {"ANSIBLE_BECOME": "1", "ANSIBLE_BECOME_METHOD": "su", "ANSIBLE_BECOME_ALLOW_SAME_USER": "1"}


def told(stage: Plays, lines: list[str]) -> list[str]:
    """The lines about the service of the test, without its name."""
    return [line.partition(": ")[2] for line in lines if line.startswith(f"{stage.name}: ")]


def test_a_rollout_in_steps_on_the_controller(stage: Plays):
    stage.have("web:1", replicas=2)
    check = {"tasks": {"healthy_for": "1s"}}
    play = stage.play(stage.task("web:2", steps=[1, "100%"], checks=[check], update_config=SLOWLY))
    play.until(f"{stage.name}: step 1/2: 1 of 2 updated")
    assert stage.cluster.serving(stage.name) == {"web:1": 1, "web:2": 1}
    assert play.end() == 0
    lines = told(stage, play.seen)
    moved = next(line for line in lines if line.startswith("step 1/2: 1 of 2 updated"))
    assert re.fullmatch(r"step 1/2: 1 of 2 updated, verifying \d s of 3 s", moved), lines
    order = ["step 1/2: check tasks", "step 1/2: check tasks passed", "step 1/2: verified", "step 2/2: 2 of 2 updated"]
    places = [next(place for place, line in enumerate(lines) if line.startswith(text)) for text in order]
    assert places == sorted(places), lines
    assert re.match(r"completed in .*; 2 of 2 tasks run web:2 now", lines[-1])
    assert len(lines) == len(set(lines)), "each is told once"


def test_a_rollout_as_another_user(stage: Plays):
    stage.have("web:1", replicas=2)
    play = stage.play(stage.task("web:2", update_config=SLOWLY), environment=BECOMING)
    play.until(f"{stage.name}: ", "updated")
    assert stage.cluster.state(stage.name) == "updating"
    (file,) = stage.temporary.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert play.end() == 0
    assert not any(stage.temporary.iterdir())
    lines = told(stage, play.seen)
    assert "1 of 2 updated" in lines
    assert lines[-1].startswith("completed in")


def module_of(file: Path) -> int:
    """The process whose environment names the file and that made it."""
    for process in Path("/proc").iterdir():
        try:
            writes = any(one.readlink() == file for one in (process / "fd").iterdir())
            if writes and f"{VARIABLE}=file:{file}".encode() in (process / "environ").read_bytes().split(b"\0"):
                return int(process.name)
        except (OSError, ValueError):
            continue
    raise AssertionError("no process writes to %s" % file)


def test_nothing_is_left_of_a_module_that_was_killed(stage: Plays):
    stage.have("web:1", replicas=2)
    play = stage.play(stage.task("web:2", update_config={**SLOWLY, "delay": "1m"}), environment=BECOMING)
    play.until(f"{stage.name}: ", "updated")
    (file,) = stage.temporary.iterdir()
    os.kill(module_of(file), signal.SIGKILL)
    assert play.end() == 2
    assert not any(stage.temporary.iterdir())


def test_what_fails_is_told_with_its_task_and_node(stage: Plays):
    stage.have("web:1", replicas=2)
    config = {**SLOWLY, "failure_action": "rollback"}
    play = stage.play(stage.task("crash:1.0", update_config=config))
    line = play.until(f"{stage.name}: task ", "failed")
    task = re.search(r"task (\S+)\.(\d) \((\w+)\) on node (\S+) failed: \"task: non-zero exit \(3\)\"", line)
    assert task, line
    known = next(one for one in stage.cluster.tasks(stage.name) if one["ID"].startswith(task[3]))
    nodes = {node["ID"]: node["Description"]["Hostname"] for node in stage.cluster.engine.get("/nodes")}
    assert (str(known["Slot"]), nodes[known["NodeID"]]) == (task[2], task[4])
    assert play.end() == 2
    if EVERY_LINE:
        assert any(re.match(r"rolling back: \d of 2 tasks, \d failed", line) for line in told(stage, play.seen))


def test_a_task_that_cannot_be_placed(stage: Plays):
    stage.have("web:1")
    config = {**QUICK, "order": "start-first", "failure_action": "rollback"}
    # The line comes with a look at the tasks; the deadline leaves time for one on a busy machine as well.
    options: Json = {"reservations": {"cpus": 500}, "progress_deadline": "15s", "update_config": config}
    play = stage.play(stage.task("web:2", **options))
    play.until(f"{stage.name}: 0 of 1 updated", 'a task cannot be placed: "no suitable node')
    play.until(f"{stage.name}: rolling back: no progress for")
    assert play.end() == 2
    assert stage.cluster.serving(stage.name) == {"web:1": 1}


def test_a_release_in_waves(stage: Plays):
    names = [f"{stage.name}-{name}" for name in ("api", "web")]
    services = [
        {"name": name, "image": "web:1", "replicas": 2, "resolve_image": "false", "update_config": SLOWLY}
        for name in names
    ]
    services[1]["depends_on"] = [names[0]]
    release = {"name": stage.name, "docker_host": stage.host, "services": services}
    play = stage.play({"swarm.rollout.swarm_release": release})
    assert play.end() == 0, play.seen
    lines = told(stage, play.seen)
    assert lines[0] == f"wave 1/2: {names[0]}"
    for wave, name in enumerate(names, 1):
        own = [line for line in lines if line.startswith(f"wave {wave}/2: {name}: ")]
        assert re.search(r": \d of 2 running", own[0])
        assert not EVERY_LINE or re.search(r": completed in \d", own[-1])
    assert not EVERY_LINE or lines.index(f"wave 2/2: {names[1]}") > lines.index(
        next(line for line in lines if line.startswith(f"wave 1/2: {names[0]}: completed"))
    )


def test_nothing_is_told(stage: Plays):
    stage.have("web:1")
    play = stage.play(
        {**stage.task("web:2"), "no_log": True},
        stage.task("web:1", progress=False),
        {**stage.task("web:2"), "check_mode": True},
        stage.task("web:1"),
        {**stage.task("web:1"), "become": True, "become_method": "su"},
        environment={"ANSIBLE_BECOME_ALLOW_SAME_USER": "1"},
    )
    assert play.end() == 0, play.seen
    assert sum(line.startswith(("changed:", "ok:")) for line in play.seen) == 5
    assert not [line for line in play.seen if stage.name in line]
    assert stage.cluster.serving(stage.name) == {"web:1": 1}
