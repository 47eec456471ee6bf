# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The story of one service: ten releases, two of them broken, one by the plain CLI, one whose controller is killed,
a scale in between; then back to a number, to what was good before, and to an image, judged by what is served.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any

from ansible_collections.swarm.rollout.plugins.filter.history_table import history_table
from tests.integration.history.past import QUICK, Past, plain
from tests.lab.lab import Lab

ACTOR = {"user": "anna", "host": "deploy1", "awx_job": "417", "git_revision": "0123abc"}
# Start-first: on a network the Engine takes two seconds to stop a task.
SWIFT: dict[str, Any] = {**QUICK, "order": "start-first"}
CAREFUL: dict[str, Any] = {**SWIFT, "failure_action": "rollback", "monitor": "2s"}


class Story:
    """The service, and the door through which people reach it."""

    def __init__(self, stage: Past, lab: Lab) -> None:
        self.stage = stage
        network = f"{stage.name}-net"
        stage.cluster.engine.post("/networks/create", {"Name": network, "Driver": "overlay"})
        first = self.release(
            "web:1",
            "r1",
            replicas=3,
            networks=[network],
            stop_grace_period="1s",
            update_config=CAREFUL,
            rollback_config=SWIFT,
        )
        assert first == "completed"
        self.url = lab.edge(stage.name, network)

    def release(self, image: str, name: str, **options: Any) -> str | None:
        """Roll out; the outcome."""
        env = {"NODE": name}
        ran = self.stage.service(
            image, env=env, change_cause=f"release {name}", actor=ACTOR, revision_history_limit=20, **options
        )
        return ran.outcome

    def back(self, **options: Any) -> tuple[bool, str | None, int | None]:
        """Roll back; whether that changed anything, the outcome, and which revision was restored."""
        ran = self.stage.rollback(actor=ACTOR, revision_history_limit=20, **options)
        assert not ran.failed, ran.output
        target = ran.result["target"]
        return ran.changed, ran.outcome, target and target["revision"]

    def page(self) -> str | None:
        """One page as people get it: app, version and release."""
        try:
            with urllib.request.urlopen(self.url, timeout=2) as answer:
                text = answer.read().decode()
        except (urllib.error.URLError, OSError):
            return None
        found = re.match(r"app=(\S+) version=(\S+) .* node=(\S*)", text)
        assert found, text
        return " ".join(found.groups())

    def serves(self, page: str, replicas: int, image: str) -> None:
        """Every task serves that page, and nothing else is served."""
        assert self.stage.cluster.serving(self.stage.name) == {image: replicas}
        deadline = time.monotonic() + 20
        while {self.page() for _ in range(2 * replicas)} != {page}:
            assert time.monotonic() < deadline, f"{self.page()} is served, not {page}"
            time.sleep(0.2)

    def spec(self, number: int) -> dict[str, Any]:
        """What that revision recorded, with the number of replicas that runs now."""
        spec = plain(self.stage.stored()[number]["spec"])
        return {**spec, "Mode": self.stage.cluster.spec(self.stage.name)["Mode"]}

    def now(self) -> dict[str, Any]:
        """What is in force."""
        return plain(self.stage.cluster.spec(self.stage.name))


def test_ten_releases_and_the_ways_back(stage: Past):
    story = Story(stage, Lab(os.environ["SWARM_LAB"]))
    story.serves("web 1 r1", 3, "web:1")
    assert story.release("web:2", "r2") == "completed"
    assert story.release("vote:indent", "r3") == "completed"
    assert story.release("exit:1.0", "r4") == "rolled_back"
    story.serves("vote indent r3", 3, "vote:indent")
    assert story.release("vote:movies", "r5") == "completed"
    scaled = stage.service(replicas=4, change_cause="more voters", actor=ACTOR, revision_history_limit=20)
    assert (scaled.outcome, scaled.rollout["revision"]) == ("completed", 6)

    # Somebody uses the plain CLI.
    command = ["docker", "--host", stage.hosts[0], "service", "update", "--quiet", "--detach=false"]
    changed = [*command, "--image", "whoami:1.0", "--env-add", "NODE=cli", "--no-resolve-image", stage.name]
    subprocess.run(changed, check=True, capture_output=True, timeout=60)
    now = stage.now()
    assert (now["drifted"], now["drift"]["since_revision"]) == (True, 6)
    assert now["drift"]["message"] == f"changed outside at index {now['version']}"
    assert {one["option"]: (one["before"], one["after"]) for one in now["drift"]["changes"]} == {
        "image": ("vote:movies", "whoami:1.0"),
        "env": ({"NODE": "r5"}, {"NODE": "cli"}),
    }
    by_cli = story.now()
    assert story.release("web:2", "r7") == "completed"
    assert plain(stage.stored()[7]["spec"]) == by_cli
    assert stage.now()["drift"] is None

    # A controller dies while its release is half through; Swarm goes on.
    controller = stage.begin(
        "vote:indent",
        env={"NODE": "r8"},
        change_cause="release r8",
        actor=ACTOR,
        update_config={**CAREFUL, "parallelism": 2, "delay": "1s"},
    )
    stage.cluster.wait("two of four", lambda: stage.cluster.serving(stage.name).get("vote:indent") == 2)
    controller.kill()
    assert stage.outcomes()[9] == "pending"
    stage.at_rest({"vote:indent": 4})
    # Nobody wrote it down; it is told once the tasks have run for the monitor time.
    stage.cluster.wait("it counts as completed", lambda: stage.outcomes()[9] == "completed")
    # Broken, and somebody wants to look at it first.
    assert story.release("crash:1.0", "r9", update_config={**SWIFT, "failure_action": "pause", "monitor": "5s"}) == (
        "paused"
    )
    assert story.release("web:1", "r10", update_config=CAREFUL) == "completed"
    story.serves("web 1 r10", 4, "web:1")

    assert stage.outcomes() == {
        1: "completed",
        2: "completed",
        3: "completed",
        4: "rolled_back",
        5: "completed",
        6: "completed",
        7: "adopted",
        8: "completed",
        9: "completed",
        10: "paused",
        11: "completed",
    }

    # Back to a number: that release, with today's number of replicas.
    assert story.back(to="3", change_cause="r10 loses votes") == (True, "completed", 3)
    story.serves("vote indent r3", 4, "vote:indent")
    assert story.now() == story.spec(3)
    assert story.back(to="3")[0] is False
    # Back to what was good before that.
    assert story.back(to="previous") == (True, "completed", 2)
    story.serves("web 2 r2", 4, "web:2")
    assert story.now() == story.spec(2)
    # Back to an image, of which the last good release is meant.
    assert story.back(to_image="web:1") == (True, "completed", 11)
    story.serves("web 1 r10", 4, "web:1")
    assert story.now() == story.spec(11)
    assert story.back(to_image="web:1")[0] is False

    told = stage.now()
    assert (told["revision"], told["history"][0]["restores"], told["history"][0]["current"]) == (14, 11, True)
    assert {one["by"] for one in told["history"] if one["revision"] != 7} == {"anna@deploy1 job 417"}
    assert next(one for one in told["history"] if one["revision"] == 12)["actor"] == ACTOR
    table = history_table(told["history"])
    lines = table.splitlines()
    assert lines[0].split() == ["REVISION", "CREATED", "OUTCOME", "IMAGE", "CAUSE", "BY"]
    assert re.fullmatch(r"14\* +\S+ \S+ +completed \(back to 11\) +web:1 +anna@deploy1 job 417", lines[1])
    assert any(re.match(r"10 .* paused +crash:1.0 +release r9 +anna@deploy1", line) for line in lines)
    assert any(re.match(r"7 .* adopted +whoami:1.0 +changed outside at index \d+$", line) for line in lines)
