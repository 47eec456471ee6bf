# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs to report on: recorded on a real Swarm (`recorded/`), made up large ones, and hostile ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
RECORDED = Path(__file__).parent / "recorded"
NAMES = sorted(path.stem for path in RECORDED.glob("*.json"))
# 2026-11-27T05:00:00Z
NOW = 1795755600.0
SCRIPT = "<script>document.title='owned'</script>"


def recorded(name: str) -> Json:
    """A run as a module told it; only addresses are made neutral."""
    found: Json = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return found


def services() -> list[Json]:
    """Three services as swarm_service_info told them: a healthy one, one with a canary, one that Swarm paused."""
    found: list[Json] = json.loads((RECORDED / "services" / "three.json").read_text(encoding="utf-8"))
    return found


def many(slots: int, at_a_time: int = 10) -> Json:
    """A rollout of a large service: every old task drains, every new one prepares, starts and runs."""
    timeline: list[Json] = []
    registry = "registry.example.org/shop/vote"
    for slot in range(1, slots + 1):
        begin = (slot - 1) // at_a_time * 3.1
        ran = round(begin + 1.2, 2)
        old = [("running", 0.0, ran), ("draining", ran, round(begin + 3.4, 2))]
        new = [
            ("pending", round(begin + 0.02, 2), round(begin + 0.1, 2)),
            ("preparing", round(begin + 0.1, 2), round(begin + 0.8, 2)),
            ("starting", round(begin + 0.8, 2), ran),
            ("running", ran, None),
        ]
        for which, version, spans in (("o", "1.0", old), ("n", "1.1", new)):
            timeline.append(
                {
                    "slot": slot,
                    "task": f"{which}{slot:024d}",
                    "node": f"n{slot % 7:024d}",
                    "image": f"{registry}:{version}@sha256:abcdef012345",
                    "old": which == "o",
                    "spans": [{"state": state, "from": since, "to": until} for state, since, until in spans],
                    "error": None,
                }
            )
    rollout = {
        "outcome": "completed",
        "reason": "",
        "revision": 3,
        "previous_revision": 2,
        "from_image": f"{registry}:1.0",
        "to_image": f"{registry}:1.1",
        "started_at": "2026-11-27T04:00:00.000Z",
        "finished_at": "2026-11-27T04:01:04.000Z",
        "duration": round(slots / at_a_time * 3.1 + 2, 3),
        "tasks": {"desired": slots, "updated": slots, "running": slots, "failed": 0},
        "failures": [],
        "states": [],
        "timeline": timeline,
        "timeline_omitted": 0,
    }
    result = {"changed": True, "msg": "vote: completed", "changes": ["image"], "rollout": rollout}
    return {"kind": "rollout", "name": "vote", "result": result}


def hostile() -> Json:
    """A run whose every text is markup or much too long."""
    word = "averyveryverylongwordthatnobodycanbreakanywhere" * 6
    run = recorded("failed")
    run.update(
        name=f"{SCRIPT}{word}", change_cause=f'"><img src=http://evil.example.org/x>{word}', actor={"name": SCRIPT}
    )
    result = run["result"]
    result["msg"] = f"{SCRIPT} {word} password=hunter2"
    result["warnings"] = [f"{{{{ 7 * 191 }}}} {word}"]
    rollout = result["rollout"]
    rollout.update(from_image=f"{word}:1", to_image=f"{SCRIPT}:2")
    for failure in rollout["failures"]:
        failure.update(
            error=f"{SCRIPT}{word}", node=word, log=[SCRIPT, word, "</pre><b>bold</b>", "```", "token=abc123"]
        )
    for entry in rollout["timeline"]:
        entry.update(
            slot=SCRIPT + entry["task"], node=f"{SCRIPT}{word}", image=f"{SCRIPT}{word}", error=f"{SCRIPT}{word}"
        )
    result["diff"] = {"before": {word: SCRIPT}, "after": {word: word, "env": {"API_KEY": "sk-12345"}}}
    run["plan"] = None
    return run
