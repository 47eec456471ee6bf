# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook status, of a progressive rollout that waits and of one under way."""

from __future__ import annotations

import re

from tests.integration.runbooks.books import Books


def lines(output: str, name: str) -> list[str]:
    """The last tree of a service."""
    shown = [line.strip().rstrip(",").strip('"') for line in output.splitlines()]
    begin = max(place for place, line in enumerate(shown) if line.startswith(name + "  "))
    return shown[begin : next(place for place in range(begin, len(shown)) if shown[place] == "]")]


def test_the_tree_of_a_rollout_that_waits(stage: Books):
    stage.have("web:1", 3, change_cause="the first")
    stage.service("web:2", steps=[1], step_pause="manual", resolve_image="false", change_cause="the second")
    ran = stage.play("status", status_services=stage.name, watch="true", status_ascii="true")
    assert ran.status == 0, ran.output
    tree = lines(ran.output, stage.name)
    tasks = stage.cluster.running(stage.name)
    assert tree[0] == f"{stage.name}  = paused at a step, waits for swarm_rollout"
    assert tree[1] == "|- strategy  progressive, step 1 of 2 (1, 100%), stop-first"
    assert tree[2] == "|- images    web:1 (stable), web:2 (canary)"
    assert tree[3].startswith(f"|- tasks     3 desired, 1 updated, {len(tasks)} running")
    assert re.match(r"^\|- revision 2 \(canary\)  \d+ (s|min) ago  web:2  paused  the second$", tree[4])
    assert re.match(r"^\|  `- \+ \S+\.\d on node\d  running for \d+ (s|min)", tree[5])
    assert re.match(r"^`- revision 1 \(stable\)  \d+ (s|min) ago  web:1  completed  the first$", tree[6])
    assert len(tree) == 9


def test_watching_ends_when_it_is_settled(stage: Books):
    stage.have("web:1", 2)
    under_way = stage.begin("web:2", steps=[1], step_pause="45s", resolve_image="false")
    stage.cluster.wait("the first step", lambda: stage.serving().get("web:2") == 1)
    answers = {"status_services": stage.name, "status_watch": "true", "status_watch_interval": "2"}
    ran = stage.play("status", **answers)
    assert ran.status == 0, ran.output
    assert not under_way.wait().failed
    assert ran.output.count(f"{stage.name}  ") > 2, "several looks"
    assert lines(ran.output, stage.name)[0] == f"{stage.name}  ✔ healthy"
    nobody = stage.play("status", status_services="nobody-has-this-name")
    assert nobody.status == 2
    assert "there is no service nobody-has-this-name" in nobody.output
